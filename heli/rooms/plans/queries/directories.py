"""Whom the papers mean: names of owners to units, words to reach."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.plans.enums import Line, Reach
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.plans.models import Plan

REACH_KINDS: dict[str, tuple[UnitKind, ...]] = {
    Reach.COMMITTEES: (UnitKind.PARTY_COMMITTEE, UnitKind.GENERAL_BRANCH),
    Reach.BRANCHES: (UnitKind.BRANCH,),
    Reach.GROUPS: (UnitKind.PARTY_GROUP,),
}
_KIND_POSTS: dict[UnitKind, PostKind] = {
    UnitKind.GROUP_COMMITTEE: PostKind.SECRETARY,
    UnitKind.PARTY_COMMITTEE: PostKind.SECRETARY,
    UnitKind.BRANCH: PostKind.BRANCH_SECRETARY,
    UnitKind.PARTY_GROUP: PostKind.GROUP_LEADER,
}
# So many words go into one look-up.
_AT_ONCE = 60
_CLERKS = {Line.PARTY: PostKind.PARTY_CLERK, Line.INTEGRITY: PostKind.DISCIPLINE_CLERK}
_HEADS = {Line.PARTY: PostKind.PARTY_HEAD, Line.INTEGRITY: PostKind.DISCIPLINE_HEAD}


@dataclass(frozen=True, slots=True)
class Directory:
    """The units around a plan's unit: those that given words may mean, and its department of each line.

    What lies below is read kind by kind, and only when it is asked for. Units are those of the day ``on``, rules those
    of the day the plan holds from.
    """

    unit: Unit
    on: date
    holds_from: date
    by_name: Mapping[str, Unit]
    desk_of: Mapping[str, Unit]
    # Names that several units below bear: each of them, by the name.
    namesakes: Mapping[str, Sequence[Unit]]
    _below: dict[str, list[Unit]] = field(default_factory=dict)
    _asked: dict[tuple[str, ...], list[Unit]] = field(default_factory=dict)

    def below(self, kind: str) -> list[Unit]:
        """Return the units of a kind below the plan's unit (one query the first time)."""
        if kind not in self._below:
            rows = people.subtree(self.unit).filter(holds_on(self.on), kind=kind).exclude(pk=self.unit.pk)
            self._below[kind] = list(rows.order_by("path"))
        return self._below[kind]

    def near(self) -> list[Unit]:
        """Return the plan's unit, its departments, and the units right below it: itself first, then as the trees go."""
        children = people.subtree(self.unit).filter(holds_on(self.on), parent=self.unit)
        units = {unit.pk: unit for unit in [*self.by_name.values(), *children]}
        return sorted(units.values(), key=lambda unit: (unit.pk != self.unit.pk, unit.tree, unit.path))

    def find(self, names: str) -> list[Unit]:
        """Return the units that an owner's words name, in order; what is not known here is left to the words."""
        found: dict[int, Unit] = {}
        for part in [names, *_between().split(names)]:
            unit = self._one(part.strip())
            if unit is not None:
                found.setdefault(unit.pk, unit)
        return list(found.values())

    def _one(self, name: str) -> Unit | None:
        if not name:
            return None
        if name in self.by_name:
            return self.by_name[name]
        if name in self.namesakes:
            return None
        if (told := _told_apart(name)) is not None:
            of_name, parent = told
            alike = [self.by_name[of_name]] if of_name in self.by_name else self.namesakes.get(of_name, ())
            return next((unit for unit in alike if unit.parent is not None and unit.parent.name == parent), None)
        if len(name) < 3:
            return None
        near = [unit for known, unit in self.by_name.items() if known.endswith(name) or name.endswith(known)]
        return near[0] if len({unit.pk for unit in near}) == 1 else None

    def alike(self, names: str) -> list[Unit]:
        """Return the units of one name that an owner's words may mean: which, has to be said."""
        parts = dict.fromkeys(part.strip() for part in [names, *_between().split(names)])
        return [unit for part in parts for unit in self.namesakes.get(part, ())]

    def requesters(self, line: str) -> list[Unit]:
        """Return the departments that ask for items of a line; both of them for both lines."""
        lines = [Line.PARTY, Line.INTEGRITY] if line == Line.BOTH else [Line(line)]
        found = [self.desk_of[each] for each in lines if each in self.desk_of]
        return list({unit.pk: unit for unit in found}.values())

    def carriers(self, reach: str, lead: Unit | None, line: str, obligations: Sequence[str] = ()) -> list[Unit]:
        """Return the units that carry an item out; without a known lead it falls to whoever asked for it.

        What the rule asks of no unit here is the lead's; without one it is nobody's, and a person has to say whose.
        """
        if reach == Reach.RULE:
            return self._owing(tuple(obligations)) or ([lead] if lead is not None else [])
        if reach in REACH_KINDS:
            below = [unit for kind in REACH_KINDS[reach] for unit in self.below(kind)]
            return below or [self.unit]
        if reach == Reach.LEAD:
            return [lead] if lead is not None else (self.requesters(line)[:1] or [self.unit])
        return [self.unit]

    def _owing(self, codes: tuple[str, ...]) -> list[Unit]:
        if codes not in self._asked:
            self._asked[codes] = list(rulebook.units_owing(self.unit, codes, self.holds_from))
        return self._asked[codes]

    def asked(self, codes: Collection[str]) -> set[str]:
        """Return which of the duties the rules ask of some unit here (two queries)."""
        return rulebook.codes_asked(self.unit, codes, self.holds_from) if codes else set()

    def post_kind(self, unit: Unit) -> str:
        """Return whose work it is inside a carrying unit; empty = whoever does tasks there."""
        if unit.kind in _KIND_POSTS:
            return _KIND_POSTS[UnitKind(unit.kind)]
        return ""


