"""Wordings that are in force already, for tests of what holds: as a decided change writes them, without its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heli.rooms.rulebook.enums import Enforcement, Family
from heli.rooms.rulebook.services.wordings import Rewording, change_entry


def edit_obligation(*, code: str, cells: Mapping[str, str], **dated: Any) -> Any:
    """Word a duty; ``dated`` is reason, valid_from, by, at and version."""
    return change_entry(Family.OBLIGATION, code, Rewording(cells), **dated)


def switch_obligation(*, code: str, is_on: bool, enforcement: Enforcement, **dated: Any) -> Any:
    """Switch a duty on or off and say whether its gate blocks."""
    switches = {"is_on": is_on, "enforcement": str(enforcement)}
    return change_entry(Family.OBLIGATION, code, Rewording(switches=switches), **dated)


def edit_instrument(*, code: str, cells: Mapping[str, str], **dated: Any) -> Any:
    """Word an instrument."""
    return change_entry(Family.INSTRUMENT, code, Rewording(cells), **dated)


def edit_key_link(*, code: str, cells: Mapping[str, str], is_on: bool, **dated: Any) -> Any:
    """Name the duties of a key link, or switch it."""
    return change_entry(Family.KEY_LINK, code, Rewording(cells, {"is_on": is_on}), **dated)
