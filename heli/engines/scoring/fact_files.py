"""What is known of units from a file: one fact a row, or JSON; and the tree the units stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from heli.engines.alignment.items import SourceBlock
from heli.engines.scoring import cells as cell
from heli.engines.scoring.cells import Node, by_name, listed, number, whole, word, words
from heli.engines.scoring.problems import Problem, Refused
from heli.engines.scoring.readings import FIGURES, Reading, given
from heli.engines.scoring.standard import Standard

MOST_WEIGHT = 1_000
_NUMBERS = ("count", "required", "done", "value", "mark")
_TEXTS = ("level", "by", "reason", "note")


@dataclass
class UnitFacts:
    """A unit: where it stands, how much it weighs there, and its readings in the order of the file."""

    id: str
    name: str = ""
    kind: str = ""
    parent: str = ""
    weight: int | None = None
    assessed: bool | None = None
    place: Any = None
    readings: list[Reading] = field(default_factory=list)

    @property
    def is_assessed(self) -> bool:
        """Whether the unit is scored itself; a unit that only holds others together is not."""
        return self.assessed is not False


Units = dict[str, UnitFacts]


def facts_of_blocks(blocks: Iterable[SourceBlock], standard: Standard) -> Units:
    """Return the units of the tables of a document with their readings. Raises ``Refused``, naming the row."""
    units: Units = {}
    for block in blocks:
        said = by_name("facts", block.cells)
        if not said:
            continue
        if "unit" not in said:
            raise Refused("fact_unit", block.place)
        unit = units.setdefault(said["unit"], UnitFacts(said["unit"], place=block.place))
        _describe(unit, said, block.place)
        reading = _reading(said, block.place)
        if reading is not None:
            unit.readings.append(_placed(standard, reading, chosen="rule" in said))
    if not any(unit.readings for unit in units.values()):
        raise Refused("facts_none")
    return units


def _describe(unit: UnitFacts, said: dict[str, str], place: Any) -> None:
    """Take what a row says of its unit; rows may repeat it, never contradict it."""
    new: dict[str, Any] = {name: said[name] for name in ("name", "kind", "parent") if name in said}
    if "weight" in said:
        new["weight"] = whole(said["weight"], place, words("facts")["weight"][0])
    if "assessed" in said:
        new["assessed"] = word("truth", said["assessed"], place, words("facts")["assessed"][0]) == "yes"
    for name, value in new.items():
        old = getattr(unit, name)
        if old not in (None, "", value):
            params = {"unit": unit.id, "what": Problem.words(f"unit_{name}"), "one": old, "other": value}
            raise Refused("fact_clash", place, **params)
        setattr(unit, name, value)
    _check_weight(unit, place)


def _check_weight(unit: UnitFacts, place: Any) -> None:
    if unit.weight is not None and not 0 <= unit.weight <= MOST_WEIGHT:
        raise Refused("weight", place, unit=unit.id, weight=unit.weight, most=MOST_WEIGHT)


def _reading(said: dict[str, str], place: Any) -> Reading | None:
    """Return the reading of a row, None where the row only describes its unit."""
    figures: dict[str, Any] = {
        name: number(said[name], place, words("facts")[name][0]) for name in _NUMBERS if name in said
    }
    if "happened" in said:
        figures["happened"] = word("truth", said["happened"], place, words("facts")["happened"][0]) == "yes"
    figures |= {name: said[name] for name in _TEXTS if name in said}
    if "indicator" not in said:
        if figures or "evidence" in said:
            raise Refused("fact_indicator", place)
        return None
    rule = whole(said["rule"], place, words("facts")["rule"][0]) if "rule" in said else 1
    return Reading(said["indicator"], rule, **figures, evidence=listed(said.get("evidence", "")), place=place)


def _placed(standard: Standard, reading: Reading, *, chosen: bool) -> Reading:
    """Find the rule of a reading that names none: the only one of its indicator that is read from such a figure."""
    rules = next((each.rules for each in standard.indicators if each.code == reading.indicator), ())
    figures = set(given(reading))
    fitting = [number for number, rule in enumerate(rules, 1) if figures & set(FIGURES[rule.kind])]
    if chosen or len(rules) < 2 or not fitting:
        return reading
    if len(fitting) > 1:
        params = {"indicator": reading.indicator, "rules": len(rules), "fitting": ", ".join(map(str, fitting))}
        raise Refused("reading_which", reading.place, **params)
    return replace(reading, rule=fitting[0])


# JSON

_UNIT = ("id", "name", "kind", "parent", "weight", "assessed", "readings")
_READING = ("indicator", "rule", *_NUMBERS, "happened", *_TEXTS, "evidence")


def facts_of_json(data: bytes, standard: Standard) -> Units:
    """Return the units of a JSON file with their readings. Raises ``Refused``, naming the place."""
    node = Node(cell.load(data), "").of(("units",))
    units: Units = {}
    for each in node.items("units"):
        unit = _json_unit(each.of(_UNIT), standard)
        if unit.id in units:
            raise Refused("unit_twice", each.place, unit=unit.id)
        units[unit.id] = unit
    if not units:
        raise Refused("facts_none")
    return units


def _json_unit(node: Node, standard: Standard) -> UnitFacts:
    unit = UnitFacts(
        node.text("id"), node.text("name"), node.text("kind"), node.text("parent"), node.whole("weight", 1),
        node.truth("assessed"), node.place,
    )  # fmt: skip
    if not unit.id:
        raise Refused("fact_unit", node.place)
    _check_weight(unit, node.place)
    for each in node.items("readings"):
        each.of(_READING)
        figures: dict[str, Any] = {name: each.number(name) for name in _NUMBERS}
        figures |= {name: each.text(name) for name in _TEXTS} | {"happened": each.truth("happened")}
        evidence = each.texts("evidence")
        reading = Reading(each.text("indicator"), each.whole("rule", 1), **figures, evidence=evidence, place=each.place)
        unit.readings.append(_placed(standard, reading, chosen="rule" in each.value))
    return unit
