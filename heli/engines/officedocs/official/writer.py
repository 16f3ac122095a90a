"""Puts an official document together, element by element, in the order of GB/T 9704-2012 section 7."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
import rjieba
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from heli.engines.officedocs.official.fonts import name_substitutes
from heli.engines.officedocs.official.frame import (
    POINTS_PER_MM,
    Frame,
    add_footers,
    frame_of,
    new_section,
    set_up_section,
    width_of,
)
from heli.engines.officedocs.official.model import Attachment, OfficialTable, RedHead, Section
from heli.engines.officedocs.official.paragraphs import (
    HEADING_LEVELS,
    LANGUAGE,
    Typesetter,
    level_role,
    printed_level,
    printed_width,
    size_of,
    words,
)
from heli.engines.officedocs.official.tables import add_table
from heli.engines.officedocs.sentences import load_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heli.engines.officedocs.official.model import OfficialDocument

RED_LINE_EIGHTHS = 16
DATE_FROM_EDGE = 4.0
TITLE_LINE = 36.0


def build(document: OfficialDocument) -> bytes:
    """Return the document as the bytes of a docx."""
    frame = frame_of(document.frame)
    target = docx.Document()
    for element in list(target.element.body.iterchildren(qn("w:p"))):
        target.element.body.remove(element)
    set_up_section(target.sections[0], frame, landscape=False)
    setter = Typesetter(target, frame, free_fonts=document.free_fonts)
    name_substitutes(target)
    add_footers(target, setter.font("number"), size_of("small"))
    _describe(target, document)
    if document.head is not None:
        _add_head(setter, document.head)
    _add_title(setter, document.title)
    if document.addressee:
        setter.blank()
        colon = words()["colon"]
        setter.paragraph(document.addressee.rstrip(":" + colon) + colon, indent=0)
    elif document.content:
        setter.blank()
    add_content(setter, frame, document.content)
    attachments = [item if isinstance(item, Attachment) else Attachment(item) for item in document.attachments]
    _add_attachment_list(setter, attachments)
    _add_signature(setter, document)
    _add_attachments(setter, frame, attachments)
    stream = io.BytesIO()
    target.save(stream)
    return stream.getvalue()


def _describe(target: Any, document: OfficialDocument) -> None:
    properties = target.core_properties
    properties.title, properties.author, properties.comments = document.title, document.issuer, ""
    properties.language = LANGUAGE
    defaults = target.styles.element.find(qn("w:docDefaults"))
    language = defaults.find(f".//{qn('w:lang')}") if defaults is not None else None
    if language is not None:
        language.set(qn("w:eastAsia"), LANGUAGE)


def _add_head(setter: Typesetter, head: RedHead) -> None:
    """Add secrecy and urgency, the issuing body's mark in red, the number, the signer and the red line."""
    used = 0
    for text in (head.secrecy, head.urgency):
        if text:
            setter.run(setter.paragraph(indent=0), text, "head")
            used += 1
    mark = setter.document.add_paragraph()
    mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
    below_top = load_data("official.toml")["grid"]["mark_below_top"] * POINTS_PER_MM - used * setter.frame.line_pitch
    mark.paragraph_format.space_before = Pt(max(below_top, 0))
    size = min(size_of("mark"), setter.frame.text_width / max(printed_width(head.mark), 1))
    mark.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    mark.paragraph_format.line_spacing = Pt(size)
    setter.run(mark, head.mark, "title", size=size, red=True)
    setter.blank(2)
    _add_number_line(setter, head)


def _add_number_line(setter: Typesetter, head: RedHead) -> None:
    line = setter.document.add_paragraph()
    if head.signer:
        setter.indent(line, left=1, right=1)
        line.alignment = WD_ALIGN_PARAGRAPH.LEFT
        right = setter.frame.text_width - setter.frame.character_pitch
        line.paragraph_format.tab_stops.add_tab_stop(Pt(right), WD_TAB_ALIGNMENT.RIGHT)
        setter.run(line, f"{head.number}\t{words()['signer']}", "body")
        setter.run(line, head.signer, "subhead")
    else:
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        setter.run(line, head.number, "body")
    gap = load_data("official.toml")["grid"]["red_line_below_number"] * POINTS_PER_MM
    properties: Any = line._p.get_or_add_pPr()  # noqa: SLF001 - borders have no public way
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (
        ("val", "single"),
        ("sz", str(RED_LINE_EIGHTHS)),
        ("space", str(round(gap))),
        ("color", "FF0000"),
    ):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    setter.blank(2)


def _add_title(setter: Typesetter, title: str, width: float = 0) -> None:
    """Add a title as one paragraph, broken into balanced lines; `width` in title characters, the text area's if 0."""
    width = width or setter.frame.text_width / size_of("title")
    paragraph = setter.paragraph("\n".join(balanced_lines(title, width)), indent=0, style="Title")
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(TITLE_LINE)
    paragraph.paragraph_format.keep_with_next = True


