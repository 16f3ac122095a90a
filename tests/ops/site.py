"""A real Heli on a folder of its own: started, asked, killed and stopped from outside, as an operator would."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from heli.config.supervisor.cluster import Cluster
from heli.config.supervisor.postgres import DATABASE, ROLES
from heli.config.testing.postgres import copy_prepared
from tests.architecture.house import ROOT


class Site:
    """One ``var/`` and the ``heli run`` on it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="heli-ops-")).resolve()
        self.folder.chmod(0o711)  # as root the database runs under another account
        self.var = self.folder / "var"
        self.port = 20_000 + secrets.randbelow(12_000)  # below the ports a client gets by chance
        self.settings: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        hidden = ("HELI_", "DJANGO_", "DATABASE_", "PYTEST_")
        plain = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        own = {"HELI_VAR": str(self.var), "HELI_LANGUAGE": "en", "PYTHONWARNINGS": "ignore"}
        return {**plain, **own, **self.settings}

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.var / "postgres")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one ``heli`` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "heli", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def start(self, *arguments: str, is_bare: bool = False) -> float:
        """Start ``heli run`` and wait for its first page; return the seconds it took.

        A site of its own database gets a copy of a prepared one first, unless ``is_bare``.
        """
        if not (is_bare or self.settings.get("DATABASE_URL") or self.cluster.data.exists()):
            copy_prepared(self.cluster)
        started = time.monotonic()
        with (self.folder / "out").open("a") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "heli", "run", "--port", str(self.port), *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.wait_until(self.answers, 300)
        return time.monotonic() - started

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sign-in/", timeout=5).close()
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except (OSError, http.client.HTTPException):
            return False
        return True

    def stop(self) -> int:
        """Send SIGTERM and return the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)

    def kill(self, process: psutil.Process) -> None:
        """Kill -9 one process of the tree and see it gone."""
        with suppress(psutil.NoSuchProcess):  # it may have died with its parent a moment ago
            process.kill()
        if self.process is not None and process.pid == self.process.pid:
            self.process.wait(10)
        with suppress(psutil.TimeoutExpired):
            process.wait(10)

    def processes(self) -> list[psutil.Process]:
        """Return everything that runs on this folder, the database's processes included."""
        data = self.cluster.data.resolve()
        return [one for one in psutil.process_iter() if one.pid != os.getpid() and self._is_ours(one, data)]

    def of_module(self, name: str) -> list[psutil.Process]:
        """Return the processes that run this Python module, the eldest first."""
        found = [one for one in self.processes() if name in _command(one)]
        return sorted(found, key=lambda one: (one.create_time(), one.pid))

    def connect(self, role: str = "app", database: str = DATABASE) -> psycopg.Connection:
        user = ROLES["owner"] if role == "owner" else ROLES["app"]
        return psycopg.connect(self.cluster.url(database, user), autocommit=True)

    def wait_until(self, condition: object, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < until, f"waited {seconds} s; the terminal says:\n{self.output()}"
            time.sleep(0.1)

    def output(self) -> str:
        path = self.folder / "out"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def remove(self) -> None:
        """End what still runs and delete the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        if (self.cluster.data / "PG_VERSION").exists():
            self.cluster.remove()
        for process in self.processes():
            process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ours(self, process: psutil.Process, data: Path) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if str(self.cluster.data) in _command(process):  # the guard, and the programs of PostgreSQL
                return True
            return process.environ().get("HELI_VAR") == str(self.var) or Path(process.cwd()) == data
        except (psutil.Error, OSError):
            return False


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it ended a moment ago
        return ""
