"""Headings, lists and table headers told by how they look."""

from __future__ import annotations

import pytest

from heli.engines.officedocs.document import Draft, Place
from heli.engines.officedocs.reading import read, read_pasted
from heli.engines.officedocs.structure import classify, mark_of
from heli.engines.officedocs.tables import Grid, Row, add_grid
from heli.engines.officedocs.tests.corpus.containers import docx_of, p, tbl, tr, word_part


@pytest.mark.parametrize(
    ("text", "mark", "level"),
    [
        ("第一章 总则", "第一章", 1),
        ("第三节、监督", "第三节", 2),
        ("一、组织领导", "一、", 1),
        ("十二．落实", "十二．", 1),
        ("（三）压实责任", "（三）", 2),
        ("(三)压实责任", "(三)", 2),
        ("3.开展谈话", "3.", 3),
        ("3、开展谈话", "3、", 3),
        ("3．开展谈话", "3．", 3),
        ("6.6月、12月各分析一次", "6.", 3),
        ("3.2027年底前完成", "3.", 3),
        ("7、1-3月开展检查", "7、", 3),
        ("1.2 开展谈话", "1.2", 4),
        ("（4）节前提醒", "（4）", 4),
        ("①节前提醒", "①", 5),
        ("2）节前提醒", "2）", 5),
        ("- 节前提醒", "-", 5),
        ("2027年开展谈话", "", 0),
        ("1.5倍以内", "", 0),
        ("12月底前完成", "", 0),
        ("一年一次", "", 0),
        ("第一时间报告", "", 0),
        ("3-4月组织", "", 0),
        ("一、", "", 0),
    ],
)
def test_marks(text: str, mark: str, level: int) -> None:
    assert mark_of(text) == (mark, level)


def test_first_level_heads_what_is_deeper() -> None:
    lines = ["年度要点", "一、组织领导", "（一）压实责任", "1.签订责任书", "说明文字。", "二、讲党课", "三、开展谈话"]

    assert [(kind, level) for kind, level, _ in classify(lines)] == [
        ("heading", 1),
        ("heading", 2),
        ("heading", 3),
        ("list", 3),
        ("paragraph", 0),
        ("list", 1),
        ("list", 1),
    ]


def test_first_pasted_line_is_no_title_unless_it_says_so() -> None:
    assert [block.kind for block in read_pasted("讲党课\n开展谈话").blocks] == ["paragraph", "paragraph"]
    assert [block.kind for block in read_pasted("纪检工作要点\n开展谈话").blocks] == ["heading", "paragraph"]


def _cells(text: str) -> list[list[tuple[str, str]]]:
    return [list(block.cells) for block in read_pasted(text).blocks if block.kind == "row"]


def test_rows_pasted_from_a_worksheet_keep_their_columns() -> None:
    text = (
        '某公司任务表\n序号\t工作任务\t责任部门\n1\t开展廉政文化进车间\t纪检室\n2\t"1.自查\n2.整改"\t\n说明：纪检室汇总'
    )

    document = read_pasted(text)

    assert [(block.kind, block.place.line) for block in document.blocks] == [
        ("paragraph", 1),
        ("row", 3),
        ("row", 4),
        ("paragraph", 6),
    ]
    assert _cells(text) == [
        [("序号", "1"), ("工作任务", "开展廉政文化进车间"), ("责任部门", "纪检室")],
        [("序号", "2"), ("工作任务", "1.自查\n2.整改")],
    ]
    assert [(left.text, left.reason) for left in document.left_out] == [("序号 | 工作任务 | 责任部门", "table_header")]


@pytest.mark.parametrize(
    "text",
    [
        "1.\t组织集中学习\n2.\t开展调研",
        "\t\t开展调研\n\t\t建立台账",
        "开展\t调研",
        "一、\t学习\n1.\t读书\n2.\t讨论\n3.\t调研",
    ],
)
def test_tabs_after_numbers_and_before_lines_part_no_columns(text: str) -> None:
    assert _cells(text) == []


