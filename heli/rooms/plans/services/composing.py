"""From a decided board to version 1 of the one plan, and the hand-work on a version before it is submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Line, PlanState, Reach, VersionState
from heli.rooms.plans.models import (
    Decision,
    DraftItem,
    Finding,
    Plan,
    PlanDocument,
    PlanHand,
    PlanItem,
    PlanItemAbove,
    PlanItemSource,
    PlanItemUnit,
    PlanVersion,
)
from heli.rooms.plans.queries.directories import Directory, directory, reach_of
from heli.rooms.plans.services.deciding import ruling_of
from heli.rooms.plans.services.locking import (
    PlanMovedOn,
    count_change,
    day_of,
    draft_of,
    move_plan,
    note_hands,
    plan_to_draft,
    require_seen,
    require_state,
)
from heli.rooms.plans.services.sides import NothingChanged, Overtaken
from heli.rooms.plans.services.times import require_times
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


@transaction.atomic
def conclude(*, plan_id: int, stamp: int | None, by: Person, at: datetime) -> PlanVersion:
    """Make version 1 out of the two drafts and the decisions; refused while anything is open or contradicts itself.

    ``stamp`` is the board's as it was shown: whoever concludes has seen every decision.
    """
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DECIDING)
    if stamp != plan.stamp:
        raise PlanMovedOn(
            _("The one plan was not drafted."),
            _("Somebody decided, undid or aligned after you opened the board."),
            _("Look at the board as it is now, then draft the plan."),
        )
    decisions = _standing(plan)
    _require_decided(plan, decisions)
    require_times(plan)
    items = [_source_item(row) for row in DraftItem.objects.filter(plan=plan).items().in_order()]
    rulings = [
        ruling_of(decision, tuple(link.item_id for link in decision.finding.links.all())) for decision in decisions
    ]
    _require_consistent(items, rulings)
    move_plan(plan, PlanState.CONCLUDED)
    plan.save(update_fields=["state"])
    version = PlanVersion.objects.create(plan=plan, number=1, drafted_by=by, drafted_at=at)
    composed = rules.compose(items, rulings)
    names = [name for item in composed for name in (item.lead, *item.helpers)]
    _write_items(version, composed, directory(plan, day_of(at), names))
    note_hands(version, _hands(plan))
    audit.record("plan.concluded", subject=plan, by=by, at=at, changes={"items": len(composed), "version": 1})
    return version


def _hands(plan: Plan) -> set[int]:
    """Everybody who touched what the version is made of, those before hands were noted included."""
    found = set(PlanHand.objects.filter(plan=plan).values_list("person_id", flat=True)) | {plan.created_by_id}
    found |= set(PlanDocument.objects.filter(plan=plan).values_list("uploaded_by_id", flat=True))
    for by_id, undone_by_id in Decision.objects.filter(finding__plan=plan).values_list("by_id", "undone_by_id"):
        found |= {pk for pk in (by_id, undone_by_id) if pk is not None}
    return found


def _standing(plan: Plan) -> list[Decision]:
    decisions = Decision.objects.filter(finding__plan=plan, undone_at__isnull=True)
    return list(decisions.select_related("finding").prefetch_related("finding__links").order_by("at", "pk"))


def _require_decided(plan: Plan, decisions: Sequence[Decision]) -> None:
    if plan.is_out_of_date:
        raise Problem(
            _("The one plan cannot be drafted yet."),
            _("Items changed after the last alignment."),
            _("Align again; decisions on what did not change are kept."),
        )
    decided = {decision.finding_id for decision in decisions}
    left = Finding.objects.filter(plan=plan, is_standing=True).exclude(pk__in=decided).count()
    if left:
        raise Problem(
            _("The one plan cannot be drafted yet."),
            ngettext("%(count)s card is not decided.", "%(count)s cards are not decided.", left) % {"count": left},
            _("Decide the rest of the board."),
        )


def _require_consistent(items: Sequence[rules.SourceItem], rulings: Sequence[rules.Ruling]) -> None:
    clashes = rules.contradictions([item.pk for item in items], rulings)
    if not clashes:
        return
    texts = {item.pk: item.text[:40] for item in items}
    pairs = _("; ").join(f"“{texts[a]}” / “{texts[b]}”" for a, b in (clash.items for clash in clashes[:3]))
    raise Problem(
        _("Two decisions contradict each other."),
        _("Kept apart on one card, merged on another: %(pairs)s.") % {"pairs": pairs},
        _("Undo one of both decisions."),
    )


def _source_item(row: DraftItem) -> rules.SourceItem:
    return rules.SourceItem(
        pk=row.pk, line=row.line, text=row.text, owner=row.owner, helpers=tuple(rules.names_in(row.helpers)),
        start=row.start, due=row.end, period=row.period, quantity=row.quantity, deliverable=row.deliverable,
        obligations=tuple(row.obligations),
    )  # fmt: skip


def _write_items(version: PlanVersion, composed: Sequence[rules.Composed], known: Directory) -> None:
    of_units = {duty.code for duty in rulebook.duties_on(known.holds_from) if duty.unit_kinds}
    added = {code for item in composed if not item.sources for code in item.obligations} & of_units
    asked = known.asked(added)
    rows = []
    for number, item in enumerate(composed, start=1):
        of_rule = not item.sources and not added.isdisjoint(item.obligations)
        # Whose lead a person named is that lead's where the rule asks it of no unit here.
        is_leads = of_rule and asked.isdisjoint(item.obligations) and bool(known.find(item.lead))
        rows.append(
            PlanItem(
                version=version,
                number=number,
                line=item.line if item.line in Line.values else Line.BOTH,
                text=item.text,
                lead=item.lead,
                helpers=list(item.helpers),
                reach=Reach.LEAD if is_leads else reach_of(item.text, item.lead, by_rule=of_rule),
                start=item.start if not item.due or not item.start or item.start <= item.due else None,
                due=item.due,
                period=item.period,
                quantity=item.quantity,
                deliverable=item.deliverable,
                obligations=list(item.obligations),
                reasons=list(item.reasons),
            )
        )
    made = PlanItem.objects.bulk_create(rows, batch_size=1000)
    sources = []
    for row, item in zip(made, composed, strict=True):
        sources += [PlanItemSource(item=row, draft_item_id=pk) for pk in item.sources]
        sources += [PlanItemSource(item=row, decision_id=pk) for pk in item.rulings]
    PlanItemSource.objects.bulk_create(sources, batch_size=2000)
    PlanItemAbove.objects.bulk_create(
        [
            PlanItemAbove(item=row, upper_item_id=pk)
            for row, item in zip(made, composed, strict=True)
            for pk in dict.fromkeys(item.upper_items)
        ]
    )
    above = requesters_above(made)
    named = [unit for row in made for unit in named_units(row, known, above.get(row.pk, ()))]
    PlanItemUnit.objects.bulk_create(named, batch_size=2000)


def requesters_above(items: Sequence[PlanItem]) -> dict[int, list[Unit]]:
    """Return the units above that ask for the same task, by item (two queries)."""
    links = list(PlanItemAbove.objects.filter(item__in=items).order_by("pk"))
    rows = PlanItemUnit.objects.filter(
        item__in=[link.upper_item_id for link in links], role=PlanItemUnit.REQUESTER
    ).select_related("unit")
    asked: dict[int, list[Unit]] = defaultdict(list)
    for row in rows.order_by("pk"):
        asked[row.item_id].append(row.unit)
    found: dict[int, list[Unit]] = defaultdict(list)
    for link in links:
        found[link.item_id] += asked[link.upper_item_id]
    return found


def named_units(item: PlanItem, known: Directory, above: Sequence[Unit] = ()) -> list[PlanItemUnit]:
    """Return the unsaved rows of who asked for an item, leads it and helps with it, as far as the words name units.

    ``above`` are the units above that ask for the same task: it has their request as well.
    """
    leads = known.find(item.lead)
    helpers = [*leads[1:], *(unit for name in item.helpers for unit in known.find(name))]
    asking = {unit.pk: unit for unit in (*known.requesters(item.line), *above)}
    rows = [PlanItemUnit(item=item, unit=unit, role=PlanItemUnit.REQUESTER) for unit in asking.values()]
    rows += [PlanItemUnit(item=item, unit=unit, role=PlanItemUnit.LEAD) for unit in leads[:1]]
    lead_ids = {unit.pk for unit in leads[:1]}
    distinct = {unit.pk: unit for unit in helpers if unit.pk not in lead_ids}
    return rows + [PlanItemUnit(item=item, unit=unit, role=PlanItemUnit.HELPER) for unit in distinct.values()]


@transaction.atomic
def reopen_board(*, plan_id: int, version: int | None, by: Person, at: datetime) -> Plan:
    """Go back from the draft of version 1 to the board; the draft goes, the decisions and who had a hand in it stay."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED)
    draft = PlanVersion.objects.get(plan=plan, number=1)
    require_seen(draft, version)
    hands = draft.contributors.values_list("person_id", flat=True)
    PlanHand.objects.bulk_create([PlanHand(plan=plan, person_id=pk) for pk in hands], ignore_conflicts=True)
    move_plan(plan, PlanState.DECIDING)
    plan.save(update_fields=["state"])
    draft.delete()
    audit.record("plan.board_reopened", subject=plan, by=by, at=at)
    return plan


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What a person may set on an item of a version under way."""

    text: str
    line: str
    lead: str = ""
    helpers: str = ""
    reach: str = Reach.LEAD
    start: date | None = None
    due: date | None = None
    period: str = ""
    quantity: str = ""
    deliverable: str = ""
    minutes: int | None = None

    def as_values(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__slots__}
        values["helpers"] = rules.names_in(self.helpers)
        return values


@transaction.atomic
def edit_item(*, plan_id: int, item_id: int, edit: ItemEdit, version: int | None, by: Person, at: datetime) -> PlanItem:
    """Change an item of the version under way; who it means is resolved anew."""
    plan, item = _item(plan_id, item_id, by, at)
    _check(item, version, edit.as_values())
    _require_sound(edit)
    changes = {
        name: [getattr(item, name), value] for name, value in edit.as_values().items() if getattr(item, name) != value
    }
    if not changes:
        raise NothingChanged
    for name, (_old, new) in changes.items():
        setattr(item, name, new)
    _save_item(item)
    PlanItemUnit.objects.filter(item=item).delete()
    _name_units(plan, item, at)
    audit.record("plan.item_edited", subject=item, by=by, at=at, changes={"plan": plan.pk, **changes})
    return item


@transaction.atomic
def add_item(*, plan_id: int, edit: ItemEdit, reason: str, by: Person, at: datetime) -> PlanItem:
    """Add an item that stands in no paper, with the reason for it."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED, PlanState.REVISING)
    _require_sound(edit)
    _require_reason(reason)
    version = draft_of(plan)
    last = version.items.aggregate(last=Max("number"))["last"] or 0
    item = PlanItem.objects.create(version=version, number=last + 1, reasons=[reason.strip()], **edit.as_values())
    _name_units(plan, item, at)
    count_change(version)
    audit.record("plan.item_added", subject=item, by=by, at=at, changes={"plan": plan.pk, "reason": reason})
    return item


