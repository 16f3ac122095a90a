"""What changes from one version of a plan to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Field = Literal[
    "text", "line", "lead", "helpers", "reach", "start", "due", "period", "quantity", "deliverable", "minutes"
]
FIELDS: tuple[Field, ...] = (
    "text",
    "line",
    "lead",
    "helpers",
    "reach",
    "start",
    "due",
    "period",
    "quantity",
    "deliverable",
    "minutes",
)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of a version as it is compared: ``lineage`` names the same item in every version."""

    lineage: str
    number: int
    text: str
    line: str = ""
    lead: str = ""
    helpers: str = ""
    reach: str = ""
    start: str = ""
    due: str = ""
    period: str = ""
    quantity: str = ""
    deliverable: str = ""
    minutes: str = ""


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item that was added, removed or changed; ``fields`` are (name, before, after)."""

    kind: Literal["added", "removed", "changed"]
    before: ItemFacts | None
    after: ItemFacts | None
    fields: tuple[tuple[Field, str, str], ...] = ()

    @property
    def is_felt(self) -> bool:
        """Whether anybody has to do something else: other minutes alone ask nothing new of anyone."""
        return self.kind != "changed" or any(name != "minutes" for name, _old, _new in self.fields)

    @property
    def facts(self) -> ItemFacts:
        facts = self.after or self.before
        assert facts is not None  # noqa: S101 - one of the two always is there
        return facts


def compare(old: Sequence[ItemFacts], new: Sequence[ItemFacts]) -> tuple[ItemChange, ...]:
    """Return what differs, in the order of the new version; removed items last."""
    before = {facts.lineage: facts for facts in old}
    after = {facts.lineage for facts in new}
    changes: list[ItemChange] = []
    for facts in new:
        known = before.get(facts.lineage)
        if known is None:
            changes.append(ItemChange("added", None, facts))
        elif fields := _differences(known, facts):
            changes.append(ItemChange("changed", known, facts, fields))
    changes += [ItemChange("removed", facts, None) for facts in old if facts.lineage not in after]
    return tuple(changes)


def _differences(before: ItemFacts, after: ItemFacts) -> tuple[tuple[Field, str, str], ...]:
    pairs = ((name, str(getattr(before, name)), str(getattr(after, name))) for name in FIELDS)
    return tuple((name, old, new) for name, old, new in pairs if old != new)
