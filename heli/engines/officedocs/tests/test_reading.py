"""What `read` returns for everyday files."""

from __future__ import annotations

import datetime
import io

import docx
import openpyxl
import pytest

from heli.engines.officedocs.reading import Unreadable, read


def _docx_bytes(document: docx.document.Document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_docx_headings_numbered_lists_and_tables() -> None:
    document = docx.Document()
    document.add_heading("年度要点", 0)
    document.add_paragraph("一、总体要求")
    document.add_paragraph("坚持标准。")
    document.add_paragraph("开展谈话", style="List Number")
    document.add_paragraph("开展宣讲", style="List Number")
    table = document.add_table(2, 2)
    for row, texts in enumerate([["任务", "责任部门"], ["讲党课", "党群部"]]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text

    found = read(_docx_bytes(document), "要点.docx")

    assert [(block.kind, block.level, block.text) for block in found.blocks] == [
        ("heading", 1, "年度要点"),
        ("heading", 2, "一、总体要求"),
        ("paragraph", 0, "坚持标准。"),
        ("list", 1, "1.开展谈话"),
        ("list", 1, "2.开展宣讲"),
        ("row", 0, "讲党课 | 党群部"),
    ]
    assert found.blocks[-1].cells == (("任务", "讲党课"), ("责任部门", "党群部"))
    assert found.blocks[-1].place.text("zh-hans") == "表1第2行"


def test_workbook_title_header_dates() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "计划"
    sheet["A1"] = "年度计划表"
    sheet.merge_cells("A1:C1")
    sheet.append(["序号", "任务", "时间"])
    sheet.append([1, "讲党课", datetime.date(2027, 3, 1)])
    target = io.BytesIO()
    book.save(target)

    found = read(target.getvalue(), "计划.xlsx")

    assert [block.text for block in found.blocks] == ["年度计划表", "1 | 讲党课 | 2027-03-01"]
    assert found.blocks[1].cells == (("序号", "1"), ("任务", "讲党课"), ("时间", "2027-03-01"))
    assert found.blocks[1].place.text("en") == "sheet “计划”, row 3"


def test_legacy_chinese_csv() -> None:
    found = read('序号,任务\n1,"谈话,提醒"\n'.encode("gb18030"), "计划.csv")

    assert [block.cells for block in found.blocks] == [(("序号", "1"), ("任务", "谈话,提醒"))]


def test_empty_file_says_what_and_how() -> None:
    with pytest.raises(Unreadable) as caught:
        read(b"", "folder/plan.docx")

    assert caught.value.text("en") == (
        "File “plan.docx” is empty: it holds no bytes at all. "
        "Check that it is the right file, or save it again and upload it once more."
    )
