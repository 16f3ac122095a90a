"""The verdict on two task texts: the same duty, related, or different, with a reason and the evidence.

Two logistic scores over the features of a pair ("at least related", "the same") are read from
`data/verdict_weights.json`, which `python -m heli.engines.alignment.training` writes. They are joined into one score:
0.80 and more is the same duty, 0.50 to 0.80 related, less different. Nothing here decides for a person; it proposes and
says why.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import mul
from typing import Literal, NamedTuple

from heli.engines.alignment import features, lexicon, reversals, similarity
from heli.engines.alignment.features import Brief, Evidence, Match, Profile
from heli.engines.alignment.frames import Reading, read
from heli.engines.alignment.similarity import Grams
from heli.engines.alignment.wording import DATA

SAME_FROM, RELATED_FROM = 0.80, 0.50
_REVERSED = 0.79
"""Highest score of two texts of which one ends what the other does: never the same."""

Label = Literal["same", "related", "different"]


class Span(NamedTuple):
    """A place [start, end) in a source text; `role` is shared or differs."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of `data/reasons_pairs.toml` and what to fill in (concept and kind codes)."""

    code: str
    params: Mapping[str, str]

    def text(self, language: str = "zh") -> str:
        """The reason as a sentence; `language` is zh or en (any tag that begins so)."""
        short = "en" if language.startswith("en") else "zh"
        names = {name: _name(name, code, short) for name, code in self.params.items()}
        sentence: str = _sentences()[self.code][short].format(**names)
        return sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two texts are to each other. `score` is 0 to 1: same from 0.80, related from 0.50."""

    verdict: Label
    score: float
    reason: Reason
    text_a: str
    text_b: str

    @property
    def spans_a(self) -> tuple[Span, ...]:
        """The places of the first text that the second shares, and the duties it does not share, in order."""
        return _marks(self.text_a, self.text_b)

    @property
    def spans_b(self) -> tuple[Span, ...]:
        """The same of the second text."""
        return _marks(self.text_b, self.text_a)

    def swapped(self) -> Verdict:
        """The same verdict for the two texts in the other order."""
        return replace(self, reason=_swap(self.reason), text_a=self.text_b, text_b=self.text_a)


@dataclass(frozen=True, slots=True)
class _Weights:
    """The weights on raw features, the cuts, and how rare character pairs are."""

    same: tuple[float, ...]
    related: tuple[float, ...]
    cut_same: float
    cut_related: float
    rarity: Mapping[str, float]
    rarity_default: float


@lru_cache(maxsize=1)
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads((DATA / "reasons_pairs.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _weights() -> _Weights:
    table = json.loads((DATA / "verdict_weights.json").read_text("utf-8"))
    if tuple(table["features"]) != features.NAMES:
        raise ValueError("verdict_weights.json is of other features; run python -m heli.engines.alignment.training")
    return _Weights(
        same=_on_raw(table["same"], table),
        related=_on_raw(table["related"], table),
        cut_same=table["cut_same"],
        cut_related=table["cut_related"],
        rarity=table["rarity"],
        rarity_default=table["rarity_default"],
    )


def _on_raw(weights: Sequence[float], table: Mapping[str, Sequence[float]]) -> tuple[float, ...]:
    """Weights on standardized features turned into weights on the features themselves; the first is the constant."""
    raw = [weight / scale for weight, scale in zip(weights, table["scale"], strict=True)]
    raw[0] -= sum(weight * mean for weight, mean in zip(raw[1:], table["mean"][1:], strict=True))
    return tuple(raw)


def _name(slot: str, code: str, language: str) -> str:
    """The name of a kind of action or of a concept in a language."""
    if slot.startswith("action"):
        return features.kinds()[code][language]
    concept = lexicon.load().concepts[code]
    return concept.name_en if language == "en" else concept.name_zh


def _swap(reason: Reason) -> Reason:
    """The reason with the first and the second text exchanged."""
    turned = {"contained_in_a": "contained_in_b", "contained_in_b": "contained_in_a"}
    ends = {"_a": "_b", "_b": "_a"}
    params = {slot[:-2] + ends[slot[-2:]] if slot[-2:] in ends else slot: code for slot, code in reason.params.items()}
    return Reason(turned.get(reason.code, reason.code), params)


def weigh(text: str) -> Grams:
    """The character pairs of a normal text with the shipped weights."""
    weights = _weights()
    return similarity.weigh(text, weights.rarity, weights.rarity_default)


@lru_cache(maxsize=4_096)
def _profile(text: str) -> Profile:
    """What is compared of a source text, worked out once."""
    return features.profile(features.brief(read(text)), weigh)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def _score(values: Sequence[float], weights: _Weights) -> float:
    """The joined score of a pair's features."""
    same = sum(map(mul, values, weights.same))
    related = sum(map(mul, values, weights.related))
    return join_scores(_logistic(same), _logistic(related), weights.cut_same, weights.cut_related)


