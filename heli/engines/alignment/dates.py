"""Read times from task texts: stretches, deadlines and rhythms, as ISO dates in a given year.

Nothing is invented: a deadline has no start, a rhythm without a stretch has no dates, an impossible date
(30 February) is no date. Every pattern is linear in the length of the text; texts beyond ``MAX_CHARS`` are read
up to there.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from heli.engines.alignment import wordlists
from heli.engines.alignment.figures import Tight
from heli.engines.alignment.items import When

MAX_CHARS = 20_000
_WEEK = 7
_KEPT = 4096
"""Readings kept, because one text is looked at from several sides."""
_DATA = wordlists.load("slots_dates.toml")
_NUMERALS: dict[str, int] = _DATA["numerals"]


def _named(table: str) -> list[tuple[str, re.Pattern[str]]]:
    words = _DATA["words"]
    return [(name, re.compile(wordlists.expand(source, words))) for name, source in _DATA[table].items()]


_MENTIONS = _named("mentions")
_RHYTHMS = _named("rhythms")
_INSIDE = wordlists.pattern("slots_occasions.toml", "patterns", "inside")
_CONTEXT_MONTH = wordlists.pattern("slots_dates.toml", "labels", "context_month")
_CONTEXT_YEAR = wordlists.pattern("slots_dates.toml", "labels", "context_year")
COMMA: str = _DATA["labels"]["comma"]
"""What stands between the words of several times."""
TILDE: str = _DATA["labels"]["tilde"]
"""What stands between the first and the last time of a stretch."""
_NEEDS: dict[str, str] = _DATA["needs"]
_HINT = re.compile(_DATA["hints"]["any"])
_MENTION_HINT = re.compile(_DATA["hints"]["mention"])


@dataclass(frozen=True, slots=True)
class Mention:
    """One stretch of time in a text: ISO ends (a deadline has no start) and where it stands."""

    start: str | None
    end: str | None
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One rhythm in a text ("every month") and where it stands."""

    period: str
    begins: int
    ends: int


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text)


def _iso(year: int, month: int, day: int) -> str:
    return date(year, month, day).isoformat()


def _month_window(year: int, month: int, part: str | None) -> tuple[str, str]:
    """First and last day of a month or of the named part of it."""
    last = monthrange(year, month)[1]
    parts = _DATA["parts"]
    if part in parts["first"]:
        return _iso(year, month, 1), _iso(year, month, 10)
    if part in parts["middle"]:
        return _iso(year, month, 11), _iso(year, month, 20)
    if part in parts["last"] or part in parts["end"]:
        return _iso(year, month, 21), _iso(year, month, last)
    return _iso(year, month, 1), _iso(year, month, last)


def _closed(start: str | None, end: str, part: str | None, until: str | None) -> tuple[str | None, str]:
    """Turn a window into a deadline where "by" or "end of" is said."""
    return (None, end) if until or part in _DATA["parts"]["end"] else (start, end)


def _full(found: re.Match[str], _year: int) -> tuple[str | None, str]:
    y, m, d = int(found["y"]), _number(found["m"]), int(found["day"])
    return _closed(None, _iso(y, m, d), None, "x") if found["until"] else (_iso(y, m, d), _iso(y, m, d))


def _full_range(found: re.Match[str], _year: int) -> tuple[str | None, str]:
    y, m = int(found["y"]), _number(found["m"])
    end = _iso(int(found["y2"] or y), _number(found["m2"] or str(m)), int(found["day2"]))
    return _iso(y, m, int(found["day"])), end


def _year_month(found: re.Match[str], _year: int) -> tuple[str | None, str]:
    start, end = _month_window(int(found["y"]), _number(found["m"]), found["part"])
    return _closed(start, end, found["part"], found["until"])


def _months(found: re.Match[str], year: int) -> tuple[str | None, str]:
    groups = found.groupdict()
    first_year = int(groups.get("y") or year)
    start_month, end_month = _number(found["m"]), _number(found["m2"])
    crosses = first_year + 1 if end_month < start_month else first_year
    start = _month_window(first_year, start_month, groups.get("part"))[0]
    end = _month_window(int(groups.get("y2") or crosses), end_month, found["part2"])[1]
    return start, end


def _days(found: re.Match[str], year: int) -> tuple[str | None, str]:
    month = _number(found["m"])
    end_month = _number(found["m2"] or found["m"])
    end_year = year + 1 if end_month < month else year
    return _iso(year, month, int(found["day"])), _iso(end_year, end_month, int(found["day2"]))


def _month_day(found: re.Match[str], year: int) -> tuple[str | None, str]:
    day = _iso(year, _number(found["m"]), int(found["day"]))
    return (None, day) if found["until"] else (day, day)


def _month(found: re.Match[str], year: int) -> tuple[str | None, str]:
    start, end = _month_window(year, _number(found["m"]), found["part"])
    return _closed(start, end, found["part"], found["until"])


