"""The text of one paragraph: runs, tracked changes, fields, line breaks, text boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.wordfile.styles import Style, overlay, run_looks

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DELETED = {"del", "moveFrom", "rt", "delText", "instrText", "pPr", "rPr", "delInstrText"}
BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
CHECKED_SIGNS = {
    "F0FE": "\u2611",
    "F052": "\u2611",
    "F0FD": "\u2612",
    "F0A8": "\u2610",
    "F06F": "\u2610",
    "F0A3": "\u2610",
}


@dataclass
class ParagraphText:
    """What a paragraph says: text, text boxes anchored in it, and how it looks.

    `bold` and `size` (half-points) hold for the whole text: bold only if all of it is, the smallest size named.
    """

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    bold: bool = False
    size: int = 0
    has_changes: bool = False
    has_hidden: bool = False


class _Walk:
    def __init__(self, base: Style, deepest: int) -> None:
        self.result = ParagraphText()
        self._pieces: list[str] = []
        self._bold: list[bool] = []
        self._sizes: list[int] = []
        self._base = base
        self._deepest = deepest
        self._current = base

    def run(self, paragraph: Element) -> ParagraphText:
        for child in paragraph:
            self._visit(child, 0)
        result = self.result
        result.text = "".join(self._pieces)
        result.bold = bool(self._bold) and all(self._bold)
        result.size = min(self._sizes, default=self._base.size or 0)
        return result

    def _visit(self, element: Element, depth: int) -> None:
        tag = element.tag
        if depth > self._deepest:
            raise Unreadable("too_deep")
        if tag in ("del", "ins", "moveFrom", "moveTo"):
            self.result.has_changes = True
        if tag in DELETED:
            return
        if tag == "t":
            self._add(element.text or "")
        elif tag in BREAKS:
            if tag != "br" or element.get("type", "textWrapping") == "textWrapping":
                self._pieces.append(BREAKS[tag])
        elif tag == "sym":
            self._pieces.append(CHECKED_SIGNS.get(element.get("char", "").upper(), ""))
        elif tag == "r":
            self._visit_run(element, depth)
        elif tag == "AlternateContent":
            self._visit_alternate(element, depth)
        elif tag == "txbxContent":
            self.result.boxes.append(element)
        else:
            for child in element:
                self._visit(child, depth + 1)

    def _visit_run(self, run: Element, depth: int) -> None:
        before = self._current
        properties = run.find("rPr")
        if properties is not None:
            self._current = overlay(self._base, Style(**run_looks(properties)))  # type: ignore[arg-type]
        if self._current.hidden:
            self.result.has_hidden = True
        else:
            for child in run:
                self._visit(child, depth + 1)
        self._current = before

    def _visit_alternate(self, element: Element, depth: int) -> None:
        """Read the first choice that says anything; the fallback repeats it for old programs."""
        for branch in element:
            found = len(self._pieces), len(self.result.boxes)
            for child in branch:
                self._visit(child, depth + 1)
            if found != (len(self._pieces), len(self.result.boxes)):
                return

    def _add(self, text: str) -> None:
        if not text:
            return
        self._pieces.append(text)
        if not text.isspace():
            self._bold.append(bool(self._current.bold))
            if self._current.size:
                self._sizes.append(self._current.size)


def paragraph_text(paragraph: Element, base: Style, deepest: int) -> ParagraphText:
    """Return what a paragraph says, tracked changes accepted; `base` is its style with all it inherits.

    Raises Unreadable too_deep where elements are nested deeper than `deepest`.
    """
    return _Walk(base, deepest).run(paragraph)
