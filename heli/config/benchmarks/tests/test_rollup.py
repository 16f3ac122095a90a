import numpy as np
import pytest

from heli.config.benchmarks import measuring, rollup


def test_bare_numpy_counts_what_the_engine_counts_where_every_rule_is_a_capped_count(monkeypatch):
    monkeypatch.setattr(rollup, "_rule", lambda _at: rollup.ScoreRule("per_event", points=rollup.Decimal("-0.5"),
                                                                    limit=rollup.Decimal("1.5")))  # fmt: skip
    rollup.made.cache_clear()
    of = rollup.made(60, 4)
    rollup.made.cache_clear()
    leaves = np.setdiff1d(np.arange(60), of.parents)

    bare, group = rollup.bare(of)(), of.group()

    assert bare[leaves].tolist() == group.own.total[leaves].tolist()


@pytest.mark.parametrize("name", ["rollup.50k_x_40", "rollup.200k_x_100", "rollup.one_change"])
def test_each_figure_stands_beside_its_floor(name, monkeypatch):
    monkeypatch.setattr(rollup, "TIMES", 1)
    monkeypatch.setattr(measuring, "TIMES", 2)
    monkeypatch.setattr(measuring, "WARM", 0)

    figure = rollup.MEASURES[name](1_200, 7)

    assert set(figure) == {"value", "unit", "reference", "ratio"}
    assert figure["value"] > 0


@pytest.mark.django_db
def test_the_statement_runs_beside_the_engine():
    figure = rollup.against_sql(rollup.made(300, 5))

    assert figure["value"] > 0
    assert figure["reference"] > 0
