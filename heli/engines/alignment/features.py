"""What speaks for and against two texts asking the same: one number per point, the same whichever text comes first."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from heli.engines.alignment import lexicon, similarity
from heli.engines.alignment.frames import Duty, Reading
from heli.engines.alignment.similarity import Grams
from heli.engines.alignment.wording import DATA

TELLING = 0.3
"""A duty of less salience (a bare "Party branch") is no ground for a verdict."""

FIELD_VALUE = 0.5
"""What a common field (two texts on "publicity") is worth beside a common duty."""

SAME_GROUP, ALIKE = 0.95, 0.88
GENERIC_KINDS = frozenset({"build", "hold"})


class Match(NamedTuple):
    """The best pair of duties of two texts: how near the concepts are, how well the actions go together, what for."""

    duty_a: Duty
    duty_b: Duty
    nearness: float
    compat: float
    value: float


class Evidence(NamedTuple):
    """The features of a pair, and the best match that explains them (None where no concept is shared)."""

    values: tuple[float, ...]
    match: Match | None
    cover_a: float
    cover_b: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What is worked out once per text and compared many times.

    `duties` are the telling ones, `head` the place of the main one among them.
    """

    reading: Reading
    grams: Grams
    duties: tuple[Duty, ...]
    head: int


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict[str, str]]:
    """The kinds of action: code to group and names."""
    with (DATA / "frames_kinds.csv").open(encoding="utf-8", newline="") as file:
        return {row["kind"]: row for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _group_compat() -> dict[tuple[str, str], float]:
    with (DATA / "frames_compat.csv").open(encoding="utf-8", newline="") as file:
        table = {}
        for row in csv.DictReader(file):
            table[row["group_a"], row["group_b"]] = table[row["group_b"], row["group_a"]] = float(row["value"])
    return table


@lru_cache(maxsize=4096)
def compat(one: str, other: str) -> float:
    """How well two kinds of action go together as one duty, 0 to 1."""
    if one == other:
        return 1.0
    group_one, group_other = kinds()[one]["group"], kinds()[other]["group"]
    if group_one == group_other:
        return SAME_GROUP if one in GENERIC_KINDS or other in GENERIC_KINDS else ALIKE
    if one in GENERIC_KINDS or other in GENERIC_KINDS:
        return min(1.0, _group_compat().get((group_one, group_other), 0.5) + 0.05)
    return _group_compat().get((group_one, group_other), 0.5)


def profile(reading: Reading, weigh: Callable[[str], Grams]) -> Profile:
    """Work out what is compared of a text; `weigh` weighs the character pairs of its normal form."""
    duties = tuple(duty for duty in reading.duties if duty.salience >= TELLING) or reading.duties
    head = max(range(len(duties)), key=lambda at: (round(duties[at].salience, 1), -duties[at].start), default=-1)
    return Profile(reading, weigh(reading.wording.text), duties, head)


def _cover(duties: Sequence[Duty], best: Sequence[float]) -> float:
    """The share of the salience of duties that the other text answers."""
    total = answered = 0.0
    for duty, value in zip(duties, best, strict=True):
        total += duty.salience
        answered += duty.salience * value
    return answered / total if total else 0.0


class _Duties(NamedTuple):
    """What the duties of two texts say together."""

    match: Match | None
    exact: float
    exact_count: int
    cover_a: float
    cover_b: float


def _worth(one: Duty, other: Duty, nearness: float, fit: float) -> float:
    """What it is worth that two duties meet: less where only one text means it, less where both only name a field."""
    concepts = lexicon.load().concepts
    field = FIELD_VALUE if concepts[one.concept].broad and concepts[other.concept].broad else 1.0
    faint, strong = (one[4], other[4]) if one[4] < other[4] else (other[4], one[4])
    return nearness * fit * field * math.sqrt(faint / strong * min(1.0, strong))


def _compare_duties(one: Sequence[Duty], other: Sequence[Duty]) -> _Duties:
    near = lexicon.load().nearness
    match: Match | None = None
    exact = 0.0
    exact_count = 0
    rows, columns = [0.0] * len(one), [0.0] * len(other)
    for i, duty_a in enumerate(one):
        for j, duty_b in enumerate(other):
            nearness = near(duty_a.concept, duty_b.concept)
            if not nearness:
                continue
            fit = compat(duty_a.kind, duty_b.kind)
            worth = _worth(duty_a, duty_b, nearness, fit)
            rows[i], columns[j] = max(rows[i], worth), max(columns[j], worth)
            if match is None or worth > match.value:
                match = Match(duty_a, duty_b, nearness, fit, worth)
            if nearness == 1:
                exact_count += fit > 0.7
                exact = max(exact, worth)
    return _Duties(match, exact, exact_count, _cover(one, rows), _cover(other, columns))


def _compare_heads(one: Profile, other: Profile) -> tuple[float, float]:
    """How near the main duties of two texts are, without and with their actions."""
    if one.head < 0 or other.head < 0:
        return 0.0, 0.0
    concepts = lexicon.load().concepts
    first, second = one.duties[one.head], other.duties[other.head]
    head = lexicon.load().nearness(first.concept, second.concept)
    if concepts[first.concept].broad and concepts[second.concept].broad:
        head *= FIELD_VALUE
    return head, head * compat(first.kind, second.kind)


def _one_sided(match: Match | None, kinds_meant: tuple[str, ...]) -> float:
    """1 where exactly one side of the match is of the given kinds."""
    if match is None:
        return 0.0
    return float((match.duty_a.kind in kinds_meant) != (match.duty_b.kind in kinds_meant))


NAMES = (
    "bias",
    "match",
    "exact_match",
    "cover_more",
    "cover_less",
    "contained",
    "head",
    "head_fit",
    "wording",
    "wording_more",
    "runs",
    "exact_count",
    "match_wording",
    "match_cover",
    "exact_cover",
    "no_concept",
    "bare_wording",
    "bare_more",
    "bare_runs",
    "product",
    "attend",
)
"""The features, in order. Those of `AGAINST` speak against sameness, the others for it."""

AGAINST = frozenset({"product", "attend"})


def measure(one: Profile, other: Profile) -> Evidence:
    """The features of a pair of texts, in the order of `NAMES`, and the match that explains them."""
    duties = _compare_duties(one.duties, other.duties)
    head, head_fit = _compare_heads(one, other)
    match = duties.match
    best = match.value if match else 0.0
    cosine, held_one, held_other = similarity.overlap(one.grams, other.grams)
    held = max(held_one, held_other)
    runs = similarity.shared_runs(one.grams, other.grams)
    more, less = max(duties.cover_a, duties.cover_b), min(duties.cover_a, duties.cover_b)
    empty = float(not one.duties or not other.duties)
    values = (
        1.0,
        best,
        duties.exact,
        more,
        less,
        max(0.0, more - 0.6) / 0.4,
        head,
        head_fit,
        cosine,
        held,
        runs,
        min(duties.exact_count, 3) / 3,
        best * cosine,
        best * more,
        duties.exact * more,
        empty,
        empty * cosine,
        empty * held,
        empty * runs,
        _one_sided(match, ("rule", "plan")),
        _one_sided(match, ("attend",)),
    )
    return Evidence(values, match, duties.cover_a, duties.cover_b)
