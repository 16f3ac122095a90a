"""Work of tasks that comes with the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from heli.rooms.tasks import services


# The schedule counts in UTC; a little after six in the morning in China.
@app.periodic(cron="10 22 * * *")
@app.task(name="tasks.climb_ladders", queue="tasks", queueing_lock="tasks.climb_ladders")
def climb_ladders(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Remind, urge and list whoever has not answered; running twice climbs once."""
    services.climb_ladders(at=timezone.localtime())
