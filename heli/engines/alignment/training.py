"""Fit the verdict's weights on labelled pairs: ``python -m heli.engines.alignment.training [PAIRS.csv ...]``.

Reads `data/pairs_*.csv` (columns topic, text_a, text_b, label) and, where one is named, a file of pairs from real
papers that stays outside (text_a, text_b, label); fits two logistic scores with an L2 penalty, chooses the cut of
"related" by cross-validation that leaves out whole topics, and writes `data/verdict_weights.json`. Only weights and
cuts enter that file, never a text. The result is the same on every machine up to rounding; nothing is random.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from heli.engines.alignment import features, similarity
from heli.engines.alignment.frames import read
from heli.engines.alignment.wording import DATA

PENALTY = 0.003
RARE_HELD = 0.2
FOLDS = 5
RARE_GRAMS = 2_500
BLIND_EVERY = 4
"""Every fourth pair is shown a second time without the lexicon, so that unknown matters are judged by their wording."""

SOURCES = {"pairs_train.csv": 0.2, "pairs_natural.csv": 1.0}
"""What a pair counts, by its file: the many spun from patterns less than those written as papers write."""

REAL = 3.0
"""What a pair of a real paper counts."""

SAME_SHARE = 0.4
"""The share of all weight that the pairs of one duty bear: about theirs among pairs that a reader is asked about."""

LABELS = {"different": 0, "related": 1, "same": 2}

EVEN_CHANCE = 0.5
"""Where "same" begins."""

PRIOR_RELATED = 2 / 3
"""Among candidate pairs of real papers about two thirds are at least related."""

FREE = frozenset({"bias", "no_concept"})


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in FREE:
        return None, None
    return (None, 0.0) if name in features.AGAINST else (0.0, None)


HELD = np.array([0.0 if name == "bias" else RARE_HELD if name in features.AGAINST else 1.0 for name in features.NAMES])
"""How much of the penalty each weight bears: clashes are rare among the pairs and would not be learned otherwise."""

BOUNDS = [_bounds(name) for name in features.NAMES]
"""More likeness may never count against two texts, nor a clash for them: the weights stay explainable."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A labelled pair; `group` keeps pairs of one topic in one fold, `weight` is what it counts."""

    text_a: str
    text_b: str
    label: int
    group: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Model:
    """Standardization, the two weight vectors and their cuts."""

    mean: Floats
    scale: Floats
    same: Floats
    related: Floats
    cut_same: float
    cut_related: float


def read_pairs() -> list[Pair]:
    """Read our own labelled pairs."""
    pairs: list[Pair] = []
    for name, weight in SOURCES.items():
        pairs += _pairs_of(DATA / name, weight)
    return pairs


def read_real(path: Path) -> list[Pair]:
    """Read labelled pairs of real papers from a file outside the package."""
    return _pairs_of(path, REAL)


def _pairs_of(path: Path, weight: float) -> list[Pair]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Pair(row["text_a"], row["text_b"], LABELS[row["label"]], row.get("topic") or path.stem, weight)
            for row in csv.DictReader(file)
        ]


def rarity(texts: Iterable[str]) -> tuple[dict[str, float], float]:
    """How rare character pairs are among texts: the commonest with their own weight, one weight for the others."""
    seen: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        seen.update(set(similarity.pairs_of(read(text).wording.text)))
    weights = {gram: round(math.log((1 + total) / (1 + count)), 3) for gram, count in seen.most_common(RARE_GRAMS)}
    return weights, round(math.log((1 + total) / 2), 3)


def feature_rows(pairs: Sequence[Pair], rare: Mapping[str, float], default: float, *, blind: bool = False) -> Floats:
    """One row of features per pair; `blind` reads them as if the lexicon knew no word of theirs."""
    rows = []
    for pair in pairs:
        readings = [read(pair.text_a), read(pair.text_b)]
        if blind:
            readings = [replace(reading, duties=(), mentions=()) for reading in readings]
        one, other = (
            features.profile(features.brief(each), lambda text: similarity.weigh(text, rare, default))
            for each in readings
        )
        rows.append(features.measure(one, other).values)
    return np.array(rows, dtype=np.float64)


def _fit_logistic(rows: Floats, truth: Floats, weights: Floats, penalty: float) -> Floats:
    """Weights of one logistic score; the first feature is the constant."""
    share = weights / weights.sum()

    def loss(weighed: Floats) -> tuple[float, Floats]:
        chance = 1 / (1 + np.exp(-np.clip(rows @ weighed, -30, 30)))
        cost = -np.sum(share * (truth * np.log(chance + 1e-12) + (1 - truth) * np.log(1 - chance + 1e-12)))
        held = penalty * HELD * weighed
        return float(cost + held @ weighed / 2), rows.T @ (share * (chance - truth)) + held

    found = minimize(
        loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=BOUNDS, options={"maxiter": 3_000}
    )
    return np.asarray(found.x, dtype=np.float64)


def _balanced(truth: Floats, weights: Floats, share: float) -> Floats:
    """The weights of rows, scaled so that the true ones bear `share` of all."""
    true = (weights * truth).sum() / weights.sum()
    return np.asarray(weights * np.where(truth == 1, share / true, (1 - share) / (1 - true)))


def _standard(rows: Floats) -> tuple[Floats, Floats]:
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    mean[0], scale[0] = 0, 1
    scale[scale < 1e-6] = 1
    return mean, scale


