"""Times that are no single stretch: several days of one duty, the day inside a rhythm, and dates that do not exist.

``dates`` reads what a duty's outer ends are; here stand the times that a plan has to keep apart, or ask for.
Pure and linear, like every reader of this package.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from heli.engines.alignment import dates, wordlists
from heli.engines.alignment.figures import Tight
from heli.engines.alignment.items import When

_FILE = "slots_occasions.toml"
_DATA = wordlists.load(_FILE)
_FESTIVALS = wordlists.pattern(_FILE, "patterns", "festivals")
_NAME = wordlists.pattern(_FILE, "patterns", "name")
_JOINT = wordlists.pattern(_FILE, "patterns", "joint")
_INSIDE = wordlists.pattern(_FILE, "patterns", "inside")
_NO_DATE = wordlists.pattern(_FILE, "patterns", "no_date")
_NUMERALS: dict[str, int] = wordlists.load("slots_dates.toml")["numerals"]
_STEPS = {"month": 1, "quarter": 3, "half": 6}
_DAY = timedelta(days=1)
_CUTS: dict[str, Any] = _DATA["cuts"]
_MOST_CUTS = 12

Window = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Occasions:
    """Several times of one duty in the words of the source ("before May Day and National Day"): one window each."""

    words: str
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """A time as it stands in a text, with the windows it means; none where the year's day is not known."""

    begins: int
    ends: int
    windows: tuple[Window, ...]
    is_festival: bool = False


def find_occasions(text: str, year: int) -> Occasions | None:
    """Return the times that stand side by side in ``text``, or the one festival it names as a deadline.

    Months in a row are one stretch. ``None`` where there is nothing of the kind, where another time within the year
    is said as well, or where the day of a festival is not known for that year.
    """
    named = _times(text, year)
    groups: list[list[_Named]] = []
    for time in named:
        if groups and _JOINT.fullmatch(text[groups[-1][-1].ends : time.begins]):
            groups[-1].append(time)
        else:
            groups.append([time])
    several = [group for group in groups if _is_apart(group)]
    others = [time for group in groups if group not in several for time in group if not _is_of_the_year(time, year)]
    if len(several) != 1 or others or not all(time.windows for time in several[0]):
        return None
    group = several[0]
    windows = sorted({window for time in group for window in time.windows}, key=lambda window: window[1])
    return Occasions(text[group[0].begins : group[-1].ends], tuple(windows))


def _times(text: str, year: int) -> list[_Named]:
    tight = Tight(text[: dates.MAX_CHARS])
    festivals = [
        _Named(*tight.back(*found.span()), _eves(found[0], year), is_festival=True)
        for found in _FESTIVALS.finditer(tight.text)
    ]
    by_place: dict[tuple[int, int], list[Window]] = {}
    for mention in dates.find_mentions(text, year):
        inside = any(each.begins < mention.ends and mention.begins < each.ends for each in festivals)
        if mention.end and not inside:
            by_place.setdefault((mention.begins, mention.ends), []).append((mention.start, mention.end))
    plain = [_Named(begins, ends, tuple(windows)) for (begins, ends), windows in by_place.items()]
    return sorted([*festivals, *plain], key=lambda time: time.begins)


def _eves(words: str, year: int) -> tuple[Window, ...]:
    """The last day before each festival named; nothing where the day of one is not known."""
    found: list[Window] = []
    for match in _NAME.finditer(words):
        day = _DATA["fixed"].get(match["name"]) or _DATA["moving"][match["name"]].get(str(year))
        if day is None:
            return ()
        eve = date(year, *day) - _DAY
        found.append((None, eve.replace(year=year).isoformat()))
    return tuple(found)


def _is_apart(group: list[_Named]) -> bool:
    """Whether these are several times, or a festival: months that follow each other are one stretch."""
    if any(time.is_festival for time in group):
        return True
    windows = [window for time in group for window in time.windows]
    return len(windows) > 1 and not all(_follows(one, other) for one, other in pairwise(windows))


