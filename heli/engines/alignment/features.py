"""What speaks for and against two texts asking the same: one number per point, the same whichever text comes first."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from heli.engines.alignment import lexicon, similarity
from heli.engines.alignment.frames import Duty, Reading
from heli.engines.alignment.similarity import Grams
from heli.engines.alignment.wording import DATA

TELLING = 0.3
"""A duty of less salience (a bare "Party branch") is no ground for a verdict."""

FIELD_VALUE = 0.6
"""What a common field (two texts on "publicity") is worth beside a common duty."""

SAME_GROUP, ALIKE = 0.95, 0.88
GENERIC_KINDS = frozenset({"build", "hold"})
GENERIC_COMPAT = 0.9


@dataclass(frozen=True, slots=True)
class Match:
    """The best pair of duties of two texts: how near the concepts are and how well the actions go together."""

    duty_a: Duty
    duty_b: Duty
    nearness: float
    compat: float

    @property
    def value(self) -> float:
        """Nearness and compatibility in one, less where both texts, and less still where only one, mention it faintly."""
        faint, strong = sorted((self.duty_a.salience, self.duty_b.salience))
        return self.nearness * self.compat * math.sqrt(faint / strong) * min(1.0, strong) ** 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features of a pair, and the best match that explains them (None where no concept is shared)."""

    values: tuple[float, ...]
    match: Match | None
    cover_a: float
    cover_b: float


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


def _telling(reading: Reading) -> tuple[Duty, ...]:
    told = tuple(duty for duty in reading.duties if duty.salience >= TELLING)
    return told or reading.duties


def _cover(duties: Sequence[Duty], best: Sequence[float]) -> float:
    """The share of the salience of duties that the other text answers."""
    total = sum(duty.salience for duty in duties)
    return sum(duty.salience * value for duty, value in zip(duties, best, strict=True)) / total if total else 0.0


def _head(duties: Sequence[Duty]) -> Duty | None:
    """The duty a text is mainly about: the most telling, the earlier in a tie."""
    return max(duties, key=lambda duty: (round(duty.salience, 1), -duty.start), default=None)


@dataclass(frozen=True, slots=True)
class _Duties:
    """What the duties of two texts say together."""

    match: Match | None
    best: float
    exact: float
    exact_count: int
    cover_a: float
    cover_b: float
    head: float
    head_fit: float


def _evenness(one: Duty, other: Duty) -> float:
    """1 where both texts say a thing with the same weight, less where one only mentions it."""
    faint, strong = sorted((one.salience, other.salience))
    return math.sqrt(faint / strong)


def _field_value(one: Duty, other: Duty) -> float:
    """What it is worth that two duties meet: less where they only belong to one broad field."""
    concepts = lexicon.load().concepts
    return FIELD_VALUE if concepts[one.concept].broad and concepts[other.concept].broad else 1.0


def _compare_duties(one: Sequence[Duty], other: Sequence[Duty]) -> _Duties:
    near = lexicon.load().nearness
    match: Match | None = None
    best = exact = 0.0
    exact_count = 0
    rows, columns = [0.0] * len(one), [0.0] * len(other)
    for i, duty_a in enumerate(one):
        for j, duty_b in enumerate(other):
            nearness = near(duty_a.concept, duty_b.concept)
            if not nearness:
                continue
            found = Match(duty_a, duty_b, nearness, compat(duty_a.kind, duty_b.kind))
            worth = _field_value(duty_a, duty_b)
            full = found.value * worth
            rows[i], columns[j] = max(rows[i], full), max(columns[j], full)
            if match is None or found.value * worth > best:
                match, best = found, found.value * worth
            if nearness == 1:
                exact_count += found.compat > 0.7
                exact = max(exact, found.value * worth)
    head, fit = _compare_heads(_head(one), _head(other))
    return _Duties(match, best, exact, exact_count, _cover(one, rows), _cover(other, columns), head, fit)


def _compare_heads(one: Duty | None, other: Duty | None) -> tuple[float, float]:
    """How near the main duties of two texts are, without and with their actions."""
    if one is None or other is None:
        return 0.0, 0.0
    head = lexicon.load().nearness(one.concept, other.concept) * _field_value(one, other)
    return head, head * compat(one.kind, other.kind)


@lru_cache(maxsize=200_000)
def _plain_of(text: str, pieces: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    marks = bytearray(len(text))
    for start, end in pieces:
        marks[start:end] = b"\1" * (end - start)
    return tuple(text[at : at + 2] for at in range(len(text) - 1) if not marks[at] and not marks[at + 1])


def _plain(reading: Reading) -> tuple[str, ...]:
    """The character pairs of a text that no concept explains: its details."""
    return _plain_of(reading.wording.text, tuple(piece for mention in reading.mentions for piece in mention.pieces))


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
    "clash",
    "product",
    "attend",
    "subject",
    "audience",
)
"""The features, in order. Those of `AGAINST` speak against sameness, the others for it."""

AGAINST = frozenset({"clash", "product", "attend", "subject", "audience"})


def measure(one: Reading, other: Reading, grams_one: Grams, grams_other: Grams) -> Evidence:
    """The features of a pair of readings, in the order of `NAMES`, and the match that explains them."""
    duties_one, duties_other = _telling(one), _telling(other)
    duties = _compare_duties(duties_one, duties_other)
    match = duties.match
    cosine = similarity.cosine(grams_one, grams_other)
    held = max(similarity.containment(grams_one, grams_other), similarity.containment(grams_other, grams_one))
    runs = similarity.shared_runs(grams_one, grams_other)
    more, less = max(duties.cover_a, duties.cover_b), min(duties.cover_a, duties.cover_b)
    empty = float(not duties_one or not duties_other)
    values = (
        1.0,
        duties.best,
        duties.exact,
        more,
        less,
        max(0.0, more - 0.6) / 0.4,
        duties.head,
        duties.head_fit,
        cosine,
        held,
        runs,
        min(duties.exact_count, 3) / 3,
        duties.best * cosine,
        duties.best * more,
        duties.exact * more,
        empty,
        empty * cosine,
        empty * held,
        empty * runs,
        similarity.clash(grams_one, grams_other, _plain(one), _plain(other)),
        _one_sided(match, ("rule", "plan")),
        _one_sided(match, ("attend",)),
        float(bool(one.subject and other.subject and one.subject != other.subject)),
        float(bool(one.audience and other.audience and not one.audience & other.audience)),
    )
    return Evidence(values, match, duties.cover_a, duties.cover_b)
