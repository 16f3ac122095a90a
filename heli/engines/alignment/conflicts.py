"""Contradictions between duties: owner, date, amount, too many events at once, opposite aims."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Literal

from heli.engines.alignment import owners, reversals, wordlists
from heli.engines.alignment.items import Item, Quantity, When
from heli.engines.alignment.reasons import Reason

_NAME = "slots_conflicts.toml"
_DATA = wordlists.load(_NAME)
_EVENT = wordlists.pattern(_NAME, "patterns", "event")
_ASSEMBLY = wordlists.pattern(_NAME, "patterns", "assembly")
_ALL: str = _DATA["people"]["all"]
_EVERYONE: str = _DATA["people"]["whole"]
_DAY, _BEFORE = (wordlists.pattern(_NAME, "patterns", name) for name in ("day", "before"))
_AUDIENCE = wordlists.pattern(_NAME, "patterns", "audience")
_PEOPLE = {word: name for name, words in _DATA["same_people"].items() for word in words}
_TIMES_A_YEAR = {"day": 250, "week": 52, "month": 12, "two_months": 6, "quarter": 4, "half": 2, "year": 1}
_COMPARED = frozenset(_DATA["people"]["compared"])
_WEEK = 7

Kind = Literal["owner", "date", "quantity", "overload", "goal"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of an item that show a conflict: item id and a half-open range in the item's text (0, 0 for its label)."""

    item: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction between items, with the reason and the words that show it."""

    kind: Kind
    items: tuple[str, ...]
    reason: Reason
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two items that have to do with each other: the same duty, or one matter (a shared key link or a related text)."""

    a: Item
    b: Item
    is_same: bool
    links: tuple[str, ...] = ()
    is_upper: bool = False


def _words(item: Item, words: str) -> Evidence:
    start = item.text.find(words) if words else -1
    return Evidence(item.id, max(start, 0), start + len(words) if start >= 0 else 0, words)


def _lead(item: Item) -> tuple[str, ...]:
    return tuple(owner.name for owner in item.owners if owner.role == "lead")


def _owners_differ(a: Item, b: Item) -> bool:
    lead_a, lead_b = _lead(a), _lead(b)
    if not lead_a or not lead_b:
        return False
    everyone = _DATA["people"]["everyone"]
    if any(name.startswith(everyone) for name in (*lead_a, *lead_b)) and len({*lead_a, *lead_b}) > 1:
        lead_a = tuple(name for name in lead_a if not name.startswith(everyone))
        lead_b = tuple(name for name in lead_b if not name.startswith(everyone))
    return bool(lead_a and lead_b) and not any(owners.same_owner(x, y) for x in lead_a for y in lead_b)


def _owner_conflict(pair: Pair, code: str = "owner") -> Conflict:
    joint = _DATA["people"]["joint"]
    owner_a, owner_b = joint.join(_lead(pair.a)), joint.join(_lead(pair.b))
    reason = Reason("conflicts", code, {"a": pair.a, "b": pair.b, "owner_a": owner_a, "owner_b": owner_b})
    return Conflict("owner", (pair.a.id, pair.b.id), reason, (_words(pair.a, owner_a), _words(pair.b, owner_b)))


def _is_whole_year(when: When) -> bool:
    return bool(when.start and when.end and when.start.endswith("-01-01") and when.end.endswith("-12-31"))


def dates_differ(a: When, b: When) -> bool:
    """Whether two times of one duty cannot both hold.

    Two deadlines must be equal; a deadline must lie in a stretch; stretches must overlap. A whole year, a rhythm
    without dates and "when it occurs" contradict nothing.
    """
    if not a.end or not b.end or _is_whole_year(a) or _is_whole_year(b):
        return False
    if a.start is None and b.start is None:
        return a.end != b.end
    if a.start is None or b.start is None:
        deadline, stretch = (a, b) if a.start is None else (b, a)
        return not (str(stretch.start) <= str(deadline.end) <= str(stretch.end)) and deadline.end != stretch.end
    return a.start > b.end or b.start > a.end


def _date_conflict(pair: Pair, code: str = "date", **more: Any) -> Conflict:
    a, b = pair.a, pair.b
    reason = Reason("conflicts", code, {"a": a, "b": b, "when_a": a.when.words, "when_b": b.when.words, **more})
    return Conflict("date", (a.id, b.id), reason, (_words(a, a.when.words), _words(b, b.when.words)))


