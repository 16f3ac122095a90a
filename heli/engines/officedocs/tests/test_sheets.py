"""Tables for imports, and workbooks for people."""

from __future__ import annotations

import datetime
import io
import time
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from heli.engines.officedocs.limits import Limits
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.sheets import Column, Sheet, TableRow, read_table, write_xlsx
from heli.engines.officedocs.tests.corpus.containers import sheet_xml, xlsx_of

ALIASES = {"staff_no": ["工号", "员工编号"], "name": ["姓名"], "unit": ["部门", "所在组织"]}
REQUIRED = ["staff_no", "name"]
ROSTER: list[list[object]] = [
    ["工号", "姓名 *", "部门", "备注"],
    ["0012", "甲员工", "党群部", None],
    [None],
    [13, "乙员工", "", "兼职"],
]


def _book(rows: list[list[object]], merge: str = "") -> bytes:
    extra = f'<mergeCells><mergeCell ref="{merge}"/></mergeCells>' if merge else ""
    return xlsx_of({"花名册": sheet_xml(rows, extra=extra)})


def _refusal(data: bytes, filename: str = "名册.xlsx") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_table(data, filename, required=REQUIRED, aliases=ALIASES)
    return caught.value


def test_roster_headers_take_the_callers_names() -> None:
    table = read_table(_book(ROSTER), "名册.xlsx", required=REQUIRED, aliases=ALIASES)

    assert table.headers == ("staff_no", "name", "unit", "备注")
    assert table.rows == (TableRow(2, ("0012", "甲员工", "党群部", "")), TableRow(4, ("13", "乙员工", "", "兼职")))
    assert table.cell(table.rows[1], "unit") == "C4"
    assert dict(table.records())[4] == {"staff_no": "13", "name": "乙员工", "unit": "", "备注": "兼职"}


def test_title_above_the_header_may_be_merged() -> None:
    table = read_table(_book([["员工名册"], *ROSTER], "A1:D1"), "a.xlsx", required=REQUIRED, aliases=ALIASES)

    assert table.header_row == 2
    assert [row.number for row in table.rows] == [3, 5]


def test_csv_in_gb18030() -> None:
    data = "员工编号,姓名\n001,甲员工\n".encode("gb18030")

    table = read_table(data, "a.csv", required=REQUIRED, aliases=ALIASES)

    assert table.rows == (TableRow(2, ("001", "甲员工")),)
    assert [note.code for note in table.notes] == ["decoded_as"]


