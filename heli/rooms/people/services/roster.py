"""Roster files on their way in: uploaded, checked in a job, confirmed, written whole or not at all."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from heli.engines.officedocs.problems import Unreadable
from heli.kernel import audit, events, files
from heli.kernel.constraints import constraint_of
from heli.kernel.decisions import denied
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict, check_version
from heli.rooms.people import access
from heli.rooms.people.enums import ENDED_IMPORTS, ImportState, NameAnswer, Permission
from heli.rooms.people.events import RosterImported
from heli.rooms.people.models import Person, RosterImport, Unit
from heli.rooms.people.queries import roster as queries
from heli.rooms.people.services import roster_plan, roster_rows

_log = logging.getLogger(__name__)
CHECK_JOB, WRITE_JOB = "people.check_roster", "people.write_roster"
_KEPT_FAULTS, _KEPT_SAMPLE = 20_000, 50
_LARGEST = 30 * 1024 * 1024
# One roster is written at a time; the other is told so and writes nothing.
_ROSTER_LOCK = 0x524F5354


@transaction.atomic
def upload_roster(
    *, file_name: str, data: bytes, effective_on: date, language: str, by: Person, at: datetime
) -> RosterImport:
    """Keep the file and let a job check it. ``language`` ("zh" or "en") is that of the heads in messages."""
    today = timezone.localdate(at)
    access.has_somewhere(by, Permission.ROSTER_IMPORT, today).require()
    if len(data) > _LARGEST:
        raise Problem(
            _("The file is too large."), _("It may hold 30 MB."), _("Split it, or remove pictures and other sheets.")
        )
    if effective_on > today:
        raise Problem(_("A roster holds from today or an earlier day."), remedy=_("Import it on the day itself."))
    files.require_clean(data, file_name)
    roster = RosterImport.objects.create(
        file_name=Path(file_name).name[:200],
        file_hash=hashlib.sha256(data).hexdigest(),
        content=data,
        uploaded_by=by,
        uploaded_at=at,
        effective_on=effective_on,
    )
    audit.record("roster.uploaded", subject=roster, by=by, at=at, changes={"hash": roster.file_hash})
    app.configure_task(CHECK_JOB).defer(import_id=roster.pk, language=language)
    return roster


def check_roster(*, import_id: int, language: str, at: datetime) -> None:
    """Read and check the file; the job. Running it twice does no harm: it decides anew from the same file."""
    roster = RosterImport.objects.select_related("uploaded_by").get(pk=import_id)
    if roster.state != ImportState.READING or roster.content is None:
        return
    outcome: dict[str, Any]
    try:
        table = roster_rows.read(bytes(roster.content), roster.file_name, language)
        plan = _plan(table, roster, at)
    except Unreadable as refused:
        texts = {name: {"what": refused.what(name), "remedy": refused.how_to_mend(name)} for name in ("zh", "en")}
        outcome = {"state": ImportState.REFUSED, "failure": texts}
    except Exception as error:  # noqa: BLE001 - whatever it is, the import must end and say so
        _note(import_id, error)
        outcome = {"state": ImportState.FAILED, "failure": _in_both_languages(_unexpected)}
    else:
        outcome = {
            "state": ImportState.REFUSED if plan.faults or not plan.row_count else ImportState.CHECKED,
            "rows": plan.row_count,
            "rows_done": plan.row_count,
            "created": plan.created,
            "changed": plan.changed,
            "unchanged": plan.unchanged,
            "fault_count": len(plan.faults),
            "faults": [table.described(fault) for fault in plan.faults[:_KEPT_FAULTS]],
            "sample": plan.sample[:_KEPT_SAMPLE],
            "questions": plan.questions,
            "left_out": plan.left_out,
            "examples": list(table.examples[:_KEPT_SAMPLE]),
            "failure": {} if plan.row_count else _in_both_languages(_nobody),
        }
    RosterImport.objects.filter(pk=import_id, state=ImportState.READING).update(**outcome)


def _plan(table: roster_rows.RosterTable, roster: RosterImport, at: datetime) -> roster_plan.RosterPlan:
    answers = roster_plan.answers_in(roster.questions)
    return roster_plan.make(table, roster.uploaded_by, roster.effective_on, timezone.localdate(at), answers)


@transaction.atomic
def answer_roster(
    *, import_id: int, version: int | None, answers: Mapping[int, str], language: str, by: Person, at: datetime
) -> RosterImport:
    """Keep what was answered about names on file, by row, and check the roster again with it."""
    roster = _own(import_id, by, at)
    check_version(roster, version, {"state": ImportState.READING})
    given = {row: NameAnswer(answer) for row, answer in answers.items() if answer in NameAnswer.values}
    asked = [question for question in roster.questions if question["row"] in given]
    if roster.state != ImportState.CHECKED or not asked:
        raise Problem(
            _("No question was answered."),
            remedy=_("Choose for each row whether it is the same person or another one."),
        )
    for question in asked:
        question["answer"] = given[question["row"]].value
    roster.state, roster.version = ImportState.READING, roster.version + 1
    roster.save(update_fields=["state", "version", "questions"])
    numbers = {
        answer.value: ", ".join(question["staff_no"] for question in asked if question["answer"] == answer)
        for answer in NameAnswer
    }
    audit.record("roster.answered", subject=roster, by=by, at=at, changes=numbers)
    app.configure_task(CHECK_JOB).defer(import_id=roster.pk, language=language)
    return roster


@transaction.atomic
def confirm_roster(*, import_id: int, version: int | None, language: str, by: Person, at: datetime) -> RosterImport:
    """Let a checked roster be written; of two confirmations exactly one counts."""
    roster = _own(import_id, by, at)
    if roster.version != version or roster.state != ImportState.CHECKED:
        raise VersionConflict(yours={"state": ImportState.WRITING.label}, theirs={"state": roster.get_state_display()})
    if any(not question["answer"] for question in roster.questions):
        raise Problem(
            _("The roster still asks who somebody is."),
            _("A number stands under one name on file and under another in the roster."),
            _("Answer each of these rows first."),
        )
    roster.state, roster.rows_done, roster.version = ImportState.WRITING, 0, roster.version + 1
    roster.save(update_fields=["state", "rows_done", "version"])
    audit.record("roster.confirmed", subject=roster, by=by, at=at, changes={"rows": roster.rows})
    app.configure_task(WRITE_JOB).defer(import_id=roster.pk, language=language)
    return roster


def write_roster(*, import_id: int, language: str, at: datetime) -> None:
    """Write a confirmed roster in one transaction; the job. Nothing is written where anything fails.

    Killed in the middle, the database forgets what it had and the job starts anew; once written it does nothing.
    """
    roster = RosterImport.objects.select_related("uploaded_by").get(pk=import_id)
    if roster.state != ImportState.WRITING or roster.content is None:
        return
    try:
        _write(roster, language, at)
    except Problem as problem:
        _fail(roster, {"what": problem.what, "why": problem.why, "remedy": problem.remedy})
    except Exception as error:  # noqa: BLE001 - whatever it is, the import must end and say so
        _note(import_id, error)
        RosterImport.objects.filter(pk=roster.pk, state=ImportState.WRITING).update(
            state=ImportState.FAILED, rows_done=0, failure=_in_both_languages(_unexpected)
        )


def _note(import_id: int, error: Exception) -> None:
    """Write down what happened without the values: the database quotes names and addresses in its messages."""
    _log.error("Roster import %s ended with %s", import_id, constraint_of(error) or type(error).__name__)


def _unexpected() -> Problem:
    return Problem(
        _("The roster could not be written; nothing of it was."),
        _("A person or unit it names was probably changed at the same moment."),
        _("Check it again. If it fails again, withdraw it and tell the system administrator the time."),
    )


def _nobody() -> Problem:
    return Problem(
        _("The file names nobody."),
        _("It holds no row beside the heads and the example."),
        _("Write one person a row and upload the file anew."),
    )


def _in_both_languages(problem: Callable[[], Problem]) -> dict[str, dict[str, str]]:
    """Return the refusal in each language: who reads it may use another one than who imports."""
    texts = {}
    for name, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            told = problem()
        texts[name] = {"what": told.what, "why": told.why, "remedy": told.remedy}
    return texts


@transaction.atomic
def _write(roster: RosterImport, language: str, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ROSTER_LOCK])
        if not cursor.fetchone()[0]:
            raise Problem(
                _("Another roster is being written right now."),
                _("Two at once could contradict each other."),
                _("Check yours again when the other one is done."),
            )
    table = roster_rows.read(bytes(roster.content or b""), roster.file_name, language)
    plan = _plan(table, roster, at)
    if plan.open_questions:
        raise Problem(
            _("The roster no longer fits."),
            _("Since the check, a person it names was renamed on file."),
            _("Check it again and answer what it asks then."),
        )
    if plan.faults:
        raise Problem(
            _("The roster no longer fits."),
            _("Since the check, %(count)s rows have become wrong.") % {"count": len({f.row for f in plan.faults})},
            _("Check it again to see them."),
        )
    with roster_rows.Progress(roster.pk) as progress:
        roster_rows.write(plan.rows, roster.effective_on, progress)
    done = RosterImport.objects.filter(pk=roster.pk, state=ImportState.WRITING).update(
        state=ImportState.DONE,
        rows_done=plan.row_count,
        created=plan.created,
        changed=plan.changed,
        unchanged=plan.unchanged,
        finished_at=at,
        content=None,
        failure={},
    )
    if not done:
        raise Problem(_("The roster was withdrawn meanwhile."))
    counts = {
        "created": plan.created,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "left_out": plan.left_out,
    }
    changes = {**counts, "hash": roster.file_hash, "effective_on": roster.effective_on}
    audit.record("roster.imported", subject=roster, by=roster.uploaded_by, at=at, changes=changes)
    events.publish(RosterImported(roster.pk, plan.created, plan.changed))


def _fail(roster: RosterImport, failure: dict[str, str]) -> None:
    RosterImport.objects.filter(pk=roster.pk, state=ImportState.WRITING).update(
        state=ImportState.FAILED, rows_done=0, failure={"zh": failure, "en": failure}
    )


@transaction.atomic
def recheck_roster(*, import_id: int, version: int | None, language: str, by: Person, at: datetime) -> RosterImport:
    """Check a roster again, for instance after its units were made; what it asked is asked anew."""
    roster = _own(import_id, by, at)
    check_version(roster, version, {"state": ImportState.READING})
    if roster.content is None or roster.state not in {ImportState.FAILED, ImportState.REFUSED, ImportState.CHECKED}:
        raise Problem(_("This roster cannot be checked again."), remedy=_("Upload the file anew."))
    roster.state, roster.version = ImportState.READING, roster.version + 1
    roster.questions = []
    roster.save(update_fields=["state", "version", "questions"])
    audit.record("roster.rechecked", subject=roster, by=by, at=at)
    app.configure_task(CHECK_JOB).defer(import_id=roster.pk, language=language)
    return roster


@transaction.atomic
def withdraw_roster(*, import_id: int, version: int | None, by: Person, at: datetime) -> RosterImport:
    """Give a roster up; its file is forgotten, nothing was written."""
    roster = _own(import_id, by, at)
    check_version(roster, version, {"state": ImportState.WITHDRAWN})
    if roster.state in ENDED_IMPORTS:
        raise Problem(_("This roster is finished."), remedy=_("Correct single persons on their pages."))
    if roster.state == ImportState.WRITING:
        raise Problem(_("This roster is being written."), remedy=_("Wait until it is done."))
    roster.state, roster.content, roster.finished_at = ImportState.WITHDRAWN, None, at
    roster.faults, roster.sample, roster.questions, roster.version = [], [], [], roster.version + 1
    roster.save(update_fields=["state", "content", "finished_at", "faults", "sample", "questions", "version"])
    audit.record("roster.withdrawn", subject=roster, by=by, at=at)
    return roster


def _own(import_id: int, by: Person, at: datetime) -> RosterImport:
    access.has_somewhere(by, Permission.ROSTER_IMPORT, timezone.localdate(at)).require()
    found = RosterImport.objects.select_for_update(no_key=True, of=("self",)).filter(pk=import_id, uploaded_by=by)
    roster = found.order_by("pk").first()
    if roster is None:
        denied(_("Only whoever uploaded a roster goes on with it.")).require()
        raise AssertionError
    return roster


@transaction.atomic
def export_roster(*, unit_id: int, by: Person, at: datetime) -> list[queries.RosterLine]:
    """Return everybody below a unit on which the actor may export, and write down that they did."""
    on = timezone.localdate(at)
    unit = Unit.objects.get(pk=unit_id)
    access.require(by, Permission.ROSTER_IMPORT, unit, on)
    too_many = Problem(
        _("%(unit)s has too many persons for one file.") % {"unit": unit.name},
        _("A file holds 100,000 rows."),
        _("Export the units below it one by one."),
    )
    lines = queries.roster_lines(unit, on, too_many)
    audit.record("roster.exported", subject=unit, by=by, at=at, changes={"persons": len(lines)})
    return lines