def join_scores(same: float, related: float, cut_same: float, cut_related: float) -> float:
    """Join the chance of "same" and of "at least related" into one score with steps at 0.80 and 0.50."""
    if same >= cut_same:
        return SAME_FROM + (1 - SAME_FROM) * (same - cut_same) / (1 - cut_same)
    near_same = same / cut_same
    if related >= cut_related:
        share = 0.5 * (related - cut_related) / (1 - cut_related) + 0.5 * near_same
        return RELATED_FROM + (SAME_FROM - RELATED_FROM) * min(share, 0.999)
    return RELATED_FROM * 0.999 * min(1.0, 0.5 * related / cut_related + 0.5 * near_same)


def label(score: float) -> Label:
    """The word for a score."""
    if score >= SAME_FROM:
        return "same"
    return "related" if score >= RELATED_FROM else "different"


def _object_reason(code: str, match: Match) -> Reason:
    if match.duty_a.concept == match.duty_b.concept:
        return Reason(code, {"object": match.duty_a.concept})
    return Reason("same_kin", {"object_a": match.duty_a.concept, "object_b": match.duty_b.concept})


def _reason_same(evidence: Evidence, wording: float) -> Reason:
    match = evidence.match
    if match is None or (match.nearness < 0.5 and wording > 0.5):
        return Reason("same_words", {})
    if match.nearness == 1 and evidence.cover_a > evidence.cover_b + 0.3:
        return Reason("contained_in_b", {"object": match.duty_a.concept})
    if match.nearness == 1 and evidence.cover_b > evidence.cover_a + 0.3:
        return Reason("contained_in_a", {"object": match.duty_a.concept})
    return _object_reason("same_duty", match)


def _reason_related(evidence: Evidence) -> Reason:
    match = evidence.match
    if match is None:
        return Reason("near_words", {})
    if match.nearness == 1 and match.compat <= 0.8:
        return Reason(
            "other_action",
            {"object": match.duty_a.concept, "action_a": match.duty_a.kind, "action_b": match.duty_b.kind},
        )
    if match.nearness == 1:
        return Reason("same_object_partly", {"object": match.duty_a.concept})
    return Reason("kin", {"object_a": match.duty_a.concept, "object_b": match.duty_b.concept})


def _main(text: Brief) -> str:
    """The concept a text is mainly about, or nothing."""
    best = max(text.duties, key=lambda duty: (duty.salience, -duty.start), default=None)
    return best.concept if best else ""


def _reason_different(one: Brief, other: Brief, evidence: Evidence) -> Reason:
    match = evidence.match
    if match is not None and match.nearness == 1:
        return Reason("side_mention", {"object": match.duty_a.concept})
    main_a, main_b = _main(one), _main(other)
    if main_a and main_b and main_a != main_b:
        return Reason("other_object", {"object_a": main_a, "object_b": main_b})
    return Reason("nothing_shared", {})


