"""The web server process: granian with its workers. Started by ``heli run``."""

from __future__ import annotations

import os
import sys

from heli.config.supervisor.lifeline import die_with_parent

WEB_PID = "HELI_WEB_PID"
_THREADS = 4


def main(host: str, port: int, workers: int) -> None:
    """Serve ``heli.config.wsgi`` until SIGTERM."""
    die_with_parent()
    os.environ[WEB_PID] = str(os.getpid())
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


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
