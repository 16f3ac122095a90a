"""The rulebook as a yearly plan is measured against it: the enterprise's own copy, in the plan's year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heli.rooms.rulebook import catalogue
from heli.rooms.rulebook.queries.entries import duties_during, is_installed, key_links


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The duties a plan has to deploy, and the Chinese names of key links that the enterprise switched off."""

    obligations: tuple[catalogue.Obligation, ...]
    links_off: frozenset[str]


def yardstick(year: int, on: date) -> Yardstick:
    """Return what a plan of ``year`` drafted on ``on`` is measured against.

    A duty counts if it is in force and switched on on any day of the year that is left, as it is worded last;
    repealed and switched off ones do not. Before anything is installed the shipped catalogue stands in.
    """
    if not is_installed():
        return Yardstick(catalogue.load().obligations, frozenset())
    start = min(max(on, date(year, 1, 1)), date(year, 12, 31))
    worded = {duty.code: duty.record for duty in duties_during(start, date(year + 1, 1, 1))}
    shown = {link.code for link in key_links(start) if link.is_on}
    off = frozenset(link.name_zh for link in catalogue.load().key_links if link.code not in shown)
    return Yardstick(tuple(worded[code] for code in sorted(worded)), off)
