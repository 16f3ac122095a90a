"""The two trees of a generated enterprise: every Party organization serves the administrative unit of its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.apps import apps

from heli.config.generator import tables


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """One unit with its place; ``serves`` is the id of the administrative unit a Party organization works in."""

    id: int
    tree: str
    kind: str
    name: str
    code: str
    path: str
    depth: int
    parent: int | None
    serves: int | None


@dataclass(slots=True)
class Trees:
    """The units in the order they were made, parents first, and the same by tree and kind."""

    units: list[PlacedUnit] = field(default_factory=list)
    by_kind: dict[str, list[PlacedUnit]] = field(default_factory=lambda: defaultdict(list))

    def of_tree(self, tree: str) -> list[PlacedUnit]:
        return [unit for unit in self.units if unit.tree == tree]


def write(shapes: dict[str, Any], count: int, founded: date, prefix: str) -> Trees:
    """Write ``count`` units, half of them in each tree, and one version of each."""
    unit_model, version_model = apps.get_model("people.Unit"), apps.get_model("people.UnitVersion")
    trees = Trees()
    start = tables.first_id(unit_model)
    admin = max(1, count - count // 2)
    _plant(trees, shapes["admin"], "admin", admin, start, prefix)
    _plant(trees, shapes["party"], "party", max(1, count // 2), start + admin, prefix)
    tables.copy(
        unit_model,
        (
            "id",
            "tree",
            "kind",
            "name",
            "code",
            "path",
            "depth",
            "parent_id",
            "serves_id",
            "has_committee",
            "valid_from",
        ),
        (
            (u.id, u.tree, u.kind, u.name, u.code, u.path, u.depth, u.parent, u.serves, u.kind in _COMMITTEES, founded)
            for u in trees.units
        ),
    )
    first = tables.first_id(version_model)
    tables.copy(
        version_model,
        ("id", "unit_id", "name", "kind", "parent_id", "path", "valid_from"),
        ((first + n, u.id, u.name, u.kind, u.parent, u.path, founded) for n, u in enumerate(trees.units)),
    )
    return trees


def _plant(trees: Trees, kinds: list[dict[str, Any]], tree: str, count: int, start: int, prefix: str) -> None:
    """Place one tree: parents before children, children spread evenly over the kind they stand under."""
    served = trees.of_tree("admin") if tree == "party" else []
    numbers = iter(range(count))
    for kind, amount in _amounts(kinds, count):
        parents = trees.by_kind[kind["under"]] if "under" in kind else [None]
        own, widest = trees.by_kind[kind["kind"]], kind.get("widest", amount)
        for index in range(amount):
            number = next(numbers)
            parent = parents[index % len(parents)] if index < widest else own[(index - widest) // _BREADTH]
            unit_id = start + number
            unit = PlacedUnit(
                id=unit_id,
                tree=tree,
                kind=kind["kind"],
                name=kind["name"].format(n=index + 1),
                code=f"{prefix}-{tree[0].upper()}{number:07d}",
                path=f"{parent.path if parent else ''}{unit_id:012d}.",
                depth=parent.depth + 1 if parent else 0,
                parent=parent.id if parent else None,
                serves=served[number].id if number < len(served) else None,
            )
            trees.units.append(unit)
            trees.by_kind[unit.kind].append(unit)


def _amounts(kinds: list[dict[str, Any]], count: int) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each kind with its number, the kinds that others stand under before those."""
    amounts = {kind["kind"]: max(1, round(count * kind["share"])) for kind in kinds[1:-1]}
    left = count - 1
    for name, wanted in amounts.items():
        amounts[name] = min(wanted, max(0, left - 1))
        left -= amounts[name]
    amounts |= {kinds[0]["kind"]: 1, kinds[-1]["kind"]: left}
    placed: set[str] = set()
    waiting = list(kinds)
    while waiting:
        kind = next(one for one in waiting if one.get("under") in {None, *placed})
        waiting.remove(kind)
        placed.add(kind["kind"])
        yield kind, amounts[kind["kind"]]


_BREADTH = 15
_COMMITTEES = {"group_committee", "party_committee", "general_branch", "branch"}
