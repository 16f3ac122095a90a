"""Tables of an official document: ruled, head row on every page, columns as wide as their content asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt

from heli.engines.officedocs.official.frame import width_of
from heli.engines.officedocs.official.paragraphs import printed_width, size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.section import Section as DocxSection

    from heli.engines.officedocs.official.model import OfficialTable
    from heli.engines.officedocs.official.paragraphs import Typesetter

LINE_SHARE = 1.4
SHORT = 6
ROOM, WIDEST = 0.9, 16.0
CELL_PADDING_TWIPS = {"top": 30, "left": 70, "bottom": 30, "right": 70}


def add_table(setter: Typesetter, table: OfficialTable, section: DocxSection) -> None:
    """Add a table over the full text width of the section. Rows shorter than the head are filled up with blanks."""
    if table.caption:
        caption = setter.document.add_paragraph()
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        caption.paragraph_format.keep_with_next = True
        setter.run(caption, table.caption, "head")
    columns = len(table.columns)
    grid: Any = setter.document.add_table(rows=0, cols=columns, style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    _set_padding(grid)
    available = width_of(section) / Pt(size_of("table"))
    shares = list(table.widths) or column_shares(table.columns, table.rows, available)
    widths = [Emu(int(width_of(section) * share / sum(shares))) for share in shares]
    centred = [
        all(printed_width(row[index]) <= SHORT for row in table.rows if index < len(row)) for index in range(columns)
    ]
    _add_row(setter, grid, table.columns, widths, [True] * columns, head=True)
    for row in table.rows:
        cells = [*row, *[""] * (columns - len(row))][:columns]
        _add_row(setter, grid, cells, widths, centred, head=False)
    for index, width in enumerate(widths):
        grid.columns[index].width = width


def column_shares(columns: Sequence[str], rows: Sequence[Sequence[str]], available: float) -> list[float]:
    """Return shares of the width by what the columns hold: enough for short words, more for long texts.

    Shares are in characters; `available` is how many the text width holds.
    """
    shares = []
    for index, head in enumerate(columns):
        lengths = sorted(printed_width(row[index]) for row in rows if index < len(row)) or [0.0]
        typical = lengths[min(int(len(lengths) * 0.8), len(lengths) - 1)]
        wanted = typical if typical <= SHORT else SHORT + (typical - SHORT) ** 0.6
        longest_head = printed_width(head) if printed_width(head) <= SHORT else printed_width(head) / 2
        shares.append(min(max(wanted, longest_head) + ROOM, WIDEST))
    return _squeezed(shares, available)


def _squeezed(shares: list[float], available: float) -> list[float]:
    """Return the shares with the long columns narrowed until all fit, so that short ones keep to one line."""
    short = sum(share for share in shares if share <= SHORT + ROOM)
    long = sum(shares) - short
    if sum(shares) <= available or available - short < long / 3:
        return shares
    return [share if share <= SHORT + ROOM else share * (available - short) / long for share in shares]


def _set_padding(grid: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, twips in CELL_PADDING_TWIPS.items():
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(twips))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    look = grid._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001 - padding has no public way
    if look is None:
        grid._tbl.tblPr.append(margins)  # noqa: SLF001
    else:
        look.addprevious(margins)


def _add_row(
    setter: Typesetter, grid: Any, texts: Sequence[str], widths: list[Emu], centred: list[bool], *, head: bool
) -> None:
    row = grid.add_row()
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    for tag in ("w:cantSplit", "w:tblHeader") if head else ("w:cantSplit",):
        properties.append(OxmlElement(tag))
    size = size_of("table")
    for index, cell in enumerate(row.cells):
        cell.width = widths[index]
        cell.vertical_alignment = 1
        for number, line in enumerate(texts[index].split("\n")):
            paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred[index] else WD_ALIGN_PARAGRAPH.LEFT
            layout = paragraph.paragraph_format
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(size * LINE_SHARE)
            _leave_grid(paragraph)
            setter.run(paragraph, line, "head" if head else "body", size=size)


def _leave_grid(paragraph: Any) -> None:
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(snap)
    else:
        spacing.addprevious(snap)
