"""Fit the verdict's weights on our own labelled pairs: ``python -m heli.engines.alignment.training``.

Reads `data/pairs_*.csv` (columns topic, text_a, text_b, label), fits two logistic scores with an L2 penalty, chooses
the cut of "related" by cross-validation that leaves out whole topics, and writes `data/verdict_weights.json`. The
result is the same on every machine up to rounding; nothing is random.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from heli.engines.alignment import features, similarity
from heli.engines.alignment.frames import read
from heli.engines.alignment.wording import DATA

PENALTY = 0.3
RARE_HELD = 0.05
FOLDS = 5
RARE_GRAMS = 2_500
BLIND_EVERY = 4
"""Every fourth pair is shown a second time without the lexicon, so that unknown matters are judged by their wording."""

LABELS = {"different": 0, "related": 1, "same": 2}

EVEN_CHANCE = 0.5
"""Where "same" begins: both answers weigh the same in training, so this is the even chance."""

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
    """A labelled pair; `group` keeps pairs of one topic in one fold."""

    text_a: str
    text_b: str
    label: int
    group: str


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
    for path in sorted(DATA.glob("pairs_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            pairs += [
                Pair(row["text_a"], row["text_b"], LABELS[row["label"]], row["topic"]) for row in csv.DictReader(file)
            ]
    return pairs


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
        one, other = (features.profile(each, lambda text: similarity.weigh(text, rare, default)) for each in readings)
        rows.append(features.measure(one, other).values)
    return np.array(rows, dtype=np.float64)


def _fit_logistic(rows: Floats, truth: Floats, penalty: float) -> Floats:
    """Weights of one logistic score; both answers weigh the same, the first feature is the constant."""
    share = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = rows @ weights
        chance = 1 / (1 + np.exp(-np.clip(margin, -30, 30)))
        cost = -np.mean(share * (truth * np.log(chance + 1e-12) + (1 - truth) * np.log(1 - chance + 1e-12)))
        slope = rows.T @ (share * (chance - truth)) / len(truth)
        held = penalty * HELD * weights
        return float(cost + held @ weights / 2), slope + held

    found = minimize(
        loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", bounds=BOUNDS, options={"maxiter": 2_000}
    )
    return np.asarray(found.x, dtype=np.float64)


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


def fit(rows: Floats, labels: npt.NDArray[np.int64], groups: Sequence[str], penalty: float = PENALTY) -> Model:
    """Fit both scores; the cut of "related" comes from chances on left-out folds, whole topics at a time."""
    mean, scale = _standard(rows)
    standard = (rows - mean) / scale
    names = sorted(set(groups))
    fold = np.array([names.index(group) % FOLDS for group in groups])
    close = (labels >= 1).astype(np.float64)
    left_out = np.zeros(len(close))
    for number in range(FOLDS):
        inside = fold != number
        left_out[~inside] = _chances(standard[~inside], _fit_logistic(standard[inside], close[inside], penalty))
    return Model(
        mean=mean,
        scale=scale,
        same=_fit_logistic(standard, (labels == 2).astype(np.float64), penalty),
        related=_fit_logistic(standard, close, penalty),
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


def main() -> None:
    """Fit on all pairs and write the weights."""
    pairs = read_pairs()
    sentences = dict.fromkeys(text for pair in pairs for text in (pair.text_a, pair.text_b))
    rare, default = rarity(sentences)
    shown = [*pairs, *pairs[::BLIND_EVERY]]
    rows = np.vstack(
        (feature_rows(pairs, rare, default), feature_rows(pairs[::BLIND_EVERY], rare, default, blind=True))
    )
    model = fit(rows, np.array([pair.label for pair in shown]), [pair.group for pair in shown])
    table = as_table(model, rare, default)
    (DATA / "verdict_weights.json").write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", "utf-8")
    counts = Counter(pair.label for pair in pairs)
    print(f"{len(pairs)} pairs {dict(counts)}, cuts: same {model.cut_same}, related {model.cut_related}")


if __name__ == "__main__":
    main()