@cache
def _orders() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Any, Any], ...]:
    return tuple(
        (re.compile(order["first"]), re.compile(order["later"]), order["first_name"], order["later_name"])
        for order in _DATA["order"]
    )


def _order_conflict(pair: Pair) -> Conflict | None:
    """What must come later is due earlier ("closed in June, accepted in September")."""
    for a, b in ((pair.a, pair.b), (pair.b, pair.a)):
        if not (a.when.end and b.when.end and a.when.end < b.when.end):
            continue
        for first, later, first_name, later_name in _orders():
            if later.search(a.text) and first.search(b.text) and not (later.search(b.text) or first.search(a.text)):
                turned = Pair(a, b, pair.is_same, pair.links)
                return _date_conflict(turned, "date_order", first=first_name, later=later_name)
    return None


def yearly(quantity: Quantity, when: When) -> float | None:
    """How many times a year an amount asks for, or ``None`` when its scope is no stretch of time.

    "Once a quarter" is four times a year; "at least 12 times" within the year is twelve.
    """
    for scope, period in _DATA["scopes"].items():
        if scope in quantity.scope:
            return quantity.low * _TIMES_A_YEAR[period]
    if quantity.scope and not any(word in quantity.scope for word in _DATA["people"]["yearly"]):
        return None
    return quantity.low * _TIMES_A_YEAR.get(when.period, 1)


def _amounts(item: Item) -> dict[tuple[str, str], list[tuple[float, Quantity]]]:
    """Amounts of an item by unit and by what they are counted for."""
    found: dict[tuple[str, str], list[tuple[float, Quantity]]] = defaultdict(list)
    for quantity in item.quantities:
        if quantity.unit not in _COMPARED:
            continue
        value = yearly(quantity, item.when)
        scope = "" if value is not None else quantity.scope
        found[quantity.unit, scope].append((quantity.low if value is None else value, quantity))
    return found


def _quantity_conflict(pair: Pair) -> Conflict | None:
    """Two amounts of one unit for one duty, none of which agree."""
    a, b = _amounts(pair.a), _amounts(pair.b)
    for key in a.keys() & b.keys():
        values_a, values_b = {value for value, _ in a[key]}, {value for value, _ in b[key]}
        if values_a & values_b:
            continue
        one, other = a[key][0][1], b[key][0][1]
        if pair.is_upper and max(values_a) >= min(values_b):
            continue
        code = "quantity_upper" if pair.is_upper else "quantity"
        params = {"a": pair.a, "b": pair.b, "amount_a": _said(one), "amount_b": _said(other)}
        evidence = (
            Evidence(pair.a.id, one.start, one.end, one.text),
            Evidence(pair.b.id, other.start, other.end, other.text),
        )
        return Conflict("quantity", (pair.a.id, pair.b.id), Reason("conflicts", code, params), evidence)
    return _frequency_conflict(pair)


def _said(quantity: Quantity) -> str:
    return quantity.text if quantity.text.startswith(quantity.scope) else quantity.scope + quantity.text


def _frequency_conflict(pair: Pair) -> Conflict | None:
    """Two rhythms for one duty ("monthly", "quarterly") where neither gives a number of times."""
    a, b = pair.a.when.period, pair.b.when.period
    if a not in _TIMES_A_YEAR or b not in _TIMES_A_YEAR or a == b:
        return None
    if "year" in (a, b) or (pair.is_upper and _TIMES_A_YEAR[a] > _TIMES_A_YEAR[b]):
        return None
    if pair.a.quantities or pair.b.quantities:
        counts = {yearly(q, item.when) for item in (pair.a, pair.b) for q in item.quantities}
        if len(counts) == 1:
            return None
    periods = wordlists.load("reasons_board.toml")["periods"]
    params = {"a": pair.a, "b": pair.b, "often_a": periods[a], "often_b": periods[b]}
    evidence = (_words(pair.a, pair.a.when.words), _words(pair.b, pair.b.when.words))
    return Conflict("quantity", (pair.a.id, pair.b.id), Reason("conflicts", "frequency", params), evidence)


