"""A change of an entry first shows what follows from it; another person decides; from its day on it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict, check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.rulebook import access, records, rules
from heli.rooms.rulebook.enums import AdjustmentState, Family
from heli.rooms.rulebook.models import (
    ENTRIES,
    Adjustment,
    AdjustmentException,
    Entry,
    Wording,
    as_cell,
)
from heli.rooms.rulebook.queries.adjusting import change_of, groups_of
from heli.rooms.rulebook.services.wordings import check_content, check_day, last_wording

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


class StateRefused(Problem):
    """The change is not in a state in which this can be done."""

    status = 409


@transaction.atomic
def draft_adjustment(
    *,
    family: Family,
    code: str,
    cells: Mapping[str, str],
    switches: Mapping[str, Any] | None = None,
    reason: str,
    valid_from: date,
    by: Person,
    at: datetime,
    version: int | None,
) -> Adjustment:
    """Draft a change of an entry, to hold from ``valid_from`` on; nothing takes effect.

    ``cells`` are columns as the catalogue writes them. Raises ``Problem`` where nothing changes, the reason is
    missing, the day has passed or lies before the last change, the content cannot be read, or a change of the same
    entry is under way.
    """
    access.can_edit(by, timezone.localdate(at)).require()
    _check_reason(reason)
    entry = ENTRIES[family].objects.select_for_update(no_key=True).get(code=code)
    wording = last_wording(family, entry)
    wanted, held = _differing(wording, cells, switches or {})
    if version != entry.version:
        raise VersionConflict(
            yours={**cells, **(switches or {})}, theirs=_stored(wording, cells, switches or {}), version=entry.version
        )
    _check_none_under_way(family, code)
    if not held:
        raise Problem(
            _("Nothing was changed."), _("All values are as they were."), _("Change a value, or leave the page.")
        )
    check_from(valid_from, wording, at)
    own = {**wording.cells(), **wanted[0]}
    check_content(family, code, own, valid_from)
    drafted = Adjustment.objects.create(
        family=family, code=code, title_zh=own.get("title_zh") or own["name_zh"],
        title_en=own.get("title_en") or own["name_en"], cells=wanted[0], switches=wanted[1], before=held,
        base_version=entry.version, effective_on=valid_from, reason=reason.strip(), hands=_hands(by, at), drafted_at=at,
        drafted_by=by,
    )  # fmt: skip
    changes = {**{name: [held[name], value] for name, value in _wanted(drafted).items()}, "from": valid_from}
    audit.record("adjustment.drafted", subject=drafted, by=by, at=at, changes={**changes, "reason": drafted.reason})
    return drafted


@transaction.atomic
def move_adjustment(
    *, adjustment_id: int, valid_from: date, reason: str, by: Person, at: datetime, version: int | None
) -> Adjustment:
    """Give a draft another day or reason."""
    drafted = held_adjustment(adjustment_id, by, at, version, {"effective_on": valid_from, "reason": reason})
    access.can_draft(by, drafted, timezone.localdate(at)).require()
    check_state(drafted, AdjustmentState.DRAFT)
    _check_reason(reason)
    if not drafted.is_one_act:
        check_from(valid_from, last_wording(Family(drafted.family), locked_entry(drafted)), at)
    changes = {"from": [drafted.effective_on, valid_from], "reason": [drafted.reason, reason.strip()]}
    drafted.effective_on, drafted.reason = valid_from, reason.strip()
    return saved(drafted, "adjustment.moved", by, at, changes, is_hand=True)


@transaction.atomic
def propose_adjustment(*, adjustment_id: int, by: Person, at: datetime, version: int | None) -> Adjustment:
    """Hand the draft to whoever decides; from here it does not change."""
    drafted = hand_in(held_adjustment(adjustment_id, by, at, version, {}), by, at)
    day = timezone.localdate(at)
    tell(
        drafted, people.without(access.deciders(day), drafted.hands, day), at,
        gettext_noop("“%(title)s” is to change: decide on it"),
        gettext_noop("You decide on changes of the rulebook and had no hand in this one."),
    )  # fmt: skip
    return drafted


def hand_in(drafted: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Propose a draft locked by the caller, who tells those who decide."""
    if drafted.is_one_act:
        raise StateRefused(
            _("This is not proposed."), _("Whoever may do it decides what follows."), _("Do it as chosen.")
        )
    access.can_edit(by, timezone.localdate(at)).require()
    entry = locked_entry(drafted)
    check_base(drafted, entry)
    check_from(drafted.effective_on, last_wording(Family(drafted.family), entry), at)
    move(drafted, AdjustmentState.PROPOSED)
    drafted.proposed_at, drafted.proposed_by, drafted.note = at, by, ""
    return saved(drafted, "adjustment.proposed", by, at, {"from": drafted.effective_on}, is_hand=True)


