"""The official docx, opened again and measured."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from heli.engines.officedocs.official.frame import frame_of
from heli.engines.officedocs.official.tables import column_shares
from heli.engines.officedocs.official.writer import balanced_lines
from heli.engines.officedocs.reading import read
from heli.engines.officedocs.writing import (
    Attachment,
    OfficialDocument,
    OfficialTable,
    RedHead,
    Section,
    write_docx,
)

TABLE = OfficialTable(
    ["序号", "任务", "责任部门"], [["1", "讲党课", "党群工作部"], ["2", "廉政谈话", "纪检室"]], "任务分解表"
)
PLAN = OfficialDocument(
    "关于印发年度统筹计划的通知",
    [
        Section(0, "现将计划印发给你们，请认真落实。"),
        Section(1, "总体要求"),
        Section(2, "统一部署", "两条线的任务一并下达。"),
        Section(3, "按月提醒"),
        Section(4, "节前提醒"),
        Section(4, "到期提醒"),
        Section(1, "任务分解"),
        TABLE,
        Section(2, "及时报告"),
    ],
    addressee="各单位、各部门",
    attachments=["联系人名单", Attachment("任务分解总表", [OfficialTable(["任务"], [["讲党课"]], landscape=True)])],
    issuer="合众新能源集团党委",
    date=datetime.date(2027, 1, 8),
    note="（此件发至支部）",
)


def _opened(document: OfficialDocument = PLAN) -> Any:
    return docx.Document(io.BytesIO(write_docx(document)))


def _paragraph(opened: Any, text: str) -> Any:
    return next(paragraph for paragraph in opened.paragraphs if text in paragraph.text)


def _indent(paragraph: Any, name: str) -> str | None:
    element = paragraph._p.pPr.find(qn("w:ind"))
    return None if element is None else element.get(qn(f"w:{name}"))


def _font(element: Any) -> str:
    return str(element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")))


def test_page_frame_is_that_of_the_standard() -> None:
    section = _opened().sections[0]

    edges = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    assert [round(edge.mm, 1) for edge in edges] == [37.0, 35.0, 28.0, 26.0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert round((section.page_width - section.left_margin - section.right_margin) / 36000) == 156
    assert round((section.page_height - section.top_margin - section.bottom_margin) / 36000) == 225


def test_electronic_frame_is_chosen_by_name() -> None:
    section = _opened(OfficialDocument("通知", frame="electronic")).sections[0]

    assert round(section.top_margin.mm, 2) == pytest.approx(34.58, abs=0.02)
    assert round(section.bottom_margin.mm, 2) == pytest.approx(32.58, abs=0.02)


def test_grid_holds_22_lines_of_28_characters() -> None:
    opened = _opened()
    normal: Any = opened.styles["Normal"]
    grid = opened.sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    height = 225 / 25.4 * 72
    character = 16 + int(normal.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    width = 156 / 25.4 * 72

    assert int(height // pitch) == 22
    assert int(width // character) == 28
    assert normal.paragraph_format.line_spacing == Pt(pitch)
    assert normal.font.size == Pt(16)
    assert normal.paragraph_format.widow_control is False


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Normal", "仿宋_GB2312", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Heading 4", "仿宋_GB2312", 16),
        ("Footer", "宋体", 14),
    ],
)
def test_fonts_and_sizes_by_role(style: str, font: str, size: int) -> None:
    found: Any = _opened().styles[style]

    assert _font(found.element) == font
    assert found.font.size == Pt(size)
    assert found.font.bold is False


def test_free_fonts_are_named_or_used() -> None:
    free = _opened(OfficialDocument("通知", free_fonts=True))
    with zipfile.ZipFile(io.BytesIO(write_docx(PLAN))) as archive:
        table = archive.read("word/fontTable.xml").decode()

    assert _font(free.styles["Normal"].element) == "FandolFang"
    assert "方正小标宋简体" in table
    assert "FandolKai" in table


def test_levels_are_numbered_and_restart_under_each_parent() -> None:
    texts = [paragraph.text for paragraph in _opened().paragraphs]

    assert [text for text in texts if text.startswith(("一、", "二、", "（", "1."))] == [
        "一、总体要求",
        "（一）统一部署。两条线的任务一并下达。",
        "1.按月提醒",
        "（1）节前提醒",
        "（2）到期提醒",
        "二、任务分解",
        "（一）及时报告",
        "（此件发至支部）",
    ]


def test_run_in_heading_changes_font_within_the_paragraph() -> None:
    paragraph = _paragraph(_opened(), "（一）统一部署")

    assert [(run.text, _font(run._r)) for run in paragraph.runs] == [
        ("（一）统一部署。", "楷体_GB2312"),
        ("两条线的任务一并下达。", "仿宋_GB2312"),
    ]


def test_body_is_indented_two_characters_and_addressee_not() -> None:
    opened = _opened()

    assert _indent(_paragraph(opened, "现将计划印发"), "firstLineChars") == "200"
    assert _indent(_paragraph(opened, "各单位、各部门："), "firstLineChars") is None


def test_signature_is_centred_over_the_date() -> None:
    opened = _opened()
    issuer, date = _paragraph(opened, "集团党委"), _paragraph(opened, "2027年1月8日")
    right_of_issuer, right_of_date = (int(_indent(line, "rightChars") or 0) / 100 for line in (issuer, date))

    assert issuer.alignment == date.alignment == WD_ALIGN_PARAGRAPH.RIGHT
    assert right_of_date == 4.0
    assert right_of_issuer + 9 / 2 == pytest.approx(right_of_date + 6 / 2)
    assert issuer.paragraph_format.keep_with_next is True


def test_long_issuer_stays_on_the_page() -> None:
    long = OfficialDocument(
        "通知", issuer="合众新能源集团有限责任公司党委党风廉政建设领导小组", date=datetime.date(2027, 1, 8)
    )
    opened = _opened(long)

    assert int(_indent(_paragraph(opened, "领导小组"), "rightChars") or 0) == 100
    assert int(_indent(_paragraph(opened, "2027年"), "rightChars") or 0) > 400


def test_attachment_list_aligns_its_names() -> None:
    opened = _opened()
    first, second = _paragraph(opened, "附件：1.联系人名单"), _paragraph(opened, "2.任务分解总表")

    assert (_indent(first, "leftChars"), _indent(first, "hangingChars")) == ("600", "400")
    assert (_indent(second, "leftChars"), _indent(second, "hangingChars")) == ("600", "100")


def test_attachment_content_starts_a_page_in_its_own_direction() -> None:
    opened = _opened()

    assert [section.orientation for section in opened.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert _paragraph(opened, "附件2").text == "附件2"
    wide = opened.sections[1]
    assert wide.page_width > wide.page_height


def test_table_repeats_its_head_and_keeps_rows_whole() -> None:
    table = _opened().tables[0]
    head, first = table.rows[0]._tr.trPr, table.rows[1]._tr.trPr

    assert [cell.text for cell in table.rows[0].cells] == ["序号", "任务", "责任部门"]
    assert head.find(qn("w:tblHeader")) is not None
    assert first.find(qn("w:tblHeader")) is None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert sum(cell.width for cell in table.rows[1].cells) == pytest.approx(156 * 36000, rel=0.01)


def test_short_rows_are_filled_up() -> None:
    opened = _opened(OfficialDocument("通知", [OfficialTable(["甲", "乙"], [["只有一格"], ["多", "了", "一格"]])]))

    assert [[cell.text for cell in row.cells] for row in opened.tables[0].rows] == [
        ["甲", "乙"],
        ["只有一格", ""],
        ["多", "了"],
    ]


def test_page_numbers_stand_outside() -> None:
    opened = _opened()
    odd, even = opened.sections[0].footer.paragraphs[0], opened.sections[0].even_page_footer.paragraphs[0]

    assert opened.settings.odd_and_even_pages_header_footer is True
    assert (odd.alignment, even.alignment) == (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT)
    assert (_indent(odd, "rightChars"), _indent(even, "leftChars")) == ("100", "100")
    assert odd.text == "— 1 —"
    assert odd._p.findall(f".//{qn('w:instrText')}")[0].text == " PAGE "
    distance = opened.sections[0].bottom_margin.mm - opened.sections[0].footer_distance.mm
    assert distance - 14 / 72 * 25.4 == pytest.approx(7, abs=0.1)


def test_red_head_has_mark_number_and_line() -> None:
    opened = _opened(
        OfficialDocument("请示", head=RedHead("合众新能源集团党委文件", "合众党〔2027〕3号", "张三", urgency="特急"))
    )
    mark, number = _paragraph(opened, "党委文件"), _paragraph(opened, "〔2027〕")

    assert opened.paragraphs[0].text == "特急"
    assert str(mark.runs[0].font.color.rgb) == "FF0000"
    assert mark.runs[0].font.size == Pt(36)
    assert number.text == "合众党〔2027〕3号\t签发人：张三"
    line = number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (line.get(qn("w:color")), line.get(qn("w:space"))) == ("FF0000", "11")
    assert mark.paragraph_format.space_before.mm + 28.95 / 72 * 25.4 == pytest.approx(35, abs=0.3)


def test_long_mark_shrinks_to_one_line() -> None:
    opened = _opened(OfficialDocument("通知", head=RedHead("合众新能源集团有限责任公司委员会联合督查办公室文件")))

    assert _paragraph(opened, "督查办公室").runs[0].font.size < Pt(20)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("年度计划", ["年度计划"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
    ],
)
def test_title_lines(title: str, lines: list[str]) -> None:
    assert balanced_lines(title, 20) == lines


def test_long_title_breaks_between_words_into_balanced_lines() -> None:
    title = "关于印发《合众新能源集团2027年度党建和党风廉政建设统筹计划》的通知"

    lines = balanced_lines(title, 20)

    assert "".join(lines) == title
    assert len(lines) == 2
    assert not any(line[0] in "》，。的" for line in lines)
    assert "2027" in lines[0] or "2027" in lines[1]


def test_columns_get_what_they_need() -> None:
    shares = column_shares(["序号", "任务"], [["1", "召开警示教育大会并组织各支部讨论"] for _ in range(5)], 36)

    assert shares[0] < 4
    assert shares[1] > 2 * shares[0]


def test_written_plan_reads_back() -> None:
    document = read(write_docx(PLAN), "计划.docx")

    kinds = [(block.kind, block.text) for block in document.blocks]
    assert ("heading", "关于印发年度统筹计划的通知") in kinds
    assert ("heading", "一、总体要求") in kinds
    assert ("row", "1 | 讲党课 | 党群工作部") in kinds
    assert document.notes == ()


def test_properties_name_title_and_language() -> None:
    opened = _opened()

    assert opened.core_properties.title == PLAN.title
    assert opened.core_properties.language == "zh-CN"


def test_frame_figures() -> None:
    frame = frame_of("printed")

    assert frame.line_pitch == pytest.approx(28.95)
    assert frame.character_pitch == pytest.approx(15.79, abs=0.01)
    assert frame.character_spacing == -5
