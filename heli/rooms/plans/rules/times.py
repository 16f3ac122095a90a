"""What a row of the split keeps of the time its words say, and what a person still has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from heli.engines.alignment import dates, items
from heli.engines.alignment.occasions import Occasions, day_within, find_impossible, find_occasions

_JOINT = "、"


@dataclass(frozen=True, slots=True)
class Time:
    """The time of a row: its days, its rhythm, and the words it was read from."""

    start: date | None = None
    end: date | None = None
    period: str = ""
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the paper says a time that no day or rhythm stands for."""
        return bool(self.words) and not (self.start or self.end or self.period)


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A time that a person has to say: which words it is about, and the windows where they name several."""

    kind: Literal["impossible", "several", "unread"]
    words: str
    windows: tuple[tuple[date | None, date], ...] = ()


def read_time(when: items.When, source: str, year: int) -> Time:
    """Return what a row keeps: nothing is guessed where a date does not exist or several stand side by side."""
    impossible = find_impossible(source, year) if not when.end else ()
    if impossible:
        return Time(words=_JOINT.join(impossible))
    start, end = _day(when.start), _day(when.end)
    occasions = find_occasions(source, year) if when.period not in dates.COUNTED else None
    if occasions is not None:
        return _at_occasions(occasions)
    last = day_within(when, year)
    if last is not None:
        return Time(date(year, 1, 1), last, when.period, when.words)
    if start and end and end < start:
        start = None
    return Time(start, end, when.period, when.words)


def _at_occasions(occasions: Occasions) -> Time:
    if len(occasions.windows) > 1:
        return Time(words=occasions.words)
    ((start, end),) = occasions.windows
    return Time(_day(start), _day(end), "", occasions.words)


def open_time(time: Time, year: int) -> OpenTime | None:
    """Return what has to be said of a time, None where it is known or nothing was said."""
    if not time.is_open:
        return None
    if impossible := find_impossible(time.words, year):
        return OpenTime("impossible", _JOINT.join(impossible))
    several = find_occasions(time.words, year)
    if several is not None and len(several.windows) > 1:
        windows = tuple((_day(start), date.fromisoformat(end)) for start, end in several.windows)
        return OpenTime("several", several.words, windows)
    return OpenTime("unread", time.words)


def joined_time(times: Sequence[Time], year: int) -> Time | None:
    """Return the time of rows that become one, None where they say different ones and a person has to choose.

    A time that only says "within the year" gives way to a deadline or a rhythm.
    """
    said = [time for time in times if time.words or time.start or time.end or time.period]
    exact = [time for time in said if not _is_the_year(time, year)] or said
    if not exact:
        return Time()
    first = exact[0]
    if any((time.start, time.end, time.period) != (first.start, first.end, first.period) for time in exact):
        return None
    if first.is_open and len({time.words for time in exact}) > 1:
        return None
    return first


def _is_the_year(time: Time, year: int) -> bool:
    whole = (date(year, 1, 1), date(year, 12, 31))
    return (
        time.period in ("", "ongoing") and (time.start or whole[0], time.end or whole[1]) == whole and not time.is_open
    )


def beyond(year: int, *days: date | None) -> tuple[date, ...]:
    """Return the days that lie outside the year of a plan."""
    return tuple(day for day in days if day is not None and day.year != year)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
