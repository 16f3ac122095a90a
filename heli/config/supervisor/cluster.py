"""One PostgreSQL data folder and the server on it: made, started, adopted, mended, stopped.

The server listens on a socket in a closed folder and on nothing else. Whoever calls ``start`` and ``stop`` holds
the lock of the place (see ``lock.py``); this module knows one owner at a time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cached_property, partial
from pathlib import Path

import psutil
import psycopg

from heli.config.supervisor.accounts import ServerAccount, data_folder, programs, server_account
from heli.config.supervisor.lifeline import die_with_parent

SUPERUSER = "postgres"
_LONGEST_SOCKET_FOLDER = 85  # macOS allows 104 bytes for the whole name
_STATUS_LINE = 7  # of postmaster.pid, from 0
_START_SECONDS = 300  # recovery after a crash may take a while; an ordinary start takes 0.2 s


class ClusterBroken(RuntimeError):
    """The server does not start; the message ends with the last lines of its log."""


class Cluster:
    """The server on one data folder. ``settings`` are lines of postgresql.conf beside Heli's own."""

    def __init__(self, wanted: Path, settings: Mapping[str, str] | None = None) -> None:
        self.wanted = wanted
        self.settings = {**_ORDINARY_SETTINGS, **(settings or {})}

    @cached_property
    def account(self) -> ServerAccount:
        return server_account()

    @cached_property
    def programs(self) -> Path:
        return programs(self.account)

    @cached_property
    def data(self) -> Path:
        return data_folder(self.wanted, self.account)

    @cached_property
    def sockets(self) -> Path:
        """The folder of the socket: in the data folder, or a short one where that name is too long."""
        inside = self.data / "socket"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_FOLDER:
            return inside
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path("/tmp") / f"heli-{digest}"  # noqa: S108 - closed to others below, and its owner is checked

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """Return the address of ``database`` for libpq and psycopg."""
        return f"postgresql://{user}@/{database}?host={self.sockets}"

    def connect(self, database: str = "postgres", user: str = SUPERUSER) -> psycopg.Connection:
        """Return a connection that commits each statement."""
        return psycopg.connect(self.url(database, user), autocommit=True, connect_timeout=5)

    def start(self, *, is_tied: bool = False) -> bool:
        """Make the data folder if there is none and bring the server up; return whether it was adopted running.

        A server that is tied stops in order when this process ends, however it ends (Linux alone).
        """
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._write_settings()
        self._open_sockets()
        process = self.server_process()
        if process is not None:
            if self._answers_within(60):
                return True
            self.stop("immediate")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._end_leftovers()
        self._launch(is_tied=is_tied and sys.platform == "linux")
        return False

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs: ``fast`` in order, ``immediate`` leaves recovery to the next start."""
        process = self.server_process()
        if process is None:
            return
        arguments = ["-D", str(self.data), "-m", mode, "-w", "-t", "60", "stop"]
        if self._run("pg_ctl", arguments).returncode != 0:
            self._run("pg_ctl", ["-D", str(self.data), "-m", "immediate", "-w", "-t", "20", "stop"])
        if process.is_running() and self.server_process() is not None:
            process.kill()
            process.wait(10)

    def remove(self) -> None:
        """Stop the server and delete its data and socket folders."""
        self.stop("immediate")
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def server_process(self) -> psutil.Process | None:
        """Return the running server of this folder; a process that merely got its old number does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
            process = psutil.Process(pid)
            return process if self._is_ours(process) else None
        except (OSError, ValueError, psutil.Error):
            return None

    def answers(self) -> bool:
        """Return whether the server takes a query now."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def stop_command(self) -> list[str]:
        """Return the command that stops the server, for a guard that outlives its owner."""
        return [str(self.programs / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop"]

    def _make(self) -> None:
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.mkdir(parents=True)
        self.account.own(unfinished)
        made = self._run("initdb", [*_INITDB, "-U", SUPERUSER, "-D", str(unfinished)])
        if made.returncode != 0:
            raise ClusterBroken(f"PostgreSQL could not make its data folder {self.data}: {made.stderr.strip()}")
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists = 'heli.conf'\n")
        unfinished.rename(self.data)

    def _write_settings(self) -> None:
        lines = {**self.settings, "unix_socket_directories": str(self.sockets)}
        text = "".join(f"{name} = '{value}'\n" for name, value in lines.items())
        conf = self.data / "heli.conf"
        conf.write_text(f"# Written by Heli at each start; your own lines go into postgresql.conf below.\n{text}")
        conf.chmod(0o644)

    def _open_sockets(self) -> None:
        self.sockets.mkdir(exist_ok=True)
        owner = self.sockets.stat().st_uid
        if owner not in {os.geteuid(), self.account.uid}:
            raise ClusterBroken(f"{self.sockets} belongs to somebody else. Remove it and start again.")
        self.account.own(self.sockets)

    def _launch(self, *, is_tied: bool) -> None:
        for attempt in range(3):
            if self._start_tied() if is_tied else self._start_free():
                return
            time.sleep(attempt + 1)  # a killed server's last sessions need a moment to let go of its memory
            self._end_leftovers()
        raise ClusterBroken(f"PostgreSQL does not start on {self.data}. {self._last_words()}")

    def _start_free(self) -> bool:
        arguments = ["-D", str(self.data), "-l", str(self.log), "-w", "-t", str(_START_SECONDS), "start"]
        return self._run("pg_ctl", arguments).returncode == 0

    def _start_tied(self) -> bool:
        """Start the server as a child, not through ``pg_ctl``, so that the kernel tells it when its parent ends."""
        self._give_log()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the terminal reaches Heli, which stops the server in order
                env=_quiet_environment(),
                preexec_fn=partial(die_with_parent, os.getpid(), signal.SIGINT),  # noqa: PLW1509 - no threads yet
                **self.account.popen,
            )
        until = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < until:
            if self._says_ready():
                return True
            time.sleep(0.02)
        process.kill()
        process.wait()
        return False

    def _says_ready(self) -> bool:
        """Return whether the server has written that it takes connections, as ``pg_ctl`` asks."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except OSError:
            return False
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

    def _give_log(self) -> None:
        """Make the log as ``pg_ctl`` does, so that a start of either kind can write it."""
        self.log.touch(0o600)
        if self.account.uid is not None and self.account.gid is not None:
            os.chown(self.log, self.account.uid, self.account.gid)

    def _last_words(self) -> str:
        """Return what the log says of the failure: its last grave line, or its last where there is none."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:] if self.log.exists() else []
        grave = [line for line in lines if any(word in line for word in ("FATAL:", "PANIC:"))]
        return " ".join((grave or lines)[-1:])

    def _end_leftovers(self) -> None:
        """Kill sessions of this data folder whose server is gone: they hold its shared memory."""
        left = [process for process in psutil.process_iter(["name"]) if self._is_ours(process)]
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=5)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return "postgres" in process.name() and Path(process.cwd()) == self.data.resolve()
        except (psutil.Error, OSError):
            return False

    def _answers_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.server_process() is not None:
            if self.answers():
                return True
            time.sleep(0.1)
        return False

    def _run(self, program: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        # Files, not pipes: the server inherits them, and a pipe would stay open as long as it runs.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,  # Ctrl-C in the terminal reaches Heli, which stops the server in order
                env=_quiet_environment(),
                check=False,
                **self.account.popen,
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())


def _quiet_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


_INITDB = (
    "--auth=trust",  # the socket's folder is closed to everybody but the account Heli runs under
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
_ORDINARY_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "2s",
}
