"""The demo goes into an empty database alone, and no file or variable makes a real site look like one."""

from __future__ import annotations

import urllib.request

import pytest

from tests.ops.site import Site

pytestmark = pytest.mark.slow


def test_a_real_site_never_becomes_a_demo(site: Site) -> None:
    site.settings |= {"HELI_DEMO": "1"}
    site.start()
    made = site.command("create-administrator", "security", "--name", "guard")
    (site.var / "demo").touch()

    refused = site.command("demo")
    request = urllib.request.Request(f"http://127.0.0.1:{site.port}/sign-in/", headers={"Accept-Language": "en"})
    page = urllib.request.urlopen(request, timeout=10).read().decode()  # noqa: S310 - our own
    with site.connect() as connection:
        accounts = connection.execute("SELECT sign_in_name FROM people_account").fetchall()
    site.stop()
    started = site.command("run", "--demo", "--port", "0")

    assert made.returncode == 0, made.stderr
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "empty" in refused.stderr
    assert "This is a demo" not in page
    assert "switched off" not in page
    assert accounts == [("guard",)]
    assert (started.returncode, started.stderr.strip()) == (2, refused.stderr.strip())