def test_a_loose_quotation_mark_in_a_pasted_row_swallows_nothing() -> None:
    text = '任务\t部门\t时间\n召开"七一大会\t党群部\t6月\n开展检查\t纪检室\t7月'

    assert [cells[0][1] for cells in _cells(text)] == ['召开"七一大会', "开展检查"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("某公司党委\n2027年1月8日\n序号    任务    部门\n1    收缴党费    党群部\n2    开展检查    纪检室", 4),
        ("附件1\n\n序号 任务 部门\n\n1 收缴党费 党群部\n2 开展检查 纪检室\n抄送：公司纪委", 5),
        ("序号\u3000任务\u3000部门\n1\u3000收缴党费\u3000党群部\n2\u3000开展检查\u3000纪检室", 2),
        ("序号|任务|部门\n1|收缴党费|党群部\n2|开展检查|纪检室", 2),
        ("| 序号 | 任务 | 部门 |\n| 1 | 收缴党费 | 党群部 |\n| 2 | 开展检查 | 纪检室 |", 2),
        ("任务表\n序号\t任务\t部门\n\n1\t收缴党费\t党群部\n\n2\t开展检查\t纪检室", 4),
    ],
)
def test_rows_below_a_line_of_column_names_keep_their_columns(text: str, row: int) -> None:
    document = read_pasted(text)
    found = [block for block in document.blocks if block.kind == "row"]

    assert [list(block.cells) for block in found] == [
        [("序号", "1"), ("任务", "收缴党费"), ("部门", "党群部")],
        [("序号", "2"), ("任务", "开展检查"), ("部门", "纪检室")],
    ]
    assert found[0].place.line == row
    assert [left.reason for left in document.left_out] == ["table_header"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "序号 类别 任务 部门\n1 学习 开展轮训 党群部\n2 讲授党课 党群部",
            [("序号", "2"), ("任务", "讲授党课"), ("部门", "党群部")],
        ),
        (
            "序号 任务 部门 备注\n1 开展轮训 党群部 月报\n2 讲授党课 党群部",
            [("序号", "2"), ("任务", "讲授党课"), ("部门", "党群部")],
        ),
        (
            "序号 类别 任务 部门 备注\n1 学习 开展轮训 党群部 月报\n2 讲授党课 党群部",
            [("序号", "2"), ("任务", "讲授党课"), ("部门", "党群部")],
        ),
        (
            "月份 主要工作 责任人 备注\n1月 上报计划 书记\n7月 开展表彰 委员",
            [("月份", "7月"), ("主要工作", "开展表彰"), ("责任人", "委员")],
        ),
    ],
)
def test_a_row_of_blanks_that_lacks_cells_leaves_remarks_and_groups_open(text: str, row: list[tuple[str, str]]) -> None:
    assert _cells(text)[1] == row


@pytest.mark.parametrize(
    "text",
    [
        "落实任务 明确责任 按时完成\n各支部要抓好落实。\n做好总结。",
        "序号 任务 部门\n开展检查",
        "序号 任务 部门",
        "责任到人 工作到位\n学习 讨论\n检查 整改",
    ],
)
def test_blanks_between_words_part_no_columns(text: str) -> None:
    assert _cells(text) == []


STYLES = word_part(
    "styles",
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:rPr><w:sz w:val="32"/></w:rPr>'
    "</w:style>"
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="自定"/><w:basedOn w:val="1"/>'
    '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="3"><w:name w:val="标题"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="4"><w:name w:val="toc 1"/></w:style>',
)


@pytest.mark.parametrize(
    ("paragraph", "kind", "level"),
    [
        (p("组织领导", '<w:pStyle w:val="1"/>'), "heading", 1),
        (p("组织领导", '<w:pStyle w:val="2"/>'), "heading", 2),
        (p("工作安排", '<w:pStyle w:val="3"/>'), "heading", 1),
        (p("组织领导", '<w:outlineLvl w:val="2"/>'), "heading", 3),
        (p("组织领导", run='<w:sz w:val="44"/>'), "heading", 1),
        (p("组织领导", run="<w:b/>"), "heading", 1),
        (p("（2027年1月8日）", run="<w:b/>"), "paragraph", 0),
        (p("组织领导，落实责任。", run="<w:b/>"), "paragraph", 0),
        (p("组织领导"), "paragraph", 0),
        (p("组织领导" * 40, '<w:pStyle w:val="1"/>'), "paragraph", 0),
    ],
)
def test_headings_by_style_outline_and_look(paragraph: str, kind: str, level: int) -> None:
    body = p("开头一段文字。") + paragraph + p("正文。") * 3

    block = read(docx_of(body, styles=STYLES), "a.docx").blocks[1]

    assert (block.kind, block.level) == (kind, level)


