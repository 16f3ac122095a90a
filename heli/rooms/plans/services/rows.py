"""The split review: edit, re-class, split and merge rows. ``source`` only moves, so no character gets lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.utils.translation import gettext as _

from heli.engines.alignment.items import Item
from heli.engines.alignment.splitting import merge_items, split_item
from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Period, PlanState, RowKind
from heli.rooms.plans.models import DraftItem, Plan
from heli.rooms.plans.services.locking import PlanMovedOn, plan_to_draft, require_state
from heli.rooms.plans.services.papers import release_rows, touch
from heli.rooms.plans.services.readings import engine_item, slots_of, time_of
from heli.rooms.plans.services.sides import NothingChanged, Overtaken

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

MANUAL = "manual"  # the reason code of text that a person left out


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What a person may set on an item."""

    text: str
    owner: str = ""
    helpers: str = ""
    start: date | None = None
    end: date | None = None
    period: str = ""
    quantity: str = ""
    deliverable: str = ""

    def as_values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def edit_row(*, plan_id: int, row_id: int, edit: RowEdit, version: int | None, by: Person, at: datetime) -> DraftItem:
    """Change what an item says. Open findings about it go; they come back with the next alignment."""
    plan, row = _locked(plan_id, row_id, by, at)
    _check(row, version, edit.as_values())
    if not edit.text.strip():
        raise Problem(
            _("An item needs words."),
            _("An empty item says nothing to do."),
            _("Leave the text out instead, or write it."),
        )
    if edit.start and edit.end and edit.end < edit.start:
        raise Problem(
            _("The end lies before the start."),
            _("An item ends on or after the day it starts."),
            _("Change one of both days."),
        )
    changes = {
        name: [getattr(row, name), value] for name, value in edit.as_values().items() if getattr(row, name) != value
    }
    if not changes:
        raise NothingChanged
    released = release_rows([row.pk])
    for name, value in edit.as_values().items():
        setattr(row, name, value)
    if {"start", "end", "period"} & changes.keys():
        row.when_words = ""  # what a person says of the time stands instead of the words of the paper
    return _saved(plan, row, "plan.row_edited", by, at, {**changes, "released": released})


@transaction.atomic
def reclass_row(*, plan_id: int, row_id: int, kind: str, version: int | None, by: Person, at: datetime) -> DraftItem:
    """Make a row an item, a heading, or text left out."""
    plan, row = _locked(plan_id, row_id, by, at)
    _check(row, version, {"kind": kind})
    if row.kind == kind:
        raise NothingChanged
    released = release_rows([row.pk])
    old, row.kind = row.kind, RowKind(kind)
    row.text = row.text.strip() or row.source.strip()
    row.reason = MANUAL if kind == RowKind.LEFT_OUT else ""
    return _saved(plan, row, "plan.row_reclassed", by, at, {"kind": [old, kind], "released": released})


@transaction.atomic
def split_row(
    *, plan_id: int, row_id: int, offset: int, version: int | None, by: Person, at: datetime
) -> tuple[DraftItem, DraftItem]:
    """Cut an item in two at ``offset`` of its source text; both halves read their dates and owners anew."""
    plan, row = _locked(plan_id, row_id, by, at)
    _require_unmoved(row, version)
    try:
        first, second = split_item(engine_item(row), offset, plan.year)
    except ValueError as error:
        raise Problem(
            _("The item cannot be cut there."), _("One side would hold no words."), _("Choose another place.")
        ) from error
    released = release_rows([row.pk])
    _move_down(row, by_rows=1)
    other = DraftItem(
        plan=plan, document=row.document, line=row.line, position=row.position + 1, kind=RowKind.ITEM,
        place=row.place, headings=row.headings, is_edited=True, source=second.source, **_read_anew(second, plan.year),
    )  # fmt: skip
    for name, value in {
        **_read_anew(first, plan.year),
        "source": first.source,
        "kind": RowKind.ITEM,
        "reason": "",
    }.items():
        setattr(row, name, value)
    other.save()
    _saved(plan, row, "plan.row_split", by, at, {"into": [row.text, other.text], "released": released})
    return row, other


def _read_anew(item: Item, year: int) -> dict[str, Any]:
    return slots_of(item, rules.read_time(item.when, item.source, year))


