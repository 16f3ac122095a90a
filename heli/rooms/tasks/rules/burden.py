"""What nobody may ask for (``engines/burden``), and what is known already (DESIGN, invariants 7 and 1).

The patterns of known facts stand in ``data/known_facts.csv``, those of the burden list beside their engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from heli.engines.burden.rules import BurdenFinding, BurdenRule, burden_findings, burden_rules, find, read_rules

__all__ = ["BurdenFinding", "BurdenRule", "burden_findings", "burden_rules", "known_facts", "known_findings"]

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def known_facts() -> tuple[BurdenRule, ...]:
    """Return what a form may not ask for because every site has it recorded, and where it stands."""
    return read_rules(DATA / "known_facts.csv")


def known_findings(texts: Iterable[str]) -> list[BurdenFinding]:
    """Return every known fact that one of the texts asks for, each once, in the order of the data file."""
    return find(known_facts(), texts)
