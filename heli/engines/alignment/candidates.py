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
from heli.engines.alignment.features import Brief

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


def _gram_codes(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Hashed codes of all character pairs and triples of normal texts, and the rows they belong to."""
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    pairs = points[:-1] * 65_599 + points[1:]
    triples = pairs[:-1] * 65_599 + points[2:]
    is_pair, is_triple = owners[:-1] == owners[1:], owners[:-2] == owners[2:]
    codes = (pairs[is_pair] * 2_654_435_761 % HASH_SPACE, triples[is_triple] * 2_246_822_519 % HASH_SPACE)
    return np.concatenate(codes), np.concatenate((owners[:-1][is_pair], owners[:-2][is_triple]))


def _concept_codes(text: Brief) -> list[tuple[int, float]]:
    """Columns and weights of the concepts of a text and, fainter, of their parents."""
    numbers, concepts = _concept_numbers(), lexicon.load().concepts
    found: dict[int, float] = {}
    for duty in text.duties:
        concept = concepts[duty.concept]
        column = HASH_SPACE + numbers[duty.concept]
        found[column] = max(found.get(column, 0.0), CONCEPT_WEIGHT * concept.weight)
        for parent in concept.parents:
            column = HASH_SPACE + numbers[parent]
            found[column] = max(found.get(column, 0.0), PARENT_WEIGHT * concept.weight)
    return list(found.items())


def _counts(texts: Sequence[Brief]) -> Rows:
    """Rows of gram counts and concept weights, one per text."""
    grams, owners = _gram_codes([text.text for text in texts])
    concepts = [_concept_codes(text) for text in texts]
    told = [pair for found in concepts for pair in found]
    rows = np.concatenate((owners, np.repeat(np.arange(len(texts)), [len(found) for found in concepts])))
    columns = np.concatenate((grams, np.array([column for column, _ in told], dtype=np.int64)))
    values = np.concatenate((np.ones(len(grams), np.float32), np.array([weight for _, weight in told], np.float32)))
    shape = (len(texts), HASH_SPACE + len(_concept_numbers()))
    return sparse.csr_matrix((values, (rows, columns)), shape=shape)  # adds up what stands in one place


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
    one: Sequence[Brief], other: Sequence[Brief], *, top: int, threshold: float = 0.08, threads: int = 2
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
