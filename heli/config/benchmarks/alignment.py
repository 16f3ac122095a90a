"""How fast items are aligned, beside bare character-pair TF-IDF with the same top-n product in the same run.

Sizes are of the design: 10,000 items against 10,000, and 100,000 items of one group among themselves.
"""

from __future__ import annotations

import csv
import gc
import random
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
import sparse_dot_topn
from scipy import sparse

from heli.engines.alignment import frames, verdicts
from heli.engines.alignment.wording import DATA

TOP = 5
SEED = 20270310
Figure = dict[str, float | str | None]


def _sentences() -> list[str]:
    """Sentences of our own training pairs, in a fixed order."""
    with (DATA / "pairs_train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return list(dict.fromkeys(chain.from_iterable((row["text_a"], row["text_b"]) for row in rows)))


def items(count: int, seed: int) -> list[str]:
    """Return `count` different task texts: one to three sentences of a plan, with a number of their own."""
    chance = random.Random(seed)  # noqa: S311 - benchmarks repeat themselves
    sentences = _sentences()
    made: dict[str, None] = {}
    while len(made) < count:
        parts = chance.sample(sentences, chance.choice((1, 1, 1, 2, 2, 3)))
        number = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(4))
        made[f"{chr(0xFF0C).join(parts)}{number}"] = None
    return list(made)


def _pair_codes(texts: Sequence[str]) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    for text in texts:
        points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        yield (points[:-1] * 65_599 + points[1:]) % (1 << 20)


def _bare_rows(texts: Sequence[str]) -> sparse.csr_matrix:
    """TF-IDF rows of character pairs and nothing else."""
    codes = list(_pair_codes(texts))
    lengths = np.array([len(row) for row in codes])
    owners = np.repeat(np.arange(len(texts)), lengths)
    columns = np.concatenate(codes)
    rows = sparse.csr_matrix((np.ones(len(columns), np.float32), (owners, columns)), shape=(len(texts), 1 << 20))
    seen = np.bincount(rows.indices, minlength=1 << 20)
    rows.data *= np.log((1 + len(texts)) / (1 + seen)).astype(np.float32)[rows.indices]
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1))).ravel()
    rows.data /= np.repeat(np.maximum(norms, 1e-9), np.diff(rows.indptr)).astype(np.float32)
    return rows


def bare_cosine(texts_a: Sequence[str], texts_b: Sequence[str], top: int) -> int:
    """The floor: the `top` nearest by cosine of character pairs; returns how many pairs were found."""
    both = _bare_rows([*texts_a, *texts_b])
    found = sparse_dot_topn.sp_matmul_topn(
        both[: len(texts_a)], both[len(texts_a) :].T.tocsr(), top_n=top, threshold=0.08, n_threads=2
    )
    return int(found.nnz)


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _figure(value: float, reference: float, unit: str = "s") -> Figure:
    return {
        "value": round(value, 3),
        "unit": unit,
        "reference": round(reference, 3),
        "ratio": round(value / reference, 2) if reference else None,
    }


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def two_lists(size: int = 10_000) -> Figure:
    """Seconds to align `size` items with `size` items, reading included."""
    one, other = items(size, SEED), items(size, SEED + 1)
    floor = _timed(lambda: bare_cosine(one, other, TOP))
    frames.read.cache_clear()
    return _figure(_timed(lambda: verdicts.compare_many(one, other, top=TOP)), floor)


def one_group(size: int = 100_000) -> Figure:
    """Seconds to align `size` items among themselves, reading included."""
    group = items(size, SEED + 2)
    floor = _timed(lambda: bare_cosine(group, group, TOP + 1))
    frames.read.cache_clear()
    return _figure(_timed(lambda: verdicts.compare_within(group, top=TOP)), floor)


MEASURES: dict[str, Callable[[], Figure]] = {
    "alignment.10k_x_10k": two_lists,
    "alignment.100k_group": one_group,
}


def run(names: Iterable[str] = ()) -> dict[str, Figure]:
    """Measure the named benchmarks (all without names) and the peak memory of this process at the end."""
    wanted = [name for name in MEASURES if not list(names) or any(name.startswith(asked) for asked in names)]
    figures = {name: MEASURES[name]() for name in wanted}
    figures["alignment.peak_memory"] = _figure(_peak_megabytes(), 2048, "MB")
    return figures