def _month_week(found: re.Match[str], year: int) -> tuple[str | None, str]:
    month, week = _number(found["m"]), _number(found["w"])
    end = _iso(year, month, week * _WEEK)
    return _closed(_iso(year, month, week * _WEEK - _WEEK + 1), end, None, found["until"])


def _quarter(found: re.Match[str], year: int) -> tuple[str | None, str]:
    quarter = _number(found["q"] or found["qb"])
    start, end = _iso(year, quarter * 3 - 2, 1), _month_window(year, quarter * 3, None)[1]
    if found["part"] in _DATA["parts"]["first"]:
        return start, _month_window(year, quarter * 3 - 2, None)[1]
    return _closed(start, end, found["part"], found["until"])


def _quarters(found: re.Match[str], year: int) -> tuple[str | None, str]:
    first, last = sorted((_number(found["q"]), _number(found["q2"])))
    return _iso(year, first * 3 - 2, 1), _month_window(year, last * 3, None)[1]


def _two_quarters(found: re.Match[str], year: int) -> list[tuple[str | None, str]]:
    """Quarters named side by side: one window, or two where another lies between them."""
    first, last = sorted((_number(found["q"]), _number(found["q2"])))
    if not found["and"] or last - first < 2:
        return [_quarters(found, year)]
    return [(_iso(year, each * 3 - 2, 1), _month_window(year, each * 3, None)[1]) for each in (first, last)]


def _half(found: re.Match[str], year: int) -> tuple[str | None, str]:
    first, last = _DATA["halves"][found["half"]]
    return _closed(_iso(year, first, 1), _month_window(year, last, None)[1], found["part"], found["until"])


def _year_part(found: re.Match[str], year: int) -> tuple[str | None, str]:
    first, last = _DATA["year_parts"][found["where"]]
    start, end = _iso(year, first, 1), _month_window(year, last, None)[1]
    return _closed(start, end, found["where"], found["until"])


def _turn(_found: re.Match[str], year: int) -> tuple[str | None, str]:
    return _iso(year, 12, 1), _month_window(year + 1, 2, None)[1]


def _whole_year(_found: re.Match[str], year: int) -> tuple[str | None, str]:
    return _iso(year, 1, 1), _iso(year, 12, 31)


def _festival(found: re.Match[str], year: int) -> tuple[str | None, str]:
    month, day = _DATA["festivals"][found["festival"]]
    eve = date.fromordinal(date(year, month, day).toordinal() - 1)
    return None, _iso(year, eve.month, eve.day)


def _next_year(found: re.Match[str], year: int) -> tuple[str | None, str]:
    return _month(found, year + 1)


_READERS = {
    "full_range": _full_range,
    "full_date": _full,
    "year_month_range": _months,
    "year_month": _year_month,
    "day_range": _days,
    "month_range": _months,
    "month_day": _month_day,
    "month_week": _month_week,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "turn": _turn,
    "next_year": _next_year,
    "year_part": _year_part,
    "whole_year": _whole_year,
    "festival": _festival,
}


def _many_months(found: re.Match[str], year: int) -> list[tuple[str | None, str]]:
    """Months in a row of commas: one window each."""
    names = re.findall(wordlists.expand("{month}", _DATA["words"]), found[0])
    windows = [_month_window(year, _number(name), found["part"]) for name in names]
    return [_closed(start, end, found["part"], found["until"]) for start, end in windows]


def _bare_days(found: re.Match[str], year: int, month: int | None) -> list[tuple[str | None, str]]:
    """A range of days whose month stands in a heading; without one it is no date."""
    if month is None:
        return []
    end_month = _number(found["m2"]) if found["m2"] else month
    end_year = year + 1 if end_month < month else year
    return [(_iso(year, month, int(found["day"])), _iso(end_year, end_month, int(found["day2"])))]


def _windows(name: str, found: re.Match[str], year: int, month: int | None) -> list[tuple[str | None, str]]:
    try:
        if name == "months_many":
            return _many_months(found, year)
        if name == "quarter_range":
            return _two_quarters(found, year)
        if name == "days_only":
            return _bare_days(found, year, month)
        return [_READERS[name](found, year)]
    except ValueError:
        return []


@lru_cache(maxsize=_KEPT)
def find_mentions(text: str, year: int, month: int | None = None) -> tuple[Mention, ...]:
    """Find every stretch of time in ``text``, in order, none overlapping.

    ``month`` is the month that a heading above names, for bare day ranges.
    """
    tight = Tight(text[:MAX_CHARS])
    text = tight.text
    if not _MENTION_HINT.search(text):
        return ()
    taken = bytearray(len(text))
    mentions: list[Mention] = []
    for name, pattern in _MENTIONS:
        if not any(character in text for character in _NEEDS.get(name, "")):
            continue
        for found in pattern.finditer(text):
            begins, ends = found.span()
            if any(taken[begins:ends]):
                continue
            windows = _windows(name, found, year, month)
            if windows or name != "days_only":
                taken[begins:ends] = b"\x01" * (ends - begins)
            place = tight.back(begins, ends)
            mentions += [Mention(start, end, *place) for start, end in windows if _in_order(start, end)]
    return tuple(sorted(mentions, key=lambda mention: (mention.begins, mention.end or "")))