@pytest.mark.parametrize(
    ("rows", "merge", "code", "where"),
    [
        ([["工号", "姓名"], [1, "甲"], [2, None]], "B2:B3", "merged_cells", "B2:B3"),
        ([["工号", "姓名", "姓名"], [1, "甲", "乙"]], "", "duplicate_head", "B1 and in C1"),
        ([["工号", "员工编号", "姓名"], [1, 1, "乙"]], "", "duplicate_head", "A1 and in B1"),
        ([["工号", "姓名", None], [1, "甲", "多"]], "", "empty_head", "C1, but C2"),
        ([["工号", "名字"], [1, "甲"]], "", "missing_columns", "name"),
        ([["工号", "姓名"], [1234567890123456789, "甲"]], "", "long_number", "A2"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_cell(
    rows: list[list[object]], merge: str, code: str, where: str
) -> None:
    problem = _refusal(_book(rows, merge))

    assert problem.code == code
    assert where in problem.text("en")
    assert "名册.xlsx" in problem.text("zh-hans")


def test_no_table_in_other_files() -> None:
    assert _refusal(b"\xff\xd8\xff\x00", "a.xlsx").code == "picture"
    assert _refusal(b"%PDF-1.4", "a.pdf").code == "no_table"
    assert _refusal(b"\n\n", "a.csv").code == "no_text"
    assert _refusal(_book([]), "a.xlsx").code == "no_text"


def test_hundred_thousand_rows_in_seconds() -> None:
    rows = [["工号", "姓名", "部门"], *([n, f"员工{n}", "党群部"] for n in range(100_000))]
    data = _book(rows)
    began = time.process_time()

    table = read_table(data, "a.xlsx", required=REQUIRED, aliases=ALIASES)

    assert len(table.rows) == 100_000
    assert time.process_time() - began < 45


def _written(sheets: list[Sheet]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(sheets)))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a")'])
def test_text_never_becomes_a_formula(text: str) -> None:
    sheet = _written([Sheet("表", [text], [[text]])]).active

    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix is True
        assert str(cell.value).strip() == text.strip()


def test_workbook_is_ready_to_print() -> None:
    columns = [Column("序号", 6), Column("任务", wrap=True), "时限"]
    sheet = _written([Sheet("任务分解", columns, [[1, "召开警示教育大会", datetime.date(2027, 3, 1)]])]).active

    assert sheet.title == "任务分解"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.column_dimensions["A"].width == 6
    assert sheet.column_dimensions["B"].width == 18
    assert sheet["B2"].alignment.wrap_text is True
    assert sheet["C2"].number_format == "yyyy-mm-dd"
    assert sheet["A1"].font.bold is True
    assert sheet.auto_filter.ref == "A1:C2"


def test_values_keep_their_kind() -> None:
    moment = datetime.datetime(2027, 3, 1, 9, 30, tzinfo=datetime.UTC)
    row = [None, True, 3, 0.5, moment, datetime.time(9, 5), "a\x00b", "文" * 40_000]
    sheet = _written([Sheet("a", [str(n) for n in range(8)], [row])]).active

    values = [cell.value for cell in sheet[2]]

    assert values[:4] == [None, True, 3, 0.5]
    assert values[4] == moment.replace(tzinfo=None)
    assert values[5] == datetime.time(9, 5)
    assert values[6] == "ab"
    assert len(str(values[7])) == 32_767


def test_sheet_names_are_made_valid_and_unique() -> None:
    names = ["一/二:三", "一 二 三", "x" * 40, "X" * 40, ""]

    book = _written([Sheet(name, ["列"], []) for name in names])

    assert book.sheetnames == ["一 二 三", "一 二 三 (2)", "x" * 31, "X" * 27 + " (2)", "Sheet"]


def test_no_sheets_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no sheets"):
        write_xlsx([])


def test_written_table_reads_back() -> None:
    data = write_xlsx([Sheet("名册", ["工号", "姓名"], [["001", "=甲"], ["002", "乙"]])])

    table = read_table(data, "a.xlsx", required=["工号", "姓名"])

    assert [row.cells for row in table.rows] == [("001", "=甲"), ("002", "乙")]


LETTERS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30)
TRICKY = st.sampled_from(
    """
    #N/A #DIV/0! =1+1 +1 -1 @a TRUE 1E5 1.23E+17 0012 12345678901234567890 10% 2027-03-01
    _x0041_ _x000D_ _x005F_x0041_ __x0041_ ]]> 'a
    """.split()
) | st.sampled_from([" a ", "\ta", "a\nb", "a\r\nb", ""])


@given(text=LETTERS | TRICKY, wrap=st.booleans())
@example(text="#N/A", wrap=False)
@example(text="_x0041_", wrap=True)
def test_any_text_is_read_back_as_the_text_it_was(text: str, wrap: bool) -> None:
    data = write_xlsx([Sheet("表", [Column("列", wrap=wrap), "完"], [[text, "完"]])])

    [_heads, row] = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]

    assert row == [text, "完"]
    assert cell.data_type in ({"s"} if text else {"s", "inlineStr", "n"})


def test_a_million_rows_too_many_are_refused_before_they_are_taken_apart() -> None:
    data = b"a,b\n" * 1_500_000 + b"x" * 200_000  # the last line alone would be refused, had it been looked at

    problem = _refusal(data, "a.csv")

    assert (problem.code, problem.params["limit"]) == ("too_many_rows", 1_048_576)


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rows_are_counted_without_heads_and_titles(kind: str, quote: str) -> None:
    def made(rows: int) -> bytes:
        table: list[list[object]] = [["名册", None], ["工号", "姓名"], *([f"{n:03}", "甲"] for n in range(rows))]
        if kind == "xlsx":
            return _book(table)
        return "\n".join(",".join(f"{quote}{cell or ''}{quote}" for cell in row) for row in table).encode()

    limits = Limits(rows=20)

    table = read_table(made(20), f"a.{kind}", required=REQUIRED, aliases=ALIASES, limits=limits)

    assert len(table.rows) == 20
    for more in (21, 40):
        with pytest.raises(Unreadable) as caught:
            read_table(made(more), f"a.{kind}", required=REQUIRED, aliases=ALIASES, limits=limits)
        assert (caught.value.code, caught.value.params["limit"]) == ("too_many_rows", 20)
