"""What a decider does with a proposed change, and what is done once it is decided.

The decision writes the wording, dated, and is one transaction. What follows is the work of a job: the people touched
are told, and on the day each accepted group is done through its own room, one transaction each. Killed in the middle,
the job goes on where it stood; doing a group again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.rulebook import access, records, rules
from heli.rooms.rulebook.enums import AdjustmentState, Family, Place
from heli.rooms.rulebook.models import Adjustment, AdjustmentEffect, AdjustmentNotice, AdjustmentTold
from heli.rooms.rulebook.queries.adjusting import change_of, groups_of
from heli.rooms.rulebook.queries.reaching import beyond_reach
from heli.rooms.rulebook.services.adjusting import (
    check_base,
    check_from,
    check_note,
    check_state,
    held_adjustment,
    locked,
    locked_entry,
    move,
    saved,
    tell,
)
from heli.rooms.rulebook.services.wordings import Rewording, change_entry, last_wording, take_back
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

JOB = "rulebook.carry_out"
# Work that would be left with nobody is withdrawn where it does not pass on: something is done in any case.
_TO_DO = Q(is_accepted=True) | Q(act=records.FORWARD)
_AT_ONCE = 5000
_CHANGES = (
    gettext_noop("“%(title)s” changes from %(day)s: read what follows from it"),
    gettext_noop("You work for a unit that it touches, or answer for an item of it."),
)
_CLOSED = (
    gettext_noop("“%(title)s” is closed from %(day)s: read what follows from it"),
    gettext_noop(
        "You work for a unit that takes over from it or asked it for work, or answer for an item that named it."
    ),
)
_WORDS = {
    Place.DAY: (
        gettext_noop("What falls due on %(title)s moves: read where to"),
        gettext_noop("You work for a unit that has something due that day."),
    )
}


class ReachTooShort(Problem):
    """Something of what follows lies in units that the person does not decide for."""

    status = 403


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a group follows, and why not."""

    is_accepted: bool
    reason: str = ""


@transaction.atomic
def return_adjustment(*, adjustment_id: int, reason: str, by: Person, at: datetime, version: int | None) -> Adjustment:
    """Send a proposed change back to its drafters with what is to be different."""
    proposed = _to_decide(adjustment_id, by, at, version)
    check_note(reason, _("The change was not returned."))
    proposer = proposed.proposed_by_id
    move(proposed, AdjustmentState.DRAFT)
    proposed.proposed_at = proposed.proposed_by = None
    proposed.note = reason.strip()[:500]
    if proposer is not None:
        tell(proposed, {proposer}, at, gettext_noop("“%(title)s” was returned"), gettext_noop("You proposed it."))
    return saved(proposed, "adjustment.returned", by, at, {"reason": proposed.note})


@transaction.atomic
def decline_adjustment(*, adjustment_id: int, reason: str, by: Person, at: datetime, version: int | None) -> Adjustment:
    """Decline a proposed change as a whole: nothing changes, and the reason is kept."""
    proposed = _to_decide(adjustment_id, by, at, version)
    check_note(reason, _("The change was not declined."))
    move(proposed, AdjustmentState.DECLINED)
    proposed.decided_at, proposed.decided_by, proposed.note = at, by, reason.strip()[:500]
    proposer = proposed.proposed_by_id
    if proposer is not None:
        tell(proposed, {proposer}, at, gettext_noop("“%(title)s” was declined"), gettext_noop("You proposed it."))
    return saved(proposed, "adjustment.declined", by, at, {"reason": proposed.note})


