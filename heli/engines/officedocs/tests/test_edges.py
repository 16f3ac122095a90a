"""Rare shapes of sound files, and rare ways of being unsound."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import openpyxl
import pytest

from heli.engines.officedocs.area import check_area, column_letters, column_number
from heli.engines.officedocs.document import Draft
from heli.engines.officedocs.limits import Limits
from heli.engines.officedocs.official.writer import balanced_lines
from heli.engines.officedocs.percents import as_percent
from heli.engines.officedocs.plain import sniff
from heli.engines.officedocs.reading import Unreadable, read
from heli.engines.officedocs.sentences import load_data
from heli.engines.officedocs.sheets import read_table
from heli.engines.officedocs.tests.corpus.containers import (
    HEAD,
    S,
    book_members,
    docx_of,
    p,
    relations,
    sheet_xml,
    tbl,
    tc,
    tr,
    word_members,
    word_part,
    xlsx_of,
    zip_of,
)
from heli.engines.officedocs.writing import Attachment, OfficialDocument, OfficialTable, RedHead, Section, write_docx


def _code(data: bytes, filename: str = "a.docx", limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        read(data, filename, limits=limits or Limits())
    return caught.value.code


def test_every_refusal_has_a_remedy_in_both_languages() -> None:
    sentences = load_data("sentences.toml")

    assert set(sentences["unreadable"]) == set(sentences["remedy"])
    for section in sentences.values():
        assert all(set(entry) == {"zh", "en"} and all(entry.values()) for entry in section.values())


def test_refusal_reads_as_english_when_printed() -> None:
    assert str(Unreadable("empty", name="a.txt")).startswith("File “a.txt” is empty")


def test_another_remedy_can_be_named() -> None:
    problem = Unreadable("no_text", remedy="scanned_pdf", name="a")

    assert problem.how_to_mend("en") == "Run it through OCR software first, or upload the original Word file."


def test_values_of_every_kind_become_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["任务", "甲", "乙", "丙", "丁", "戊", "己"])
    moment = datetime.datetime(2027, 3, 1, 9, 30, tzinfo=datetime.UTC).replace(tzinfo=None)
    sheet.append(["谈话", True, False, 1.25, moment, datetime.time(8, 5), "上行\n下行"])
    sheet.append(["宣讲", 3.0, 1e20, datetime.timedelta(hours=30), moment.date(), " 空 格 ", "零\u200b宽"])
    target = io.BytesIO()
    book.save(target)

    rows = read(target.getvalue(), "a.xlsx").blocks

    assert [value for _, value in rows[0].cells] == [
        "谈话", "TRUE", "FALSE", "1.25", "2027-03-01 09:30", "08:05:00", "上行\n下行",
    ]  # fmt: skip
    assert [value for _, value in rows[1].cells][1:3] == ["3", "1e+20"]
    assert [value for _, value in rows[1].cells][4:] == ["2027-03-01", "空 格", "零宽"]


def test_percentages_of_own_formats() -> None:
    styles = (
        f'{HEAD}<styleSheet xmlns="{S}"><numFmts><numFmt numFmtId="170" formatCode="0.0%"/>'
        '<numFmt numFmtId="171" formatCode="0&quot;%&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>'
    )
    rows = [["任务", "比例", "数"], ["覆盖", '<c r="B2" s="1"><v>0.985</v></c>', '<c r="C2" s="2"><v>3</v></c>']]
    members = {**book_members({"表": sheet_xml(rows)}), "xl/styles.xml": styles}
    members["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
    )

    assert read(zip_of(members), "a.xlsx").blocks[0].text == "覆盖 | 98.5% | 3"
    assert as_percent(1) == "100%"


def test_workbook_of_too_many_cells() -> None:
    data = xlsx_of({"甲": sheet_xml([["任务", "部门"]] + [["谈话", "乙"]] * 10)})

    assert _code(data, "a.xlsx", Limits(cells=15)) == "sheet_area"
    two = xlsx_of({"甲": sheet_xml([["谈话", "乙"]] * 5), "乙": sheet_xml([["谈话", "乙"]] * 5)})
    assert _code(two, "a.xlsx", Limits(cells=15)) == "too_many_cells"


def test_csv_of_too_many_cells() -> None:
    assert _code(b"a,b\n" * 20, "a.csv", Limits(cells=10)) == "too_many_cells"


def test_docx_of_too_many_cells_or_elements() -> None:
    data = docx_of(tbl(*[tr("甲", "乙")] * 10))

    assert _code(data, limits=Limits(cells=10)) == "too_many_cells"
    assert _code(data, limits=Limits(xml_elements=10)) == "too_large_part"


def test_total_is_bounded_while_inflating_too() -> None:
    members = {**word_members(p("文字。")), "word/styles.xml": word_part("styles", " " * 5_000)}

    assert _code(zip_of(members), limits=Limits(zip_total=4_000)) == "zip_bomb"


def test_area_counts_only_filled_cells() -> None:
    far = sheet_xml([["任务"], ['<c r="XFD9" s="1"></c><c r="XFC9" s="1"/>']]).encode()
    beyond = sheet_xml([['<c r="AAA1048577"><v>1</v></c>']]).encode()
    empty = sheet_xml([['<c r="XFD9"/>']]).encode()

    check_area("sheet1.xml", far, Limits(cells=100))
    check_area("sheet1.xml", empty, Limits(cells=100))
    with pytest.raises(Unreadable, match="damaged"):
        check_area("sheet1.xml", beyond, Limits())


@pytest.mark.parametrize(("letters", "number"), [("A", 1), ("Z", 26), ("AA", 27), ("XFD", 16_384)])
def test_column_names(letters: str, number: int) -> None:
    assert column_number(letters) == number
    assert column_letters(number) == letters


def test_absolute_targets_and_parts_elsewhere() -> None:
    members = word_members(p("正文。", '<w:pStyle w:val="1"/>'))
    members["word/_rels/document.xml.rels"] = relations(("rId1", "styles", "/parts/looks.xml"))
    members["parts/looks.xml"] = word_part(
        "styles", '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 2"/></w:style>'
    )

    block = read(zip_of(members), "a.docx").blocks[0]

    assert (block.kind, block.level) == ("heading", 2)


def test_backslashes_and_capitals_in_member_names() -> None:
    members = {
        name.replace("/", "\\").upper() if "document" in name else name: text
        for name, text in word_members(p("文字。")).items()
    }

    assert read(zip_of(members), "a.docx").blocks[0].text == "文字。"


def test_text_boxes_and_controls_within_cells() -> None:
    box = f"<w:p><w:r><w:pict><w:txbxContent>{p('框中')}</w:txbxContent></w:pict><w:t>格中</w:t></w:r></w:p>"
    control = f"<w:sdt><w:sdtContent>{p('控件')}</w:sdtContent></w:sdt>"
    before = '<w:gridBefore w:val="1"/>'
    body = tbl(tr("任务", "甲", "乙"), tr(tc(box), tc(control), properties=before))

    assert read(docx_of(body), "a.docx").blocks[0].cells == (("甲", "格中\n框中"), ("乙", "控件"))


def test_symbols_and_special_runs() -> None:
    runs = (
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>已</w:t><w:tab/><w:t>办</w:t><w:noBreakHyphen/></w:r>'
        '<w:r><w:t/><w:br w:type="page"/><w:instrText>PAGE</w:instrText><w:t>完</w:t></w:r>'
    )

    assert read(docx_of(f"<w:p>{runs}</w:p>"), "a.docx").blocks[0].text == "☑已 办-完"


def test_endnotes_separators_and_repeated_heads() -> None:
    notes = word_part(
        "endnotes", f'<w:endnote w:type="separator">{p("—")}</w:endnote><w:endnote>{p("尾注。")}</w:endnote>'
    )
    head = word_part("hdr", p("内部") + p("内部") + p(" "))

    document = read(docx_of(p("正文。"), endnotes=notes, header=head), "a.docx")

    assert [(block.text, block.place.text("en")) for block in document.blocks] == [
        ("正文。", "paragraph 1"),
        ("尾注。", "footnote 1"),
    ]
    assert [(piece.text, piece.why("zh")) for piece in document.left_out] == [("内部", "页眉")]


def test_footnotes_that_say_nothing_are_dropped() -> None:
    notes = word_part("footnotes", f'<w:footnote w:id="2">{p(" ")}</w:footnote>')

    assert len(read(docx_of(p("正文。"), footnotes=notes), "a.docx").blocks) == 1


def test_sniffing_takes_a_comma_where_nothing_splits() -> None:
    assert sniff(["一句话\n"]) == ","
    assert sniff(["\n"]) == ","


def test_csv_cell_above_the_limit() -> None:
    small = replace(Limits(), line_characters=100)
    data = ('任务\n"' + "长字\n" * 600 + '"\n').encode()

    assert _code(data, "a.csv", small) == "csv_quotes"


def test_table_below_empty_columns() -> None:
    rows: list[list[object]] = [["名册"], [], ["工号", None, "姓名"], ["1", None, "甲"]]

    table = read_table(xlsx_of({"表": sheet_xml(rows)}), "a.xlsx", required=["工号", "姓名"])

    assert table.headers == ("工号", "姓名")
    assert table.columns == ("A", "C")


def test_documents_of_little_content() -> None:
    only_date = OfficialDocument("通知", date=datetime.date(2027, 5, 1), content=[Section(9, "深")])
    document = read(write_docx(only_date), "a.docx")
    assert [block.text for block in document.blocks] == ["通知", "（1）深", "2027年5月1日"]

    table = OfficialTable(["序号"], [["甲\n乙"]], widths=[1], landscape=True)
    mixed = OfficialDocument("通知", [table], attachments=[Attachment("细则", [Section(1, "总则")])], issuer="甲公司")
    texts = [block.text for block in read(write_docx(mixed), "a.docx").blocks]
    assert texts == ["通知", "序号", "甲", "乙", "附件：细则", "甲公司", "附件", "细则", "一、总则"]


def test_secrecy_and_urgency_stand_above_the_mark() -> None:
    data = write_docx(OfficialDocument("通知", head=RedHead("文件", "甲〔2027〕1号", secrecy="内部", urgency="加急")))

    assert [block.text for block in read(data, "a.docx").blocks][:3] == ["内部", "加急", "文件"]


def test_title_of_one_endless_word() -> None:
    assert "".join(balanced_lines("x" * 100, 20)) == "x" * 100


def test_drafts_keep_a_note_once() -> None:
    draft = Draft()
    for _ in range(2):
        draft.add_note("hidden_sheet", sheet="甲")

    assert [note.text("en") for note in draft.notes] == ["Sheet “甲” is hidden; it was read too."]
