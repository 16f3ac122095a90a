"""Paragraph styles of a docx: what they say about headings, numbering and looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.wordfile.numbering import number_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HEADING_NAME = re.compile(r"heading\s*([1-9])", re.IGNORECASE)
BODY_OUTLINE = 9
DEEPEST = 20


@dataclass(frozen=True)
class Style:
    """One style, or the direct formatting of one paragraph; None means "as the style it is based on".

    `outline` counts from 0 as in the file, `size` in half-points.
    """

    based_on: str = ""
    name: str = ""
    outline: int | None = None
    number_id: str | None = None
    number_level: int | None = None
    bold: bool | None = None
    size: int | None = None
    centred: bool | None = None
    hidden: bool | None = None


class Styles:
    """The styles of a document, each resolved along the styles it is based on."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self._resolved: dict[str, Style] = {}
        self.default = ""
        for element in root if root is not None else ():
            if element.tag != "style":
                continue
            identifier = element.get("styleId", "")
            self._styles[identifier] = read_style(element)
            if element.get("type") == "paragraph" and is_on(element.get("default", "0")):
                self.default = identifier

    def get(self, identifier: str) -> Style:
        """Return a style with what it inherits filled in; an empty style for an unknown id."""
        if identifier not in self._resolved:
            chain: list[Style] = []
            current = identifier
            while current in self._styles and len(chain) < DEEPEST:
                chain.append(self._styles[current])
                current = self._styles[current].based_on
            merged = Style()
            for style in reversed(chain):
                merged = overlay(merged, style)
            self._resolved[identifier] = merged
        return self._resolved[identifier]

    def numbering_style(self, identifier: str) -> str:
        """Return the style, this one or one it is based on, that brings the numbering; "" if none does."""
        current, steps = identifier, 0
        while current in self._styles and steps < DEEPEST:
            if self._styles[current].number_id is not None:
                return current
            current, steps = self._styles[current].based_on, steps + 1
        return ""

    def number_ids(self) -> dict[str, str]:
        """Return style id → numbering id of the styles that number."""
        return {key: style.number_id for key, style in self._styles.items() if style.number_id}

    def heading_level(self, style: Style) -> int:
        """Return the heading level from 1 that a style names or outlines, 0 for body text."""
        found = HEADING_NAME.search(style.name)
        if found:
            return int(found.group(1))
        if style.name.strip().lower() in _title_names():
            return 1
        if style.outline is not None and style.outline < BODY_OUTLINE:
            return style.outline + 1
        return 0


@cache
def _title_names() -> frozenset[str]:
    return frozenset(load_data("marks.toml")["styles"]["titles"])


def overlay(below: Style, above: Style) -> Style:
    """Return `above` with what it leaves open taken from `below`."""
    return Style(
        above.based_on,
        above.name,
        *(
            getattr(below, field) if getattr(above, field) is None else getattr(above, field)
            for field in ("outline", "number_id", "number_level", "bold", "size", "centred", "hidden")
        ),
    )


def is_on(value: str) -> bool:
    """Return whether an on/off attribute of the format says on."""
    return value not in ("0", "false", "off", "none")


def read_style(element: Element) -> Style:
    """Return the formatting of a `style` element or of a paragraph's `pPr`."""
    found: dict[str, object] = {}
    paragraph = element if element.tag == "pPr" else element.find("pPr")
    run = element.find("rPr")
    for child in element:
        if child.tag == "name":
            found["name"] = child.get("val", "")
        elif child.tag == "basedOn":
            found["based_on"] = child.get("val", "")
    for child in paragraph if paragraph is not None else ():
        if child.tag == "outlineLvl":
            found["outline"] = number_of(child, BODY_OUTLINE)
        elif child.tag == "jc":
            found["centred"] = child.get("val") == "center"
        elif child.tag == "numPr":
            for part in child:
                if part.tag == "numId":
                    found["number_id"] = part.get("val", "")
                elif part.tag == "ilvl":
                    found["number_level"] = number_of(part)
    if element.tag != "pPr" and run is not None:
        found.update(run_looks(run))
    return Style(**found)  # type: ignore[arg-type]


def run_looks(properties: Element) -> dict[str, object]:
    """Return bold, size and hidden of an `rPr` as far as it names them."""
    found: dict[str, object] = {}
    for child in properties:
        if child.tag == "b":
            found["bold"] = is_on(child.get("val", "1"))
        elif child.tag == "sz":
            found["size"] = number_of(child)
        elif child.tag == "vanish":
            found["hidden"] = is_on(child.get("val", "1"))
    return found
