"""How fast items are aligned, beside bare character-pair TF-IDF with the same top-n product in the same run.

Sizes are of the design: 10,000 items against 10,000, and 100,000 items of one group among themselves. Each piece of
work runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

import numpy as np
import sparse_dot_topn
from scipy import sparse

from heli.config.benchmarks.measuring import Figure, figure, seconds
from heli.engines.alignment import crowds, shares
from heli.engines.alignment.wording import DATA

TOP = 5
SEED = 20270310
LISTS, GROUP = 10_000, 100_000
COLUMNS = 1 << 20


def _sentences() -> list[str]:
    """Sentences of our own training pairs, in a fixed order."""
    with (DATA / "pairs_train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return list(dict.fromkeys(chain.from_iterable((row["text_a"], row["text_b"]) for row in rows)))


def items(count: int, seed: int) -> list[str]:
    """Return `count` different task texts: one to three sentences of a plan, with a mark of their own."""
    chance = random.Random(seed)  # noqa: S311 - benchmarks repeat themselves
    sentences = _sentences()
    made: dict[str, None] = {}
    while len(made) < count:
        parts = chance.sample(sentences, chance.choice((1, 1, 1, 2, 2, 3)))
        mark = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(4))
        made[f"{chr(0xFF0C).join(parts)}{mark}"] = None
    return list(made)


def _pair_codes(texts: Sequence[str]) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    for text in texts:
        points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
        yield (points[:-1] * 65_599 + points[1:]) % COLUMNS


def _bare_rows(texts: Sequence[str]) -> sparse.csr_matrix:
    """TF-IDF rows of character pairs and nothing else."""
    codes = list(_pair_codes(texts))
    owners = np.repeat(np.arange(len(texts)), np.array([len(row) for row in codes]))
    columns = np.concatenate(codes)
    rows = sparse.csr_matrix((np.ones(len(columns), np.float32), (owners, columns)), shape=(len(texts), COLUMNS))
    seen = np.bincount(rows.indices, minlength=COLUMNS)
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


WORK: dict[str, Callable[[list[str], list[str]], object]] = {
    "lists": lambda one, other: crowds.compare_many(one, other, top=TOP),
    "lists floor": lambda one, other: bare_cosine(one, other, TOP),
    "group": lambda one, _other: crowds.compare_within(one, top=TOP),
    "group floor": lambda one, _other: bare_cosine(one, one, TOP + 1),
}


def report(name: str, size: int) -> None:
    """Do a piece of work on items made beforehand and print its seconds and its peak megabytes, helpers included."""
    one, other = items(size, SEED), items(size, SEED + 1) if name.startswith("lists") else []
    taken = seconds(lambda: WORK[name](one, other))
    own, beside = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = own + beside * (shares.processors() - 1)
    print(json.dumps([taken, peak / (1024 * 1024 if sys.platform == "darwin" else 1024)]))


@cache
def _measured(name: str, size: int) -> tuple[float, float]:
    """Seconds and peak megabytes of a piece of work in a process of its own."""
    code = f"from heli.config.benchmarks import alignment; alignment.report({name!r}, {size})"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    taken, megabytes = json.loads(done.stdout)
    return taken, megabytes


def two_lists(size: int = LISTS) -> Figure:
    """Seconds to align `size` items with `size` items, reading and loading the lexicon included."""
    return figure(_measured("lists", size)[0], _measured("lists floor", size)[0], "s")


def one_group(size: int = GROUP) -> Figure:
    """Seconds to align `size` items among themselves, reading and loading the lexicon included."""
    return figure(_measured("group", size)[0], _measured("group floor", size)[0], "s")


def group_memory(size: int = GROUP) -> Figure:
    """Peak megabytes of the process that aligns `size` items among themselves."""
    return figure(_measured("group", size)[1], _measured("group floor", size)[1], "MB")


MEASURES: dict[str, Callable[[], Figure]] = {
    "alignment.10k_x_10k": two_lists,
    "alignment.100k_group": one_group,
    "alignment.100k_memory": group_memory,
}
