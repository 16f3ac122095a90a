"""Work of tasks that outlasts a request, or comes with the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from heli.rooms.tasks import services
from heli.rooms.tasks.services import issuing


# The schedule counts in UTC; a little after six in the morning in China.
@app.periodic(cron="10 22 * * *")
@app.task(name="tasks.climb_ladders", queue="tasks", queueing_lock="tasks.climb_ladders")
def climb_ladders(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Remind, urge and list whoever has not answered; running twice climbs once."""
    services.climb_ladders(at=timezone.localtime())


@app.task(name=issuing.JOB, queue="tasks")
def issue_template(issue_id: int) -> None:
    """Open the tasks of one issue; see ``issuing.run_issue``."""
    services.run_issue(issue_id=issue_id, at=timezone.localtime())


# Every hour rather than once a night: it is idempotent, and a night without power loses nothing.
@app.periodic(cron="10 * * * *")
@app.task(name="tasks.issue_due", queue="tasks", queueing_lock="tasks.issue_due")
def issue_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Queue the templates whose day to appear has come."""
    services.issue_due(at=timezone.localtime())


# Every hour: each person hears once a day, when the own quiet hours are over.
@app.periodic(cron="5 * * * *")
@app.task(name="tasks.remind", queue="tasks", queueing_lock="tasks.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Remind of what is late, due today or soon, in one message a day and person."""
    services.remind(at=timezone.localtime())


@app.periodic(cron="20 22 * * *")
@app.task(name="tasks.open_effect_checks", queue="tasks", queueing_lock="tasks.open_effect_checks")
def open_effect_checks(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Open the tasks that look at the effect of problems crossed off months ago; running twice opens once."""
    services.open_effect_checks(at=timezone.localtime())
