"""Words of the working calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heli.rooms.rulebook import queries
from heli.rooms.rulebook.presenters.words import is_english, month_name


@dataclass(frozen=True, slots=True)
class DayCell:
    """``face``: work, off (weekend), holiday, made (weekend at work). ``word`` says it for ears and on hover."""

    day: date
    face: str
    word: str
    is_own: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class MonthBox:
    name: str
    working_days: int
    weeks: tuple[tuple[DayCell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What the year rests on; ``tone`` is soon where it is not published yet."""

    tone: str
    title: str
    text: str


def calendar_months(found: queries.YearCalendar, today: date) -> list[MonthBox]:
    return [
        MonthBox(
            month_name(month.number),
            month.working_days,
            tuple(tuple(_cell(day, today) if day else None for day in week) for week in month.weeks),
        )
        for month in found.months
    ]


def _cell(day: queries.DayNow, today: date) -> DayCell:
    name = day.name_en if is_english() else day.name_zh
    if day.is_working:
        face, word = ("made", _("working day")) if day.is_special else ("work", "")
    else:
        is_holiday = day.is_special or bool(name)
        face, word = ("holiday", _("day off")) if is_holiday else ("off", "")
    words = " · ".join(part for part in (name, word) if part)
    return DayCell(day.day, face, words, day.own is not None, day.day == today)


def weekday_names() -> list[str]:
    """Return the short names of the days of a week, Monday first."""
    return [date_format(date(2024, 1, number), "D") for number in range(1, 8)]


def calendar_source(found: queries.YearCalendar) -> SourceNote:
    """Return what the year rests on, in the reader's language."""
    source = found.source
    if source is None:
        return SourceNote(
            "soon",
            _("Weekends alone are known for %(year)s.") % {"year": found.year},
            _("Nothing was shipped for this year. Enter the days of the official notice below."),
        )
    title = source.title_en if is_english() else source.title_zh
    note = source.note_en if is_english() else source.note_zh
    cited = " · ".join(part for part in (title, source.number, source.issued_on) if part)
    if source.state == "expected":
        return SourceNote("soon", _("The notice for %(year)s is not included.") % {"year": found.year}, note)
    return SourceNote("done", cited, note)