def _chances(rows: Floats, weights: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30))))


def best_cut(chances: Floats, truth: Floats, prior: float) -> float:
    """The cut with the best F1 where a share `prior` of the pairs is true, the strictest within a point of it."""
    cuts = np.linspace(0.2, 0.8, 61)
    true, false = truth == 1, truth == 0
    weight = (1 - prior) / prior * true.sum() / max(false.sum(), 1)
    scores = []
    for cut in cuts:
        said = chances >= cut
        hits = (said & true).sum()
        scores.append(2 * hits / max(hits + weight * (said & false).sum() + true.sum(), 1))
    best = np.flatnonzero(np.array(scores) >= max(scores) - 0.01)
    return float(round(cuts[best[-1]], 3))


@dataclass(frozen=True, slots=True)
class Table:
    """What is fitted: one row of features a pair, with its label, topic and weight."""

    rows: Floats
    labels: npt.NDArray[np.int64]
    groups: tuple[str, ...]
    weights: Floats

    def part(self, inside: npt.NDArray[np.bool_]) -> Table:
        """The rows that are inside."""
        groups = tuple(group for group, kept in zip(self.groups, inside, strict=True) if kept)
        return Table(self.rows[inside], self.labels[inside], groups, self.weights[inside])

    def with_rows(self, other: Table) -> Table:
        """Both tables in one."""
        return Table(
            np.vstack((self.rows, other.rows)),
            np.concatenate((self.labels, other.labels)),
            self.groups + other.groups,
            np.concatenate((self.weights, other.weights)),
        )


def tabulate(pairs: Sequence[Pair], rare: Mapping[str, float], default: float, *, blind: bool = False) -> Table:
    """The features, labels, topics and weights of pairs."""
    return Table(
        feature_rows(pairs, rare, default, blind=blind),
        np.array([pair.label for pair in pairs]),
        tuple(pair.group for pair in pairs),
        np.array([pair.weight for pair in pairs], dtype=np.float64),
    )


def own_table(rare: Mapping[str, float], default: float) -> Table:
    """Our own pairs, a part of them a second time without the lexicon."""
    pairs = read_pairs()
    return tabulate(pairs, rare, default).with_rows(tabulate(pairs[::BLIND_EVERY], rare, default, blind=True))


def own_rarity() -> tuple[dict[str, float], float]:
    """How rare character pairs are among our own sentences."""
    return rarity(dict.fromkeys(text for pair in read_pairs() for text in (pair.text_a, pair.text_b)))


def fit_same(table: Table, penalty: float = PENALTY) -> tuple[Floats, Floats, Floats]:
    """Mean, scale and weights of the score of "same" alone."""
    mean, scale = _standard(table.rows)
    truth = (table.labels == LABELS["same"]).astype(np.float64)
    weights = _balanced(truth, table.weights, SAME_SHARE)
    return mean, scale, _fit_logistic((table.rows - mean) / scale, truth, weights, penalty)


def chances_of(rows: Floats, fitted: tuple[Floats, Floats, Floats]) -> Floats:
    """The chance of each row by a score from `fit_same`."""
    mean, scale, weights = fitted
    return _chances((rows - mean) / scale, weights)


def fit(table: Table, penalty: float = PENALTY) -> Model:
    """Fit both scores; the cut of "related" comes from chances on left-out folds, whole topics at a time."""
    mean, scale, same = fit_same(table, penalty)
    standard = (table.rows - mean) / scale
    names = sorted(set(table.groups))
    fold = np.array([names.index(group) % FOLDS for group in table.groups])
    close = (table.labels >= LABELS["related"]).astype(np.float64)
    weights = _balanced(close, table.weights, EVEN_CHANCE)
    left_out = np.zeros(len(close))
    for number in range(FOLDS):
        inside = fold != number
        fitted = _fit_logistic(standard[inside], close[inside], weights[inside], penalty)
        left_out[~inside] = _chances(standard[~inside], fitted)
    return Model(
        mean=mean,
        scale=scale,
        same=same,
        related=_fit_logistic(standard, close, weights, penalty),
        cut_same=EVEN_CHANCE,
        cut_related=best_cut(left_out, close, PRIOR_RELATED),
    )


def as_table(model: Model, rare: Mapping[str, float], default: float) -> dict[str, Any]:
    """The weights as they stand in `verdict_weights.json`."""
    return {
        "features": list(features.NAMES),
        "mean": [round(float(value), 5) for value in model.mean],
        "scale": [round(float(value), 5) for value in model.scale],
        "same": [round(float(value), 5) for value in model.same],
        "related": [round(float(value), 5) for value in model.related],
        "cut_same": model.cut_same,
        "cut_related": model.cut_related,
        "rarity_default": default,
        "rarity": dict(rare),
    }


def main(arguments: Sequence[str]) -> None:
    """Fit on all pairs, and those of a named file, and write the weights."""
    rare, default = own_rarity()
    table = own_table(rare, default)
    for name in arguments:
        table = table.with_rows(tabulate(read_real(Path(name)), rare, default))
    model = fit(table)
    written = json.dumps(as_table(model, rare, default), ensure_ascii=False, indent=1)
    (DATA / "verdict_weights.json").write_text(written + "\n", "utf-8")
    print(f"{len(table.groups)} rows, cuts: same {model.cut_same}, related {model.cut_related}")


if __name__ == "__main__":
    main(sys.argv[1:])
