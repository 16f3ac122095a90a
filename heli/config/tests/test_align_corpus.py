"""Every file of the corpus through ``heli align``: a report, or one clear line that names the file; nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from heli.config.cli.align import align
from heli.engines.officedocs.tests.corpus import CORPUS, Case, Refused

# Reading it is tested with the engine, aligning as many items is measured by `heli bench alignment`.
TOO_LONG = {"50,000 rows", "csv 50,000 rows", "20,000 paragraphs"}
INTEGRITY = "某水务公司2027年党风廉政建设要点\n1.召开警示教育会。（责任部门：纪委办公室；完成时限：9月底）\n"


@pytest.mark.parametrize("case", [case for case in CORPUS if case.name not in TOO_LONG], ids=lambda case: case.name)
def test_each_file_is_aligned_or_refused_in_one_line(case: Case, tmp_path: Path) -> None:
    bad, good, board = (
        tmp_path / (Path(case.filename).name or "无名"),
        tmp_path / "integrity.txt",
        tmp_path / "board.xlsx",
    )
    bad.write_bytes(case.make())
    good.write_text(INTEGRITY, "utf-8")
    files = ["--party", str(bad), "--integrity", str(good)]

    result = CliRunner().invoke(align, [*files, "--out", str(board), "--json"], env={"LANG": "zh_CN.UTF-8"})

    assert result.exit_code in (0, 2), result.exception
    if isinstance(case.expect, Refused):
        assert result.exit_code == 2
    if result.exit_code == 2:
        assert (result.stdout, board.exists()) == ("", False)
        assert [bad.name in line for line in result.stderr.strip().splitlines()] == [True]
    else:
        assert json.loads(result.stdout)["items"]
        assert board.exists()