@transaction.atomic
def withdraw_adjustment(
    *, adjustment_id: int, reason: str, by: Person, at: datetime, version: int | None
) -> Adjustment:
    """Take a change back that is not decided yet; it stays readable."""
    found = held_adjustment(adjustment_id, by, at, version, {})
    access.can_draft(by, found, timezone.localdate(at)).require()
    check_note(reason, _("The change was not withdrawn."))
    if found.state == AdjustmentState.DECIDED:  # only who decides takes it back, and tells everyone: deciding.py
        check_state(found, AdjustmentState.PROPOSED)
    move(found, AdjustmentState.WITHDRAWN)
    found.withdrawn_at, found.withdrawn_by, found.note = at, by, reason.strip()[:500]
    return saved(found, "adjustment.withdrawn", by, at, {"reason": found.note}, is_hand=True)


@transaction.atomic
def leave_out(
    *,
    adjustment_id: int,
    group: str,
    line: str,
    reason: str,
    by: Person,
    at: datetime,
    version: int | None,
) -> AdjustmentException:
    """Leave one thing out of what follows, with the reason: who drafts may, and who decides."""
    found = held_adjustment(adjustment_id, by, at, version, {})
    is_hand = _check_may_choose(found, by, at)
    check_note(reason, _("It was not left out."))
    line, title = _line_of(found, group, line, by, at)
    exception, made = AdjustmentException.objects.get_or_create(
        adjustment=found, group=group, line=line,
        defaults={"title": title[:300], "reason": reason.strip()[:300], "left_out_at": at, "left_out_by": by},
    )  # fmt: skip
    if not made:
        raise StateRefused(_("It is left out already."), _("Its reason stands below."))
    changes = {"group": group, "line": line, "title": title, "reason": exception.reason}
    saved(found, "adjustment.left_out", by, at, changes, is_hand=is_hand)
    return exception


@transaction.atomic
def take_back_in(*, exception_id: int, adjustment_id: int, by: Person, at: datetime, version: int | None) -> Adjustment:
    """Let a thing that was left out follow after all."""
    found = held_adjustment(adjustment_id, by, at, version, {})
    is_hand = _check_may_choose(found, by, at)
    exception = found.exceptions.filter(pk=exception_id).order_by("pk").first()
    if exception is None:
        raise StateRefused(_("It is not left out."), _("Open the page again to see what is."))
    changes = {"group": exception.group, "line": exception.line, "title": exception.title}
    exception.delete()
    return saved(found, "adjustment.taken_back_in", by, at, changes, is_hand=is_hand)


def tell(adjustment: Adjustment, persons: set[int], at: datetime, title: str, reason: str) -> int:
    """Write one notice to each person; it leads to the change."""
    return information.notify(
        persons=persons,
        kind=NotificationKind.RULE,
        title=title,
        reason=reason,
        params={"title": adjustment.title_zh, "day": adjustment.effective_on.isoformat()},
        url=reverse("rulebook:adjustment", args=[adjustment.pk]),
        at=at,
    )


def move(adjustment: Adjustment, state: AdjustmentState) -> None:
    """Set the state if the table allows the step; the caller saves."""
    if state not in rules.ADJUSTMENT_TRANSITIONS[adjustment.state]:
        raise StateRefused(
            _("This cannot be done now."),
            _("The change is “%(state)s”.") % {"state": AdjustmentState(adjustment.state).label},
            _("Open it again to see where it stands."),
        )
    adjustment.state = state


def locked(adjustment_id: int) -> Adjustment:
    """Return the change, locked until the transaction ends."""
    rows = Adjustment.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("drafted_by", "decided_by", "unit").get(pk=adjustment_id)


def held_adjustment(
    adjustment_id: int, by: Person, at: datetime, version: int | None, yours: Mapping[str, Any]
) -> Adjustment:
    access.adjustment_for(by, adjustment_id, timezone.localdate(at))
    found = locked(adjustment_id)
    check_version(found, version, yours)
    return found


def saved(
    adjustment: Adjustment,
    action: str,
    by: Person,
    at: datetime,
    changes: Mapping[str, Any],
    *,
    is_hand: bool = False,
) -> Adjustment:
    if is_hand and not adjustment.is_one_act:  # it is made by one person, so nobody is kept from deciding it
        adjustment.hands = list(dict.fromkeys([*adjustment.hands, *_hands(by, at)]))
    adjustment.version += 1
    adjustment.save()
    audit.record(action, subject=adjustment, by=by, at=at, changes={"state": adjustment.state, **changes})
    return adjustment


