"""The embedded server by itself: made whole or not at all, adopted when it runs, mended when it was killed."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from heli.config.supervisor.cluster import Cluster, ClusterBroken
from tests.ops.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def cluster(site: Site) -> Generator[Cluster, None, None]:
    (site.var).mkdir()
    place = site.cluster
    yield place
    if (place.data / "PG_VERSION").exists():
        place.remove()


def test_a_half_made_data_folder_is_made_anew(cluster: Cluster) -> None:
    unfinished = cluster.data.with_name(f"{cluster.data.name}.unfinished")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    cluster.start()

    assert cluster.answers()
    assert not unfinished.exists()


def test_a_running_server_is_adopted_with_its_data(cluster: Cluster) -> None:
    was_running = cluster.start()
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    adopted = Cluster(cluster.wanted).start()

    assert (was_running, adopted) == (False, True)
    with cluster.connect() as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_a_killed_server_comes_back_with_what_was_committed(cluster: Cluster) -> None:
    cluster.start()
    with cluster.connect() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    process = cluster.server_process()
    assert process is not None
    process.kill()
    process.wait(10)

    cluster.start()

    with cluster.connect() as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_a_long_path_gets_a_short_closed_socket_folder(site: Site) -> None:
    deep = Cluster(site.folder / ("long" * 30) / "postgres")

    deep.start()

    try:
        assert deep.answers()
        assert len(str(deep.sockets)) < 40
        assert deep.sockets.stat().st_mode & 0o077 == 0
    finally:
        deep.remove()
    assert not deep.sockets.exists()


def test_a_server_that_cannot_start_says_what_its_log_says(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.data / "pg_wal").rename(cluster.data / "elsewhere")

    with pytest.raises(ClusterBroken) as broken:
        cluster.start()

    (cluster.data / "elsewhere").rename(cluster.data / "pg_wal")
    assert "pg_wal" in str(broken.value)
