"""Work of the rulebook that outlasts a request, or comes with the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from heli.rooms.rulebook import records, services
from heli.rooms.rulebook.queries.reviewing import JOB as PREPARE
from heli.rooms.rulebook.services import deciding


@app.task(name=deciding.JOB, queue="rulebook")
def carry_out(adjustment_id: int) -> None:
    """Tell whom a decided change touches, and do what follows once its day has come."""
    services.carry_out(adjustment_id=adjustment_id, at=timezone.localtime())


# Every hour rather than once a night: it is idempotent, and a night without power loses nothing.
@app.periodic(cron="5 * * * *")
@app.task(name="rulebook.carry_out_due", queue="rulebook", queueing_lock="rulebook.carry_out_due")
def carry_out_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Queue the decided changes whose day has come."""
    services.carry_out_due(at=timezone.localtime())


@app.task(name=PREPARE, queue="rulebook", queueing_lock=PREPARE)
def prepare_review(year: int, half: int) -> None:
    """Draw up the proposals of a half-year that is over."""
    services.prepare_review(half=records.HalfYear(year, half), at=timezone.localtime())


# Every night, so that a site switched off on the first of the half-year still gets its review.
@app.periodic(cron="40 19 * * *")
@app.task(name="rulebook.prepare_due", queue="rulebook", queueing_lock="rulebook.prepare_due")
def prepare_due(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Prepare the review of the last half-year where there is none."""
    services.prepare_due(at=timezone.localtime())