@transaction.atomic
def decide_adjustment(
    *, adjustment_id: int, choices: Mapping[str, Choice], note: str = "", by: Person, at: datetime, version: int | None
) -> Adjustment:
    """Let a proposed change come into force on its day; ``choices`` say of each group whether it follows.

    A group that is empty now follows by the same decision if something comes up until the day, unless declined; work
    that is begun until then is kept. The wording is written at once, dated; of two who decide at once one wins.
    Raises ``ReachTooShort`` where something follows for units that ``by`` does not decide for, and ``Problem`` where
    a group that asks for an act has no choice or is declined without a reason, or the change no longer fits what holds.
    """
    proposed = _to_decide(adjustment_id, by, at, version)
    check_reach(proposed, _("The change was not decided."), by, at)
    entry = locked_entry(proposed)
    check_base(proposed, entry)
    check_from(proposed.effective_on, last_wording(Family(proposed.family), entry), at)
    every = groups_of(change_of(proposed), records.Reader(by, timezone.localdate(at)), is_whole=True)
    found = [group for group in every if group.count or not group.is_begun]
    check_choices(found, choices)
    AdjustmentEffect.objects.bulk_create([effect_of(proposed, group, choices) for group in found])
    move(proposed, AdjustmentState.DECIDED)
    proposed.decided_at, proposed.decided_by, proposed.note = at, by, note.strip()[:500]
    change_entry(
        Family(proposed.family), proposed.code, Rewording(proposed.cells, proposed.switches),
        reason=proposed.reason, valid_from=proposed.effective_on, by=by, at=at, version=proposed.base_version,
        drafted_by=proposed.drafted_by,
    )  # fmt: skip
    changes = {
        "from": proposed.effective_on,
        "note": proposed.note,
        "follows": {group.key: chosen_of(group, choices) for group in found if group.act},
    }
    saved(proposed, "adjustment.decided", by, at, changes)
    app.configure_task(JOB, queue="rulebook").defer(adjustment_id=proposed.pk)
    return proposed


@transaction.atomic
def take_back_decision(*, adjustment_id: int, reason: str, by: Person, at: datetime, version: int | None) -> Adjustment:
    """Take a decided change back before its day: what held goes on, and everyone told before is told again.

    Raises ``Problem`` where a later change was decided on top of it, or its day has come.
    """
    found = held_adjustment(adjustment_id, by, at, version, {})
    check_state(found, AdjustmentState.DECIDED)
    access.can_take_back(by, found, timezone.localdate(at)).require()
    check_reach(found, _("The change was not withdrawn."), by, at)
    check_note(reason, _("The change was not withdrawn."))
    if not take_back(Family(found.family), locked_entry(found), found.effective_on):
        raise Problem(
            _("The change was not withdrawn."),
            _("A later change of %(code)s was decided on top of it.") % {"code": found.code},
            _("Withdraw the later one first; it stands on the page of changes."),
        )
    move(found, AdjustmentState.WITHDRAWN)
    found.withdrawn_at, found.withdrawn_by, found.note = at, by, reason.strip()[:500]
    told = set(found.told.values_list("person_id", flat=True))
    persons = told | set(access.editors(timezone.localdate(at)))
    tell(
        found, persons, at,
        gettext_noop("“%(title)s” does not change on %(day)s: the change was taken back"),
        gettext_noop("You were told of the change, or draft changes of the rulebook."),
    )  # fmt: skip
    found.notices.filter(acknowledged_at__isnull=True).delete()
    return saved(found, "adjustment.taken_back", by, at, {"reason": found.note, "told": len(persons)})


def carry_out(*, adjustment_id: int, at: datetime) -> bool:
    """Tell whom a decided change touches, and from its day on do what was accepted; the job.

    Returns whether it is in force. Running it again, or twice at once, tells and does nothing twice.
    """
    if not _told(adjustment_id, at):
        return False
    _tell_the_rest(adjustment_id, at)
    effects = AdjustmentEffect.objects.filter(_TO_DO, adjustment_id=adjustment_id, applied__isnull=True)
    for group in effects.order_by("pk").values_list("group", flat=True):
        _apply(adjustment_id, group, at)
    return _begin(adjustment_id, at)