def _of_pair(pair: Pair) -> list[Conflict]:
    found: list[Conflict] = []
    if pair.is_upper:
        if pair.is_same and pair.a.when.end and pair.b.when.end and _is_later(pair.a.when, pair.b.when):
            found.append(_date_conflict(pair, "date_upper"))
        quantity = _quantity_conflict(pair) if pair.is_same else None
        return found + ([quantity] if quantity else [])
    order = _order_conflict(pair)
    if pair.is_same:
        if _owners_differ(pair.a, pair.b):
            found.append(_owner_conflict(pair))
        if order or dates_differ(pair.a.when, pair.b.when):
            found.append(order or _date_conflict(pair))
        found += [other for other in (_quantity_conflict(pair), _manner_conflict(pair)) if other]
    elif order:
        if _owners_differ(pair.a, pair.b):
            found.append(_owner_conflict(pair, "owner_phases"))
        found.append(order)
    return found


def _manner_conflict(pair: Pair) -> Conflict | None:
    """Two manners of one duty that exclude each other ("online", "on site")."""
    for one, other in _manners():
        for a, b in ((pair.a, pair.b), (pair.b, pair.a)):
            first, second = one.search(a.text), other.search(b.text)
            if first and second and not other.search(a.text) and not one.search(b.text):
                params = {"a": a, "b": b, "aim_a": first[0], "aim_b": second[0]}
                evidence = (_words(a, first[0]), _words(b, second[0]))
                return Conflict("goal", (pair.a.id, pair.b.id), Reason("conflicts", "manner", params), evidence)
    return None


@cache
def _manners() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((re.compile(pair["one"]), re.compile(pair["other"])) for pair in _DATA["manner"])


def _is_later(own: When, upper: When) -> bool:
    if _is_whole_year(upper) or _is_whole_year(own):
        return False
    return str(own.end) > str(upper.end)


def _audiences(item: Item) -> set[str]:
    found = {_PEOPLE.get(match, match) for match in _AUDIENCE.findall(item.text)}
    found |= {_PEOPLE.get(owner.name, owner.name) for owner in item.owners if owner.role == "subject"}
    if _ASSEMBLY.search(item.text) or any(name.startswith(_ALL) for name in found):
        found.add(_EVERYONE)
    return found


def _written_day(item: Item) -> str:
    """The day a column of deadlines names without a "before": events have theirs there too, but for ends of months."""
    if not (item.when.is_deadline and item.when.end and _DAY.search(item.when.words)):
        return ""
    closes_month = (date.fromisoformat(item.when.end) + timedelta(days=1)).day == 1
    return "" if closes_month else item.when.end


def _says_day(item: Item) -> bool:
    """Whether the sentence itself puts an event on its day, so that the day is no deadline."""
    at = item.text.find(item.when.words) if item.when.words else -1
    return at >= 0 and not _BEFORE.match(item.text[at + len(item.when.words) :])


def _stretches(item: Item, days: Container[str]) -> Iterable[tuple[date, date]]:
    """The stretches of at most a week in which an item puts an event; ``days`` are those known to be no deadlines."""
    written = _written_day(item)
    windows = ((written, written),) if written in days else item.when.windows or ((item.when.start, item.when.end),)
    for start, end in windows:
        if start and end:
            first, last = date.fromisoformat(start), date.fromisoformat(end)
            if (last - first).days < _WEEK:
                yield first, last


def overload(items: Sequence[Item], same: set[frozenset[str]] | None = None) -> list[Conflict]:
    """Several events for the same people on one day, or three and more within a week.

    ``same`` holds the pairs of ids that are one duty anyway; they are not two events.
    """
    by_people: dict[str, list[tuple[date, date, Item]]] = defaultdict(list)
    gathering = [item for item in items if _EVENT.search(item.text)]
    days = {_written_day(item) for item in gathering if _says_day(item)} - {""}
    for item in gathering:
        for first, last in _stretches(item, days):
            for audience in _audiences(item):
                by_people[audience].append((first, last, item))
    found: list[Conflict] = []
    seen: set[tuple[str, ...]] = set()
    for audience, events in sorted(by_people.items()):
        for day in sorted({first for first, _, _ in events}):
            on_day = _distinct([item for first, last, item in events if first == last == day], same or set())
            in_week = _distinct(
                [item for first, _, item in events if day <= first < day + timedelta(days=_WEEK)], same or set()
            )
            code, group = ("overload_day", on_day) if len(on_day) >= 2 else ("overload_week", in_week)
            ids = tuple(item.id for item in group)
            if len(group) < (2 if code == "overload_day" else 3) or ids in seen:
                continue
            seen.add(ids)
            params = {"day": day.isoformat(), "audience": audience, "count": len(group), "items": tuple(group)}
            evidence = tuple(_words(item, item.when.words) for item in group)
            found.append(Conflict("overload", ids, Reason("conflicts", code, params), evidence))
    return found


