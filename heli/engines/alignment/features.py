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
from heli.engines.alignment.wording import DATA, quoted_names

TELLING = 0.3
"""A duty of less salience (a bare "Party branch") is no ground for a verdict."""

NAMED = 0.95
"""How near a concept that names an action is to its parent with that very action."""

FIELD_VALUE = 0.5
"""What a common field (two texts on "publicity") is worth beside a common duty."""

NAME_SHARE = 0.7
"""A quoted stretch that is more of the text is the text itself, not a name in it."""

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

    `duties` are the telling ones, `head` the place of the main one among them, `names` what stands in quotation marks.
    """

    reading: Reading
    grams: Grams
    duties: tuple[Duty, ...]
    head: int
    names: tuple[str, ...]


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


def _names(reading: Reading) -> tuple[str, ...]:
    """Quoted names that the lexicon does not know and that are a part of the text rather than all of it."""
    text = reading.wording.text
    known = [text[mention.start : mention.end] for mention in reading.mentions]
    return tuple(
        name
        for name in quoted_names(reading.source)
        if len(name) < NAME_SHARE * len(text) and not any(words in name or name in words for words in known)
    )


def profile(reading: Reading, weigh: Callable[[str], Grams]) -> Profile:
    """Work out what is compared of a text; `weigh` weighs the character pairs of its normal form."""
    duties = tuple(duty for duty in reading.duties if duty.salience >= TELLING) or reading.duties
    head = max(range(len(duties)), key=lambda at: (round(duties[at].salience, 1), -duties[at].start), default=-1)
    return Profile(reading, weigh(reading.wording.text), duties, head, _names(reading))


def _cover(duties: Sequence[Duty], best: Sequence[float]) -> float:
    """The share of the salience of duties that the other text answers."""
    total = answered = 0.0
    for duty, value in zip(duties, best, strict=True):
        total += duty.salience
        answered += duty.salience * value
    return answered / total if total else 0.0


class _Duties(NamedTuple):
    """What the duties of two texts say together; `rows` and `columns` are how well the other text answers each."""

    match: Match | None
    exact: float
    exact_count: int
    rows: Sequence[float]
    columns: Sequence[float]


def _are_fields(one: Duty, other: Duty) -> bool:
    """Whether two duties only name fields: two texts on "publicity" may ask different things."""
    concepts = lexicon.load().concepts
    return concepts[one.concept].broad and concepts[other.concept].broad


def _worth(one: Duty, other: Duty, nearness: float, fit: float) -> float:
    """What it is worth that two duties meet: less where only one text means it, less where both only name a field."""
    field = FIELD_VALUE if _are_fields(one, other) else 1.0
    faint, strong = (one[4], other[4]) if one[4] < other[4] else (other[4], one[4])
    return nearness * fit * field * math.sqrt(faint / strong * min(1.0, strong))


def _names_action(child: Duty, parent: Duty) -> bool:
    """Whether a concept is another one with its action: a "study of ideology" and "to study ideology"."""
    concepts = lexicon.load().concepts
    named = concepts[child.concept]
    return (
        parent.concept in named.parents
        and parent.kind == named.kind
        and named.kind not in GENERIC_KINDS
        and parent.kind != concepts[parent.concept].kind
    )


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
            if nearness < NAMED and (_names_action(duty_a, duty_b) or _names_action(duty_b, duty_a)):
                nearness = NAMED
            fit = compat(duty_a.kind, duty_b.kind)
            worth = _worth(duty_a, duty_b, nearness, fit)
            rows[i], columns[j] = max(rows[i], worth), max(columns[j], worth)
            if match is None or worth > match.value:
                match = Match(duty_a, duty_b, nearness, fit, worth)
            if nearness == 1:
                exact_count += fit > 0.7
                exact = max(exact, worth)
    return _Duties(match, exact, exact_count, rows, columns)


def _compare_heads(one: Profile, other: Profile) -> tuple[float, float]:
    """How near the main duties of two texts are, without and with their actions."""
    if one.head < 0 or other.head < 0:
        return 0.0, 0.0
    first, second = one.duties[one.head], other.duties[other.head]
    head = lexicon.load().nearness(first.concept, second.concept)
    if _are_fields(first, second):
        head *= FIELD_VALUE
    return head, head * compat(first.kind, second.kind)


def _lead(duties: Sequence[Duty], best: Sequence[float]) -> float:
    """The share of a text that the other answers, what comes first weighing more."""
    total = answered = 0.0
    for place, (duty, value) in enumerate(zip(duties, best, strict=True)):
        weight = duty.salience / (1 + place)
        total += weight
        answered += weight * value
    return answered / total if total else 0.0


def _left(duties: Sequence[Duty], best: Sequence[float]) -> float:
    """How much a text asks beyond the other, in full duties up to three, as a share of three."""
    return min(3.0, sum(duty.salience * (1 - value) for duty, value in zip(duties, best, strict=True))) / 3


ASIDE = {
    "product": ("rule", "plan"),
    "attend": ("attend",),
    "inspect": ("check", "assess", "exam"),
    "tell": ("report", "publish", "summary"),
    "look": ("survey", "study"),
    "teach": ("train", "spread"),
    "choose": ("select",),
    "file": ("record",),
    "suffer": ("outcome",),
}
"""Actions about a duty rather than the duty itself: where only one text does so, they ask different things."""

_ASIDE_OF = {kind: number for number, named in enumerate(ASIDE.values(), 1) for kind in named}


def _about(duty: Duty) -> int:
    """The group of `ASIDE` of what is done about a concept; 0 where it is what the concept means anyway."""
    return 0 if lexicon.load().concepts[duty.concept].kind == duty.kind else _ASIDE_OF.get(duty.kind, 0)


def _aside(match: Match | None) -> list[float]:
    """For each group of `ASIDE` 1 where exactly one side of the match is of it."""
    flags = [0.0] * (len(ASIDE) + 1)
    if match is not None:
        one, other = _about(match.duty_a), _about(match.duty_b)
        if one != other:
            flags[one] = flags[other] = 1.0
    return flags[1:]


def _in_field(match: Match | None) -> float:
    """1 where the best that two texts share is the name of a field."""
    return float(match is not None and _are_fields(match.duty_a, match.duty_b))


def _named_apart(one: Profile, other: Profile) -> tuple[float, float]:
    """Whether names in quotation marks differ: each text names what the other does not; only one text does."""
    alone_one = any(name not in other.reading.wording.text for name in one.names)
    alone_other = any(name not in one.reading.wording.text for name in other.names)
    return float(alone_one and alone_other), float(alone_one != alone_other)


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
    "lead_more",
    "lead_less",
    "met_more",
    "met_less",
    "left_more",
    "left_less",
    "field",
    "named_apart",
    "named_once",
    *ASIDE,
)
"""The features, in order. Those of `AGAINST` speak against sameness, the others for it."""

AGAINST = frozenset({"left_more", "left_less", "field", "named_apart", "named_once", *ASIDE})


def measure(one: Profile, other: Profile) -> Evidence:
    """The features of a pair of texts, in the order of `NAMES`, and the match that explains them."""
    duties = _compare_duties(one.duties, other.duties)
    head, head_fit = _compare_heads(one, other)
    match = duties.match
    best = match.value if match else 0.0
    cosine, held_one, held_other = similarity.overlap(one.grams, other.grams)
    held = max(held_one, held_other)
    runs = similarity.shared_runs(one.grams, other.grams)
    cover_a, cover_b = _cover(one.duties, duties.rows), _cover(other.duties, duties.columns)
    more, less = max(cover_a, cover_b), min(cover_a, cover_b)
    lead_a, lead_b = _lead(one.duties, duties.rows), _lead(other.duties, duties.columns)
    left_a, left_b = _left(one.duties, duties.rows), _left(other.duties, duties.columns)
    met_a = duties.rows[one.head] if one.head >= 0 else 0.0
    met_b = duties.columns[other.head] if other.head >= 0 else 0.0
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
        max(lead_a, lead_b),
        min(lead_a, lead_b),
        max(met_a, met_b),
        min(met_a, met_b),
        max(left_a, left_b),
        min(left_a, left_b),
        _in_field(match),
        *_named_apart(one, other),
        *_aside(match),
    )
    return Evidence(values, match, cover_a, cover_b)
