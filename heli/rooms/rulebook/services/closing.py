"""A unit or post is closed with all that follows: drafted, chosen group by group, then closed in one act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people import services as people_services
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, records
from heli.rooms.rulebook.enums import AdjustmentState, Place
from heli.rooms.rulebook.models import Adjustment, AdjustmentEffect
from heli.rooms.rulebook.queries import adjusting as queries
from heli.rooms.rulebook.queries import places
from heli.rooms.rulebook.queries.calendar import work_calendar
from heli.rooms.rulebook.services.adjusting import StateRefused, check_note, check_state, held_adjustment, move, saved
from heli.rooms.rulebook.services.deciding import JOB, Choice, check_choices, check_reach, chosen_of, effect_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def begin_closing_unit(
    *, unit_id: int, version: int | None, on: date, reason: str, heir_id: int | None, by: Person, at: datetime
) -> Adjustment | None:
    """Close a unit from which nothing follows at once and return None; else draft its closing, to be decided on.

    ``heir_id`` is the unit that takes over; it is one of ``queries.heirs_of_unit``.
    """
    today = timezone.localdate(at)
    unit = people.unit_for(by, Permission.UNIT_EDIT, unit_id, today)
    heirs = {one.pk for one in places.heirs_of_unit(by, unit, today)}
    if heir_id is not None and heir_id not in heirs:
        raise _cannot_take_over()
    if not follows(places.closing_of_unit(unit, on, heir_id), by, at):
        people_services.close_unit(unit_id=unit_id, version=version, on=on, reason=reason, by=by, at=at)
        return None
    closed = Adjustment(
        family=Place.UNIT, code=str(unit.pk), unit=unit, title_zh=unit.name, title_en=unit.name, effective_on=on,
        base_version=unit.version, cells=_cells(Place.UNIT, heir_id), reason=reason,
    )  # fmt: skip
    return _draft(closed, by, at)


@transaction.atomic
def begin_closing_post(
    *, post_id: int, version: int | None, reason: str, heir_id: int | None, by: Person, at: datetime
) -> Adjustment | None:
    """Close a post from which nothing follows at once and return None; else draft its closing, to be decided on.

    ``heir_id`` is the post that takes over, one of ``queries.heirs_of_post``; without one its work goes to whoever may
    do tasks in the unit.
    """
    today = timezone.localdate(at)
    post = access.post_to_close(by, post_id, today)
    heirs = {one.pk: one for one in places.heirs_of_post(by, post, today)}
    if heir_id is not None and heir_id not in heirs:
        raise _cannot_take_over()
    if not follows(places.closing_of_post(post, today, heirs.get(heir_id or 0)), by, at):
        people_services.close_post(post_id=post_id, version=version, by=by, at=at)
        return None
    title = post.full_title
    closed = Adjustment(
        family=Place.POST, code=str(post.pk), unit=post.unit, title_zh=title[:120], title_en=title[:200],
        effective_on=today, base_version=post.version, cells=_cells(Place.POST, heir_id), reason=reason,
    )  # fmt: skip
    return _draft(closed, by, at)


NEAR = 14
"""How many days off the day what is due on it may move to: past the longest holidays."""


@transaction.atomic
def begin_moving_day(*, day: date, moved_to: date, reason: str, by: Person, at: datetime) -> Adjustment:
    """Draft that what is due on a day moves to another, to be decided on. Raises ``Problem`` where nothing is due."""
    today = timezone.localdate(at)
    access.can_edit(by, today).require()
    if moved_to == day or moved_to < today or not work_calendar().is_working(moved_to):
        raise Problem(
            _("Nothing was moved."),
            _("%(day)s is the same day, has passed or is a day off.") % {"day": moved_to.isoformat()},
            _("Choose a working day from today on."),
        )
    if day < today or abs((moved_to - day).days) > NEAR:
        raise Problem(
            _("Nothing was moved."),
            _("What is late stays late, and a day off moves nothing by more than %(days)s days.") % {"days": NEAR},
            _("Choose a working day near it; a single task is put off by whoever asked for it."),
        )
    if not follows(places.change_of_day(day, moved_to), by, at):
        raise Problem(_("Nothing was moved."), _("Nothing that can move is due that day."), _("Choose another day."))
    moved = Adjustment(
        family=Place.DAY, code=day.isoformat(), title_zh=day.isoformat(), title_en=day.isoformat(), base_version=1,
        effective_on=today, cells={places.MOVED_TO: moved_to.isoformat()}, reason=reason,
    )  # fmt: skip
    return _draft(moved, by, at)


def follows(change: records.Change, by: Person, at: datetime) -> bool:
    """Return whether anything follows that somebody has to decide on, what the person cannot see included."""
    groups = queries.groups_of(change, records.Reader(by, timezone.localdate(at)))
    return any(group.act for group in groups) or _leaves(change)


def _leaves(change: records.Change) -> bool:
    return any(follower.leaves(change) for follower in records.followers())


def _cells(place: Place, heir_id: int | None) -> dict[str, str]:
    name = places.HEIR_UNIT if place == Place.UNIT else places.HEIR_POST
    return {name: str(heir_id)} if heir_id is not None else {}


def _cannot_take_over() -> Problem:
    return Problem(_("It cannot take over."), _("Nobody would receive the work there."), _("Choose one of the list."))


def _draft(closed: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Save the draft; of two who draft the same closing one wins."""
    check_note(closed.reason, _("It was not drafted."))
    closed.reason, closed.drafted_at, closed.drafted_by = closed.reason.strip()[:300], at, by
    try:
        with transaction.atomic():
            closed.save(force_insert=True)
    except IntegrityError as error:
        raise StateRefused(
            _("It was not drafted."),
            _("The same is drafted already."),
            _("Open it on the page of changes, finish or withdraw it."),
        ) from error
    changes = {"from": closed.effective_on, "reason": closed.reason, **closed.cells}
    audit.record("adjustment.drafted", subject=closed, by=by, at=at, changes=changes)
    return closed


