"""Paragraphs of an official document: styles by level, indents in characters, runs in a role's font."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from heli.engines.officedocs.official.fonts import font_name
from heli.engines.officedocs.official.frame import TWIPS_PER_POINT, Frame, set_fonts
from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.wordfile.numerals import printed

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

BLACK = RGBColor(0, 0, 0)
RED = RGBColor(0xFF, 0, 0)
HEADING_LEVELS = 4
LANGUAGE = "zh-CN"


def words() -> dict[str, Any]:
    """Return the fixed words of official documents."""
    found: dict[str, Any] = load_data("official.toml")["words"]
    return found


def size_of(role: str) -> float:
    """Return a size of the standard in points: title, body, small, table or mark."""
    return float(load_data("official.toml")["size"][role])


def printed_level(level: int, number: int) -> str:
    """Return the printed number of a heading, for instance the third of level 2."""
    entry = load_data("official.toml")["level"][level - 1]
    return str(entry["text"]).format(number=printed(number, entry["form"]))


def level_role(level: int) -> str:
    """Return the font role of a heading level, of plain text for level 0."""
    return str(load_data("official.toml")["level"][level - 1]["font"]) if level else "body"


class Typesetter:
    """Adds paragraphs to one document in the fonts, sizes and indents of the standard."""

    def __init__(self, document: DocxDocument, frame: Frame, *, free_fonts: bool) -> None:
        self.document = document
        self.frame = frame
        self._free = free_fonts
        self._set_up_styles()

    def font(self, role: str) -> str:
        """Return the font that a role has in this document."""
        return font_name(role, free=self._free)

    def _set_up_styles(self) -> None:
        styles: Any = self.document.styles
        self._style(styles["Normal"], "body", size_of("body"))
        styles["Normal"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for level in range(1, HEADING_LEVELS + 1):
            self._style(styles[f"Heading {level}"], level_role(level), size_of("body"))
        self._style(styles["Title"], "title", size_of("title"))
        borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            styles["Title"].element.pPr.remove(borders)
        styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._style(styles["Footer"], "number", size_of("small"))

    def _style(self, style: Any, role: str, size: float) -> None:
        style.font.size = Pt(size)
        style.font.bold = style.font.italic = False
        style.font.color.rgb = BLACK
        properties = style.element.get_or_add_rPr()
        set_fonts(properties, self.font(role))
        for tag in ("w:spacing", "w:kern"):
            for found in properties.findall(qn(tag)):
                properties.remove(found)
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(self.frame.character_spacing if size == size_of("body") else 0))
        properties.find(qn("w:sz")).addprevious(spacing)
        layout = style.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        layout.line_spacing = Pt(self.frame.line_pitch)
        layout.widow_control = False
        contextual = style.element.pPr.find(qn("w:contextualSpacing"))
        if contextual is not None:
            style.element.pPr.remove(contextual)
        self._set_typography(style.element.pPr)

    @staticmethod
    def _set_typography(properties: Any) -> None:
        """Let punctuation hang, as Word does by default, and set no blanks between Chinese and western letters.

        The first is written out because LibreOffice reads it the wrong way round: absent, it hangs punctuation there
        too, and then now and then leaves out the hanging mark of a justified line.
        """
        for tag, value in (("w:overflowPunct", "1"), ("w:autoSpaceDE", "0"), ("w:autoSpaceDN", "0")):
            element = OxmlElement(tag)
            element.set(qn("w:val"), value)
            properties.find(qn("w:spacing")).addprevious(element)

    def blank(self, lines: int = 1) -> None:
        """Add blank lines."""
        for _ in range(lines):
            self.document.add_paragraph()

    def paragraph(self, text: str = "", *, indent: float = 2, style: str = "Normal") -> Paragraph:
        """Add a paragraph whose first line is indented by that many characters."""
        paragraph = self.document.add_paragraph(style=style)
        if indent:
            self.indent(paragraph, first=indent)
        if text:
            self.run(paragraph, text, "body" if style == "Normal" else "")
        return paragraph

    def run(self, paragraph: Paragraph, text: str, role: str, *, size: float = 0, red: bool = False) -> Run:
        """Add text in a role's font; without a role in the paragraph's own."""
        run = paragraph.add_run(text)
        if role:
            set_fonts(run._r.get_or_add_rPr(), self.font(role))  # noqa: SLF001 - the East Asian font has no public way
        if size:
            run.font.size = Pt(size)
        if red:
            run.font.color.rgb = RED
        return run

    def indent(
        self, paragraph: Paragraph, *, first: float = 0, left: float = 0, right: float = 0, hanging: float = 0
    ) -> None:
        """Indent in characters of body size, and in twips for programs that know no characters."""
        element: Any = paragraph._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001
        for side, count in (("firstLine", first), ("left", left), ("right", right), ("hanging", hanging)):
            if count:
                element.set(qn(f"w:{side}Chars"), str(round(count * 100)))
                element.set(qn(f"w:{side}"), str(round(count * self.frame.character_pitch * TWIPS_PER_POINT)))


def printed_width(text: str) -> float:
    """Return the width of a text in full characters: Chinese ones count 1, western ones a half."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.5 for letter in text)
