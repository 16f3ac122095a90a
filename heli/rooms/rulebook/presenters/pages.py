"""Rows and facts as the pages of the rulebook show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.engines.officedocs.workbookout import Sheet, write_xlsx
from heli.rooms.people.enums import UnitKind
from heli.rooms.rulebook import queries, rules
from heli.rooms.rulebook.catalogue import load
from heli.rooms.rulebook.enums import CONFIDENCE_MEANING, Binding, Confidence, InstrumentKind, Line, Trigger
from heli.rooms.rulebook.presenters.words import (
    CONFIDENCE_TONES,
    article_words,
    how_often,
    is_english,
    month_name,
    when,
)
from heli.rooms.rulebook.queries import Duty, UnitDuty, condition_title
from heli.ui.shapes import Change as ChangeRow
from heli.ui.shapes import Fact, Tab

if TYPE_CHECKING:
    from heli.rooms.people.models import Appointment, Unit


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A duty as a list shows it."""

    duty: Duty
    url: str
    how_often: str
    when: str
    owed_by: str
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
        owed_by=pgettext("list of names", ", ").join(duty.subjects),
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
    """A duty on a unit's page: the year's months in which it is due, the next due day, or why it is not asked."""

    row: DutyRow
    next_due: date | None
    times: int
    missing: str


@dataclass(frozen=True, slots=True)
class UnitPage:
    """The duties of a unit: with a day, by their next due day; on an event; and not asked, with the reason."""

    dated: list[UnitDutyRow]
    on_event: list[UnitDutyRow]
    not_asked: list[UnitDutyRow]


def unit_page(duties: Iterable[UnitDuty], expected: Iterable[queries.ExpectedOccurrence], today: date) -> UnitPage:
    """Return the duties of a unit; ``expected`` is what falls due this year and the next."""
    occurrences: dict[str, list[queries.Occurrence]] = {}
    for due in expected:
        occurrences.setdefault(due.duty.code, []).append(due.occurrence)
    page = UnitPage([], [], [])
    for one in duties:
        found = occurrences.get(one.duty.code, [])
        row = UnitDutyRow(
            row=duty_row(one.duty),
            next_due=min((each.due_on for each in found if each.due_on >= today), default=None),
            times=sum(each.times for each in found if each.due_on.year == today.year),
            missing=pgettext("list of names", ", ").join(one.missing),
        )
        if not one.asked:
            page.not_asked.append(row)
        else:
            (page.on_event if one.duty.trigger == Trigger.EVENT else page.dated).append(row)
    page.dated.sort(key=lambda row: (row.next_due or date.max, row.row.duty.code))
    return page


def unit_kind_options() -> list[tuple[str, str]]:
    """Return the kinds of units of which anything is asked."""
    kinds = {kind for one in load().obligations for kind in one.unit_kinds}
    return [(value, str(label)) for value, label in UnitKind.choices if value in kinds]


def instrument_facts(found: queries.InstrumentNow) -> list[Fact]:
    """Return what is known about an instrument; unknown dates say so."""
    record, unknown = found.record, _("not established")
    return [
        Fact(pgettext("rulebook", "Kind"), InstrumentKind(record.kind).label),
        Fact(_("Year of issue"), record.year or unknown),
        Fact(_("Edition"), found.edition or "–"),
        Fact(_("Issued on"), record.issued_on or unknown),
        Fact(_("In effect since"), record.effective_on or unknown),
        Fact(_("Catalogue"), found.catalogue_version),
    ]


def entry_title(cells: Mapping[str, str]) -> str:
    """Return the title of an entry's content in the reader's language."""
    language = "en" if is_english() else "zh"
    return cells.get(f"title_{language}") or cells[f"name_{language}"]


def units_of_posts(appointments: Iterable[Appointment]) -> list[Unit]:
    """Return the units one works for by post, each once: the unit it acts for, else its own."""
    units = [held.post.acts_for or held.post.unit for held in appointments]
    return list({unit.pk: unit for unit in units}.values())[:5]


def impact_kinds(impact: queries.Impact) -> list[ChangeRow]:
    """Return how many units of each kind are asked before and after."""
    return [ChangeRow(UnitKind(one.kind).label, one.before, one.after) for one in impact.kinds]


def duty_workbook(rows: Iterable[DutyRow]) -> bytes:
    """Return the duties as a workbook, every word as on the page."""
    who_and_when = [_("Owed by"), _("How often"), _("When"), _("Evidence that proves it")]
    where_and_how_sure = [_("Written in"), _("Article"), _("How sure"), _("How binding")]
    columns = [
        pgettext("rulebook", "Code"),
        pgettext("rulebook", "Line"),
        _("Duty"),
        *who_and_when,
        *where_and_how_sure,
        _("Only where"),
        _("Note"),
        _("State"),
    ]
    return write_xlsx([Sheet(pgettext("rulebook", "Duties"), columns, [_cells(row) for row in rows])])


def _cells(row: DutyRow) -> list[object]:
    duty, comma, semicolon = row.duty, pgettext("list of names", ", "), pgettext("list of changes", "; ")
    return [
        duty.code,
        str(Line(duty.line).label),
        duty.title,
        row.owed_by,
        row.how_often,
        row.when,
        semicolon.join(duty.evidence),
        semicolon.join(one.title for one in duty.references),
        semicolon.join(article_words(one) for one in duty.references),
        row.confidence,
        row.binding,
        comma.join(condition_title(code) for code in duty.conditions),
        duty.note,
        _("Switched on") if duty.is_on else _("Switched off"),
    ]
