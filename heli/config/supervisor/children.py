"""The processes under the supervisor: started, watched, started again with a growing pause, stopped as a group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from heli.config.supervisor.lifeline import PARENT

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_SETTLED_AFTER = 60.0  # a process that lived this long starts again at once after its next fall


@dataclass(slots=True)
class Child:
    """One Python module run as a process of its own session, so that Ctrl-C reaches the supervisor alone."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_quiet: bool = False
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    started_at: float = 0.0
    next_start_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module, *self.arguments],
            env={**os.environ, **self.environment, PARENT: str(os.getpid())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.is_quiet else None,
            start_new_session=True,
        )

    def fell(self) -> int | None:
        """Return the exit status once, when the process has ended by itself; sweeps up what it left."""
        if self.process is None or self.process.poll() is None:
            return None
        status = self.process.returncode
        self._kill_group()
        lived = time.monotonic() - self.started_at
        self.falls = 0 if lived > _SETTLED_AFTER else self.falls + 1
        self.process = None
        self.next_start_at = time.monotonic() + self.pause
        return status

    @property
    def pause(self) -> float:
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** max(0, self.falls - 1))

    def start_if_due(self) -> None:
        if self.process is None and time.monotonic() >= self.next_start_at:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for the process to end, at most ``seconds``, then kill it with all it started."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, seconds))
        self._kill_group()
        self.process.wait()
        self.process = None

    def _kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