@transaction.atomic
def part_by_times(*, plan_id: int, row_id: int, version: int | None, by: Person, at: datetime) -> list[DraftItem]:
    """Make one item of each time that an item names ("before May Day and National Day").

    The words of the paper stay with the first; the others say the same duty, each with a time of its own.
    """
    plan, row = _locked(plan_id, row_id, by, at)
    _require_unmoved(row, version)
    asked = rules.open_time(time_of(row), plan.year) if row.kind == RowKind.ITEM else None
    if asked is None or len(asked.windows) < 2:
        raise Problem(
            _("This item names no several times."), _("There is nothing to part by."), _("Cut it in two by its words.")
        )
    released = release_rows([row.pk])
    _move_down(row, by_rows=len(asked.windows) - 1)
    shared = {name: getattr(row, name) for name in ("text", "owner", "helpers", "quantity", "deliverable", "headings")}
    others = [
        DraftItem(
            plan=plan, document=row.document, line=row.line, position=row.position + number, kind=RowKind.ITEM,
            place=row.place, is_edited=True, source="", start=start, end=end, **shared,
        )
        for number, (start, end) in enumerate(asked.windows[1:], start=1)
    ]  # fmt: skip
    DraftItem.objects.bulk_create(others)
    (row.start, row.end), row.when_words = asked.windows[0], ""
    days = [end.isoformat() for _start, end in asked.windows]
    return [_saved(plan, row, "plan.row_split", by, at, {"days": days, "released": released}), *others]


@transaction.atomic
def merge_row(*, plan_id: int, row_id: int, version: int | None, by: Person, at: datetime) -> DraftItem:
    """Join an item with the row that follows it in the same paper."""
    plan, row = _locked(plan_id, row_id, by, at)
    _require_unmoved(row, version)
    following = (
        DraftItem.objects.filter(document=row.document, position__gt=row.position)
        .select_related("document")
        .order_by("position")
        .first()
    )
    if following is None:
        raise Problem(
            _("There is nothing to join."), _("This is the last row of the paper."), _("Join it from the row above.")
        )
    released = release_rows([row.pk, following.pk])
    joined = _joined(row, following, plan.year)
    for name, value in joined.items():
        setattr(row, name, value)
    row.source = "\n".join(filter(None, (row.source, following.source)))
    row.place = _places(row.place, following.place)
    row.kind, row.reason = RowKind.ITEM, ""
    taken = following.text or following.source
    following.delete()
    return _saved(plan, row, "plan.row_merged", by, at, {"with": taken, "released": released})


def _joined(row: DraftItem, following: DraftItem, year: int) -> Mapping[str, Any]:
    """Two items join slot by slot; anything else only gives its words. Times that differ are left to a person."""
    if row.kind == RowKind.ITEM and following.kind == RowKind.ITEM:
        times = (time_of(row), time_of(following))
        time = rules.joined_time(times, year) or rules.Time(words="；".join(_said(time) for time in times))
        slots = slots_of(merge_items([engine_item(row), engine_item(following)]), time)
        return {**slots, "quantity": "，".join(dict.fromkeys(filter(None, (row.quantity, following.quantity))))}
    return {"text": "".join(filter(None, (row.text or row.source, following.text or following.source)))}


def _said(time: rules.Time) -> str:
    days = " – ".join(dict.fromkeys(day.isoformat() for day in (time.start, time.end) if day))
    rhythm = str(Period(time.period).label) if time.period in Period.values and time.period else ""
    return time.words or " ".join(filter(None, (rhythm, days)))


def _places(place: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the place of the first row with those of what was joined to it."""
    also = [each for each in (other, *other.get("also", ())) if each]
    plain = [{name: value for name, value in each.items() if name != "also"} for each in also]
    known = [*place.get("also", ()), {name: value for name, value in place.items() if name != "also"}]
    return {**place, "also": [*place.get("also", ()), *(each for each in plain if each not in known)]}


def _locked(plan_id: int, row_id: int, by: Person, at: datetime) -> tuple[Plan, DraftItem]:
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DRAFTING, PlanState.DECIDING)
    rows = DraftItem.objects.select_for_update(no_key=True, of=("self",)).select_related("document")
    row = rows.filter(pk=row_id, plan=plan).first()
    if row is None:
        raise Http404
    return plan, row


def _check(row: DraftItem, expected: int | None, yours: Mapping[str, Any]) -> None:
    if expected != row.version:
        theirs = {name: getattr(row, name) for name in yours}
        raise Overtaken(yours=yours, theirs=theirs, version=row.version)


def _require_unmoved(row: DraftItem, expected: int | None) -> None:
    """Cutting and joining have no words of their own that could stand beside the new ones: they say how it reads."""
    if expected != row.version:
        raise PlanMovedOn(
            _("This line is no longer what you looked at."),
            _("It now reads: “%(text)s” (%(kind)s).")
            % {"text": row.text or row.source, "kind": row.get_kind_display()},
            _("Look at it again, then cut or join it."),
        )


def _move_down(row: DraftItem, by_rows: int) -> None:
    later = DraftItem.objects.filter(document=row.document, position__gt=row.position)
    later.update(position=F("position") + by_rows)


def _saved(plan: Plan, row: DraftItem, action: str, by: Person, at: datetime, changes: dict[str, Any]) -> DraftItem:
    row.is_edited, row.version = True, row.version + 1
    row.save()
    touch(plan, at)
    audit.record(action, subject=row, by=by, at=at, changes={**changes, "plan": plan.pk})
    return row
