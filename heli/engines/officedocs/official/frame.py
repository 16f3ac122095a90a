"""Page frame, grid and footers of an official document."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt

from heli.engines.officedocs.sentences import load_data

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument
    from docx.section import Section as DocxSection

POINTS_PER_MM = 72 / 25.4
TWIPS_PER_POINT = 20


@dataclass(frozen=True)
class Frame:
    """Margins in millimetres and the grid that fills the text area, pitches in points."""

    top: float
    bottom: float
    left: float
    right: float
    line_pitch: float
    character_pitch: float
    body_size: float

    @property
    def character_spacing(self) -> int:
        """Return what to add to each body character, in twips, so that a line holds the grid's characters."""
        return math.floor((self.character_pitch - self.body_size) * TWIPS_PER_POINT)

    @property
    def text_width(self) -> float:
        """Return the width of the text area in points."""
        page_width = float(load_data("official.toml")["grid"]["page_width"])
        return (page_width - self.left - self.right) * POINTS_PER_MM


@cache
def frame_of(name: str) -> Frame:
    """Return the named frame of the standard with its grid of 22 lines × 28 characters."""
    data = load_data("official.toml")
    margins, grid = data["frame"][name], data["grid"]
    printed = data["frame"]["printed"]
    height = (grid["page_height"] - printed["top"] - printed["bottom"]) * POINTS_PER_MM
    width = (grid["page_width"] - margins["left"] - margins["right"]) * POINTS_PER_MM
    return Frame(
        margins["top"],
        margins["bottom"],
        margins["left"],
        margins["right"],
        int(height / grid["lines"] * TWIPS_PER_POINT) / TWIPS_PER_POINT,
        width / grid["characters"],
        data["size"]["body"],
    )


def set_up_section(section: DocxSection, frame: Frame, *, landscape: bool) -> None:
    """Give a section paper, margins, grid and the distance of the page number."""
    grid = load_data("official.toml")["grid"]
    width, height = Mm(grid["page_width"]), Mm(grid["page_height"])
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if landscape else (width, height)
    edges = (frame.top, frame.right, frame.bottom, frame.left)
    if landscape:
        edges = (frame.left, frame.top, frame.right, frame.bottom)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, edges)
    number_height = load_data("official.toml")["size"]["small"] / POINTS_PER_MM
    below = edges[2] - grid["page_number_below"] - number_height
    section.footer_distance = Mm(below)
    section.header_distance = Mm(15)
    _set_grid(section, frame)


def _set_grid(section: DocxSection, frame: Frame) -> None:
    """Add the document grid of 22 lines; the 28 characters come from the body style's spacing.

    A grid of characters too (`linesAndChars`) is narrower than the 16-point glyphs, and LibreOffice then gives every
    glyph two cells; closer spacing looks the same in Word, WPS and LibreOffice.
    """
    properties: Any = section._sectPr  # noqa: SLF001 - python-docx offers no public way to the grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(round(frame.line_pitch * TWIPS_PER_POINT)))
    properties.append(grid)


def add_footers(document: DocxDocument, font: str, size: float) -> None:
    """Number the pages: on the right of odd pages, on the left of even ones, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        indent: Any = paragraph._p.get_or_add_pPr().get_or_add_ind()  # noqa: SLF001
        indent.set(qn(f"w:{side}Chars"), "100")
        indent.set(qn(f"w:{side}"), str(round(size * TWIPS_PER_POINT)))
        before, after = load_data("official.toml")["words"]["page_number"]
        for piece in (before, None, after):
            _add_number_run(paragraph, piece, font, size)


def _add_number_run(paragraph: Any, text: str | None, font: str, size: float) -> None:
    run = paragraph.add_run(text or "")
    run.font.size = Pt(size)
    set_fonts(run._r.get_or_add_rPr(), font)  # noqa: SLF001
    if text is not None:
        return
    for kind in ("begin", "", "separate", "1", "end"):
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:t" if kind else "w:instrText")
            mark.text = kind or " PAGE "
        run._r.append(mark)  # noqa: SLF001


def set_fonts(properties: Any, font: str) -> None:
    """Name one font for all scripts of a run or style."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def new_section(document: DocxDocument, frame: Frame, *, landscape: bool) -> DocxSection:
    """Begin a section on a new page; its footers go on from the ones before."""
    section: DocxSection = document.add_section(WD_SECTION.NEW_PAGE)
    set_up_section(section, frame, landscape=landscape)
    return section


def width_of(section: DocxSection) -> Emu:
    """Return the width between a section's margins."""
    page, left, right = section.page_width, section.left_margin, section.right_margin
    return Emu((page or 0) - (left or 0) - (right or 0))