@transaction.atomic
def leave_out_item(
    *, plan_id: int, item_id: int, reason: str, version: int | None, by: Person, at: datetime
) -> PlanItem:
    """Take an item out of the plan, with a reason; it stays on record. An empty reason takes it back in."""
    plan, item = _item(plan_id, item_id, by, at)
    _check(item, version, {"left_out_reason": reason})
    if not item.left_out_reason:
        _require_reason(reason)
    old, item.left_out_reason = item.left_out_reason, reason.strip()
    _save_item(item)
    action = "plan.item_left_out" if item.left_out_reason else "plan.item_taken_back"
    audit.record(action, subject=item, by=by, at=at, changes={"plan": plan.pk, "reason": [old, reason]})
    return item


def _require_sound(edit: ItemEdit) -> None:
    if not edit.text.strip():
        raise Problem(_("An item needs words."), _("An empty item says nothing to do."), _("Write what is to be done."))
    if edit.start and edit.due and edit.due < edit.start:
        raise Problem(
            _("The end lies before the start."),
            _("An item ends on or after the day it starts."),
            _("Change one of both days."),
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Problem(
            _("A reason is missing."), _("Whoever reads the plan later has to understand why."), _("Write it down.")
        )


def _item(plan_id: int, item_id: int, by: Person, at: datetime) -> tuple[Plan, PlanItem]:
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED, PlanState.REVISING)
    rows = PlanItem.objects.select_for_update(no_key=True, of=("self",)).select_related("version")
    item = rows.filter(pk=item_id, version__plan=plan, version__state=VersionState.DRAFT).first()
    if item is None:
        raise Http404
    return plan, item


def _check(item: PlanItem, expected: int | None, yours: Mapping[str, Any]) -> None:
    if expected != item.row_version:
        theirs = {name: getattr(item, name) for name in yours}
        raise Overtaken(yours=yours, theirs=theirs, version=item.row_version)


def _save_item(item: PlanItem) -> None:
    item.row_version += 1
    item.save()
    count_change(item.version)


def _name_units(plan: Plan, item: PlanItem, at: datetime) -> None:
    known = directory(plan, day_of(at), [item.lead, *item.helpers])
    above = requesters_above([item])
    PlanItemUnit.objects.bulk_create(named_units(item, known, above.get(item.pk, ())))
