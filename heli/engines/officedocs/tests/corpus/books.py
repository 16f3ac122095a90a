"""xlsx: titles, hidden sheets, merged cells, formulas, traps of size, damage."""

from __future__ import annotations

from heli.engines.officedocs.tests.corpus.cases import Case, Reads, Refused
from heli.engines.officedocs.tests.corpus.containers import (
    HEAD,
    R,
    S,
    book_members,
    letters,
    ole_of,
    relations,
    sheet_xml,
    xlsx_of,
    zip_of,
)

ROWS: list[list[object]] = [["序号", "任务", "责任部门"], [1, "讲党课", "党群部"], [2, "廉政谈话", "纪检室"]]
TEXTS = ("1 | 讲党课 | 党群部", "2 | 廉政谈话 | 纪检室")
MERGE_TITLE = '<mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells>'
DATE_STYLES = (
    f'{HEAD}<styleSheet xmlns="{S}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="9" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _book(rows: list[list[object]], extra: str = "", dimension: str = "") -> bytes:
    return xlsx_of({"计划": sheet_xml(rows, extra=extra, dimension=dimension)})


def _with(parts: dict[str, bytes | str]) -> bytes:
    return zip_of({**book_members({"计划": sheet_xml(ROWS)}), **parts})


def _styled() -> bytes:
    rows = [["任务", "时间", "比例"], ["讲党课", '<c r="B2" s="1"><v>46447</v></c>', '<c r="C2" s="2"><v>0.95</v></c>']]
    members = book_members({"计划": sheet_xml(rows)})
    members["xl/styles.xml"] = DATE_STYLES
    members["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml")
    )
    return zip_of(members)


def _many_rows(count: int) -> bytes:
    rows: list[list[object]] = [["序号", "任务", "部门", "时限"]]
    rows += [[n, f"第{n}项任务", "党群部", f"{n % 12 + 1}月底前"] for n in range(1, count + 1)]
    return _book(rows)


def _far_cell() -> bytes:
    return _book([*ROWS, ['<c r="XFD1048576"><v>1</v></c>']])


def _far_styled() -> bytes:
    far = "".join(f'<c r="XFD{row}" s="0"/>' for row in range(4, 1004))
    return _book([*ROWS, [far + '<c r="XFD1048576" s="0"/>']])


def _million_far() -> bytes:
    """Return a sheet whose dimension claims all 17 billion cells and that fills 1,000 of them on the diagonal."""
    lines = "".join(
        f'<row r="{n * 1000}"><c r="{letters(n * 16)}{n * 1000}"><v>{n}</v></c></row>' for n in range(1, 1_001)
    )
    return xlsx_of(
        {
            "计划": f'{HEAD}<worksheet xmlns="{S}"><dimension ref="A1:XFD1048576"/><sheetData>{lines}</sheetData>'
            "</worksheet>"
        }
    )


def _far_row_without_names() -> bytes:
    return xlsx_of(
        {
            "计划": f'{HEAD}<worksheet xmlns="{S}"><sheetData><row><c><v>1</v></c></row>'
            '<row r="1048576">' + "<c><v>1</v></c>" * 16_000 + "</row></sheetData></worksheet>"
        }
    )


def _unnamed_cells() -> bytes:
    return xlsx_of(
        {
            "计划": f'{HEAD}<x:worksheet xmlns:x="{S}"><x:sheetData><x:row><x:c t="str"><x:v>任务</x:v></x:c>'
            '<x:c t="str"><x:v>部门</x:v></x:c></x:row><x:row><x:c t="str"><x:v>讲党课</x:v></x:c>'
            '<x:c t="str"><x:v>党群部</x:v></x:c></x:row></x:sheetData></x:worksheet>'
        }
    )


def _huge_merge() -> bytes:
    return _book(ROWS, '<mergeCells count="1"><mergeCell ref="B2:XFD1048576"/></mergeCells>')


def _many_merges() -> bytes:
    rows: list[list[object]] = [[1] + [None] * 50] + [[None] * 50 + [1]] * 200
    return _book(rows, "<mergeCells>" + '<mergeCell ref="A1:AY200"/>' * 5_000 + "</mergeCells>")


