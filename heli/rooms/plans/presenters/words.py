"""Facts of plans in the reader's words."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from heli.engines.alignment import reasons
from heli.engines.officedocs.document import Place
from heli.engines.officedocs.sentences import sentence
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Line, Period, PlanState, RowKind, VersionState
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.plans.models import DraftItem, PlanDocument

STATE_TONES = {
    PlanState.DRAFTING: "idle",
    PlanState.DECIDING: "run",
    PlanState.CONCLUDED: "run",
    PlanState.IN_REVIEW: "wait",
    PlanState.PUBLISHED: "done",
    PlanState.REVISING: "run",
}
VERSION_TONES = {
    VersionState.DRAFT: "run",
    VersionState.SUBMITTED: "wait",
    VersionState.PUBLISHED: "done",
    VersionState.SUPERSEDED: "idle",
}


def language() -> str:
    """Return the language of the request as the engines name it: zh or en."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def said(texts: Mapping[str, str] | None) -> str:
    """Return the sentence of the reader's language out of a mapping from language to sentence."""
    if not texts:
        return ""
    return texts.get(language()) or next(iter(texts.values()))


def when_text(start: date | None, end: date | None, period: str, words: str = "", year: int | None = None) -> str:
    """Return when something is due: the rhythm, the days, or the source's own words.

    A day outside ``year``, the plan's, is told with its own.
    """
    if inside := rules.day_in_period(start, end, period):
        return _day_inside(period, *inside)
    rhythm = str(Period(period).label) if period and period in Period.values else ""
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return rhythm or _("all year")
    span = _span(start, end) if year is None or not rules.beyond(year, start, end) else _dated(start, end)
    if not span:
        return rhythm or words
    return f"{rhythm} · {span}" if rhythm and period not in (Period.ONGOING, Period.YEAR) else span


def _day_inside(period: str, nth: int, day: int) -> str:
    if period == Period.MONTH:
        return _("by day %(day)s of each month") % {"day": day}
    return _("%(rhythm)s, by day %(day)s of its month %(nth)s") % {
        "rhythm": Period(period).label, "day": day, "nth": nth
    }  # fmt: skip


def _dated(start: date | None, end: date | None) -> str:
    first, last = (formats.date_format(day, "DATE_FORMAT") if day else "" for day in (start, end))
    if not start:
        return _("by %(day)s") % {"day": last}
    if not end:
        return _("from %(day)s") % {"day": first}
    return last if start == end else f"{first} – {last}"


def row_when(row: DraftItem, year: int | None = None) -> str:
    """Return when a row of the split is due, or the words that nobody could read a time from."""
    time = rules.Time(row.start, row.end, row.period, row.when_words)
    if time.is_open:
        return _("“%(words)s”, to be filled in") % {"words": row.when_words}
    return when_text(row.start, row.end, row.period, row.when_words, year)


def time_hint(row: DraftItem, year: int) -> str:
    """Return what a person has to say of a row's time, and why; empty where it is known."""
    asked = rules.open_time(rules.Time(row.start, row.end, row.period, row.when_words), year)
    if asked is None:
        return ""
    if asked.kind == "impossible":
        return _("There is no such date: %(words)s. Fill in the right one.") % {"words": asked.words}
    if asked.kind == "several":
        days = punctuation.listed(_span(start, end) for start, end in asked.windows)
        return _("Several times: %(days)s. An item has one; make an item of each, or fill in one.") % {"days": days}
    return _("No single time could be read from “%(words)s”. Fill it in.") % {"words": asked.words}


def _span(start: date | None, end: date | None) -> str:
    if end and start == end:
        return _day(end)
    if end and start and start.day == 1 and _is_month_end(end):
        if start.month == end.month:
            return month(end.month)
        return _("%(start)s to %(end)s") % {"start": month(start.month), "end": month(end.month)}
    if end and start:
        return f"{_day(start)} – {_day(end)}"
    if end:
        if _is_month_end(end):
            return _("by the end of %(month)s") % {"month": month(end.month)}
        return _("by %(day)s") % {"day": _day(end)}
    return _("from %(day)s") % {"day": _day(start)} if start else ""


def _is_month_end(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def month(number: int) -> str:
    """Return a month by its short name."""
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )[number - 1]  # fmt: skip


def _day(day: date) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")


def paper_names(papers: Sequence[PlanDocument]) -> dict[int, str]:
    """Return how each paper is called: by its title, or where another bears the same one by its file or its line."""
    titles = Counter(paper.title for paper in papers)
    lines = Counter((paper.title, paper.line) for paper in papers)
    found = {}
    for paper in papers:
        name = (paper.filename if titles[paper.title] > 1 else "") or paper.title
        if name == paper.title and titles[paper.title] > lines[paper.title, paper.line] == 1:
            name = _("%(title)s (%(line)s)") % {"title": paper.title, "line": Line(paper.line).label}
        found[paper.pk] = name
    return found


def place_text(place: Mapping[str, Any]) -> str:
    """Return where in its paper a text stands, every place of what was joined."""
    places = dict.fromkeys(_place(each) for each in (place, *place.get("also", ())))
    return punctuation.listed(each for each in places if each)


def _place(place: Mapping[str, Any]) -> str:
    known = {name: value for name, value in place.items() if name in Place.__dataclass_fields__}
    return Place(**known).text(language()) if known.get("kind") else ""


def result_of(values: Mapping[str, Any]) -> list[str]:
    """Return what a person set on a decision: the words, then who leads, when and how much, as far as it says so."""
    start, due = (date.fromisoformat(values[name]) if values.get(name) else None for name in ("start", "due"))
    facts = [
        (_("Lead"), values.get("lead", "")),
        (_("When"), when_text(start, due, values.get("period", ""))),
        (_("Amount"), values.get("quantity", "")),
    ]
    said = [_("%(name)s: %(value)s") % {"name": name, "value": value} for name, value in facts if value]
    return [part for part in (values.get("text", ""), _("; ").join(said)) if part]


def left_out_text(reason: str) -> str:
    """Return why a text is no item."""
    family, _dot, code = reason.partition(".")
    if family == "file":
        return sentence("left_out", code, language(), {})
    if family == "split":
        return reasons.sentence("left_out", code, language())
    return _("left out by hand")


def line_of(line: str) -> str:
    """Return the one-character mark of a line as the board says it before a number."""
    return (
        pgettext("line before a number", "Party")
        if line == Line.PARTY
        else pgettext("line before a number", "Integrity")
    )


def number_of(item: DraftItem) -> str:
    return f"{line_of(item.line)} {item.number or '–'}"


def board_url(plan_id: int, query: str, **more: Any) -> str:
    extra = "&".join(part for part in (query, *(f"{name}={value}" for name, value in more.items())) if part)
    return f"{reverse('plans:board', args=[plan_id])}?{extra}" if extra else reverse("plans:board", args=[plan_id])


def kind_word(kind: str) -> str:
    return str(RowKind(kind).label)
