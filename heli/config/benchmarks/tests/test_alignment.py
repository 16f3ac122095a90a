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


@pytest.mark.parametrize("bench", [alignment.two_lists, alignment.one_group])
def test_figure_stands_beside_its_floor(bench):
    figure = bench(60)

    assert set(figure) == {"value", "unit", "reference", "ratio"}
    assert figure["unit"] == "s"
    assert figure["value"] > 0


def test_named_benchmarks_run_alone(monkeypatch):
    asked = []
    figure = alignment._figure(1.0, 2.0)
    for name in alignment.MEASURES:
        monkeypatch.setitem(alignment.MEASURES, name, lambda name=name: asked.append(name) or figure)

    found = alignment.run(["alignment.10k"])

    assert asked == ["alignment.10k_x_10k"]
    assert found["alignment.10k_x_10k"] == {"value": 1.0, "unit": "s", "reference": 2.0, "ratio": 0.5}
    assert found["alignment.peak_memory"]["unit"] == "MB"
    assert set(alignment.run()) == {*alignment.MEASURES, "alignment.peak_memory"}
    assert asked[1:] == list(alignment.MEASURES)
