import json

import pytest

from heli.config.benchmarks import alignment


def test_items_are_different_texts_and_the_same_each_time():
    made = alignment.items(50, 1)

    assert len(set(made)) == 50
    assert made == alignment.items(50, 1)
    assert made != alignment.items(50, 2)


def test_bare_cosine_finds_each_text_itself():
    texts = alignment.items(20, 3)

    assert alignment.bare_cosine(texts, texts, top=1) == 20


@pytest.mark.parametrize("name", alignment.WORK)
def test_work_reports_its_seconds_and_memory(name, capsys):
    alignment.report(name, 30)

    seconds, megabytes = json.loads(capsys.readouterr().out)
    assert seconds > 0
    assert megabytes > 10


@pytest.mark.slow
def test_figure_stands_beside_its_floor():
    figure = alignment.two_lists(40)

    assert set(figure) == {"value", "unit", "reference", "ratio"}
    assert figure["unit"] == "s"
    assert figure["value"] > 0
    assert figure["reference"] > 0


def test_group_is_measured_once_for_time_and_memory(monkeypatch):
    asked = []
    monkeypatch.setattr(alignment, "_measured", lambda name, size: asked.append((name, size)) or (2.0, 300.0))

    assert alignment.one_group(9) == {"value": 2.0, "unit": "s", "reference": 2.0, "ratio": 1.0}
    assert alignment.group_memory(9) == {"value": 300.0, "unit": "MB", "reference": 300.0, "ratio": 1.0}
    assert set(asked) == {("group", 9), ("group floor", 9)}


def test_names_are_those_of_the_design():
    assert list(alignment.MEASURES) == ["alignment.10k_x_10k", "alignment.100k_group", "alignment.100k_memory"]