def _entities() -> bytes:
    text = sheet_xml(ROWS).replace("<worksheet", '<!DOCTYPE w [<!ENTITY a "b">]><worksheet')
    return _with({"xl/worksheets/sheet1.xml": text})


def _shared(index: str) -> bytes:
    rows: list[list[object]] = [["任务", "部门"], [f'<c r="A2" t="s"><v>{index}</v></c>', "党群部"]]
    members = book_members({"计划": sheet_xml(rows)})
    members["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{S}" count="999999999"><si><t>讲党课</t></si></sst>'
    members["xl/_rels/workbook.xml.rels"] = relations(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "sharedStrings.xml")
    )
    return zip_of(members)


def _linked() -> bytes:
    link = relations(external=(("rId1", "externalLinkPath", "http://192.0.2.1/a.xlsx"),))
    return _with({"xl/externalLinks/externalLink1.xml": "<x/>", "xl/externalLinks/_rels/externalLink1.xml.rels": link})


def _no_sheets() -> bytes:
    return _with({"xl/workbook.xml": f'{HEAD}<workbook xmlns="{S}" xmlns:r="{R}"><sheets/></workbook>'})


def _open_document(kind: str) -> bytes:
    return zip_of({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<x/>"})


def _formula(value: str) -> bytes:
    return _book([["任务", "次数"], ["谈话", f'<c r="B2"><f>SUM(1,2)</f>{value}</c>']])


CONTENT = (
    Case("xlsx", "计划.xlsx", lambda: _book(ROWS), Reads("xlsx", TEXTS, (), 2, ("序号 | 任务 | 责任部门",))),
    Case(
        "title above the header",
        "a.xlsx",
        lambda: _book([["年度计划"], [], *ROWS], MERGE_TITLE),
        Reads("xlsx", ("年度计划", *TEXTS), (), 3),
    ),
    Case(
        "hidden sheet",
        "a.xlsx",
        lambda: xlsx_of({"甲": sheet_xml(ROWS), "乙": sheet_xml(ROWS), "空": sheet_xml([])}, {"乙": "hidden"}),
        Reads("xlsx", TEXTS, ("empty_sheet", "hidden_sheet"), 4),
    ),
    Case(
        "merged down",
        "a.xlsx",
        lambda: _book(
            [["类别", "任务"], ["教育", "讲党课"], [None, "看展览"]],
            '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
        ),
        Reads("xlsx", ("教育 | 讲党课", "教育 | 看展览"), (), 2),
    ),
    Case(
        "duplicate heads",
        "a.xlsx",
        lambda: _book([["任务", "任务"], ["甲项", "乙项"]]),
        Reads("xlsx", ("甲项 | 乙项",)),
    ),
    Case("dates and percent", "a.xlsx", _styled, Reads("xlsx", ("讲党课 | 2027-03-01 | 95%",), (), 1)),
    Case(
        "formula with value",
        "a.xlsx",
        lambda: _formula("<v>3</v>"),
        Reads("xlsx", ("谈话 | 3",), ("formulas_as_values",)),
    ),
    Case("formula without value", "a.xlsx", lambda: _formula(""), Reads("xlsx", ("谈话",), ("formulas_as_values",), 1)),
    Case(
        "error values",
        "a.xlsx",
        lambda: _book([["任务", "次数"], ["谈话", '<c r="B2" t="e"><v>#N/A</v></c>']]),
        Reads("xlsx"),
    ),
    Case("xlsx named csv", "a.csv", lambda: _book(ROWS), Reads("xlsx", TEXTS, ("read_as",), 2)),
    Case("shared text", "a.xlsx", lambda: _shared("0"), Reads("xlsx", ("讲党课 | 党群部",), (), 1)),
    Case(
        "50,000 rows",
        "a.xlsx",
        lambda: _many_rows(50_000),
        Reads("xlsx", ("50000 | 第50000项任务 | 党群部 | 9月底前",), (), 50_000),
    ),
    Case(
        "rows out of order",
        "a.xlsx",
        lambda: _book([ROWS[0], ['<c r="B9"><v>1</v></c><c r="A3"><v>2</v></c>']]),
        Reads("xlsx"),
    ),
    Case(
        "xlsx macros",
        "a.xlsm",
        lambda: _with({"xl/vbaProject.bin": b"x"}),
        Reads("xlsx", TEXTS, ("macros_ignored",), 2),
    ),
    Case("xlsx external links", "a.xlsx", _linked, Reads("xlsx", TEXTS, ("links_ignored",), 2)),
    Case(
        "picture",
        "a.xlsx",
        lambda: _with({"xl/media/image1.png": b"x"}),
        Reads("xlsx", TEXTS, ("pictures_ignored",), 2),
    ),
)

TRAPS = (
    Case("cell in the last corner", "a.xlsx", _far_cell, Refused("sheet_area", "XFD1048576")),
    Case("blank cells in the last corner", "a.xlsx", _far_styled, Reads("xlsx", TEXTS, (), 2)),
    Case("area of 17 billion cells", "a.xlsx", _million_far, Refused("sheet_area")),
    Case("far row without cell names", "a.xlsx", _far_row_without_names, Refused("sheet_area", "1048576")),
    Case("cells without names", "a.xlsx", _unnamed_cells, Reads("xlsx", ("讲党课 | 党群部",), (), 1)),
    Case(
        "sheet in utf-16",
        "a.xlsx",
        lambda: _with({"xl/worksheets/sheet1.xml": sheet_xml(ROWS).encode("utf-16")}),
        Refused("corrupt_workbook"),
    ),
    Case("dimension lies", "a.xlsx", lambda: _book(ROWS, dimension="A1:XFD1048576"), Reads("xlsx", TEXTS, (), 2)),
    Case("merge over everything", "a.xlsx", _huge_merge, Reads("xlsx", (), (), 2)),
    Case("merges upon merges", "a.xlsx", _many_merges, Refused("merges_overlap", "A1")),
    Case(
        "cell of 200,000 characters",
        "a.xlsx",
        lambda: _book([["任务", "部门"], ["长" * 200_000, "乙"]]),
        Refused("block_too_long", "row 2"),
    ),
    Case("entities in a sheet", "a.xlsx", _entities, Refused("xml_entities", "sheet1.xml")),
    Case("text that is not there", "a.xlsx", lambda: _shared("7"), Refused("corrupt_workbook")),
    Case("text index absurd", "a.xlsx", lambda: _shared("99999999999999999999"), Reads("xlsx", (), (), 1)),
    Case(
        "cell name absurd",
        "a.xlsx",
        lambda: _book([*ROWS, ['<c r="ZZZZZ99999999"><v>1</v></c>']]),
        Refused("corrupt_part", "sheet1.xml"),
    ),
    Case(
        "sheet cut off",
        "a.xlsx",
        lambda: _with({"xl/worksheets/sheet1.xml": sheet_xml(ROWS)[:300]}),
        Refused("corrupt_workbook"),
    ),
    Case(
        "sheet missing",
        "a.xlsx",
        lambda: _with({"xl/_rels/workbook.xml.rels": relations()}),
        Refused("corrupt_workbook"),
    ),
    Case("no sheets", "a.xlsx", _no_sheets, Refused("no_sheets")),
    Case("empty sheet", "a.xlsx", lambda: _book([]), Refused("no_text")),
    Case("sheet bomb", "a.xlsx", lambda: _with({"xl/worksheets/sheet1.xml": bytes(90_000_000)}), Refused("zip_bomb")),
    Case("encrypted xlsx", "密.xlsx", lambda: ole_of("EncryptedPackage"), Refused("encrypted_office")),
    Case("old xls", "旧.xls", lambda: ole_of("Workbook"), Refused("old_xls", ".xlsx")),
    Case("et", "旧.et", lambda: ole_of("Workbook"), Refused("old_et")),
    Case("xlsb", "a.xlsb", lambda: zip_of({"xl/workbook.bin": b"x"}), Refused("binary_workbook")),
    Case("ods", "a.ods", lambda: _open_document("spreadsheet"), Refused("open_sheet")),
    Case("odt", "a.odt", lambda: _open_document("text"), Refused("open_text")),
    Case("pptx", "a.pptx", lambda: zip_of({"ppt/presentation.xml": "<x/>"}), Refused("presentation")),
    Case("ofd", "a.ofd", lambda: zip_of({"OFD.xml": "<x/>"}), Refused("ofd")),
)

CASES = CONTENT + TRAPS
