"""One board out of two papers, and its contract for scripts."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heli.engines.alignment.board import Paper, align, align_items, obligations_of
from heli.engines.alignment.items import Item, Place
from heli.engines.alignment.key_links import find_key_links, links_of
from heli.engines.alignment.report import board_lines, key_link_lines
from heli.engines.alignment.tests.papers import INTEGRITY, PARTY, lines, paper
from heli.engines.alignment.workbook import safe, write_board

SAMPLES = os.environ.get("SAMPLES", "")


@pytest.fixture(scope="module")
def board():
    return align([paper(PARTY, "party.txt")], [paper(INTEGRITY, "integrity.txt")], year=2027)


def test_the_same_duty_in_both_papers_is_a_duplicate(board) -> None:
    found = {(match.a, match.b) for match in board.matches if match.verdict == "duplicate"}

    assert {("P2", "I1"), ("P5", "I2")} <= found
    assert not any(match.b == "I4" for match in board.matches if match.verdict == "duplicate")


def test_conflicts_of_the_two_papers_are_found(board) -> None:
    found = {(conflict.kind, conflict.items) for conflict in board.conflicts}

    assert {
        ("owner", ("P2", "I1")),
        ("date", ("P2", "I1")),
        ("owner", ("P5", "I2")),
        ("date", ("P5", "I2")),
        ("owner", ("P6", "I3")),
        ("date", ("P6", "I3")),
        ("quantity", ("P1", "I5")),
    } <= found


def test_gaps_name_what_neither_paper_deploys(board) -> None:
    missing = {gap.key_link for gap in board.gaps}

    assert {"民主评议党员", "党费", "廉政档案", "联席会议/协调机制"} <= missing
    assert not {"警示教育", "主题党日", "换届", "廉洁风险排查"} & missing


def test_the_contract_has_its_keys_and_iso_dates(board) -> None:
    said = board.as_json()

    assert list(said) == ["items", "matches", "gaps", "conflicts"]
    assert said["items"][1] == {
        "id": "P2",
        "line": "party",
        "text": "召开警示教育大会，通报典型案例",
        "file": "party.txt",
        "place": "line 6",
        "owner": "党群工作部",
        "start": None,
        "end": "2027-06-30",
        "period": None,
        "quantity": None,
        "obligations": ["B19"],
    }
    assert set(said["matches"][0]) == {"a", "b", "verdict", "score", "reason"}
    assert set(said["gaps"][0]) == {"key_link", "obligation", "title", "source", "reason"}
    assert set(said["conflicts"][0]) == {"kind", "items", "reason"}
    known = {item["id"] for item in said["items"]}
    assert {match["a"] for match in said["matches"]} | {match["b"] for match in said["matches"]} <= known
    assert all(0 <= match["score"] <= 1 for match in said["matches"])


def test_the_same_papers_give_the_same_board(board) -> None:
    again = align([paper(PARTY, "party.txt")], [paper(INTEGRITY, "integrity.txt")], year=2027)

    assert again.as_json() == board.as_json()


def test_items_of_several_papers_are_numbered_through() -> None:
    found = align([paper("1.开展调研"), paper("1.组织培训\n2.评选先进")], [paper("1.开展检查")], year=2027)

    assert [item.id for item in found.items] == ["P1", "P2", "P3", "I1"]


def test_steps_of_one_task_are_no_duplicates() -> None:
    text = "1.做好责任制考核\n（1）1-4月修订责任制考核办法\n（2）5-12月开展责任制考核"

    assert align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches == ()


def test_the_same_sentence_twice_in_one_paper_is_a_duplicate() -> None:
    text = "一、教育\n1.召开警示教育大会\n二、作风\n1.召开警示教育大会"

    (match,) = align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches

    assert (match.a, match.b, match.verdict, match.is_across) == ("P1", "P2", "duplicate", False)


def test_a_detail_of_a_task_is_no_duplicate_of_it_in_one_paper() -> None:
    text = "一、制度\n1.建立廉政档案，开展警示教育，签订责任书\n二、签约\n1.签订党风廉政建设责任书"

    assert not align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches


def test_an_item_that_many_of_one_paper_come_near_is_their_whole() -> None:
    sessions = [
        f"{at}.{text}" for at, text in enumerate(("收缴党费", "按月收缴党费", "做好党费收缴", "党费收缴及时"), 1)
    ]
    whole = [paper("1.抓好党费收缴工作")]

    few = align(whole, [paper("\n".join(sessions[:3]))], year=2027).matches
    many = align(whole, [paper("\n".join(sessions))], year=2027).matches
    apart = align(whole, [paper(session, f"{at}.txt") for at, session in enumerate(sessions)], year=2027).matches

    assert [match.verdict for match in few if match.is_across] == ["duplicate"] * 3
    assert [match.verdict for match in many if match.is_across] == ["related"] * 4
    assert {match.reason() for match in many if match.is_across} == {"其中一项与对方文件的多项任务都相近，是总项与分项"}
    assert [match.verdict for match in apart if match.is_across] == ["duplicate"] * 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("不按要求落实上级安排的工作，情节较重的", "不按要求落实上级安排的工作，情节特别严重的"),
        ("被评为市级先进党支部", "被评为省级先进党支部"),
        ("引进产业项目（投资一百万元以下的）", "引进产业项目（投资一百万元以上的）"),
        ("党建工作在提质量方面成效明显", "党建工作在促融合方面成效明显"),
    ],
)
def test_degrees_of_one_rule_are_no_duplicates_in_one_paper(one, other) -> None:
    text = f"一、加分\n1.{one}\n二、加分\n1.{other}"

    assert not align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches


def test_a_duty_with_two_rhythms_in_one_paper_is_a_duplicate() -> None:
    text = "一、组织\n1.每季度召开支部党员大会\n二、生活\n1.每月召开支部党员大会"

    (match,) = align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches

    assert match.verdict == "duplicate"


def test_other_documents_are_told_from_the_same_duty() -> None:
    (match,) = align([paper("1.制定《廉政谈话办法》")], [paper("1.修订《廉政谈话细则》")], year=2027).matches

    assert (match.verdict, match.reason()) == ("related", "事项相同，但所依据或制定的文件不同")


def test_a_reason_that_tells_two_texts_apart_names_them() -> None:
    found = align([paper("1.对照巡察反馈问题完成整改销号")], [paper("1.督促巡察整改，逐项验收")], year=2027)

    (match,) = found.as_json()["matches"]
    assert match["reason"].endswith("（甲为 P1，乙为 I1）")
    assert found.as_json("en")["matches"][0]["reason"].endswith("(first: P1, second: I1)")
    said = board_lines(found)
    assert any(line.strip().startswith("甲 党建 P1（line 1）") for line in said)
    assert any(line.strip().startswith("乙 党风廉政 I1（line 1）") for line in said)


def test_the_same_duty_of_two_posts_is_no_duplicate() -> None:
    text = "一、书记的职责\n1.抓好三会一课\n二、委员的职责\n1.协助抓好三会一课"

    assert align([paper(text)], [paper("1.种植绿化树木")], year=2027).matches == ()


def test_two_rules_of_other_titles_are_no_duplicates() -> None:
    found = align([paper("1.制定《谈话办法》")], [paper("1.制定《档案办法》")], year=2027)

    assert not any(match.verdict == "duplicate" for match in found.matches)


def test_papers_from_above_are_held_against_ours() -> None:
    upper = paper("1.召开警示教育大会（完成时限：5月底）", "group.txt")

    found = align([paper(PARTY)], [paper(INTEGRITY)], [upper], year=2027)

    assert ("date", ("P2", "U1")) in {(conflict.kind, conflict.items) for conflict in found.conflicts}
    assert found.as_json()["items"][-1]["line"] == "upper"


def test_items_changed_by_hand_are_aligned_as_they_are(board) -> None:
    again = align_items(board.items, headings=("党费管理",))

    assert len(again.matches) == len(board.matches)
    assert "党费" not in {gap.key_link for gap in again.gaps}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("党委书记带头讲党课", ("A05",)),
        ("各支部每季度召开支部党员大会", ("A01",)),
        ("节前发送廉洁提醒", ("B28",)),
        ("发展党员8名，做好预备党员转正", ("A40", "A42")),
        ("种植绿化树木", ()),
    ],
)
def test_an_item_serves_obligations(text: str, codes: tuple[str, ...]) -> None:
    assert obligations_of(text, links_of(text)) == codes


def test_the_workbook_opens_with_its_sheets(board) -> None:
    target = io.BytesIO()

    write_board(board, target)

    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    assert book.sheetnames == ["对齐表", "任务项", "遗漏", "冲突"]
    assert [cell.value for cell in book["任务项"][1]][:3] == ["编号", "条线", "任务"]
    assert book["任务项"].max_row == len(board.items) + 1
    assert all(sheet.freeze_panes == "A2" and sheet.page_setup.orientation == "landscape" for sheet in book)


@pytest.mark.parametrize("value", ["=1+1", "+cmd", "-2", "@sum", "\tx", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(value: str) -> None:
    assert safe(value) == "'" + value


def test_formulas_in_a_plan_stay_text() -> None:
    found = align([paper('1.=HYPERLINK("http://x","开展培训")')], [paper("1.开展检查\x01工作")], year=2027)
    target = io.BytesIO()

    write_board(found, target)

    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(str(cell.value).startswith("'=HYPERLINK") for cell in cells)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_has_every_section(board, language: str) -> None:
    text = "\n".join(board_lines(board, language))

    heads = (
        ["重复部署", "冲突", "关键环节遗漏", "相关"]
        if language == "zh"
        else ["Duplicates", "Conflicts", "Key links missing", "Related"]
    )
    assert all(head in text for head in heads)
    assert "P2 ↔ I1" in text


def test_the_report_on_key_links_counts() -> None:
    text = key_link_lines(find_key_links(["每月开展主题党日"]), "plan.txt")

    assert text[0].startswith("plan.txt：")
    assert "  [已部署] 主题党日  每月开展主题党日" in text


def test_many_items_are_aligned_in_time() -> None:
    party = Paper("p", lines("\n".join(f"{n}.第{n}党支部开展第{n % 97}号课题调研并建立台账" for n in range(1, 800))))
    integrity = Paper("i", lines("\n".join(f"{n}.对第{n % 89}号项目开展专项检查" for n in range(1, 800))))

    assert len(align([party], [integrity], year=2027).items) == 1598


def test_an_item_without_words_breaks_nothing() -> None:
    empty = Item("P1", "party", "", "", "f", Place(None), ())

    assert align_items([empty]).matches == ()


@pytest.mark.skipif(not SAMPLES, reason="set SAMPLES to the folder of real papers")
def test_planted_conflicts_are_all_found() -> None:
    folder = Path(SAMPLES)
    planted = list(csv.DictReader((folder / "synthetic_16_planted_conflicts.csv").read_text("utf-8-sig").splitlines()))
    texts = {name: (folder / name).read_text("utf-8-sig") for row in planted for name in (row["file_a"], row["file_b"])}
    first, second = planted[0]["file_a"], planted[0]["file_b"]

    found = align([paper(texts[first], first)], [paper(texts[second], second)], year=2024)

    conflicts = {(conflict.kind, conflict.items) for conflict in found.conflicts}
    matches = {(match.a, match.b, match.verdict) for match in found.matches}
    for row in planted:
        pair = (f"P{row['item_a']}", f"I{row['item_b']}")
        for kind in row["conflict"].split("+"):
            assert (*pair, kind) in matches if kind in ("duplicate", "related") else (kind, pair) in conflicts


DUTIES = st.sampled_from(
    [
        "召开警示教育大会（责任部门：纪委；完成时限：6月底）",
        "6月18日全体党员大会",
        "增加专题会议数量",
        "压减专题会议数量",
        "每月学习2次",
        "每季度学习1次",
        "=1+1",
        "完成整改销号（9月）",
        "整改验收（12月）",
        "",
        "《办法》",
    ]
)
PAPERS = st.lists(DUTIES, max_size=6).map(lambda duties: paper("\n".join(f"{n}.{d}" for n, d in enumerate(duties, 1))))


@settings(max_examples=40, deadline=None)
@given(PAPERS, PAPERS, PAPERS)
def test_any_papers_give_a_board_that_can_be_said_and_written(party: Paper, integrity: Paper, upper: Paper) -> None:
    found = align([party], [integrity], [upper], year=2027)

    known = {item.id for item in (*found.items, *found.upper)}
    assert all({match.a, match.b} <= known for match in found.matches)
    assert all(set(conflict.items) <= known for conflict in found.conflicts)
    for language in ("zh", "en"):
        said = found.as_json(language)
        assert len(said["items"]) == len(known)
        assert all(entry["reason"] for kind in ("matches", "gaps", "conflicts") for entry in said[kind])
        assert board_lines(found, language)
    write_board(found, io.BytesIO())


@pytest.mark.parametrize(
    ("party", "integrity", "verdict", "reason"),
    [
        ("组织全体党员学习政治理论", "落实新时代创新理论学习安排", "related", "one_field"),
        (
            "党员因违纪受到党内警告处分的，扣5分",
            "干部被上级通报批评违规违纪问题的，年度不得评优",
            "related",
            "consequences",
        ),
        ("加强宣传工作", "加强宣传工作力度", "duplicate", "same_duty"),
        ("召开警示教育大会", "组织召开全公司警示教育会", "duplicate", "same_duty"),
    ],
)
def test_a_field_or_a_consequence_in_common_is_no_duplicate(party, integrity, verdict, reason) -> None:
    board = align([paper(f"1.{party}", "p.txt")], [paper(f"1.{integrity}", "i.txt")], year=2027)

    assert [(match.verdict, match.detail.reason.code) for match in board.matches] == [(verdict, reason)]


def test_degrees_of_one_rule_in_nearly_the_same_words_are_no_duplicates() -> None:
    text = "1.在星级评定中，五星级党支部的党组织书记加10分\n2.在星级评定中，一星级党组织的党组织书记加10分"

    assert not align([paper(text, "p.txt")], [paper("1.召开警示教育大会", "i.txt")], year=2027).matches
