"""``heli run``: the embedded PostgreSQL, the web server and the job worker as one foreground process tree."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import click
import psycopg

from heli.config import paths
from heli.config.sentences import say
from heli.config.supervisor import demo_mark, postgres, prepare, sign_ins
from heli.config.supervisor.children import Child
from heli.config.supervisor.cluster import Cluster
from heli.config.supervisor.lock import SiteLock

_READY_SECONDS = 120
_STOP_SECONDS = 12.0


class CannotRun(RuntimeError):
    """The tree cannot start; the message is for the person at the terminal."""


@dataclass(slots=True)
class Options:
    """What ``heli run`` was asked for; port 0 means any free one."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    migrate: bool = False
    demo: bool = False


@dataclass(slots=True)
class Tree:
    """The process tree of one site. ``run`` returns when it was asked to stop and nothing is left."""

    options: Options
    lock: SiteLock = field(default_factory=lambda: SiteLock(paths.VAR))
    cluster: Cluster | None = None
    guard: subprocess.Popen[bytes] | None = None
    children: list[Child] = field(default_factory=list)
    is_stopping: bool = False
    is_demo: bool = False

    def run(self) -> None:
        """Start everything, keep it running, stop everything."""
        started = time.monotonic()
        self.lock.take(on_wait=lambda: _tell("run.waiting"))
        handlers = {number: signal.signal(number, self._on_signal) for number in _STOP_SIGNALS}
        try:
            self.options.port = _free_port(self.options.host, self.options.port)
            self.lock.write(self.address)
            (paths.VAR / "static").mkdir(exist_ok=True)
            self._start_database()
            self._prepare()
            self._start_children()
            self._wait_until_ready(started)
            self._watch()
        except _Stop:
            pass
        finally:
            self._stop()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.options.host in {"0.0.0.0", "::"} else self.options.host  # noqa: S104 - compared
        return f"http://{host}:{self.options.port}"

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self.is_stopping:
            self.is_stopping = True
            raise _Stop

    def _start_database(self) -> None:
        if not postgres.is_embedded():
            _check_server()
            return
        cluster = self.cluster = postgres.embedded()
        if cluster.data != cluster.wanted and not cluster.data.exists():
            _tell("run.elsewhere", var=paths.VAR, data=cluster.data)
        self.guard = _guard(cluster, self.lock.fd)
        if cluster.start(is_tied=True):
            _tell("run.adopted")
        postgres.make_database(cluster)

    def _prepare(self) -> None:
        if not prepare.is_prepared():
            if not postgres.is_embedded() and not self.options.migrate and _run_module(_PREPARE, "--check") != 0:
                raise CannotRun(say("run.pending"))
            _tell("run.preparing")
            if _run_module(_PREPARE) != 0:
                raise CannotRun(say("run.prepare_failed"))
        if self.options.demo and not demo_mark.is_demo():
            if not demo_mark.is_empty():
                raise CannotRun(say("demo.occupied"))
            _tell("run.demo")
            if _run_module("heli", "demo", quiet=True) != 0:
                raise CannotRun(say("run.prepare_failed"))
        self.is_demo = demo_mark.is_demo()

    def _start_children(self) -> None:
        options = self.options
        environment = {
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "heli.config.settings"),
            "HELI_DEMO": "1" if self.is_demo else "0",
            "HELI_URL": os.environ.get("HELI_URL", self.address),
            # Requests are many and small: a pool of arithmetic threads in each process would only cost memory.
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
        }
        arguments = (options.host, str(options.port), str(options.workers))
        self.children = [
            Child("web", "heli.config.supervisor.web", arguments, environment),
            Child("worker", "heli.config.supervisor.worker", (), environment),
        ]
        for child in self.children:
            child.start()

    def _wait_until_ready(self, started: float) -> None:
        until = time.monotonic() + _READY_SECONDS
        while not _answers(self.address):
            if time.monotonic() > until:
                raise CannotRun(say("run.not_ready", seconds=_READY_SECONDS))
            self._look_after()
            time.sleep(0.05)
        _tell("run.ready", address=self.address, seconds=time.monotonic() - started)
        demo = sign_ins.lines() if self.is_demo else []
        if demo:
            _tell("run.sign_ins")
            click.echo("\n".join(demo))

    def _watch(self) -> None:
        while True:
            self._look_after()
            time.sleep(0.25)

    def _look_after(self) -> None:
        if self.cluster is not None and self.cluster.server_process() is None:
            _tell("run.database_died")
            self.cluster.start(is_tied=True)
        if self.cluster is not None and self.guard is not None and self.guard.poll() is not None:
            self.guard = _guard(self.cluster, self.lock.fd)
        for child in self.children:
            status = child.fell()
            if status is not None:
                _tell("run.child_died", name=child.name, status=status, seconds=child.pause)
            child.start_if_due()

    def _stop(self) -> None:
        self.is_stopping = True
        if self.children:
            _tell("run.stopping")
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + _STOP_SECONDS
        for child in self.children:
            child.end(until - time.monotonic())
        if self.cluster is not None:
            self.cluster.stop()
        if self.guard is not None:
            if self.guard.stdin is not None:
                self.guard.stdin.close()
            self.guard.wait()
        self.lock.release()
        if self.children:
            _tell("run.stopped")


class _Stop(BaseException):
    """Raised by the signal handler, to leave whatever is being waited for."""


def _guard(cluster: Cluster, lock_fd: int) -> subprocess.Popen[bytes]:
    """Leave a process behind that puts the database away when the supervisor is killed.

    It holds the site's lock until then, so that the next start waits for an orderly end. Where it was killed itself,
    the kernel tells the server (Linux); it is one process alone, so that none of it stays behind.
    """
    return subprocess.Popen(
        ["/bin/sh", "-c", 'while read -r _; do :; done; exec "$@"', "heli-guard", *cluster.stop_command()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(lock_fd,),
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        **cluster.account.popen,
    )


def _check_server() -> None:
    try:
        psycopg.connect(postgres.database_url("app"), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise CannotRun(say("run.server_unreachable", reason=" ".join(str(error).split()))) from None


def _free_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            other = port + 1 + secrets.randbelow(90)
            raise CannotRun(say("run.port_in_use", address=f"{host}:{port}", other=other)) from None
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/sign-in/", timeout=5).close()  # noqa: S310 - our own address
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except (OSError, http.client.HTTPException):
        return False
    return True


def _run_module(module: str, *arguments: str, quiet: bool = False) -> int:
    child = Child(module, module, arguments, is_quiet=quiet)
    child.start()
    process = child.process
    try:
        return process.wait() if process is not None else 1
    finally:
        child.end(0.0)


def _tell(code: str, **values: object) -> None:
    with suppress(BrokenPipeError):
        click.echo(say(code, **values))
        sys.stdout.flush()


_PREPARE = "heli.config.supervisor.prepare"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