def test_table_of_contents_is_left_out() -> None:
    document = read(docx_of(p("一、总则 3", '<w:pStyle w:val="4"/>') + p("正文。"), styles=STYLES), "a.docx")

    assert [block.text for block in document.blocks] == ["正文。"]
    assert [(piece.text, piece.reason) for piece in document.left_out] == [("一、总则 3", "contents")]


def test_paragraph_whose_mark_is_deleted_joins_the_next() -> None:
    cut = p("前半", "<w:rPr><w:del/></w:rPr>")

    assert [block.text for block in read(docx_of(cut + p("后半。")), "a.docx").blocks] == ["前半后半。"]


def test_marked_header_rows_of_a_docx_table() -> None:
    head = tr("长长的一段说明文字作为表头也要算作表头才对", "部门", properties="<w:tblHeader/>")
    body = tbl(head, tr("讲党课", "党群部"))

    document = read(docx_of(body), "a.docx")

    assert [block.cells[1] for block in document.blocks] == [("部门", "党群部")]


def test_deleted_rows_are_gone() -> None:
    body = tbl(tr("任务", "部门"), tr("甲", "乙", properties="<w:del/>"), tr("丙", "丁"))

    document = read(docx_of(body), "a.docx")

    assert [block.text for block in document.blocks] == ["丙 | 丁"]
    assert [note.code for note in document.notes] == ["changes_accepted"]


def _add(rows: list[Row], spans: frozenset[tuple[int, int]] = frozenset(), header_rows: int = 0) -> Draft:
    draft = Draft()
    add_grid(Grid(rows, header_rows, spans), lambda row: Place("sheet_row", row=row), draft)
    return draft


def test_header_over_two_rows_is_joined() -> None:
    rows: list[Row] = [
        (1, ["序号", "任务", "时间", "时间"]),
        (2, ["序号", "任务", "开始", "结束"]),
        (3, ["1", "讲党课", "3月", "6月"]),
    ]

    draft = _add(rows, frozenset({(1, 3)}))

    assert draft.blocks[0].cells == (("序号", "1"), ("任务", "讲党课"), ("时间/开始", "3月"), ("时间/结束", "6月"))
    assert [piece.reason for piece in draft.left_out] == ["table_header", "table_header"]


def test_table_without_header_keeps_its_first_row() -> None:
    draft = _add([(1, ["2027-01-08", "讲党课"]), (2, ["2027-02-08", "谈话"])])

    assert [block.cells for block in draft.blocks] == [
        (("", "2027-01-08"), ("", "讲党课")),
        (("", "2027-02-08"), ("", "谈话")),
    ]


def test_title_and_note_above_the_header() -> None:
    note = "填报说明：请各单位于每季度末月25日前报送本单位任务完成情况，逾期不报的视为未完成。"
    rows: list[Row] = [
        (1, ["任务清单", "", ""]),
        (2, [note, "", ""]),
        (3, ["序号", "任务", "部门"]),
        (4, ["1", "讲党课", "党群部"]),
    ]

    draft = _add(rows)

    assert [(block.kind, block.level) for block in draft.blocks] == [("heading", 1), ("paragraph", 0), ("row", 0)]


def test_repeated_header_and_band_rows() -> None:
    rows: list[Row] = [
        (1, ["任务", "部门"]),
        (2, ["教育类", "教育类"]),
        (3, ["讲党课", "党群部"]),
        (4, ["任务", "部门"]),
        (5, ["谈话", "纪检室"]),
    ]

    draft = _add(rows, frozenset({(2, 1)}))

    assert [(block.kind, block.text) for block in draft.blocks] == [
        ("heading", "教育类"),
        ("row", "讲党课 | 党群部"),
        ("row", "谈话 | 纪检室"),
    ]


def test_header_without_known_words_is_told_by_what_stands_below() -> None:
    rows: list[Row] = [(1, ["甲乙", "丙丁"]), (2, ["召开警示教育大会并组织学习讨论", "3"])]

    assert [block.cells[0][0] for block in _add(rows).blocks] == ["甲乙"]