def _in_order(start: str | None, end: str) -> bool:
    return start is None or start <= end


@lru_cache(maxsize=_KEPT)
def find_rhythms(text: str) -> tuple[Rhythm, ...]:
    """Find every rhythm in ``text``, in order, none overlapping."""
    tight = Tight(text[:MAX_CHARS])
    text = tight.text
    if not _HINT.search(text):
        return ()
    taken = bytearray(len(text))
    rhythms: list[Rhythm] = []
    for name, pattern in _RHYTHMS:
        if not any(character in text for character in _NEEDS.get(name, "")):
            continue
        for found in pattern.finditer(text):
            begins, ends = found.span()
            if begins < ends and not any(taken[begins:ends]):
                day = _INSIDE.match(text, begins)
                ends = max(ends, day.end()) if day else ends
                taken[begins:ends] = b"\x01" * (ends - begins)
                rhythms.append(Rhythm(name, *tight.back(begins, ends)))
    return tuple(sorted(rhythms, key=lambda rhythm: rhythm.begins))


_WEAK = frozenset({"ongoing", "event"})
_UNNAMED = frozenset({"years"})
"""Rhythms that only the words tell ("every two years"): no year says of itself whether it is one of them."""
WITHIN_A_YEAR = frozenset({"day", "week", "month", "two_months", "quarter", "half"})
"""Rhythms that come round several times a year."""
COUNTED = WITHIN_A_YEAR | {"year", "term"}
"""Rhythms that come round by the calendar."""


def _period(rhythms: Sequence[Rhythm], *, is_dated: bool) -> str:
    """The rhythm that rules the duty: a counted one before "regularly" and "when it happens", else the first.

    Where dates are given, "when it happens" says what the duty is about, not when it is due.
    """
    rhythms = [rhythm for rhythm in rhythms if rhythm.period not in _UNNAMED]
    for rhythm in rhythms:
        if rhythm.period not in _WEAK:
            return rhythm.period
    weak = [rhythm.period for rhythm in rhythms if not (is_dated and rhythm.period == "event")]
    return weak[0] if weak else ""


def _dated(mentions: list[Mention]) -> list[Mention]:
    """The stretches that date the duty: beside a deadline within the year "the whole year" is what it sums up."""
    deadlines = [mention for mention in mentions if mention.start is None]
    return [m for m in mentions if not (deadlines and _is_whole_year(m))]


def _is_whole_year(mention: Mention) -> bool:
    return bool(mention.start and mention.end and mention.start.endswith("-01-01") and mention.end.endswith("-12-31"))


def read_when(text: str, year: int, month: int | None = None) -> When:
    """Read the time of a duty from ``text`` alone: outer ends of its stretches, its rhythm, and the words for both.

    Never fails on any text. ``year`` is the plan's year; a year written in the text wins.
    """
    rhythms = find_rhythms(text)
    mentions = _dated([m for m in find_mentions(text, year, month) if not _covered(m, rhythms)])
    if not mentions and not rhythms:
        return When()
    starts = [mention.start for mention in mentions]
    ends = [mention.end for mention in mentions if mention.end]
    begun = [start for start in starts if start]
    places = {(m.begins, m.ends) for m in mentions} | {(r.begins, r.ends) for r in rhythms}
    words = [text[begins:ends] for begins, ends in sorted(places)]
    return When(
        start=min(begun) if begun and len(begun) == len(starts) else None,
        end=max(ends) if ends else None,
        period=_period(rhythms, is_dated=bool(mentions)),
        words=COMMA.join(words),
        windows=tuple((m.start, m.end) for m in mentions) if len(mentions) > 1 else (),
        is_deadline=bool(mentions) and all(start is None for start in starts),
    )


def _covered(mention: Mention, rhythms: Sequence[Rhythm]) -> bool:
    return any(r.begins <= mention.begins and mention.ends <= r.ends for r in rhythms)


@lru_cache(maxsize=4096)
def context_month(heading: str) -> int | None:
    """The one month a heading names ("study plan for September"), or ``None``."""
    found = {_number(match["m"]) for match in _CONTEXT_MONTH.finditer(heading[:200])}
    return found.pop() if len(found) == 1 else None


def context_year(text: str) -> int | None:
    """The first year written in ``text`` ("work plan for 2027"), or ``None``."""
    found = _CONTEXT_YEAR.search(text[:2000])
    return int(found["y"]) if found else None
