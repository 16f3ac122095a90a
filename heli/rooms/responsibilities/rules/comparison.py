"""What differs between two versions of a list, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """An item added, removed or changed; ``fields`` are (name, before, after)."""

    kind: str
    lineage: str
    text: str
    number: int
    fields: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """An item as words: what is compared."""

    lineage: str
    number: int
    text: str
    values: Mapping[str, str]


def compare(before: Iterable[Wording], after: Iterable[Wording]) -> list[Difference]:
    """Return the differences in the order of the newer version, removed items last."""
    old = {item.lineage: item for item in before}
    found = []
    for item in after:
        former = old.pop(item.lineage, None)
        if former is None:
            found.append(Difference("added", item.lineage, item.text, item.number))
            continue
        fields = tuple(
            (name, former.values.get(name, ""), value)
            for name, value in item.values.items()
            if former.values.get(name, "") != value
        )
        if fields:
            found.append(Difference("changed", item.lineage, item.text, item.number, fields))
    gone = sorted(old.values(), key=lambda item: item.number)
    return found + [Difference("removed", item.lineage, item.text, item.number) for item in gone]
