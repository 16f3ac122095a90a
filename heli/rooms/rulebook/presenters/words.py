"""Duties in words: how often, by when, where written, what a column is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heli.rooms.rulebook.catalogue import Deadline, parse_deadline
from heli.rooms.rulebook.enums import (
    Binding,
    Confidence,
    CountUnit,
    Enforcement,
    InstrumentKind,
    Line,
    Period,
    Trigger,
)
from heli.rooms.rulebook.queries import Duty, Reference, condition_title, subject_title

CONFIDENCE_TONES = {
    "verified": "done",
    "verified-secondary": "run",
    "memory": "soon",
    "memory-low": "late",
    "practice": "idle",
}


def how_often(duty: Duty) -> str:
    """Return "every quarter, once" in words; for events what sets the time running."""
    if duty.period == Period.EVENT:
        return _("When it happens")
    if duty.trigger == Trigger.HOLIDAYS:
        return _("Before each of %(count)s holidays") % {"count": duty.count}
    period, count = duty.rhythm
    amount = _amount(count, duty.count_unit)
    if duty.period == Period.TERM:
        years = (duty.term_months or 0) // 12
        if not years:
            return pgettext("frequency", "Once a term")
        return ngettext("Every %(years)s year, %(amount)s", "Every %(years)s years, %(amount)s", years) % {
            "years": years,
            "amount": amount,
        }
    return _("%(period)s, %(amount)s") % {"period": Period(period).label, "amount": amount}


def _amount(count: int, unit: str) -> str:
    if unit == CountUnit.HOURS:
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    return ngettext("once", "%(count)s times", count) % {"count": count}


def when(duty: Duty) -> str:
    """Return the months, or the event with its limit, in words; empty where the period says it all."""
    if duty.trigger == Trigger.HOLIDAYS or duty.period == Period.EVENT or (duty.deadline and duty.event):
        return _limit(duty)
    if duty.windows:
        spans = [_months(window.start, window.end) for window in duty.windows]
        return pgettext("list of months", ", ").join(spans)
    return duty.event if duty.period != Period.TERM else ""


def _months(start: int, end: int) -> str:
    if start == end:
        return _("in %(month)s") % {"month": month_name(start)}
    return pgettext("months", "%(start)s to %(end)s") % {"start": month_name(start), "end": month_name(end)}


def month_name(month: int) -> str:
    """Return the short name of a month."""
    return date_format(date(2026, month, 1), "M") if is_english() else _("Month %(number)s") % {"number": month}


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def _limit(duty: Duty) -> str:
    if duty.deadline is None:
        return duty.event
    return _("%(event)s: %(limit)s") % {"event": duty.event, "limit": limit_words(duty.deadline)}


def limit_words(deadline: Deadline) -> str:
    """Return a time limit in words."""
    count = deadline.amount
    spans = {
        "days": ngettext("%(count)s day", "%(count)s days", count),
        "months": ngettext("%(count)s month", "%(count)s months", count),
        "years": ngettext("%(count)s year", "%(count)s years", count),
        "working_days": ngettext("%(count)s working day", "%(count)s working days", count),
    }
    span = spans[deadline.unit] % {"count": count}
    return _("%(span)s before") % {"span": span} if deadline.is_before else _("within %(span)s") % {"span": span}


def article_words(reference: Reference) -> str:
    """Return the article in words: exact, about, unknown, or that there is none."""
    if reference.is_unknown:
        return _("article not established")
    if not reference.article:
        return _("no article")
    words = _("about article %(number)s") if reference.is_about else _("article %(number)s")
    return words % {"number": reference.article}


def field_label(column: str) -> str:
    """Return what a column of the rulebook is called on pages."""
    labels = {
        "title_zh": _("Title (Chinese)"),
        "title_en": _("Title (English)"),
        "name_zh": _("Name (Chinese)"),
        "name_en": _("Name (English)"),
        "line": pgettext("rulebook", "Line"),
        "subjects": _("Owed by"),
        "supporting": _("With"),
        "count": _("How many"),
        "count_unit": _("Counted in"),
        "period": _("How often"),
        "trigger": _("What sets the time"),
        "windows": _("Months"),
        "term_months": _("Length of the term in months"),
        "event_zh": _("Event (Chinese)"),
        "event_en": _("Event (English)"),
        "deadline": _("Time limit"),
        "proposed": _("Limit or interval is a proposal"),
        "evidence_zh": _("What proves it (Chinese)"),
        "evidence_en": _("What proves it (English)"),
        "sources": _("Source and article"),
        "confidence": _("How sure"),
        "binding": _("How binding"),
        "conditions": _("Only where"),
        "note_zh": _("Note (Chinese)"),
        "note_en": _("Note (English)"),
        "obligations": pgettext("rulebook", "Duties"),
        "year": _("Year of issue"),
        "edition_zh": _("Edition (Chinese)"),
        "edition_en": _("Edition (English)"),
        "issued_on": _("Issued on"),
        "effective_on": _("In force from"),
        "kind": pgettext("rulebook", "Kind"),
        "is_on": _("Switched on"),
        "enforcement": _("Gate"),
    }
    return labels[column]


_CHOICES: Mapping[str, Any] = {
    "line": Line,
    "count_unit": CountUnit,
    "period": Period,
    "trigger": Trigger,
    "confidence": Confidence,
    "binding": Binding,
    "kind": InstrumentKind,
    "enforcement": Enforcement,
}


def shown(column: str, text: str) -> str:
    """Return a stored value as a person reads it."""
    if not text:
        return _("empty")
    if column in _CHOICES:
        return str(_CHOICES[column](text).label)
    if column in ("is_on", "proposed"):
        return _("yes") if text == "1" else _("no")
    comma = pgettext("list of names", ", ")
    if column in ("subjects", "supporting"):
        return comma.join(subject_title(code) for code in text.split(";"))
    if column == "conditions":
        return comma.join(condition_title(code) for code in text.split(";"))
    if column == "deadline":
        deadline = parse_deadline(text)
        return limit_words(deadline) if deadline else text
    return text.replace(";", comma)