def balanced_lines(title: str, width: float) -> list[str]:
    """Return a title in as few lines as fit, of nearly equal width; lines given by line breaks stay.

    Lines break between words, never before closing or behind opening punctuation.
    """
    if "\n" in title:
        return [line for line in title.split("\n") if line]
    count = max(1, -int(-printed_width(title) // (width - 1)))
    pieces = _pieces(title)
    lines: list[str] = []
    for left in range(count, 1, -1):
        wanted, line = printed_width("".join(pieces)) / left, ""
        while pieces and printed_width(line) + printed_width(pieces[0]) / 2 <= wanted:
            line += pieces.pop(0)
        lines.append(line)
    return [line for line in [*lines, "".join(pieces)] if line]


def _pieces(text: str) -> list[str]:
    """Return the words of a text, punctuation kept with the word it closes or opens."""
    closing, opening = words()["line_starts_forbidden"], words()["line_ends_forbidden"]
    pieces: list[str] = []
    for word in rjieba.cut(text):
        if pieces and (word[0] in closing or pieces[-1][-1] in opening or _western(pieces[-1][-1] + word[0])):
            pieces[-1] += word
        else:
            pieces.append(word)
    return pieces


def _western(pair: str) -> bool:
    return pair.isascii() and pair.isalnum()


def add_content(setter: Typesetter, frame: Frame, content: Sequence[Section | OfficialTable]) -> None:
    """Add sections, numbered level by level, and tables, wide ones on landscape pages of their own."""
    counters = [0] * (HEADING_LEVELS + 1)
    for item in content:
        if isinstance(item, OfficialTable):
            _add_table(setter, frame, item)
            continue
        level = min(max(item.level, 0), HEADING_LEVELS)
        if level:
            counters[level] += 1
            counters[level + 1 :] = [0] * (HEADING_LEVELS - level)
            _add_heading(setter, level, printed_level(level, counters[level]), item)
        else:
            for text in item.text.split("\n"):
                setter.paragraph(text)


def _add_heading(setter: Typesetter, level: int, number: str, section: Section) -> None:
    if not section.body:
        paragraph = setter.paragraph(style=f"Heading {level}")
        paragraph.paragraph_format.keep_with_next = level <= 2
        setter.run(paragraph, number + section.text, level_role(level))
        return
    stop = "" if section.text.endswith(tuple(words()["ends"])) else words()["full_stop"]
    paragraph = setter.paragraph()
    setter.run(paragraph, number + section.text + stop, level_role(level))
    setter.run(paragraph, section.body, "body")


def _add_table(setter: Typesetter, frame: Frame, table: OfficialTable) -> None:
    if not table.landscape:
        add_table(setter, table, setter.document.sections[-1])
        setter.blank()
        return
    section = new_section(setter.document, frame, landscape=True)
    add_table(setter, table, section)
    new_section(setter.document, frame, landscape=False)


def _add_attachment_list(setter: Typesetter, attachments: Sequence[Attachment]) -> None:
    if not attachments:
        return
    setter.blank()
    label = words()["attachment"]
    wide = printed_width(label)
    for number, attachment in enumerate(attachments, start=1):
        mark = f"{number}." if len(attachments) > 1 else ""
        paragraph = setter.paragraph(indent=0)
        hanging = printed_width(mark) + (wide if number == 1 else 0)
        setter.indent(paragraph, left=2 + wide + printed_width(mark), hanging=hanging)
        setter.run(paragraph, (label if number == 1 else "") + mark + attachment.name, "body")


def _add_signature(setter: Typesetter, document: OfficialDocument) -> None:
    """Add issuer and date, one centred over the other, the date at least four characters from the right edge."""
    if not document.issuer and document.date is None:
        return
    date = document.date
    dated = "" if date is None else str(words()["date"]).format(year=date.year, month=date.month, day=date.day)
    issuer_width, date_width = printed_width(document.issuer), printed_width(dated)
    date_right = max(DATE_FROM_EDGE, (issuer_width - date_width) / 2 + 1)
    issuer_right = date_right + (date_width - issuer_width) / 2
    setter.blank(2)
    for text, right, last in ((document.issuer, issuer_right, not dated), (dated, date_right, True)):
        if text:
            paragraph = setter.paragraph(indent=0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.keep_with_next = not last
            setter.indent(paragraph, right=right)
            setter.run(paragraph, text, "body")
    if document.note:
        setter.paragraph(document.note)


def _add_attachments(setter: Typesetter, frame: Frame, attachments: Sequence[Attachment]) -> None:
    """Add the content of attachments, each on a new page under its mark and title."""
    for number, attachment in enumerate(attachments, start=1):
        if not attachment.content:
            continue
        wide = all(isinstance(item, OfficialTable) and item.landscape for item in attachment.content)
        section = new_section(setter.document, frame, landscape=wide)
        mark = words()["attachment_mark"] + (str(number) if len(attachments) > 1 else "")
        setter.run(setter.paragraph(indent=0), mark, "head")
        setter.blank()
        _add_title(setter, attachment.name, width_of(section) / Pt(size_of("title")))
        setter.blank()
        if wide:
            for item in attachment.content:
                if isinstance(item, OfficialTable):
                    add_table(setter, item, section)
        else:
            add_content(setter, frame, attachment.content)