def _follows(one: Window, other: Window) -> bool:
    return bool(other[0]) and date.fromisoformat(one[1]) + _DAY == date.fromisoformat(other[0] or one[1])


def _is_of_the_year(time: _Named, year: int) -> bool:
    """Whether a time only says that it is to be done in the year."""
    return all(start in (None, f"{year}-01-01") and end == f"{year}-12-31" for start, end in time.windows)


def day_within(when: When, year: int) -> date | None:
    """Return the last day of the year on which a rhythm with a day of its own falls due ("by the 5th of a month")."""
    step = _STEPS.get(when.period)
    found = _INSIDE.search(Tight(when.words[: dates.MAX_CHARS]).text) if step else None
    whole = (f"{year}-01-01", f"{year}-12-31")
    if not step or not found or (when.start, when.end) not in ((None, None), whole):
        return None
    nth = _DATA["nth"].get(found["nth"] or "", 0)
    if bool(nth) == (step == 1):
        return None
    day = int(found["md"]) if found["md"] else _DATA["edges"][found["edge"]]
    month = 12 - step + (nth or 1)
    if found["nth"] and step == _STEPS["quarter"] and nth > step:
        return None
    return date(year, month, day) if 0 < day < monthrange(year, month)[1] else None


def find_impossible(text: str, year: int) -> tuple[str, ...]:
    """Return the dates of a text that no calendar has ("30 February", "the end of month 13"), as they stand there."""
    tight = Tight(text[: dates.MAX_CHARS])
    words = []
    for found in _NO_DATE.finditer(tight.text):
        if found["far"] or not _exists(int(found["y"] or year), found["m"], int(found["d"])):
            begins, ends = tight.back(*found.span())
            words.append(text[begins:ends])
    return tuple(dict.fromkeys(words))


def _exists(year: int, month: str, day: int) -> bool:
    return 0 < day <= monthrange(year, _NUMERALS.get(month) or int(month))[1]


def rhythms_of(text: str) -> tuple[str, ...]:
    """Return the words of every rhythm of a text, where it says more than one ("quarterly ..., monthly ...")."""
    counted = [rhythm for rhythm in dates.find_rhythms(text) if rhythm.period in dates.WITHIN_A_YEAR]
    several = len({rhythm.period for rhythm in counted}) > 1
    return tuple(dict.fromkeys(text[each.begins : each.ends] for each in counted)) if several else ()


def cuts(source: str) -> tuple[int, ...]:
    """Return where a duty can be cut in two, before another rhythm first; never inside brackets or quotes.

    What follows a cut holds words of its own, not only a bracket with who and when.
    """
    free = _outside(source)
    rhythms = [each.begins for each in dates.find_rhythms(source) if each.period in dates.WITHIN_A_YEAR]
    natural = [at for at in rhythms if at and free[at - 1] and source[at - 1] in _CUTS["before"]]
    ends = [at + 1 for at, mark in enumerate(source) if mark in _CUTS["after"] and free[at]]
    found = [at for at in dict.fromkeys([*natural, *ends]) if _has_words(source, free, at)]
    return tuple(found[:_MOST_CUTS])


def _has_words(source: str, free: list[bool], at: int) -> bool:
    """Whether both sides of a place hold words outside brackets."""
    sides = (range(at), range(at, len(source)))
    return all(any(free[place] and source[place].isalpha() for place in side) for side in sides)


def _outside(source: str) -> list[bool]:
    """Whether each character stands outside brackets and quotation marks; what is never closed does not count."""
    free = [True] * len(source)
    opened: list[tuple[str, int]] = []
    for at, mark in enumerate(source):
        if mark in _CUTS["pairs"]:
            opened.append((_CUTS["pairs"][mark], at))
        elif opened and mark == opened[-1][0]:
            begins = opened.pop()[1]
            free[begins : at + 1] = [False] * (at + 1 - begins)
    return free
