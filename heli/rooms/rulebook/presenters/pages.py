"""Rows and facts as the pages of the rulebook show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.rooms.people.enums import UnitKind
from heli.rooms.rulebook import queries, rules
from heli.rooms.rulebook.catalogue import load
from heli.rooms.rulebook.enums import (
    CONFIDENCE_MEANING,
    Binding,
    Confidence,
    Line,
)
from heli.rooms.rulebook.presenters.words import CONFIDENCE_TONES, article_words, how_often, month_name, when
from heli.rooms.rulebook.queries import Duty, UnitDuty, condition_title
from heli.ui.shapes import Fact, Tab


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as a list shows it."""

    duty: Duty
    url: str
    how_often: str
    when: str
    confidence: str
    tone: str
    binding: str
    source: str
    article: str


def duty_row(duty: Duty) -> DutyRow:
    """Return the duty with every word a list needs."""
    reference = duty.references[0]
    return DutyRow(
        duty=duty,
        url=reverse("rulebook:duty", args=[duty.code]),
        how_often=how_often(duty),
        when=when(duty),
        confidence=str(Confidence(duty.record.confidence).label),
        tone=CONFIDENCE_TONES[duty.record.confidence],
        binding=str(Binding(duty.record.binding).label),
        source=reference.title,
        article=article_words(reference),
    )


def confidence_meaning(duty: Duty) -> str:
    return str(CONFIDENCE_MEANING[Confidence(duty.record.confidence)])


def sources(duty: Duty) -> list[dict[str, Any]]:
    """Return where a duty is written, each with the words for its article and its page."""
    return [
        {
            "title": one.title,
            "article": article_words(one),
            "url": reverse("rulebook:instrument", args=[one.instrument]),
        }
        for one in duty.references
    ]


def who(duty: Duty) -> list[Fact]:
    """Return whom a duty applies to: subjects, kinds of units, conditions."""
    comma = pgettext("list of names", ", ")
    facts = [
        Fact(_("Owed by"), comma.join(duty.subjects)),
        Fact(_("Counted at"), comma.join(str(UnitKind(kind).label) for kind in duty.unit_kinds)),
    ]
    if duty.supporting:
        facts.insert(1, Fact(_("With"), comma.join(duty.supporting)))
    if duty.conditions:
        facts.append(Fact(_("Only where"), comma.join(condition_title(code) for code in duty.conditions)))
    return facts


@dataclass(frozen=True, slots=True)
class MonthMark:
    """A month of the year strip: how many times the duty is due in it."""

    name: str
    times: int
    is_now: bool


def year_strip(duty: Duty, today: date) -> list[MonthMark]:
    """Return the twelve months of this year with what one unit owes in each."""
    months = rules.required_months(duty, today.year, queries.work_calendar())
    return [MonthMark(month_name(month), months.get(month, 0), month == today.month) for month in range(1, 13)]


def list_tabs(duties: Iterable[Duty], line: str, query: str) -> list[Tab]:
    """Return the tabs of the list: all and each line, with their numbers."""
    found = list(duties)
    rest = f"&{query}" if query else ""
    tabs = [Tab(_("All"), f"?{query}" if query else "?", len(found), current=not line)]
    for value, label in Line.choices:
        number = sum(duty.line == value for duty in found)
        tabs.append(Tab(label, f"?line={value}{rest}", number, current=line == value, line=value))
    return tabs


@dataclass(frozen=True, slots=True)
class UnitDutyRow:
    """A duty on a unit's page: when it falls due next, or why it is not asked."""

    row: DutyRow
    due: tuple[date, ...]
    missing: str


def unit_rows(
    duties: Iterable[UnitDuty], expected: Iterable[queries.ExpectedOccurrence]
) -> tuple[list[UnitDutyRow], list[UnitDutyRow]]:
    """Return the duties asked of a unit with their due days, and those not asked with the reason."""
    days: dict[str, list[date]] = {}
    for one in expected:
        days.setdefault(one.duty.code, []).append(one.occurrence.due_on)
    comma = pgettext("list of names", ", ")
    rows = [
        (one, UnitDutyRow(duty_row(one.duty), tuple(days.get(one.duty.code, ())), comma.join(one.missing)))
        for one in duties
    ]
    return [row for one, row in rows if one.asked], [row for one, row in rows if not one.asked]


def unit_kind_options() -> list[tuple[str, str]]:
    """Return the kinds of units of which anything is asked."""
    kinds = {kind for one in load().obligations for kind in one.unit_kinds}
    return [(value, str(label)) for value, label in UnitKind.choices if value in kinds]
