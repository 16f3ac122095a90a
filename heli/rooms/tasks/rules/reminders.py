"""When somebody may be reminded: pure arithmetic over hours of the day."""

from __future__ import annotations

from datetime import time, timedelta

# What falls due within so many days is named before it does.
SOON = timedelta(days=3)
QUIET_FROM, QUIET_TO = time(20), time(8)


def is_quiet(now: time, starts: time, ends: time) -> bool:
    """Return whether ``now`` lies in the quiet hours ``[starts, ends)``, which may run over midnight.

    Equal ends mean no quiet hours at all.
    """
    if starts <= ends:
        return starts <= now < ends
    return now >= starts or now < ends
