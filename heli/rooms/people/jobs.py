"""Work of the people room that outlasts a request, or comes with the clock."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from heli.rooms.people import services
from heli.rooms.people.services import log_checks, roster


@app.task(name=roster.CHECK_JOB, queue="people")
def check_roster(import_id: int, language: str) -> None:
    roster.check_roster(import_id=import_id, language=language, at=timezone.localtime())


@app.task(name=roster.WRITE_JOB, queue="people")
def write_roster(import_id: int, language: str) -> None:
    roster.write_roster(import_id=import_id, language=language, at=timezone.localtime())


@app.task(name=log_checks.JOB, queue="people")
def check_log(check_id: int) -> None:
    services.run_log_check(check_id=check_id)


@app.periodic(cron="17 * * * *")
@app.task(name="people.forget_sign_ins", queue="people", queueing_lock="people.forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives the time of the schedule
    """Remove ended sessions and old wrong tries, so that no sign-in leaves a trace; let old requests lapse."""
    services.forget_sign_ins(at=timezone.localtime())
    services.expire_resets(at=timezone.localtime())
