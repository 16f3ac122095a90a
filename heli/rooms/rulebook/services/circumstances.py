"""What a unit says about itself where no other record knows it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import queries as people
from heli.rooms.rulebook import access, catalogue, rules
from heli.rooms.rulebook.models import Circumstance

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_CIRCUMSTANCE_LOCK = 0x52554C45


@transaction.atomic
def declare_circumstance(
    *,
    unit_id: int,
    condition: str,
    valid_from: date,
    reason: str,
    by: Person,
    at: datetime,
    valid_to: date | None = None,
) -> Circumstance:
    """Say that ``condition`` holds for the unit from ``valid_from`` on (up to, not including, ``valid_to``).

    Raises ``Problem`` for conditions that other records know already, and where the days overlap what stands.
    A new term ends the running one.
    """
    today = timezone.localdate(at)
    unit = people.unit_for(by, unit_id, today)
    access.can_declare(by, unit, today).require()
    _lock(unit.pk)
    _check_declarable(condition, valid_from, valid_to)
    held = Circumstance.objects.select_for_update(no_key=True).filter(unit=unit, condition=condition)
    rows = list(held.order_by("valid_from"))
    is_term = condition == rules.TERM_STARTED
    running = [one for one in rows if is_term and one.valid_to is None and one.valid_from < valid_from]
    for one in running:
        _end(one, valid_from, by, at)
    if any(_overlap(one, valid_from, valid_to) for one in rows):
        raise Problem(
            _("This was not saved."),
            _("The same is already entered for some of these days."),
            _("End the earlier entry first, or choose other days."),
        )
    stored = Circumstance.objects.create(
        unit=unit, condition=condition, valid_from=valid_from, valid_to=valid_to, reason=reason, declared_at=at,
        declared_by=by,
    )  # fmt: skip
    changes = {"unit": unit.name, "condition": condition, "from": valid_from, "to": valid_to, "reason": reason}
    for one in running:
        _record_end(one, None, by, at)
    audit.record("rulebook.circumstance_declared", subject=stored, by=by, at=at, changes=changes)
    return stored


def _end(stored: Circumstance, valid_to: date, by: Person, at: datetime) -> None:
    stored.valid_to, stored.version = valid_to, stored.version + 1
    stored.ended_at, stored.ended_by = at, by
    stored.save(update_fields=["valid_to", "version", "ended_at", "ended_by"])


def _record_end(stored: Circumstance, before: date | None, by: Person, at: datetime) -> None:
    changes = {"valid_to": [before, stored.valid_to]}
    audit.record("rulebook.circumstance_ended", subject=stored, by=by, at=at, changes=changes)


def _lock(unit_id: int) -> None:
    """Let one person at a time declare about a unit, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CIRCUMSTANCE_LOCK, unit_id % 2**31])


def _overlap(held: Circumstance, start: date, end: date | None) -> bool:
    return (end is None or held.valid_from < end) and (held.valid_to is None or start < held.valid_to)


def _check_declarable(condition: str, valid_from: date, valid_to: date | None) -> None:
    known = catalogue.load().condition_by_code.get(condition)
    if known is None or known.origin != "declared":
        raise Problem(
            _("This was not saved."),
            _("This fact is taken from another record and is not entered here."),
            _("Change it where it is kept."),
        )
    if valid_to is not None and valid_to <= valid_from:
        raise Problem(_("This was not saved."), _("The last day lies before the first."), _("Correct the days."))


@transaction.atomic
def end_circumstance(*, pk: int, valid_to: date, by: Person, at: datetime, version: int | None) -> Circumstance:
    """Say that the circumstance no longer holds from ``valid_to`` on; what was stays readable."""
    today = timezone.localdate(at)
    _lock(access.circumstance_for(by, pk, today).unit_id)
    stored = Circumstance.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=pk)
    access.can_declare(by, stored.unit, today).require()
    check_version(stored, version, {"valid_to": valid_to})
    if valid_to <= stored.valid_from:
        raise Problem(
            _("This was not saved."),
            _("It began on %(day)s.") % {"day": stored.valid_from.isoformat()},
            _("Choose a later day."),
        )
    others = Circumstance.objects.filter(unit=stored.unit_id, condition=stored.condition).exclude(pk=pk)
    if any(_overlap(one, stored.valid_from, valid_to) for one in others.order_by("valid_from")):
        raise Problem(
            _("This was not saved."),
            _("The same is already entered for some of these days."),
            _("Choose a day before the next entry begins."),
        )
    before = stored.valid_to
    _end(stored, valid_to, by, at)
    _record_end(stored, before, by, at)
    return stored
