"""Likeness of wording, and the search for candidates among many texts.

Candidates are found by TF-IDF over character pairs and triples together with the concepts of the lexicon, so that
texts of the same duty meet even where they share few characters; `sparse-dot-topn` keeps the best of each row.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import sparse_dot_topn
from scipy import sparse

from heli.engines.alignment import lexicon
from heli.engines.alignment.frames import Reading, read

HASH_SPACE = 1 << 20
CONCEPT_WEIGHT = 2.2
PARENT_WEIGHT = 0.8
CLASH_SCALE = 60.0
COMMON_SHARE = 0.08
"""A gram in a larger share of the texts finds no candidates: it would cost time and tell nothing."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The character pairs of a text with their weights, the length of that vector, and longer runs."""

    weights: Mapping[str, float]
    norm: float
    mass: float
    runs: Set[str]


def pairs_of(text: str) -> list[str]:
    """The character pairs of a normal text."""
    return [text[at : at + 2] for at in range(len(text) - 1)]


def weigh(text: str, rarity: Mapping[str, float], default: float) -> Grams:
    """Weigh the character pairs of a normal text by how rare they are in the field."""
    counts = Counter(pairs_of(text))
    weights = {gram: (1 + math.log(count)) * rarity.get(gram, default) for gram, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    runs = frozenset(text[at : at + 4] for at in range(len(text) - 3))
    return Grams(weights, norm, sum(weights.values()), runs)


def cosine(one: Grams, other: Grams) -> float:
    """Cosine of the weighted character pairs, 0 to 1."""
    if not one.norm or not other.norm:
        return 0.0
    if len(one.weights) > len(other.weights):
        one, other = other, one
    theirs = other.weights
    shared = sum(weight * theirs[gram] for gram, weight in one.weights.items() if gram in theirs)
    return min(1.0, shared / (one.norm * other.norm))


def containment(one: Grams, other: Grams) -> float:
    """The share of the first text's weighted pairs that the second also has, 0 to 1."""
    if not one.mass:
        return 0.0
    theirs = other.weights
    return sum(weight for gram, weight in one.weights.items() if gram in theirs) / one.mass


def shared_runs(one: Grams, other: Grams) -> float:
    """The share of runs of four characters of the text with fewer runs that the other also has, 0 to 1."""
    few, many = (one.runs, other.runs) if len(one.runs) <= len(other.runs) else (other.runs, one.runs)
    return len(few & many) / len(few) if few else 0.0


def clash(one: Grams, other: Grams, plain_one: Sequence[str], plain_other: Sequence[str]) -> float:
    """How much both texts say in detail that the other does not, 0 to 1: each names particulars of its own."""
    alone = []
    for mine, grams, theirs in ((plain_one, one.weights, other.weights), (plain_other, other.weights, one.weights)):
        alone.append(sum(grams[gram] for gram in set(mine) if gram not in theirs))
    return 1 - math.exp(-min(alone) / CLASH_SCALE)


@lru_cache(maxsize=1)
def _concept_numbers() -> dict[str, int]:
    return {code: number for number, code in enumerate(lexicon.load().concepts)}


def _gram_codes(text: str) -> npt.NDArray[np.int64]:
    """Hashed codes of all character pairs and triples of a normal text."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    pairs = points[:-1] * 65_599 + points[1:]
    triples = pairs[:-1] * 65_599 + points[2:] if len(points) > 2 else points[:0]
    return np.concatenate((pairs * 2_654_435_761 % HASH_SPACE, triples * 2_246_822_519 % HASH_SPACE))


def _concept_codes(reading: Reading) -> list[tuple[int, float]]:
    """Columns and weights of the concepts of a text and, fainter, of their parents."""
    numbers, concepts = _concept_numbers(), lexicon.load().concepts
    found: dict[int, float] = {}
    for duty in reading.duties:
        concept = concepts[duty.concept]
        column = HASH_SPACE + numbers[duty.concept]
        found[column] = max(found.get(column, 0.0), CONCEPT_WEIGHT * concept.weight)
        for parent in concept.parents:
            column = HASH_SPACE + numbers[parent]
            found[column] = max(found.get(column, 0.0), PARENT_WEIGHT * concept.weight)
    return list(found.items())


def _counts(readings: Sequence[Reading]) -> sparse.csr_array:
    """Rows of gram counts and concept weights, one per text."""
    columns: list[npt.NDArray[np.int64]] = []
    values: list[npt.NDArray[np.float32]] = []
    lengths = []
    for reading in readings:
        codes, counts = np.unique(_gram_codes(reading.wording.text), return_counts=True)
        concepts = _concept_codes(reading)
        columns.append(np.concatenate((codes, np.array([column for column, _ in concepts], dtype=np.int64))))
        values.append(np.concatenate((counts, np.array([weight for _, weight in concepts]))).astype(np.float32))
        lengths.append(len(columns[-1]))
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    shape = (len(readings), HASH_SPACE + len(_concept_numbers()))
    if not readings:
        return sparse.csr_array(shape, dtype=np.float32)
    return sparse.csr_array((np.concatenate(values), np.concatenate(columns), starts), shape=shape)


def _weighted(rows: sparse.csr_array, rarity: npt.NDArray[np.float32]) -> sparse.csr_array:
    """Weigh columns by rarity and bring every row to length 1; columns of weight 0 are dropped."""
    weighted = rows.multiply(rarity[np.newaxis, :]).tocsr().astype(np.float32)
    weighted.eliminate_zeros()
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    norms[norms == 0] = 1
    weighted.data /= np.repeat(norms, np.diff(weighted.indptr)).astype(np.float32)
    return sparse.csr_matrix(weighted)  # sparse_dot_topn takes matrices, no arrays


def candidates(
    texts_a: Sequence[str], texts_b: Sequence[str], *, top: int, threshold: float = 0.08, threads: int = 2
) -> list[tuple[int, int]]:
    """Return for each text of `texts_a` the up to `top` nearest rows of `texts_b`, as (row in a, row in b)."""
    if not texts_a or not texts_b:
        return []
    rows_a, rows_b = _counts([read(text) for text in texts_a]), _counts([read(text) for text in texts_b])
    seen = np.bincount(rows_a.indices, minlength=rows_a.shape[1]) + np.bincount(rows_b.indices, minlength=rows_a.shape[1])
    total = len(texts_a) + len(texts_b)
    rarity = np.log((1 + total) / (1 + seen)).astype(np.float32)
    if total > 2_000:
        common = seen > COMMON_SHARE * total
        common[HASH_SPACE:] = False
        rarity[common] = 0
    best = sparse_dot_topn.sp_matmul_topn(
        _weighted(rows_a, rarity), _weighted(rows_b, rarity).T.tocsr(), top_n=top, threshold=threshold, n_threads=threads
    )
    found = best.tocoo()
    return sorted(zip(found.row.tolist(), found.col.tolist(), strict=True))
