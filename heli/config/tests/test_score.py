"""``heli score``: the contract, every file format, the example that ships, and one line for what cannot be used."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from heli.config.cli.score import score

DEMO = Path(__file__).resolve().parents[1] / "demo" / "data"
STANDARD = (
    "编号,条线,一级指标,考核内容,分值,评分标准\n"
    "P1,党建,党建（60分）,组织生活,60,应做未做的每次扣0.5分，最多扣6分；弄虚作假的一票否决\n"
    "I1,党风廉政,廉政（40分）,风险复核,40,复核率低于100%的，每低1个百分点扣0.2分，扣完为止\n"
    "合计,,,,100,\n"
)
FACTS = (
    "组织,指标,规则序号,次数,应完成,已完成,是否发生,佐证\n"
    "一支部,P1,1,4,,,,E1；E2\n"
    "一支部,P1,2,,,,否,\n"
    "一支部,I1,,,125,120,,E3\n"
    "二支部,P1,1,0,,,,\n"
)


def _score(standard: object, facts: object, *more: str, pasted: str | None = None) -> Result:
    arguments = ["--standard", str(standard), "--facts", str(facts), *more]
    return CliRunner().invoke(score, arguments, input=pasted, env={"LANG": "zh_CN.UTF-8"})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return _file(tmp_path, "标准.csv", STANDARD), _file(tmp_path, "事实.csv", FACTS)


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_json_holds_totals_lines_and_every_deduction_with_rule_and_evidence(files: tuple[Path, Path]) -> None:
    result = _score(*files, "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    first, second = told["units"]
    assert told["standard"] == {"name": "", "full": 100, "indicators": 2, "shares": {"party": 60, "integrity": 40}}
    assert (first["total"], first["open"], first["is_final"], first["vetoed"]) == (97.2, 0, True, False)
    assert first["lines"]["party"] == {"points": 58, "full": 60, "open": 0, "share": 59.67}
    assert [(each["indicator"], each["points"], each["evidence"]) for each in first["deductions"]] == [
        ("P1", -2, ["E1", "E2"]),
        ("I1", -0.8, ["E3"]),
    ]
    assert first["deductions"][0]["rule"] == "应做未做：每次扣 0.5 分，最多 6 分"
    assert first["deductions"][0]["arithmetic"] == "4 × 0.5 = 2"
    assert sum(each["points"] for each in first["explanation"]) == pytest.approx(first["total"])
    assert (second["total"], second["highest"], second["open"], second["is_final"]) == (60, 100, 40, False)
    assert [(each["indicator"], each["rule_number"]) for each in second["missing"]] == [("I1", 0), ("P1", 2)]


def test_the_report_is_for_people_in_both_languages(files: tuple[Path, Path]) -> None:
    assert "一支部：97.2 分" in _score(*files).output
    assert "二支部：60 分（还有 40 分未定，最高可到 100）" in _score(*files).output
    assert "一支部: 97.2 points" in _score(*files, "--lang", "en").output


def test_strict_says_that_something_is_not_yet_known(files: tuple[Path, Path]) -> None:
    assert _score(*files, "--strict").exit_code == 1


def test_a_workbook_says_the_same_as_the_csv(files: tuple[Path, Path], tmp_path: Path) -> None:
    books = []
    for path in files:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in csv.reader(io.StringIO(path.read_text("utf-8"))):
            book.active.append([float(each) if each.replace(".", "").isdigit() else each for each in row])
        books.append(tmp_path / f"{path.stem}.xlsx")
        book.save(books[-1])

    assert json.loads(_score(*books, "--json").stdout) == json.loads(_score(*files, "--json").stdout)


def test_json_files_say_the_same_as_the_csv(files: tuple[Path, Path], tmp_path: Path) -> None:
    party = {"code": "P1", "level1": "党建（60分）", "requirement": "组织生活", "points": 60, "line": "party"}
    integrity = {"code": "I1", "level1": "廉政（40分）", "requirement": "风险复核", "points": 40, "line": "integrity"}
    party["rules"] = [
        {"kind": "per_event", "when": "应做未做", "points": -0.5, "unit": "次", "limit": 6},
        {"kind": "veto", "when": "弄虚作假的"},
    ]
    integrity["rules"] = [
        {"kind": "ratio", "when": "复核率低于100%的，每低1个百分点", "points": "-0.2", "target": 100, "limit": 40}
    ]
    facts = {
        "units": [
            {"id": "一支部", "readings": [
                {"indicator": "P1", "count": 4, "evidence": ["E1", "E2"]},
                {"indicator": "P1", "rule": 2, "happened": False},
                {"indicator": "I1", "done": 120, "required": 125, "evidence": ["E3"]}]},
            {"id": "二支部", "readings": [{"indicator": "P1", "count": 0}]},
        ]
    }  # fmt: skip
    made = _file(tmp_path, "s.json", json.dumps({"total": 100, "indicators": [party, integrity]}))

    result = _score(made, _file(tmp_path, "f.json", json.dumps(facts)), "--json")

    assert json.loads(result.stdout) == json.loads(_score(*files, "--json").stdout)


def test_facts_are_read_from_standard_input(files: tuple[Path, Path]) -> None:
    pasted = '{"units": [{"id": "一支部", "readings": [{"indicator": "P1", "count": 4}]}]}'

    assert json.loads(_score(files[0], "-", "--json", pasted=pasted).stdout)["units"][0]["total"] == 58


def test_the_example_that_ships_explains_every_point_and_names_the_lowest_below() -> None:
    result = _score(DEMO / "score_standard.csv", DEMO / "score_facts.csv", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    units = {unit["unit"]: unit for unit in json.loads(result.stdout)["units"]}
    committee = units["海上风电公司党委"]
    assert (committee["total"], committee["is_final"]) == (92.8, True)
    assert committee["with_children"]["lowest_child"]["unit"] == "施工党支部"
    assert committee["with_children"]["total"] < committee["total"]
    for unit in units.values():
        assert sum(each["points"] for each in unit["explanation"]) == pytest.approx(unit["total"])
        for each in unit["indicators"]:
            if each["role"] == "scored":
                assert each["won"] + each["lost"] + each["open"] == pytest.approx(each["full"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("P1,党建,", "P1,财务,", "第2行：“条线”列的“财务”不认识"),
        ("P1,党建,", "P1,,", "没有写明属于哪条线。"),
        ("组织生活,60,", "组织生活,50,", "“党建（60分）”写明 60 分，下面各项加起来是 50"),
        ("每次扣0.5分，最多扣6分", "每次扣70分", "最多动 70 分，超过本项的 60 分"),
        ("合计,,,,100,", "合计,,,,90,", "标准写明总分 90，各项加起来是 100"),
        ("I1,党风廉政", "P1,党风廉政", "编号 P1 用了两次"),
        ("风险复核", "信息稿件不少于10篇", "不能用（读到“信息稿件不少于10篇”）。依据："),
        ("编号,条线", "编号,党派", "没有写明属于哪条线"),
    ],
)
def test_a_standard_that_cannot_be_used_is_refused_in_one_line(
    files: tuple[Path, Path], old: str, new: str, said: str
) -> None:
    standard, facts = files
    assert old in STANDARD
    standard.write_text(STANDARD.replace(old, new), "utf-8")

    result = _score(standard, facts, "--json")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "标准.csv" in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("一支部,P1,1,4", "一支部,P9,1,4", "第2行：标准里没有编号为“P9”的指标"),
        ("一支部,P1,1,4", "一支部,P1,7,4", "没有第 7 条"),
        ("一支部,P1,1,4", "一支部,P1,1,很多", "“次数”列的“很多”不是数"),
        ("一支部,P1,1,4", "一支部,P1,1,-4", "的数 -4 不能用"),
        ("一支部,P1,1,4", ",P1,1,4", "没有写组织"),
        ("一支部,P1,1,4", "一支部,,1,4", "没有写是哪项指标"),
        (",,,否,", ",,,也许,", "“是否发生”列的“也许”不认识。可写：是、否"),
        ("125,120", ",120", "没有填应完成数"),
        ("组织,指标", "甲,指标", "没有写组织"),
        (FACTS, "项目,金额\n甲,3\n", "没有读到事实"),
    ],
)
def test_facts_that_cannot_be_used_are_refused_in_one_line(
    files: tuple[Path, Path], old: str, new: str, said: str
) -> None:
    standard, facts = files
    assert old in FACTS
    facts.write_text(FACTS.replace(old, new), "utf-8")

    result = _score(standard, facts, "--json")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "事实.csv" in result.stderr
    assert said in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "不是可用的 JSON"),
        ('{"units": [{"id": "a"}], "more": 1}', "不认识“more”"),
        ('{"units": {}}', "units：这里应是列表"),
        ('{"units": [{"id": "a", "readings": [{"indicator": "P1", "count": NaN}]}]}', "不是可用的 JSON"),
        ('{"units": [{"id": "a", "readings": [{"indicator": "P1", "count": true}]}]}', "units[0].readings[0].count"),
        ('{"units": [{"id": "a", "readings": [{"indicator": "P1", "count": 1e999999}]}]}', "应是数"),
        ('{"units": [{"id": "a", "parent": "b"}]}', "组织“a”的上级“b”不在"),
        ('{"units": [{"id": "a", "parent": "b"}, {"id": "b", "parent": "a"}]}', "连成了圈"),
        ('{"units": [{"id": "a"}, {"id": "a"}]}', "写了两次"),
        ('{"units": [{"id": "a", "weight": -1}]}', "的权重 -1 不能用"),
        ('{"units": ' + "[" * 100_000, "不是可用的 JSON"),
        ('{"units": []}', "没有读到事实"),
    ],
)
def test_hostile_json_is_refused_in_one_line(files: tuple[Path, Path], tmp_path: Path, content: str, said: str) -> None:
    facts = _file(tmp_path, "f.json", content)

    result = _score(files[0], facts, "--json")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "f.json" in result.stderr
    assert said in result.stderr


def test_a_fact_about_what_does_not_apply_to_its_unit_is_refused(tmp_path: Path) -> None:
    standard = _file(
        tmp_path,
        "s.csv",
        "编号,条线,考核内容,分值,评分标准,适用组织\nA,党建,甲,5,每次扣1分,\nB,党风廉政,乙,5,每次扣1分,基层党委、总支\n",
    )
    facts = _file(tmp_path, "f.csv", "组织,组织类型,指标,次数\n一支部,党支部,A,1\n一支部,党支部,B,1\n")

    result = _score(standard, facts, "--json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "第3行：指标 B 不适用于组织“一支部”（类型“党支部”）" in result.stderr


def test_the_columns_of_a_row_say_what_its_words_leave_open(tmp_path: Path) -> None:
    standard = _file(
        tmp_path,
        "s.csv",
        "编号,条线,一级指标,考核内容,分值,评分标准,规则类型,每次分值,计数单位,规则上限,目标百分比,步长,分档\n"
        "A,党建,甲,融入业务,8,由上级评定,分档,,,,,,好=8；差=0\n"
        "B,党风廉政,乙,按期整改,12,见办法,百分点,-0.5,百分点,,95,5,\n"
        ",,乙,,,,每次扣分,-1,项,3,,,\n"
        "C,两线,加分项,做法推广,,推广的加2分,,,,,,,\n"
        ",,设置,否决后最高分,,60,,,,,,,\n",
    )
    facts: Any = {"units": [{"id": "u", "readings": [
        {"indicator": "A", "level": "好"}, {"indicator": "B", "value": "85"}, {"indicator": "B", "count": 2},
        {"indicator": "C", "happened": True}]}]}  # fmt: skip

    result = _score(standard, _file(tmp_path, "f.json", json.dumps(facts)), "--json")

    unit = json.loads(result.stdout)["units"][0]
    assert [(each["code"], each["won"]) for each in unit["indicators"]] == [("A", 8), ("B", 9), ("C", 2)]
    assert unit["total"] == 19
