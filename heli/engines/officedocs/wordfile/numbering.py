"""Automatic numbering of a docx, counted as Word counts it (ECMA-376 part 1, section 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from heli.engines.officedocs.wordfile.numerals import printed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LEVELS = 9
PLACEHOLDER = re.compile(r"%([1-9])")
PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
BULLET = "\u2022"


@dataclass(frozen=True)
class Level:
    """One level of a numbering definition. `restart` is the level (from 1) above which it starts anew, 0 never."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    restart: int | None = None
    style: str = ""


@dataclass
class _Definition:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str = ""


@dataclass
class _Instance:
    definition: str
    overrides: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)
    used: bool = False


class Numbering:
    """Counts paragraphs of each numbering and prints their numbers; one object reads one document in order."""

    def __init__(self, root: Element | None) -> None:
        self._definitions: dict[str, _Definition] = {}
        self._instances: dict[str, _Instance] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._style_numbers: dict[str, str] = {}
        self.style_levels: dict[tuple[str, str], int] = {}
        for child in root if root is not None else ():
            if child.tag == "abstractNum":
                self._add_definition(child)
            elif child.tag == "num":
                self._add_instance(child)

    def _add_definition(self, element: Element) -> None:
        definition = _Definition()
        for child in element:
            if child.tag == "lvl":
                definition.levels[_level_index(child)] = _level(child)
            elif child.tag == "numStyleLink":
                definition.style_link = child.get("val", "")
        self._definitions[element.get("abstractNumId", "")] = definition

    def _add_instance(self, element: Element) -> None:
        instance = _Instance("")
        for child in element:
            if child.tag == "abstractNumId":
                instance.definition = child.get("val", "")
            elif child.tag == "lvlOverride":
                index = _level_index(child)
                for change in child:
                    if change.tag == "startOverride":
                        instance.starts[index] = number_of(change, 1)
                    elif change.tag == "lvl":
                        instance.overrides[index] = _level(change)
        self._instances[element.get("numId", "")] = instance

    def link_styles(self, style_numbers: dict[str, str]) -> None:
        """Take over style id → numbering id, needed for numberings that only name a style."""
        self._style_numbers = style_numbers

    def level(self, number_id: str, index: int) -> Level | None:
        """Return the definition of a level, None where the numbering does not exist."""
        instance = self._instances.get(number_id)
        if instance is None:
            return None
        if index in instance.overrides:
            return instance.overrides[index]
        definition = self._definition(instance)
        return definition.levels.get(index) if definition else None

    def level_of_style(self, number_id: str, style: str) -> int | None:
        """Return the level that a numbering ties to a paragraph style."""
        for index in range(LEVELS):
            level = self.level(number_id, index)
            if level is not None and level.style == style:
                return index
        return None

    def _definition(self, instance: _Instance) -> _Definition | None:
        definition = self._definitions.get(instance.definition)
        if definition is not None and definition.style_link and not definition.levels:
            linked = self._instances.get(self._style_numbers.get(definition.style_link, ""))
            if linked is not None and linked is not instance:
                return self._definitions.get(linked.definition)
        return definition

    def next_number(self, number_id: str, index: int) -> str | None:
        """Count one more paragraph at this level and return its printed number; None where it prints none."""
        level = self.level(number_id, index)
        if level is None:
            return None
        instance = self._instances[number_id]
        counters = self._counters.setdefault(instance.definition, {})
        if not instance.used:
            instance.used = True
            for changed, start in instance.starts.items():
                counters[changed] = start - 1
        counters[index] = counters.get(index, level.start - 1) + 1
        for deeper in range(index + 1, LEVELS):
            lower = self.level(number_id, deeper)
            restart = lower.restart if lower is not None else None
            if restart is None or (restart != 0 and index + 1 <= restart):
                counters.pop(deeper, None)
        if level.form == "bullet":
            return BULLET if PRIVATE_USE.search(level.text) else level.text.strip()
        if level.form == "none":
            return PLACEHOLDER.sub("", level.text).strip()
        return PLACEHOLDER.sub(lambda found: self._shown(number_id, int(found[1]) - 1, counters, level), level.text)

    def _shown(self, number_id: str, index: int, counters: dict[int, int], asking: Level) -> str:
        level = self.level(number_id, index) or Level()
        if index not in counters:
            counters[index] = level.start
        return printed(counters[index], "decimal" if asking.legal else level.form)


def number_of(element: Element, default: int = 0) -> int:
    """Return the integer in an element's `val`, the default where there is none."""
    try:
        return int(element.get("val", default))
    except ValueError:
        return default


def _level_index(element: Element) -> int:
    try:
        return min(max(int(element.get("ilvl", 0)), 0), LEVELS - 1)
    except ValueError:
        return 0


def _level(element: Element) -> Level:
    level = Level()
    for child in element.iter():
        if child.tag == "start":
            level = replace(level, start=number_of(child, 1))
        elif child.tag == "numFmt":
            level = replace(level, form=child.get("val", "decimal"))
        elif child.tag == "lvlText":
            level = replace(level, text=child.get("val", ""))
        elif child.tag == "isLgl":
            level = replace(level, legal=child.get("val", "1") not in ("0", "false", "off"))
        elif child.tag == "lvlRestart":
            level = replace(level, restart=number_of(child))
        elif child.tag == "pStyle":
            level = replace(level, style=child.get("val", ""))
    return level
