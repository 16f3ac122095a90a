"""What the form of a decision starts from, and what a merge has to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from heli.rooms.plans import rules
from heli.rooms.plans.enums import FindingKind, Line
from heli.rooms.plans.presenters import duties, words
from heli.rooms.plans.queries.board import sides_of
from heli.rooms.rulebook import catalogue

if TYPE_CHECKING:
    from heli.rooms.plans.models import DraftItem, Finding


@dataclass(frozen=True, slots=True)
class Values:
    """What the form of a decision is filled with: the proposal, which a person may change."""

    text: str = ""
    line: str = ""
    lead: str = ""
    start: str = ""
    due: str = ""
    period: str = ""
    quantity: str = ""
    deliverable: str = ""


@dataclass(frozen=True, slots=True)
class AskOption:
    """One answer: what a side says of it, and whether it is chosen."""

    value: str
    text: str
    who: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Something the items say differently: a merge takes none of it over unasked."""

    name: str
    label: str
    options: Sequence[AskOption]


def values_of(finding: Finding, items: Sequence[DraftItem]) -> Values:
    """Return what a decision would start from. It is a proposal; nothing is taken over without a person."""
    if finding.kind == FindingKind.GAP:
        return _gap_values(finding)
    if not items:
        return Values()
    joined = rules.merged([
        rules.SourceItem(
            pk=item.pk, line=item.line, text=item.text, owner=item.owner, start=item.start, due=item.end,
            period=item.period, quantity=item.quantity, deliverable=item.deliverable,
        )
        for item in items
    ])  # fmt: skip
    upper = finding.upper_item
    asked = set(rules.differing(_sides(finding, items)))
    values = Values(
        text=joined.text, line=joined.line, lead=joined.lead, start=_iso(joined.start),
        due=_iso(joined.due or (upper.due if upper else None)),
        period=joined.period, quantity=joined.quantity, deliverable=joined.deliverable,
    )  # fmt: skip
    blank = {name: "" for name in ("start", "due", "period") if "when" in asked}
    return replace(values, **blank, **{name: "" for name in ("lead", "quantity") if name in asked})


def asks_of(finding: Finding, items: Sequence[DraftItem], typed: Mapping[str, str]) -> list[Ask]:
    """Return what a merge has to be told: both sides as they stand, nothing chosen beforehand."""
    sides = _sides(finding, items)
    who = {str(item.pk): words.number_of(item) for item in items} | {rules.ABOVE: _("unit above")}
    labels = {"when": _("When"), "lead": _("Lead"), "quantity": _("Amount")}
    asks = []
    for slot in rules.differing(sides):
        given = typed.get(f"{slot}_of", "")
        found: dict[str, AskOption] = {}
        for side in sides:
            text = _side_when(side) if slot == "when" else side.says(slot)
            if side.says(slot) and text not in found:
                ref = rules.TYPED if slot == "when" and not _is_dated(side) else side.ref
                found[text] = AskOption(ref, text, who[side.ref], side.ref == given)
        options = list(found.values())
        if slot == "quantity":
            options.append(AskOption(rules.BOTH, _("both amounts"), "", given == rules.BOTH))
        options.append(AskOption(rules.TYPED, _("something else"), _("fill it in below"), given == rules.TYPED))
        asks.append(Ask(f"{slot}_of", labels[slot], options))
    return asks


def _is_dated(side: rules.Side) -> bool:
    return bool(side.start or side.due or side.period)


def _side_when(side: rules.Side) -> str:
    if _is_dated(side) or not side.words:
        return words.when_text(side.start, side.due, side.period)
    return _("“%(words)s”, to be filled in") % {"words": side.words}


def _sides(finding: Finding, items: Sequence[DraftItem]) -> list[rules.Side]:
    shown = {str(item.pk) for item in items} | {rules.ABOVE}
    return [side for side in sides_of(finding) if side.ref in shown]


def _gap_values(finding: Finding) -> Values:
    """An added item speaks Chinese whatever the reader's language: it goes into a Chinese paper."""
    obligation = catalogue.load().obligation_by_code.get(finding.obligation)
    if obligation is None:
        return Values(text=finding.title.get("zh", ""), line=Line.BOTH)
    start, due = duties.days_of(obligation, finding.plan.year)
    return Values(
        text=duties.task_of(obligation),
        line=obligation.line,
        period=duties.rhythm_of(obligation),
        quantity=duties.quantity_of(obligation) if duties.rhythm_of(obligation) == obligation.period else "",
        deliverable="、".join(obligation.evidence_zh),
        start=_iso(start),
        due=_iso(due),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
