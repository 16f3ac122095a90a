"""``heli align`` and ``heli key-links``: report, contract, workbook, and one clear line for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from heli.config.cli.align import align
from heli.config.cli.key_links import key_links

PARTY = """某水务公司党委2027年党建工作要点
1.召开警示教育大会。（责任部门：党群工作部；完成时限：6月底）
2.每月开展主题党日。
"""
INTEGRITY = "某水务公司2027年党风廉政建设要点\n1.召开警示教育会。（责任部门：纪委办公室；完成时限：9月底）\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "party.txt").write_text(PARTY, "utf-8")
    (tmp_path / "integrity.md").write_text(INTEGRITY, "utf-8")
    return tmp_path


def _align(folder: Path, *more: str, pasted: str | None = None) -> Result:
    files = ["--party", str(folder / "party.txt"), "--integrity", str(folder / "integrity.md")]
    return CliRunner().invoke(align, [*files, *more], input=pasted, env={"LANG": "zh_CN.UTF-8", "LC_ALL": ""})


def test_the_report_is_for_people(folder: Path) -> None:
    result = _align(folder)

    assert result.exit_code == 0
    assert result.output.startswith("两线计划对齐：党建 2 条，党风廉政 1 条")
    assert "P1 ↔ I1" in result.output
    assert "时限是6月底" in result.output


def test_english_is_complete(folder: Path) -> None:
    result = _align(folder, "--lang", "en")

    assert result.output.startswith("Two lines aligned: 2 duties of Party work, 1 of integrity")
    assert "The same duty has two owners" in result.output


def test_json_is_one_object_and_nothing_else(folder: Path) -> None:
    said = json.loads(_align(folder, "--json").stdout)

    assert list(said) == ["items", "matches", "gaps", "conflicts"]
    assert said["items"][0]["end"] == "2027-06-30"
    assert {conflict["kind"] for conflict in said["conflicts"]} == {"owner", "date"}
    assert {"B28"} <= {gap["obligation"] for gap in said["gaps"]}


def test_the_year_given_wins_over_the_title(folder: Path) -> None:
    assert json.loads(_align(folder, "--json", "--year", "2030").stdout)["items"][0]["end"] == "2030-06-30"


def test_the_unit_type_decides_what_is_missing(folder: Path) -> None:
    said = json.loads(_align(folder, "--json", "--unit-type", "党支部").stdout)

    assert {"A07", "A20"} <= {gap["obligation"] for gap in said["gaps"]}
    assert not {"A14", "J02"} & {gap["obligation"] for gap in said["gaps"]}


def test_strict_ends_with_one_where_something_is_found(folder: Path) -> None:
    assert _align(folder, "--strict").exit_code == 1


def test_one_option_takes_several_files(folder: Path) -> None:
    (folder / "more.txt").write_text("1.举办培训班", "utf-8")
    files = [str(folder / name) for name in ("party.txt", "more.txt")]

    result = CliRunner().invoke(align, ["--party", *files, "--integrity", str(folder / "integrity.md"), "--json"])

    assert [item["file"] for item in json.loads(result.stdout)["items"]] == [
        "party.txt",
        "party.txt",
        "more.txt",
        "integrity.md",
    ]


def test_pasted_text_is_read(folder: Path) -> None:
    args = ["--party", "-", "--integrity", str(folder / "integrity.md"), "--json"]

    result = CliRunner().invoke(align, args, input=PARTY)

    assert [item["id"] for item in json.loads(result.stdout)["items"]] == ["P1", "P2", "I1"]


def test_the_workbook_is_written(folder: Path) -> None:
    result = _align(folder, "--out", str(folder / "board.xlsx"))

    assert result.exit_code == 0
    assert openpyxl.load_workbook(folder / "board.xlsx").sheetnames == ["对齐表", "任务项", "遗漏", "冲突"]


def test_what_the_reader_should_know_goes_to_stderr(folder: Path) -> None:
    (folder / "party.docx").write_text(PARTY, "utf-8")

    result = CliRunner().invoke(align, [*_bad(folder, "party.docx"), "--json"], env={"LANG": "en_US.UTF-8"})

    assert result.exit_code == 0
    assert json.loads(result.stdout)["items"]
    assert "does not match its content" in result.stderr


def _bad(folder: Path, name: str) -> list[str]:
    return ["--party", str(folder / name), "--integrity", str(folder / "integrity.md")]


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("missing.txt", None, "找不到"),
        ("empty.txt", b"", "empty.txt"),
        ("broken.docx", b"PK\x03\x04 no archive", "broken.docx"),
        ("title.txt", "某公司2027年工作要点".encode(), "没有读到任务"),
        ("binary.pdf", b"%PDF-1.4 nothing", "binary.pdf"),
        ("line.txt", "每月".encode() * 1_700_000, "line.txt"),
    ],
)
def test_bad_input_gets_one_line_and_status_two(folder: Path, name: str, data: bytes | None, word: str) -> None:
    if data is not None:
        (folder / name).write_bytes(data)

    result = CliRunner().invoke(align, _bad(folder, name), env={"LANG": "zh_CN.UTF-8"})

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert name in result.stderr
    assert word in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--unit-type", "行星"], "行星"),
        (["--year", "12"], "--year 12"),
        (["--out", "board.pdf"], ".xlsx"),
        (["--out", "/nowhere/at/all/board.xlsx"], "无法写入"),
        (["--party", "-", "--upper", "-"], "-"),
    ],
)
def test_wrong_options_get_one_line_and_status_two(folder: Path, more: list[str], word: str) -> None:
    result = _align(folder, *more, pasted=PARTY)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert word in result.stderr


def test_missing_options_get_one_line(folder: Path) -> None:
    result = CliRunner().invoke(align, ["--party", str(folder / "party.txt")], env={"LANG": "en_US.UTF-8"})

    assert result.exit_code == 2
    assert result.stderr == "heli align needs --party FILE and --integrity FILE, each at least once.\n"


def test_a_folder_is_refused(folder: Path) -> None:
    result = CliRunner().invoke(align, _bad(folder, "."), env={"LANG": "en_US.UTF-8"})

    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "this is a folder" in result.stderr


def test_key_links_of_a_paper(folder: Path) -> None:
    result = CliRunner().invoke(key_links, [str(folder / "party.txt"), "--json"])

    hits = {hit["key_link"]: hit for hit in json.loads(result.stdout)}
    assert hits["主题党日"] == {"key_link": "主题党日", "present": True, "evidence": "2.每月开展主题党日"}
    assert hits["党费"] == {"key_link": "党费", "present": False, "evidence": ""}


def test_key_links_report_and_strict(folder: Path) -> None:
    result = CliRunner().invoke(key_links, [str(folder / "party.txt"), "--strict", "--lang", "en"])

    assert result.exit_code == 1
    assert "[deployed] 主题党日" in result.output


def test_key_links_of_a_missing_file(folder: Path) -> None:
    result = CliRunner().invoke(key_links, [str(folder / "nothing.txt")])

    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing.txt" in result.stderr
