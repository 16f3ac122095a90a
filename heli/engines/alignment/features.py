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

SAME_GROUP = 0.92
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
        """Nearness and compatibility in one, weighed by the fainter of the two mentions."""
        return self.nearness * self.compat * math.sqrt(min(1.0, self.duty_a.salience, self.duty_b.salience))


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
        return SAME_GROUP if one in GENERIC_KINDS or other in GENERIC_KINDS else 0.8
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
    cover_a: float
    cover_b: float
    concept_a: float
    concept_b: float
    head: float
    head_compat: float


def _compare_duties(one: Sequence[Duty], other: Sequence[Duty]) -> _Duties:
    near = lexicon.load().nearness
    best: Match | None = None
    rows_full, rows_concept = [0.0] * len(one), [0.0] * len(one)
    columns_full, columns_concept = [0.0] * len(other), [0.0] * len(other)
    for i, duty_a in enumerate(one):
        for j, duty_b in enumerate(other):
            nearness = near(duty_a.concept, duty_b.concept)
            if not nearness:
                continue
            fit = compat(duty_a.kind, duty_b.kind)
            full = nearness * fit
            rows_full[i], columns_full[j] = max(rows_full[i], full), max(columns_full[j], full)
            rows_concept[i], columns_concept[j] = max(rows_concept[i], nearness), max(columns_concept[j], nearness)
            match = Match(duty_a, duty_b, nearness, fit)
            if best is None or match.value > best.value:
                best = match
    head_a, head_b = _head(one), _head(other)
    head = near(head_a.concept, head_b.concept) if head_a and head_b else 0.0
    return _Duties(
        match=best,
        cover_a=_cover(one, rows_full),
        cover_b=_cover(other, columns_full),
        concept_a=_cover(one, rows_concept),
        concept_b=_cover(other, columns_concept),
        head=head,
        head_compat=compat(head_a.kind, head_b.kind) * head if head_a and head_b else 0.0,
    )


def _known_share(reading: Reading) -> float:
    """The share of a text's characters that the lexicon explains."""
    marks = bytearray(len(reading.wording.text))
    for mention in reading.mentions:
        for start, end in mention.pieces:
            marks[start:end] = b"\1" * (end - start)
    return sum(marks) / len(marks) if marks else 0.0


def _product(match: Match | None) -> float:
    """1 where exactly one side of the match makes a rule or plan."""
    if match is None:
        return 0.0
    return float((match.duty_a.kind in ("rule", "plan")) != (match.duty_b.kind in ("rule", "plan")))


NAMES = (
    "bias",
    "match",
    "concept_match",
    "kind_fit",
    "cover_more",
    "cover_less",
    "concept_more",
    "concept_less",
    "head",
    "head_fit",
    "wording",
    "wording_more",
    "wording_less",
    "runs",
    "length",
    "known_less",
    "no_concept",
    "unknown_wording",
    "product",
    "attend",
    "match_wording",
    "match_cover",
    "exact",
    "exact_cover",
    "subject",
    "audience",
)


def measure(one: Reading, other: Reading, grams_one: Grams, grams_other: Grams) -> Evidence:
    """The features of a pair of readings, in the order of `NAMES`, and the match that explains them."""
    duties_one, duties_other = _telling(one), _telling(other)
    duties = _compare_duties(duties_one, duties_other)
    match = duties.match
    value = match.value if match else 0.0
    cosine = similarity.cosine(grams_one, grams_other)
    held = sorted((similarity.containment(grams_one, grams_other), similarity.containment(grams_other, grams_one)))
    covers = sorted((duties.cover_a, duties.cover_b))
    concepts = sorted((duties.concept_a, duties.concept_b))
    known = min(_known_share(one), _known_share(other))
    exact = float(match is not None and match.nearness == 1.0)
    empty = float(not one.duties or not other.duties)
    lengths = sorted((len(one.wording.text) + 4, len(other.wording.text) + 4))
    attends = (match.duty_a.kind == "attend") != (match.duty_b.kind == "attend") if match else False
    values = (
        1.0,
        value,
        match.nearness if match else 0.0,
        match.compat if match else 0.0,
        covers[1],
        covers[0],
        concepts[1],
        concepts[0],
        duties.head,
        duties.head_compat,
        cosine,
        held[1],
        held[0],
        similarity.shared_runs(grams_one, grams_other),
        math.log(lengths[1] / lengths[0]),
        known,
        empty,
        cosine * (1 - known),
        _product(match),
        float(attends),
        value * cosine,
        value * covers[1],
        exact,
        exact * covers[1],
        float(bool(one.subject and other.subject and one.subject != other.subject)),
        float(bool(one.audience and other.audience and not one.audience & other.audience)),
    )
    return Evidence(values, match, duties.cover_a, duties.cover_b)
