"""``python -m heli.config.accuracy FOLDER``: how right the alignment is on labelled real papers, beside plain floors.

Reads `alignment_dev.csv` (text_a, text_b, label) and `gaps_dev.csv` (file, key_link, present) of the folder and the
papers that the latter names. The shipped weights were fitted with these pairs among others, so "same" is measured out
of fold: the weights are fitted again without a fifth of the rows and judge that fifth, five times over, in ten random
divisions. Words were learned from the errors of these rows too; pairs that nobody had seen are `data/blind_*.csv` of
the engine, measured as shipped. `docs/accuracy.md` says what each figure is worth.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heli.engines.alignment import key_links, training, verdicts
from heli.engines.alignment.wording import DATA, normal
from heli.engines.officedocs import reading

SEED, FOLDS, REPEATS = 20270310, 5, 10
PAIRS, GAPS = "alignment_dev.csv", "gaps_dev.csv"


@dataclass(frozen=True, slots=True)
class Measure:
    """Right and wrong answers to one yes-or-no question."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the answers "yes" that are right."""
        return self.hits / max(self.hits + self.false, 1)

    @property
    def recall(self) -> float:
        """Share of the true ones that were found."""
        return self.hits / max(self.hits + self.missed, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / max(2 * self.hits + self.false + self.missed, 1)

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f}  P {self.precision:.3f}  R {self.recall:.3f}"


def measure(truth: Iterable[bool], said: Iterable[bool]) -> Measure:
    """Compare answers with the truth."""
    counts = Counter(zip(truth, said, strict=True))
    return Measure(counts[True, True], counts[False, True], counts[True, False])


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _bigrams(text: str) -> Counter[str]:
    words = normal(text).text
    return Counter(words[at : at + 2] for at in range(len(words) - 1))


def _cosine(a: str, b: str) -> float:
    one, other = _bigrams(a), _bigrams(b)
    product = sum(count * other[gram] for gram, count in one.items())
    lengths = sum(n * n for n in one.values()) * sum(n * n for n in other.values())
    return product / lengths**0.5 if lengths else 0.0


def best_threshold(truth: Sequence[bool], scores: Sequence[float]) -> Measure:
    """The floor: the best that one threshold on a score can do on these very rows."""
    found = [measure(truth, [score >= cut for score in scores]) for cut in sorted(set(scores))]
    return max(found, key=lambda each: each.f1, default=Measure(0, 0, 0))


def pair_figures(rows: Sequence[dict[str, str]]) -> dict[str, Measure]:
    """Same, and at least related, as the shipped engine says, beside bare cosine at its best threshold."""
    judged = [verdicts.compare(row["text_a"], row["text_b"]) for row in rows]
    same = [row["label"] == "same" for row in rows]
    close = [row["label"] != "different" for row in rows]
    return {
        "same": measure(same, [each.verdict == "same" for each in judged]),
        "same, floor (character-pair cosine, best threshold)": best_threshold(
            same, [_cosine(row["text_a"], row["text_b"]) for row in rows]
        ),
        "same or related": measure(close, [each.verdict != "different" for each in judged]),
    }


@dataclass(frozen=True, slots=True)
class Spread:
    """What several measurements of one thing say: their mean and how far they lie apart."""

    f1: float
    precision: float
    recall: float
    deviation: float

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f}  P {self.precision:.3f}  R {self.recall:.3f}  (deviation {self.deviation:.3f})"


def spread(measures: Sequence[Measure]) -> Spread:
    """Mean and deviation of several measurements."""
    scores = np.array([(each.f1, each.precision, each.recall) for each in measures])
    f1, precision, recall = scores.mean(axis=0)
    return Spread(float(f1), float(precision), float(recall), float(scores[:, 0].std()))


