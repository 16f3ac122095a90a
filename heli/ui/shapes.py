"""Plain values that list-like components take. Mappings with the same keys do as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """A crumb, a menu entry, an action."""

    label: Any
    url: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a list; ``count`` is shown when it is not None."""

    label: Any
    url: str
    count: int | None = None
    current: bool = False
    line: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table head cell. ``sort_url`` makes it sortable, ``sorted`` is "", "ascending" or "descending"."""

    label: Any
    num: bool = False
    sort_url: str = ""
    sorted: str = ""
    hidden: bool = False  # the label is for screen readers only
    css: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of the slots table: what both sides say and what follows. ``pick`` is "", "a", "b"."""

    label: Any
    a: Any
    b: Any
    result: Any = ""
    same: bool = False
    pick: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the difference table."""

    label: Any
    before: Any
    after: Any

    @property
    def is_same(self) -> bool:
        return bool(self.before == self.after)


@dataclass(frozen=True, slots=True)
class Fact:
    """A term and its value; ``url`` makes the value a link."""

    label: Any
    value: Any
    url: str = ""
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a history."""

    text: Any
    when: Any = ""
    note: Any = ""
    is_now: bool = False
    state: str = ""
    state_text: Any = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a tree. ``children`` None and ``load_url`` set = opened on demand."""

    label: Any
    url: str
    pk: Any = ""
    current: bool = False
    count: Any = ""
    late: bool = False
    children: Sequence[Node] | None = None
    load_url: str = ""
    fold_url: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """A person as others see them on a page."""

    name: Any
    line: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A mark on the scale: from ``at`` on the score means ``label``."""

    at: float
    label: Any


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar strip."""

    day: date
    count: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a select, radio group or checkbox group."""

    value: Any
    label: Any
    hint: Any = ""
    selected: bool = False


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a value, why, and what would make it right."""

    what: Any
    why: Any = ""
    remedy: Any = ""

    @property
    def sentence(self) -> str:
        """All of it as running text; a Chinese full stop needs no space after it."""
        text = ""
        for part in (str(self.what), str(self.why), str(self.remedy)):
            gap = "" if not text or not part or text[-1] in "\u3002\uff01\uff1f\uff1b" else " "
            text += gap + part
        return text
