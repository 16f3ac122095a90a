"""The web server process: granian with its workers. Started by ``heli run``.

Where processes can be forked, the application is loaded once, before the workers are: they share its memory and
are there at once, also after a fall.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys

from heli.config.supervisor.lifeline import WEB_PID, die_with_parent

_THREADS = 4


def main(host: str, port: int, workers: int) -> None:
    """Serve ``heli.config.wsgi`` until SIGTERM."""
    die_with_parent()
    os.environ[WEB_PID] = str(os.getpid())
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")
        os.register_at_fork(after_in_child=_tie)
        _load()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "heli.config.supervisor.web_worker:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_THREADS,
        backlog=512,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=8,
    ).serve()


def _load() -> None:
    """Import the application with every view, and keep the collector from copying what the workers share."""
    from django.urls import get_resolver

    import heli.config.supervisor.web_worker  # noqa: F401 - loaded for its effect

    _routes = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def _tie() -> None:
    if os.getppid() == int(os.environ[WEB_PID]):  # a worker, not something that a worker starts
        die_with_parent(os.getppid(), how=signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