def carry_out_due(*, at: datetime) -> int:
    """Queue the decided changes that are to be told, or whose day has come; returns how many."""
    waiting = Adjustment.objects.filter(state=AdjustmentState.DECIDED)
    due = waiting.filter(told_at__isnull=True) | waiting.filter(effective_on__lte=timezone.localdate(at))
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        app.configure_task(JOB, queue="rulebook").defer(adjustment_id=pk)
    return len(ids)


@transaction.atomic
def acknowledge(*, notice_id: int, by: Person, at: datetime) -> AdjustmentNotice:
    """Acknowledge for a unit that it took note of a change; the second time changes nothing."""
    notice = AdjustmentNotice.objects.select_for_update(no_key=True, of=("self",)).get(pk=notice_id)
    access.can_acknowledge(by, notice, timezone.localdate(at)).require()
    if notice.acknowledged_at is None:
        notice.acknowledged_at, notice.acknowledged_by = at, by
        notice.save(update_fields=["acknowledged_at", "acknowledged_by"])
        audit.record("adjustment.acknowledged", subject=notice, by=by, at=at, changes={"unit": notice.unit_id})
    return notice


@transaction.atomic
def _told(adjustment_id: int, at: datetime) -> bool:
    """Ask the units that accepted groups touch to acknowledge, and tell their people once; False when there is none."""
    found = locked(adjustment_id)
    if found.state != AdjustmentState.DECIDED:
        return False
    if found.told_at is not None:
        return True
    units, persons = _tell_touched(found, at)
    found.told_at = at
    found.save(update_fields=["told_at"])
    audit.record("adjustment.told", subject=found, by=JOB, at=at, changes={"units": units, "persons": persons})
    return True


@transaction.atomic
def _tell_the_rest(adjustment_id: int, at: datetime) -> None:
    """On the day tell whoever is touched only since the decision; those told before are not told again."""
    found = locked(adjustment_id)
    if not _is_due(found, at) or found.told_at is None or timezone.localdate(found.told_at) >= found.effective_on:
        return
    units, persons = _tell_touched(found, at)
    if units or persons:
        changes = {"units": units, "persons": persons, "since": found.told_at}
        audit.record("adjustment.told", subject=found, by=JOB, at=at, changes=changes)


def _tell_touched(found: Adjustment, at: datetime) -> tuple[int, int]:
    """Ask units for their notice and tell persons, each once a change; returns how many of both were new."""
    today, change, touched = timezone.localdate(at), change_of(found), records.Touched()
    for effect in found.effects.filter(_TO_DO).exclude(act=records.SHOW).order_by("pk"):
        follower = records.follower_of(effect.group)
        if follower is not None:
            touched = touched | follower.touched(change, effect.group, _left_out(found, effect.group), today)
    units = sorted(touched.units.difference(found.notices.values_list("unit_id", flat=True)))
    AdjustmentNotice.objects.bulk_create(
        [AdjustmentNotice(adjustment=found, unit_id=pk, requested_at=at) for pk in units], batch_size=_AT_ONCE
    )
    persons, every = set(touched.persons), sorted(touched.units)
    for start in range(0, len(every), _AT_ONCE):
        held = people.holders_of({(pk, "") for pk in every[start : start + _AT_ONCE]}, today)
        persons.update(person_id for holders in held.values() for person_id in holders)
    persons.difference_update(found.told.values_list("person_id", flat=True))
    told = [AdjustmentTold(adjustment=found, person_id=pk, told_at=at) for pk in sorted(persons)]
    AdjustmentTold.objects.bulk_create(told, batch_size=_AT_ONCE)
    tell(found, persons, at, *(_WORDS.get(Place(found.family), _CLOSED) if found.is_one_act else _CHANGES))
    return len(units), len(persons)


