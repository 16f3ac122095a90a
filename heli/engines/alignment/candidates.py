"""The search for candidates among many texts.

TF-IDF over character pairs and triples together with the concepts of the lexicon, so that texts of the same duty meet
even where they share few characters; `sparse-dot-topn` keeps the best of each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import sparse_dot_topn
from scipy import sparse

from heli.engines.alignment import lexicon
from heli.engines.alignment.frames import Reading

HASH_SPACE = 1 << 20
CONCEPT_WEIGHT = 2.2
PARENT_WEIGHT = 0.8
COMMON_SHARE = 0.08
"""A gram in a larger share of many texts finds no candidates: it would cost time and tell nothing."""

Rows: TypeAlias = "sparse.csr_matrix[np.float32]"
"""Matrices, not arrays: sparse_dot_topn takes nothing else."""


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


def _counts(readings: Sequence[Reading]) -> Rows:
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
    return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), starts), shape=shape)


def _weighted(rows: Rows, rarity: npt.NDArray[np.float32]) -> Rows:
    """Weigh columns by rarity and bring every row to length 1; columns of weight 0 are dropped."""
    weighted = rows.copy()
    weighted.data *= rarity[weighted.indices]
    weighted.eliminate_zeros()
    lengths = np.diff(weighted.indptr)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    norms = np.sqrt(np.bincount(owners, weights=weighted.data**2, minlength=len(lengths)))
    weighted.data /= np.maximum(norms, 1e-9)[owners].astype(np.float32)
    return weighted


def nearest(
    one: Sequence[Reading], other: Sequence[Reading], *, top: int, threshold: float = 0.08, threads: int = 2
) -> list[tuple[int, int]]:
    """Return for each text of `one` the up to `top` nearest of `other`, as (row in one, row in other), in order."""
    if not one or not other:
        return []
    rows_a = _counts(one)
    rows_b = rows_a if other is one else _counts(other)
    width = rows_a.shape[1]
    seen = np.bincount(rows_a.indices, minlength=width) + np.bincount(rows_b.indices, minlength=width)
    total = len(one) + len(other)
    rarity = np.log(1 + total / (1 + seen)).astype(np.float32)
    if total > 2_000:
        common = seen > COMMON_SHARE * total
        common[HASH_SPACE:] = False
        rarity[common] = 0
    best = sparse_dot_topn.sp_matmul_topn(
        _weighted(rows_a, rarity),
        _weighted(rows_b, rarity).T.tocsr(),
        top_n=top,
        threshold=threshold,
        n_threads=threads,
    )
    found = best.tocoo()
    return sorted(zip(found.row.tolist(), found.col.tolist(), strict=True))
