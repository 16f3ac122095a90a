"""``heli rubric``: report, contract, and one clear line for what is no scoring table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from heli.config.cli.rubric import rubric

TABLE = (
    "一级指标,二级指标,考核内容,分值,评分标准\n"
    "党的建设,组织生活,落实主题党日,6,少一次扣0.5分，扣完为止；弄虚作假的一票否决\n"
    "廉洁建设,教育,开展警示教育,4,由考核组酌情打分\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "评分表.csv"
    path.write_text(TABLE, "utf-8")
    return path


def _rubric(*arguments: object, pasted: str | None = None) -> Result:
    return CliRunner().invoke(rubric, [str(one) for one in arguments], input=pasted, env={"LANG": "zh_CN.UTF-8"})


def test_json_is_one_list_in_the_order_of_the_table(table: Path) -> None:
    result = _rubric(table, "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == [
        {
            "level1": "党的建设",
            "level2": "组织生活",
            "requirement": "落实主题党日",
            "max": 6,
            "text": "少一次扣0.5分，扣完为止；弄虚作假的一票否决",
            "rules": [
                {"kind": "per_event", "when": "少一次", "points": -0.5, "unit": "次", "limit": 6},
                {"kind": "veto", "when": "弄虚作假的", "points": None, "unit": "", "limit": None},
            ],
        },
        {
            "level1": "廉洁建设",
            "level2": "教育",
            "requirement": "开展警示教育",
            "max": 4,
            "text": "由考核组酌情打分",
            "rules": [{"kind": "judged", "when": "由考核组", "points": None, "unit": "", "limit": None}],
        },
    ]


def test_the_report_is_for_people_in_both_languages(table: Path) -> None:
    assert "2 行，1 行读成可以计算的规则，1 行需要评判" in _rubric(table).output
    assert "每次 -0.5 分，最多 6 分" in _rubric(table).output
    assert "-0.5 for each 次, 6 at most" in _rubric(table, "--lang", "en").output


def test_strict_says_that_something_is_left_to_judgement(table: Path) -> None:
    assert _rubric(table, "--strict").exit_code == 1


def test_pasted_lines_are_read(table: Path) -> None:
    result = _rubric("-", "--json", pasted="考核办法\n1.制度健全（3分）。缺一项扣1分。\n")

    assert [rule["kind"] for rule in json.loads(result.stdout)[0]["rules"]] == ["per_event"]


@pytest.mark.parametrize("content", ["", "会议通知\n请按时参加。\n"])
def test_what_is_no_scoring_table_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "通知.txt"
    path.write_text(content, "utf-8")

    result = _rubric(path, "--json")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "通知.txt" in result.stderr