@transaction.atomic
def _apply(adjustment_id: int, group: str, at: datetime) -> None:
    found = locked(adjustment_id)
    effect = found.effects.select_for_update(no_key=True).get(group=group)
    if not _is_due(found, at) or effect.applied is not None or found.decided_by is None or found.decided_at is None:
        return
    follower = records.follower_of(group)
    effect.applied = 0
    if follower is not None and effect.act:
        act = records.Act(
            group, effect.act, _left_out(found, group), effect.reason or found.reason, found.decided_by,
            found.decided_at, at, effect.is_accepted,
        )  # fmt: skip
        effect.applied = follower.apply(change_of(found), act)
    effect.save(update_fields=["applied"])


@transaction.atomic
def _begin(adjustment_id: int, at: datetime) -> bool:
    found = locked(adjustment_id)
    if not _is_due(found, at):
        return found.state == AdjustmentState.IN_FORCE
    move(found, AdjustmentState.IN_FORCE)
    found.in_force_at, found.version = at, found.version + 1
    found.save(update_fields=["state", "in_force_at", "version"])
    done = {effect.group: effect.applied for effect in found.effects.filter(_TO_DO).order_by("pk")}
    audit.record("adjustment.in_force", subject=found, by=JOB, at=at, changes={"done": done})
    return True


def _is_due(adjustment: Adjustment, at: datetime) -> bool:
    return adjustment.state == AdjustmentState.DECIDED and adjustment.effective_on <= timezone.localdate(at)


def _left_out(adjustment: Adjustment, group: str) -> dict[str, str]:
    return dict(adjustment.exceptions.filter(group=group).order_by("pk").values_list("line", "reason"))


def effect_of(adjustment: Adjustment, group: records.Group, choices: Mapping[str, Choice]) -> AdjustmentEffect:
    is_asked = group.act and not group.is_fixed
    choice = choices.get(group.key, Choice(is_accepted=True)) if is_asked else Choice(is_accepted=True)
    return AdjustmentEffect(
        adjustment=adjustment, group=group.key, act=group.act, count=group.count, units=group.units,
        is_accepted=choice.is_accepted, reason="" if choice.is_accepted else choice.reason.strip()[:300],
    )  # fmt: skip


def chosen_of(group: records.Group, choices: Mapping[str, Choice]) -> dict[str, object]:
    choice = choices.get(group.key, Choice(is_accepted=True))
    return {"count": group.count, "accepted": choice.is_accepted, "reason": choice.reason.strip()[:300]}


def check_choices(found: Sequence[records.Group], choices: Mapping[str, Choice]) -> None:
    asked = [group.key for group in found if group.act and not group.is_fixed and (group.count or group.key in choices)]
    missing = rules.undecided(asked, {key: (one.is_accepted, one.reason) for key, one in choices.items()})
    if missing:
        raise Problem(
            _("The change was not decided."),
            _("%(count)s of what follows is not chosen, or declined without a reason.") % {"count": len(missing)},
            _("Accept or decline each; whoever is touched reads the reason."),
        )


def check_reach(adjustment: Adjustment, what: str, by: Person, at: datetime) -> None:
    """Refuse whoever decides for a part only of the units that something follows for."""
    beyond = beyond_reach(by, adjustment, timezone.localdate(at))
    if beyond is None:
        return
    remedy = (
        _("%(names)s can decide: their posts reach all of it.") % {"names": punctuation.listed(beyond.deciders)}
        if beyond.deciders
        else _(
            "Nobody's posts reach all of it today. It can be decided once somebody who had no hand in it leads every "
            "topmost Party organization that it concerns."
        )
    )
    raise ReachTooShort(what, _("Part of what follows lies in units that your posts do not reach."), remedy)


def _to_decide(adjustment_id: int, by: Person, at: datetime, version: int | None) -> Adjustment:
    proposed = held_adjustment(adjustment_id, by, at, version, {})
    check_state(proposed, AdjustmentState.PROPOSED)
    access.can_decide(by, proposed, timezone.localdate(at)).require()
    return proposed
