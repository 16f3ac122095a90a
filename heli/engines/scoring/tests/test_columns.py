"""Tables of every office format as rows of a standard: columns by their names, merged cells, text without a table."""

from __future__ import annotations

import io
import os
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from heli.engines.officedocs.reading import read
from heli.engines.scoring.columns import read_rubric, role_of
from heli.engines.scoring.rubric import Row

SAMPLES = os.environ.get("SAMPLES", "")
HEAD = ["考核项目", "考核指标", "考核内容", "分值", "评分标准", "自评分", "备注"]


def _rows(text: str, name: str = "a.csv") -> tuple[Row, ...]:
    return read_rubric(read(text.encode(), name).blocks)


def _short(rows: tuple[Row, ...]) -> list[tuple[str, str, str, Decimal | None, list[str]]]:
    return [(row.level1, row.level2, row.requirement, row.maximum, [rule.kind for rule in row.rules]) for row in rows]


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("一级指标", "level1"), ("考核 内容（要点）", "requirement"), ("评分标准", "scoring"),
        ("考核内容及评分标准", "scoring"),
        ("标准分", "points"), ("满分（分）", "points"), ("得分", "other"), ("扣分", "other"),
        ("扣分标准", "scoring"), ("组织建设/分值", "points"), ("scoring_rule", "scoring"), ("", ""),
        ("随便写的一列", ""), ("考核内容及分值", "requirement"), ("考核项目和分值", "level1"), ("考核方法", "other"),
        ("减分标准", "scoring"), ("计分说明", "scoring"), ("赋分", "points"),
    ],
)  # fmt: skip
def test_a_column_is_known_by_its_name(header: str, role: str) -> None:
    assert role_of(header) == role


def test_blank_cells_carry_on_what_stands_above_until_a_new_group_begins() -> None:
    rows = _rows(
        "一级指标,二级指标,考核内容,分值,评分标准\n"
        "组织建设,制度,制度健全,3,缺一项扣1分\n"
        ",,台账齐全,,缺一个扣0.5分\n"
        "廉洁建设,,开展教育,2,未开展不得分\n"
        "合计,,,5,\n"
    )

    assert _short(rows) == [
        ("组织建设", "制度", "制度健全", Decimal(3), ["per_event"]),
        ("组织建设", "制度", "台账齐全", None, ["per_event"]),
        ("廉洁建设", "", "开展教育", Decimal(2), ["zero"]),
    ]


def test_a_standard_beside_what_is_asked_is_its_rule() -> None:
    rows = _rows("考核内容及分值,考核标准,考核方法\n制度健全（3分）,缺一项扣1分,查阅资料\n按期换届（2分）,按期换届,\n")

    assert _short(rows) == [
        ("", "", "制度健全（3分）", Decimal(3), ["per_event"]),
        ("", "", "按期换届（2分）；按期换届", Decimal(2), ["award"]),
    ]


def test_a_workbook_with_a_title_merged_groups_and_columns_to_fill_in() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["党建工作责任制考核评分表"])
    sheet.append(HEAD)
    sheet.append(["党的建设", "组织生活", "按期召开组织生活会", 4, "未召开扣4分；质量不高酌情扣1-2分", "", ""])
    sheet.append(["", "", "落实主题党日", 6, "少一次扣0.5分，扣完为止", "", "查看记录"])
    sheet.merge_cells("A1:G1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:B4")
    stream = io.BytesIO()
    book.save(stream)

    rows = read_rubric(read(stream.getvalue(), "a.xlsx").blocks)

    assert _short(rows) == [
        ("党的建设", "组织生活", "按期召开组织生活会", Decimal(4), ["once", "range"]),
        ("党的建设", "组织生活", "落实主题党日", Decimal(6), ["per_event"]),
    ]
    assert rows[1].rules[0].limit == Decimal(6)


def test_a_table_in_a_letter_takes_its_first_level_from_the_heading_above_it() -> None:
    paper = Document()
    paper.add_heading("一、廉洁建设（30分）", 1)
    table = paper.add_table(rows=2, cols=3)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells],
        ["考核内容", "分值", "扣分标准", "签订责任书", "2", "未签订的2分"],
        strict=True,
    ):
        cell.text = text
    stream = io.BytesIO()
    paper.save(stream)

    (row,) = read_rubric(read(stream.getvalue(), "a.docx").blocks)

    assert (row.level1, row.requirement, row.maximum) == ("一、廉洁建设（30分）", "签订责任书", Decimal(2))
    assert [(rule.kind, rule.points) for rule in row.rules] == [("once", Decimal(-2))]


def test_a_scoring_text_without_a_table_is_read_by_its_paragraphs() -> None:
    rows = _rows("考核办法\n一、组织建设\n1.制度健全（3分）。缺一项扣1分。\n2.本办法自印发之日起施行。\n", "a.txt")

    assert [(row.maximum, [rule.kind for rule in row.rules]) for row in rows] == [(Decimal(3), ["per_event"])]


def test_only_a_row_that_begins_with_a_sum_is_none() -> None:
    rows = _rows(
        "考核内容,分值,评分标准,备注\n共计开展4次党课,4,少一次扣1分,合计\n总分管理制度落实,2,合计缺一次扣0.5分,\n合计,6,,\n"
    )

    assert [row.requirement for row in rows] == ["共计开展4次党课", "总分管理制度落实"]


def test_what_is_no_rubric_has_no_rows() -> None:
    assert _rows("会议通知\n请各支部按时参加。\n", "a.txt") == ()


CLEAR = {
    # file: for each row that states a clear rule, by its place, the kinds in order
    "04": {0: "per_event", 2: "per_event", 3: "per_event", 5: "per_event", 7: "per_event per_event", 8: "per_event",
           9: "range", 10: "judged", 11: "range", 14: "range"},
    "05": {0: "per_event", 1: "award award", 2: "award award", 3: "judged", 4: "award award",
           5: "per_event per_event award per_event", 7: "per_event", 11: "award", 13: "once per_event per_event",
           15: "award award", 16: "award award per_event", 19: "per_event", 24: "award award award", 25: "judged"},
    "07": {0: "award", 21: "once", 26: "once", 27: "judged", 28: "per_event", 41: "once", 66: "once"},
    "11": {0: "judged", 11: "judged"},
    "13": {0: "once per_event once once", 1: "once once once", 2: "judged", 3: "once per_event", 4: "once per_event"},
}  # fmt: skip
COUNTS = {"04": 15, "05": 26, "06": 49, "07": 72, "11": 19, "13": 5}


@pytest.mark.skipif(not SAMPLES, reason="set SAMPLES to the folder of real papers")
@pytest.mark.parametrize("number", sorted(COUNTS))
def test_real_scoring_tables_become_the_rules_a_reader_finds(number: str) -> None:
    (path,) = Path(SAMPLES).glob(f"{number}_rubric_*.csv")

    rows = read_rubric(read(path.read_bytes(), path.name).blocks)

    assert len(rows) == COUNTS[number]
    found = {at: " ".join(rule.kind for rule in rows[at].rules) for at in CLEAR.get(number, {})}
    assert found == CLEAR.get(number, {})
    assert all(row.text and row.rules for row in rows)