def _distinct(items: Sequence[Item], same: set[frozenset[str]]) -> list[Item]:
    kept: list[Item] = []
    for item in items:
        if item not in kept and not any(frozenset((item.id, other.id)) in same for other in kept):
            kept.append(item)
    return kept


@cache
def _opposites() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    length = _DATA["objects"]["length"]
    tail = "(?P<object>[\u4e00-\u9fff]{2," + str(length) + "})"
    return tuple(
        (re.compile(f"(?P<verb>{pair['one']}){tail}"), re.compile(f"(?P<verb>{pair['other']}){tail}"))
        for pair in _DATA["opposite"]
    )


def goals(items: Sequence[Item]) -> list[Conflict]:
    """Pairs of items that ask for opposite things of one object ("fewer meetings", "more meetings")."""
    found: list[Conflict] = []
    seen: set[frozenset[str]] = set()
    for one, other in _opposites():
        index: dict[str, list[tuple[Item, re.Match[str]]]] = defaultdict(list)
        for item in items:
            for match in one.finditer(item.text):
                for pair in reversals.object_pairs(match["object"]):
                    index[pair].append((item, match))
        if not index:
            continue
        for item in items:
            for match in other.finditer(item.text):
                conflict = _opposed(item, match, index, seen)
                if conflict:
                    found.append(conflict)
    return found + _reversed(items, seen)


def _reversed(items: Sequence[Item], seen: set[frozenset[str]]) -> list[Conflict]:
    """Pairs of items of which one ends or reduces what the other does, beyond those seen already."""
    found: list[Conflict] = []
    for ending, doing, end, act in reversals.find([item.text for item in items]):
        a, b = items[ending], items[doing]
        ids = frozenset((a.id, b.id))
        if ids in seen or len(ids) < 2:
            continue
        seen.add(ids)
        params = {"object": reversals.common(end.words, b.text), "a": a, "b": b, "aim_a": end.words, "aim_b": act.words}
        evidence = (Evidence(a.id, end.start, end.end, end.words), Evidence(b.id, act.start, act.end, act.words))
        found.append(Conflict("goal", (a.id, b.id), Reason("conflicts", "goal", params), evidence))
    return found


def _opposed(
    item: Item, match: re.Match[str], index: dict[str, list[tuple[Item, re.Match[str]]]], seen: set[frozenset[str]]
) -> Conflict | None:
    shared: dict[str, int] = defaultdict(int)
    where: dict[str, tuple[Item, re.Match[str]]] = {}
    for pair in reversals.object_pairs(match["object"]):
        for against, found in index.get(pair, ()):
            shared[against.id] += 1
            where[against.id] = (against, found)
    for against_id, count in shared.items():
        ids = frozenset((item.id, against_id))
        if count < 2 or len(ids) < 2 or ids in seen:
            continue
        seen.add(ids)
        against, found = where[against_id]
        params = {
            "object": reversals.common(match["object"], found["object"]),
            "a": against,
            "b": item,
            "aim_a": found[0],
            "aim_b": match[0],
        }
        evidence = (
            Evidence(against.id, found.start(), found.end(), found[0]),
            Evidence(item.id, match.start(), match.end(), match[0]),
        )
        return Conflict("goal", (against.id, item.id), Reason("conflicts", "goal", params), evidence)
    return None


def find_conflicts(pairs: Iterable[Pair], items: Sequence[Item]) -> list[Conflict]:
    """Return every contradiction of the pairs and among the items, in the order of the items."""
    listed = list(pairs)
    found = [conflict for pair in listed for conflict in _of_pair(pair)]
    same = {frozenset((pair.a.id, pair.b.id)) for pair in listed if pair.is_same}
    return found + overload(items, same) + goals(items)
