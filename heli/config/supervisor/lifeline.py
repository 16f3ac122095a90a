"""A child process that never outlives its parent, even one that was killed with -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "HELI_PARENT_PID"  # the supervisor, for its children
WEB_PID = "HELI_WEB_PID"  # the web server process, for its workers
_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None, how: signal.Signals = signal.SIGTERM) -> None:
    """Arrange that this process gets ``how`` when ``parent`` (default: the one named in the environment) ends."""
    expected = parent if parent is not None else int(os.environ.get(PARENT, os.getppid()))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(expected, how), daemon=True).start()
    if os.getppid() != expected:  # it ended before the arrangement was made
        os.kill(os.getpid(), signal.SIGKILL)


def _watch(parent: int, how: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), how)
