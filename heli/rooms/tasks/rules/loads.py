"""How many minutes a month a unit is asked for, and how many it may be: pure arithmetic."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Month(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])


@dataclass(frozen=True, slots=True)
class Limit:
    """Minutes a month for units of ``kind`` at and below ``path``; None lifts what held before."""

    path: str
    kind: str
    minutes: int | None
    starts_on: date


def limit_on(path: str, kind: str, on: date, limits: Iterable[Limit]) -> int | None:
    """Return the minutes a month that hold for a unit on a day: the nearest unit above decides, its newest word last.

    None where nobody set a limit, or the nearest was lifted.
    """
    fitting = [each for each in limits if each.kind == kind and path.startswith(each.path) and each.starts_on <= on]
    if not fitting:
        return None
    return max(fitting, key=lambda each: (len(each.path), each.starts_on)).minutes


@dataclass(frozen=True, slots=True)
class Asked:
    """What one template asks of a unit of ``kind`` at ``path``: minutes in each month."""

    root: str
    kinds: frozenset[str]
    minutes: Mapping[Month, int]

    def concerns(self, path: str, kind: str) -> bool:
        """Return whether the unit is asked: of its kinds in and below the root, or the root alone."""
        return path.startswith(self.root) and kind in self.kinds if self.kinds else path == self.root


def total(asked: Iterable[Asked], path: str, kind: str) -> Counter[Month]:
    """Return month → minutes that all templates together ask of a unit."""
    found: Counter[Month] = Counter()
    for each in asked:
        if each.concerns(path, kind):
            found.update(each.minutes)
    return found


class LoadBelow:
    """Limits and minutes of the units below one root, quick for any number of them.

    What is asked or set at the root or above holds for every unit of a kind alike and is added up once; only what
    begins further down is looked at unit by unit. Says what ``total`` and ``limit_on`` say.
    """

    def __init__(self, root: str, asked: Iterable[Asked], limits: Iterable[Limit]) -> None:
        self._root, self._asked, self._limits = root, list(asked), list(limits)
        self._coming: dict[str, tuple[Counter[Month], list[Asked]]] = {}
        self._held: dict[tuple[str, Month], tuple[bool, int | None, list[Limit]]] = {}

    def coming(self, path: str, kind: str, month: Month) -> int:
        """Return the minutes that are asked of a unit below the root in a month."""
        if kind not in self._coming:
            wide = [each for each in self._asked if each.kinds and self._root.startswith(each.root)]
            narrow = [each for each in self._asked if each not in wide]
            self._coming[kind] = total(wide, self._root, kind), narrow
        alike, narrow = self._coming[kind]
        return alike[month] + sum(each.minutes.get(month, 0) for each in narrow if each.concerns(path, kind))

    def limit(self, path: str, kind: str, month: Month) -> int | None:
        """Return the limit of a unit below the root in a month."""
        key = kind, month
        if key not in self._held:
            fitting = [each for each in self._limits if each.kind == kind and each.starts_on <= month.first]
            below = [each for each in fitting if not self._root.startswith(each.path)]
            self._held[key] = bool(below), limit_on(self._root, kind, month.first, fitting), fitting
        differs, alike, fitting = self._held[key]
        return limit_on(path, kind, month.first, fitting) if differs else alike


def overlaps(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]], kinds_of: Mapping[str, str]) -> bool:
    """Return whether two audiences (root path, kinds) can have a unit in common.

    ``kinds_of`` names the kind of each root, for an audience that is its root alone.
    """
    (path_a, kinds_a), (path_b, kinds_b) = one, other
    if not (path_a.startswith(path_b) or path_b.startswith(path_a)):
        return False
    if not kinds_a and not kinds_b:
        return path_a == path_b
    if not kinds_a:
        return path_a.startswith(path_b) and kinds_of[path_a] in kinds_b
    if not kinds_b:
        return path_b.startswith(path_a) and kinds_of[path_b] in kinds_a
    return bool(kinds_a & kinds_b)