def _reason(one: Brief, other: Brief, evidence: Evidence, verdict: Label) -> Reason:
    if one.text == other.text:
        return Reason("identical", {})
    if verdict == "same":
        return _reason_same(evidence, evidence.values[features.NAMES.index("wording")])
    if verdict == "related" and reversals.are_reversed(one.text, other.text):
        return Reason("reversed", {})
    return _reason_related(evidence) if verdict == "related" else _reason_different(one, other, evidence)


def _marks(text: str, other_text: str) -> tuple[Span, ...]:
    """The places of a text that the other shares, and the duties it does not share."""
    reading, other = read(text), read(other_text)
    if not reading.wording.text or not other.wording.text:
        return ()
    roles = _roles(reading, {duty.concept for duty in other.duties}, other.wording.text)
    spans: list[Span] = []
    start = 0
    for at in range(1, len(roles) + 1):
        if at == len(roles) or roles[at] != roles[start]:
            if roles[start]:
                spans.append(Span(*reading.wording.source_span(start, at), roles[start]))
            start = at
    return tuple(spans)


def _roles(reading: Reading, theirs: Set[str], other: str) -> list[str]:
    """For each character of the normal text whether it is shared, differs, or neither."""
    text = reading.wording.text
    roles = [""] * len(text)
    for mention in reading.mentions:
        role = "shared" if mention.concept in theirs else "differs"
        for start, end in mention.pieces:
            roles[start:end] = [role] * (end - start)
    for at in range(len(text) - similarity.RUN + 1):
        if text[at : at + similarity.RUN] in other:
            roles[at : at + similarity.RUN] = ["shared"] * similarity.RUN
    return roles


def _are_turned(one: Profile, other: Profile) -> bool:
    """Whether two texts are judged the other way round: in an order of their own, so that swapping changes nothing."""
    first, second = one.brief, other.brief
    return (second.text, second.source) < (first.text, first.source)


def _scored(first: Profile, second: Profile) -> tuple[float, Evidence | None]:
    """The score of two texts and what it rests on; nothing where one has no words."""
    one, other = first.brief.text, second.brief.text
    if not one or not other:
        return 0.0, None
    evidence = features.measure(first, second)
    score = round(1.0 if one == other else min(_score(evidence.values, _weights()), 0.999), 4)
    if one != other and score >= SAME_FROM and reversals.are_reversed(one, other):
        return _REVERSED, evidence
    return score, evidence


def _verdict(first: Profile, second: Profile, score: float, evidence: Evidence | None) -> Verdict:
    one, other = first.brief, second.brief
    if evidence is None:
        return Verdict("different", score, Reason("empty", {}), one.source, other.source)
    word = label(score)
    return Verdict(word, score, _reason(one, other, evidence, word), one.source, other.source)


def judge(one: Profile, other: Profile, at_least: float) -> Verdict | None:
    """Verdict on two texts; None where the score is below `at_least`, since nobody asks why not."""
    is_turned = _are_turned(one, other)
    first, second = (other, one) if is_turned else (one, other)
    score, evidence = _scored(first, second)
    if score < at_least:
        return None
    verdict = _verdict(first, second, score, evidence)
    return verdict.swapped() if is_turned else verdict


def compare(a: str, b: str) -> Verdict:
    """Return what two task texts are to each other.

    `score` is 0 to 1: from 0.80 the same duty (a duplicate on the board), from 0.50 related. Frequency, level and dates
    do not count. Swapping the texts swaps the evidence and changes nothing else; texts that differ only in width,
    spaces, quotation marks or the way figures are written score 1.0; a text without words is different from all.
    """
    one, other = _profile(a), _profile(b)
    if _are_turned(one, other):
        return _verdict(other, one, *_scored(other, one)).swapped()
    return _verdict(one, other, *_scored(one, other))