def out_of_fold(path: Path, *, repeats: int = REPEATS) -> Spread:
    """ "Same" on the pairs of a file, each judged by weights that were fitted without it."""
    rare, default = training.own_rarity()
    own, real = training.own_table(rare, default), training.tabulate(training.read_real(path), rare, default)
    truth = real.labels == training.LABELS["same"]
    chance = np.random.default_rng(SEED)
    found = []
    for _ in range(repeats):
        order = chance.permutation(len(truth))
        said: npt.NDArray[np.bool_] = np.zeros(len(truth), dtype=np.bool_)
        for fold in range(FOLDS):
            judged = np.isin(np.arange(len(truth)), order[fold::FOLDS])
            fitted = training.fit_same(own.with_rows(real.part(~judged)))
            said[judged] = training.chances_of(real.rows[judged], fitted) >= training.EVEN_CHANCE
        found.append(measure(truth.tolist(), said.tolist()))
    return spread(found)


def confusion(rows: Sequence[dict[str, str]]) -> Counter[tuple[str, str]]:
    """How often each label met each verdict."""
    return Counter((row["label"], verdicts.compare(row["text_a"], row["text_b"]).verdict) for row in rows)


def _paper_texts(path: Path) -> list[str]:
    return [block.text for block in reading.read(path.read_bytes(), path.name).blocks]


def _by_name(texts: Sequence[str], name: str) -> bool:
    """The floor for key links: search the paper for the name."""
    parts = name.replace("(", "/").rstrip(")").split("/")
    return any(part in text for text in texts for part in parts[:2])


def key_link_figures(folder: Path, rows: Sequence[dict[str, str]]) -> dict[str, Measure]:
    """Presence of key links beside a search for their names."""
    papers = {name: _paper_texts(folder / name) for name in {row["file"] for row in rows}}
    found = {
        name: {hit.key_link: hit.present for hit in key_links.find_key_links(texts)} for name, texts in papers.items()
    }
    truth = [row["present"] == "1" for row in rows]
    return {
        "key links": measure(truth, [found[row["file"]].get(row["key_link"], False) for row in rows]),
        "key links, floor (search for the name)": measure(
            truth, [_by_name(papers[row["file"]], row["key_link"]) for row in rows]
        ),
    }


def report(folder: Path, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Measure and print everything of a folder; returns the figures by part and question."""
    pairs = _read_csv(folder / PAIRS)
    figures: dict[str, dict[str, float]] = {}
    apart = out_of_fold(folder / PAIRS)
    say(f"\n{len(pairs)} pairs of real papers, out of fold ({REPEATS} times {FOLDS} folds)")
    say(f"  {'same':52} {apart}")
    figures["real pairs, out of fold: same"] = {"f1": apart.f1, "precision": apart.precision, "recall": apart.recall}
    parts = {"real pairs, as shipped": pairs}
    parts |= {f"{path.stem}, as shipped": _read_csv(path) for path in sorted(DATA.glob("blind_*.csv"))}
    for part, rows in parts.items():
        say(f"\n{part}: {len(rows)} pairs")
        for question, found in pair_figures(rows).items():
            say(f"  {question:52} {found}")
            figures[f"{part}: {question}"] = {"f1": found.f1, "precision": found.precision, "recall": found.recall}
    say("\nlabel -> verdict, real pairs, as shipped")
    for (label, verdict), count in sorted(confusion(pairs).items()):
        say(f"  {label:10} -> {verdict:10} {count:4}")
    gaps = _read_csv(folder / GAPS)
    say(f"\n{len(gaps)} key links in {len({row['file'] for row in gaps})} papers")
    for question, found in key_link_figures(folder, gaps).items():
        say(f"  {question:52} {found}")
        figures[question] = {"f1": found.f1, "precision": found.precision, "recall": found.recall}
    return figures


def _silent(_line: str) -> None:
    """Print nothing."""


def main(arguments: Sequence[str]) -> int:
    """Print the figures of the folder named; with --json one object and nothing else."""
    names = [argument for argument in arguments if argument != "--json"]
    folder = Path(names[0]) if len(names) == 1 else Path()
    missing = [name for name in (PAIRS, GAPS) if not (folder / name).is_file()]
    if len(names) != 1 or missing:
        where = names[0] if names else "no folder named"
        print(f"{where}: needs {PAIRS} and {GAPS}. Usage: make accuracy SAMPLES=folder", file=sys.stderr)
        return 2
    as_json = "--json" in arguments
    figures = report(folder, _silent if as_json else print)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
