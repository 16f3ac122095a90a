from __future__ import annotations

import pytest

from heli.config import figures
from heli.config.benchmarks.runner import modules


def _run(value, ratio, name="record.create"):
    return {name: {"value": value, "unit": "ms", "reference": round(value / ratio, 3), "ratio": ratio}}


def test_the_run_with_the_median_ratio_is_told_with_its_own_floor():
    page = figures.page([_run(9.0, 3.0), _run(4.0, 2.0), _run(10.0, 2.5)], "A note.")

    row = next(line for line in page.splitlines() if line.startswith("| `record.create`"))
    assert row.endswith("| 10 ms | 4 ms | 2.5 | ≤ 2.5× its floor | yes | 3 |")
    assert "Milliseconds to record one evidence" in row
    assert "A note." in page


@pytest.mark.parametrize(("value", "met"), [(99.9, "yes"), (100.1, "no")])
def test_a_missed_goal_is_told(value, met):
    assert f"| ≤ 100 ms | {met} | 1 |" in figures.page([_run(value, 5.0, "tree.50k")])


def test_every_goal_belongs_to_a_benchmark():
    assert set(figures.GOALS) <= {name for module in modules() for name in module.MEASURES}