def _hands(by: Person, at: datetime) -> list[int]:
    return sorted(access.hands_of(by, timezone.localdate(at)))


def check_state(adjustment: Adjustment, state: AdjustmentState) -> None:
    if adjustment.state != state:
        raise StateRefused(
            _("This cannot be done now."),
            _("The change is “%(state)s”.") % {"state": AdjustmentState(adjustment.state).label},
            _("Open it again to see where it stands."),
        )


def _check_may_choose(adjustment: Adjustment, by: Person, at: datetime) -> bool:
    """Ask who may leave lines out now; returns whether that makes the person one of its hands."""
    today = timezone.localdate(at)
    if adjustment.state == AdjustmentState.DRAFT:
        access.can_draft(by, adjustment, today).require()
        return True
    check_state(adjustment, AdjustmentState.PROPOSED)
    access.can_decide(by, adjustment, today).require()
    return False


def _check_has_lines(change: records.Change, reader: records.Reader, group: str) -> None:
    fixed = {one.key for one in groups_of(change, reader, is_whole=True) if one.is_fixed}
    if group in fixed:
        raise StateRefused(
            _("It was not left out."),
            _("Somebody waits for it, so it passes to whoever takes over."),
            _("Whoever asked for it can withdraw it on its own page."),
        )


def _line_of(adjustment: Adjustment, group: str, line: str, by: Person, at: datetime) -> tuple[str, str]:
    """Return the key of a line that follows from the change, as its room writes it, and its title."""
    follower = records.follower_of(group)
    change, reader = change_of(adjustment), records.Reader(by, timezone.localdate(at))
    if change.is_closing:
        _check_has_lines(change, reader, group)
    found = follower.lines(change, reader, records.Page(group, only=(line,))) if follower is not None else ()
    if not found:
        raise StateRefused(
            _("It was not left out."),
            _("It does not follow from this change, or no longer does."),
            _("Open the page again to see what follows now."),
        )
    return found[0].key, found[0].title


def locked_entry(adjustment: Adjustment) -> Entry:
    entry: Entry = ENTRIES[adjustment.family].objects.select_for_update(no_key=True).get(code=adjustment.code)
    return entry


def check_base(adjustment: Adjustment, entry: Entry) -> None:
    if entry.version != adjustment.base_version:
        raise StateRefused(
            _("This cannot be done now."),
            _("%(code)s was changed in another way since this was drafted.") % {"code": adjustment.code},
            _("Withdraw this change and draft it anew on what holds now."),
        )


def _check_none_under_way(family: Family, code: str) -> None:
    under_way = Adjustment.objects.filter(
        family=family, code=code, state__in=(AdjustmentState.DRAFT, AdjustmentState.PROPOSED)
    )
    if under_way.exists():
        raise StateRefused(
            _("The change was not saved."),
            _("Another change of %(code)s is under way.") % {"code": code},
            _("Finish or withdraw that one first; it stands on the page of changes."),
        )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Problem(
            _("The change was not saved."), _("A change of the rulebook needs its reason."), _("Write why it changes.")
        )


def check_note(reason: str, what: str) -> None:
    if not reason.strip():
        raise Problem(what, _("Whoever reads it later has to know why."), _("Write the reason."))


def check_from(day: date, before: Wording, at: datetime) -> None:
    if day < timezone.localdate(at):
        raise Problem(
            _("The change was not saved."),
            _("%(day)s has passed. What held then stays as it was.") % {"day": day.isoformat()},
            _("Choose today or a later day."),
        )
    check_day(before, day)


_Values = dict[str, Any]


def _differing(
    wording: Wording, cells: Mapping[str, str], switches: Mapping[str, Any]
) -> tuple[tuple[_Values, _Values], _Values]:
    """Return what differs from the wording: (cells, switches) wanted, and what is held of the same."""
    own = wording.cells()
    wanted = {column: text for column, text in cells.items() if own[column] != text}
    turned = {name: value for name, value in switches.items() if getattr(wording, name) != value}
    return (wanted, turned), _stored(wording, wanted, turned)


def _stored(wording: Wording, cells: Mapping[str, str], switches: Mapping[str, Any]) -> _Values:
    own = wording.cells()
    return {**{column: own[column] for column in cells}, **{name: getattr(wording, name) for name in switches}}


def _wanted(adjustment: Adjustment) -> dict[str, str]:
    switches = {name: as_cell(value) for name, value in adjustment.switches.items()}
    return {**adjustment.cells, **switches}
