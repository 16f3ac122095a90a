"""What a case of the corpus is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """The file is refused with this code; `where` must stand in the English sentence."""

    code: str
    where: str = ""


@dataclass(frozen=True)
class Reads:
    """The file reads as this kind; each of `texts` is the text of a block, `notes` are all notes by code."""

    kind: str
    texts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    blocks: int | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """One file: what it shows, its name, how its bytes are made, what must come of it."""

    name: str
    filename: str
    make: Callable[[], bytes]
    expect: Refused | Reads