def takes_effect_on(plan: Plan, on: date) -> date:
    """Return from which day a version holds that is approved on a day: never before the year it is for."""
    return max(on, date(plan.year, 1, 1))


def directory(plan: Plan, on: date, words: Iterable[str] = ()) -> Directory:
    """Return the units a plan can name, below its own only those that ``words`` may mean.

    A handful of queries whatever lies below; ``words`` are the owners that ``find`` will be asked about.
    """
    unit = plan.unit
    desks = _desks(unit)
    departments = list(desks.values())
    house = next((desk.parent for desk in departments if desk.parent_id), None)
    if house is not None:
        departments += [house, *people.subtree(house).filter(holds_on(on), parent=house)]
    by_name = {each.name: each for each in reversed([unit, *departments])}
    below: dict[str, list[Unit]] = {}
    for each in _meant(unit, on, words):
        below.setdefault(each.name, []).append(each)
    by_name |= {name: alike[0] for name, alike in below.items() if len(alike) == 1 and name not in by_name}
    return Directory(
        unit=unit,
        on=on,
        holds_from=takes_effect_on(plan, on),
        by_name=by_name,
        desk_of=desks,
        namesakes={name: alike for name, alike in below.items() if name not in by_name},
    )


def told_apart(unit: Unit) -> str:
    """Return a unit's name with its parent's, as two units of one name are told apart."""
    return str(_table()["told_apart"].format(name=unit.name, parent=unit.parent.name)) if unit.parent else unit.name


def _told_apart(name: str) -> tuple[str, str] | None:
    """Return the name and the parent's that stand in such words."""
    found = re.fullmatch(_table()["is_told_apart"], name)
    return (found["name"], found["parent"]) if found else None


def _meant(unit: Unit, on: date, words: Iterable[str]) -> list[Unit]:
    """Return the units below whose name is one of the words, ends with one, or is the end of one."""
    parts = {part.strip() for each in words for part in [each, *_between().split(each)]} - {""}
    parts |= {told[0] for part in parts if (told := _told_apart(part)) is not None}
    found: list[Unit] = []
    ordered = sorted(parts)
    for first in range(0, len(ordered), _AT_ONCE):
        wanted = Q(pk__in=[])
        for part in ordered[first : first + _AT_ONCE]:
            wanted |= Q(name__in=[part[start:] for start in range(len(part))] if len(part) > 2 else [part])
            if len(part) > 2:
                wanted |= Q(name__endswith=part)
        found += people.subtree(unit).filter(wanted, holds_on(on)).select_related("parent")
    return sorted({each.pk: each for each in found}.values(), key=lambda each: each.path)


def _desks(unit: Unit) -> dict[str, Unit]:
    """The department of each line that acts for the unit: where its clerk or head sits."""
    found: dict[str, Unit] = {}
    posts = people.posts_acting_for(unit)
    for line in (Line.PARTY, Line.INTEGRITY):
        for wanted in (_HEADS[line], _CLERKS[line]):
            post = next((post for post in posts if post.kind == wanted), None)
            if post is not None:
                found.setdefault(line, post.unit)
    return found


@cache
def _table() -> dict[str, Any]:
    text = resources.files("heli.rooms.plans").joinpath("data", "reach.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _between() -> re.Pattern[str]:
    """What stands between two owners in one breath."""
    return re.compile(_table()["between"])


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    return {part: [(re.compile(row["pattern"]), row["reach"]) for row in _table()[part]] for part in ("owner", "text")}


def names_a_reach(owner: str) -> bool:
    """Return whether an owner's words all say who carries an item out, and none of them a lead that could be known."""
    parts = [part for part in _between().split(owner) if part]
    return bool(parts) and all(any(row.search(part) for row, _reach in _patterns()["owner"]) for part in parts)


def reach_of(text: str, owner: str, *, by_rule: bool = False) -> Reach:
    """Return who carries an item out, as its owner or its words say.

    ``by_rule``: no paper words it, it is added from a duty of the rulebook. Unless its owner says otherwise it falls
    to the units of which the rule asks it.
    """
    for pattern, reach in _patterns()["owner"]:
        if owner and pattern.search(owner):
            return Reach(reach)
    if by_rule:
        return Reach.RULE
    for pattern, reach in _patterns()["text"]:
        if pattern.search(text):
            return Reach(reach)
    return Reach.LEAD
