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
from heli.engines.alignment.wording import DATA, campaigns, quoted_names

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


class Brief(NamedTuple):
    """What of a reading is compared: its source, normal text, duties, and the names that the lexicon does not know."""

    source: str
    text: str
    duties: tuple[Duty, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is worked out once per text and compared many times.

    `duties` are the telling ones, `head` the place of the main one among them, `mass` the salience of them all and
    `lead_mass` the same with what comes first weighing more.
    """

    brief: Brief
    grams: Grams
    duties: tuple[Duty, ...]
    head: int
    mass: float
    lead_mass: float


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
    """Campaigns, and quoted names that the lexicon does not know and that are a part of the text, not all of it."""
    text = reading.wording.text
    known = [text[mention.start : mention.end] for mention in reading.mentions]
    return campaigns(text) + tuple(
        name
        for name in quoted_names(reading.source)
        if len(name) < NAME_SHARE * len(text) and not any(words in name or name in words for words in known)
    )


def brief(reading: Reading) -> Brief:
    """Keep of a reading what is compared."""
    return Brief(reading.source, reading.wording.text, reading.duties, _names(reading))


def profile(of: Brief, weigh: Callable[[str], Grams]) -> Profile:
    """Work out what is compared of a text; `weigh` weighs the character pairs of its normal form."""
    concepts = lexicon.load().concepts
    known = tuple(duty for duty in of.duties if not concepts[duty.concept].vague)
    duties = tuple(duty for duty in known if duty.salience >= TELLING) or known
    head = max(range(len(duties)), key=lambda at: (round(duties[at].salience, 1), -duties[at].start), default=-1)
    mass = sum(duty.salience for duty in duties)
    lead_mass = sum(duty.salience / place for place, duty in enumerate(duties, 1))
    return Profile(of, weigh(of.text), duties, head, mass, lead_mass)


class _Answer(NamedTuple):
    """What the other text answers of one: the share of its duties, the share where what comes first weighs more, and
    what is left beyond the other, in full duties up to three, as a share of three."""

    cover: float
    lead: float
    left: float


def _answer(one: Profile, best: Sequence[float]) -> _Answer:
    """What another text answers, by the worth of its best answer to each duty."""
    if not one.mass:
        return _Answer(0.0, 0.0, 0.0)
    answered = led = 0.0
    for place, (duty, value) in enumerate(zip(one.duties, best, strict=True), 1):
        if value:
            answered += duty[4] * value
            led += duty[4] * value / place
    return _Answer(answered / one.mass, led / one.lead_mass, min(3.0, one.mass - answered) / 3)


class _Duties(NamedTuple):
    """What the duties of two texts say together; `rows` and `columns` are how well the other text answers each."""

    match: Match | None
    exact: float
    exact_count: int
    rows: Sequence[float]
    columns: Sequence[float]


def _are_fields(one: str, other: str) -> bool:
    """Whether two concepts are only fields: two texts on "publicity" may ask different things."""
    concepts = lexicon.load().concepts
    return concepts[one].broad and concepts[other].broad


def _names_action(child: str, parent: str, kind: str) -> bool:
    """Whether a concept is another one with an action: a "study of ideology" and "to study ideology"."""
    concepts = lexicon.load().concepts
    named = concepts[child]
    told = parent in named.parents and kind == named.kind
    return told and kind not in GENERIC_KINDS and kind != concepts[parent].kind


@lru_cache(maxsize=1 << 17)
def _meet(one: str, kind_one: str, other: str, kind_other: str) -> tuple[float, float, float]:
    """How near two concepts are with what is done about them, how well the actions go together, and what it is worth.

    It is worth less where both only name a field; `_compare_duties` takes off more where only one text means it.
    """
    nearness = lexicon.load().nearness(one, other)
    if nearness and nearness < NAMED and (_names_action(one, other, kind_other) or _names_action(other, one, kind_one)):
        nearness = NAMED
    fit = compat(kind_one, kind_other)
    return nearness, fit, nearness * fit * (FIELD_VALUE if _are_fields(one, other) else 1.0)


def _balance(one: float, other: float) -> float:
    """What a common duty counts by its salience in two texts: less where one of them only touches on it."""
    faint, strong = (one, other) if one < other else (other, one)
    return math.sqrt(faint / strong * min(1.0, strong))


def _compare_duties(one: Sequence[Duty], other: Sequence[Duty]) -> _Duties:
    match: Match | None = None
    exact = 0.0
    exact_count = 0
    rows, columns = [0.0] * len(one), [0.0] * len(other)
    for i, duty_a in enumerate(one):
        for j, duty_b in enumerate(other):
            nearness, fit, value = _meet(duty_a.concept, duty_a.kind, duty_b.concept, duty_b.kind)
            if not nearness:
                continue
            worth = value * _balance(duty_a[4], duty_b[4])
            if worth > rows[i]:
                rows[i] = worth
            if worth > columns[j]:
                columns[j] = worth
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
    if _are_fields(first.concept, second.concept):
        head *= FIELD_VALUE
    head *= _balance(first.salience, second.salience)
    return head, head * compat(first.kind, second.kind)


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
    return float(match is not None and _are_fields(match.duty_a.concept, match.duty_b.concept))


def _named_apart(one: Brief, other: Brief) -> tuple[float, float]:
    """Whether names in quotation marks differ: each text names what the other does not; only one text does."""
    if not one.names and not other.names:
        return 0.0, 0.0
    alone_one = any(name not in other.text for name in one.names)
    alone_other = any(name not in one.text for name in other.names)
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
    "beside",
    "field",
    "named_apart",
    "named_once",
    *ASIDE,
)
"""The features, in order. Those of `AGAINST` speak against sameness, the others for it."""

AGAINST = frozenset({"left_more", "left_less", "beside", "field", "named_apart", "named_once", *ASIDE})


def measure(one: Profile, other: Profile) -> Evidence:
    """The features of a pair of texts, in the order of `NAMES`, and the match that explains them."""
    duties = _compare_duties(one.duties, other.duties)
    head, head_fit = _compare_heads(one, other)
    match = duties.match
    best = match.value if match else 0.0
    cosine, held_one, held_other = similarity.overlap(one.grams, other.grams)
    held = max(held_one, held_other)
    runs = similarity.shared_runs(one.grams, other.grams)
    of_one, of_other = _answer(one, duties.rows), _answer(other, duties.columns)
    more, less = max(of_one.cover, of_other.cover), min(of_one.cover, of_other.cover)
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
        max(of_one.lead, of_other.lead),
        min(of_one.lead, of_other.lead),
        max(met_a, met_b),
        min(met_a, met_b),
        max(of_one.left, of_other.left),
        min(of_one.left, of_other.left),
        (1 - head_fit) * max(of_one.left, of_other.left),
        _in_field(match),
        *_named_apart(one.brief, other.brief),
        *_aside(match),
    )
    return Evidence(values, match, of_one.cover, of_other.cover)
