"""What a granian worker loads: the application, tied to the life of the web server process."""

from __future__ import annotations

import os
import signal

from heli.config.supervisor.lifeline import WEB_PID, die_with_parent

if WEB_PID in os.environ and os.getppid() == int(os.environ[WEB_PID]):
    die_with_parent(int(os.environ[WEB_PID]), how=signal.SIGKILL)

from heli.config.wsgi import application  # the tie comes first: loading takes a second

__all__ = ["application"]