@transaction.atomic
def revise_closing(
    *, adjustment_id: int, on: date, reason: str, heir_id: int | None, by: Person, at: datetime, version: int | None
) -> Adjustment:
    """Give a drafted closing another day, reason or heir; of a post the day is that of the act."""
    drafted = held_adjustment(adjustment_id, by, at, version, {"effective_on": on, "reason": reason})
    today = timezone.localdate(at)
    access.can_draft(by, drafted, today).require()
    check_state(drafted, AdjustmentState.DRAFT)
    if drafted.family == Place.DAY:
        raise StateRefused(
            _("The closing was not saved."), _("Nothing is closed here."), _("Withdraw it and begin from the day.")
        )
    check_note(reason, _("The closing was not saved."))
    if heir_id is not None and heir_id not in _heirs_of(drafted, by, today):
        raise _cannot_take_over()
    cells = _cells(Place(drafted.family), heir_id)
    changes = {
        "from": [drafted.effective_on, on], "reason": [drafted.reason, reason.strip()], "heir": [drafted.cells, cells],
    }  # fmt: skip
    drafted.effective_on, drafted.reason, drafted.cells = on, reason.strip()[:300], cells
    return saved(drafted, "adjustment.moved", by, at, changes)


def _heirs_of(drafted: Adjustment, by: Person, on: date) -> set[int]:
    if drafted.family == Place.UNIT and drafted.unit is not None:
        return {one.pk for one in places.heirs_of_unit(by, drafted.unit, on)}
    return {one.pk for one in places.heirs_of_post(by, access.post_to_close(by, int(drafted.code), on), on)}


@transaction.atomic
def close_as_chosen(
    *, adjustment_id: int, choices: Mapping[str, Choice], by: Person, at: datetime, version: int | None
) -> Adjustment:
    """Close the unit or post and let follow what was chosen; of two who do it at once one wins.

    Raises ``Problem`` where a group has no choice or is declined without a reason, where work passes on and nobody
    would receive it, and whatever ``people`` refuses: a unit that still has persons, a post that somebody holds.
    """
    drafted = held_adjustment(adjustment_id, by, at, version, {})
    today = timezone.localdate(at)
    check_state(drafted, AdjustmentState.DRAFT)
    access.can_decide(by, drafted, today).require()
    if drafted.family != Place.UNIT:
        drafted.effective_on = today
    if drafted.family == Place.DAY:
        check_reach(drafted, _("Nothing was moved."), by, at)
    change = queries.change_of(drafted)
    found = queries.groups_of(change, records.Reader(by, today), is_whole=True)
    check_choices(found, choices)
    _check_received(change, found, today)
    AdjustmentEffect.objects.bulk_create([effect_of(drafted, group, choices) for group in found])
    _close(drafted, by, at)
    for state in (AdjustmentState.PROPOSED, AdjustmentState.DECIDED):
        move(drafted, state)
    drafted.proposed_at, drafted.proposed_by, drafted.decided_at, drafted.decided_by = at, by, at, by
    follow = {group.key: chosen_of(group, choices) for group in found if group.act}
    saved(drafted, "adjustment.decided", by, at, {"from": drafted.effective_on, "follows": follow})
    app.configure_task(JOB, queue="rulebook").defer(adjustment_id=drafted.pk)
    return drafted


def _close(drafted: Adjustment, by: Person, at: datetime) -> None:
    """Close it in ``people``, in the version it has: the draft is what was read, and has a version of its own."""
    if drafted.family == Place.UNIT and drafted.unit is not None:
        people_services.close_unit(
            unit_id=drafted.unit.pk, version=drafted.unit.version, on=drafted.effective_on, reason=drafted.reason[:200],
            by=by, at=at,
        )  # fmt: skip
        return
    if drafted.family == Place.DAY:
        return
    post = access.post_to_close(by, int(drafted.code), timezone.localdate(at))
    people_services.close_post(post_id=post.pk, version=post.version, by=by, at=at)


def _check_received(change: records.Change, found: list[records.Group], on: date) -> None:
    """Refuse to pass work on to where nobody would do it."""
    if not any(group.count and group.act == records.FORWARD for group in found) and not _leaves(change):
        return
    heir = change.heir
    if heir is None or not people.holders_of({(heir.unit_id, heir.post_kind)}, on):
        raise Problem(
            _("It was not closed."),
            _("Work passes on, and nobody would receive it."),
            _("Choose somebody else who takes over, or have a post filled there first."),
        )
