import json
import os

import pytest

from heli.config import accuracy
from heli.config.accuracy import Measure, best_threshold, measure, spread
from heli.engines.alignment import training

PAIRS = [
    ("按月收缴党费", "做好党费收缴工作", "same"),
    ("制定廉政谈话工作办法", "开展廉政谈话", "related"),
    ("召开组织生活会", "签订安全生产责任书", "different"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SOURCES", {"pairs_natural.csv": 1.0})  # enough to fit on
    monkeypatch.setattr(accuracy, "REPEATS", 1)
    rows = "".join(f"{a},{b},{label},\n" for a, b, label in PAIRS)
    (tmp_path / accuracy.PAIRS).write_text(f"text_a,text_b,label,note\n{rows}", "utf-8-sig")
    (tmp_path / "plan.txt").write_text("1.各支部按时上好党课。\n2.对新任干部开展任前廉政谈话。\n", "utf-8")
    (tmp_path / accuracy.GAPS).write_text(
        "file,key_link,present,evidence\nplan.txt,党课,1,上好党课\nplan.txt,换届,0,\n", "utf-8-sig"
    )
    return tmp_path


def test_measure_counts_hits_false_and_missed():
    found = measure([True, True, False, False], [True, False, True, False])

    assert found == Measure(hits=1, false=1, missed=1)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert str(found) == "F1 0.500  P 0.500  R 0.500"


def test_measure_of_nothing_is_zero():
    assert (Measure(0, 0, 0).precision, Measure(0, 0, 0).recall, Measure(0, 0, 0).f1) == (0, 0, 0)


def test_best_threshold_is_the_best_of_all():
    assert best_threshold([True, False, True], [0.9, 0.8, 0.7]).f1 == pytest.approx(0.8)
    assert best_threshold([], []) == Measure(0, 0, 0)


def test_spread_is_mean_and_deviation():
    found = spread([Measure(1, 0, 0), Measure(1, 1, 1)])

    assert (found.f1, found.precision, found.recall) == (0.75, 0.75, 0.75)
    assert found.deviation == pytest.approx(0.25)
    assert str(found) == "F1 0.750  P 0.750  R 0.750  (deviation 0.250)"


def test_a_pair_is_judged_by_weights_that_have_not_seen_it(folder, monkeypatch):
    fitted_on = []
    fit = training.fit_same
    monkeypatch.setattr(training, "fit_same", lambda table: fitted_on.append(len(table.groups)) or fit(table))

    accuracy.out_of_fold(folder / accuracy.PAIRS, repeats=1)

    own = len(training.read_pairs()) + len(training.read_pairs()[:: training.BLIND_EVERY])
    assert sorted(fitted_on) == [own + 2, own + 2, own + 2, own + 3, own + 3]


def test_folder_is_measured(folder, capsys):
    assert accuracy.main([str(folder), "--json"]) == 0

    figures = json.loads(capsys.readouterr().out)
    assert figures["real pairs, as shipped: same"]["f1"] == 1.0
    assert figures["real pairs, as shipped: same or related"]["f1"] == 1.0
    assert figures["key links"] == {"f1": 1.0, "precision": 1.0, "recall": 1.0}
    assert figures["key links, floor (search for the name)"]["f1"] == 1.0


def test_report_shows_each_figure_beside_its_floor(folder, capsys):
    accuracy.main([str(folder)])

    out = capsys.readouterr().out
    assert "same, floor (character-pair cosine, best threshold)" in out
    assert "related    -> related       1" in out
    assert "blind_first" in out


@pytest.mark.parametrize("arguments", [[], ["/nowhere"], ["a", "b"]])
def test_folder_without_samples_is_refused_in_one_line(arguments, capsys):
    assert accuracy.main(arguments) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "make accuracy SAMPLES=folder" in said.err


@pytest.mark.skipif("SAMPLES" not in os.environ, reason="set SAMPLES to the folder of labeled real papers")
def test_real_pairs_are_judged_well_above_the_floor_of_062(capsys):
    accuracy.main([os.environ["SAMPLES"], "--json"])

    figures = json.loads(capsys.readouterr().out)
    assert figures["real pairs, out of fold: same"]["f1"] >= 0.77
