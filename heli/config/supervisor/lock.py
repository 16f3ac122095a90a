"""One supervisor per ``var/``: a lock that the operating system lets go when its holders are gone."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

_WAIT_SECONDS = 15.0


class AlreadyRunning(RuntimeError):
    """Another supervisor holds the place; ``pid`` and ``address`` say which."""

    def __init__(self, pid: int, address: str) -> None:
        super().__init__(f"held by {pid}")
        self.pid, self.address = pid, address


class StillHeld(RuntimeError):
    """No supervisor lives, yet the lock is held."""


class SiteLock:
    """The lock file of one ``var/``; its text names the supervisor and its address."""

    def __init__(self, var: Path) -> None:
        self.path = var / "run.lock"
        self.fd = -1

    def take(self, on_wait: Callable[[], None] = lambda: None) -> None:
        """Take the lock; waits while the guard of a killed supervisor puts the database away.

        Raises AlreadyRunning at once when a living supervisor holds it, StillHeld after 15 seconds.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until, told = time.monotonic() + _WAIT_SECONDS, False
        while not self._try():
            self._refuse_if_alive()
            if time.monotonic() > until:
                self.release()
                raise StillHeld(str(self.path))
            if not told:
                told = True
                on_wait()
            time.sleep(0.1)
        self.write("")

    def write(self, address: str) -> None:
        """Note who holds the lock and where it answers."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, f"{os.getpid()} {address}".encode(), 0)

    def holder(self) -> tuple[int, str]:
        """Return the noted process id (0 = none) and address."""
        pid, _, address = self.path.read_text(encoding="utf-8").partition(" ")
        return (int(pid) if pid.isdigit() else 0), address

    def is_held(self) -> bool:
        """Return whether somebody holds the lock now."""
        if not self.path.exists():
            return False
        with self.path.open("r+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def release(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _try(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _refuse_if_alive(self) -> None:
        pid, address = self.holder()
        try:
            os.kill(pid, 0) if pid else None
        except OSError:
            return
        if pid:
            self.release()
            raise AlreadyRunning(pid, address)
