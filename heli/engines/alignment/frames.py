"""Duty frames: what a Chinese task text asks of whom, how often, and in what manner.

A text may hold several duties ("hold branch meetings, collect dues and file the minutes"). Each duty is a concept of
the lexicon with the kind of action on it; the action decides whether two texts about one thing ask the same (to hold a
meeting is not to draw up the rule for it). Words and patterns live in `data/frames_*`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from heli.engines.alignment import lexicon
from heli.engines.alignment.lexicon import Mention
from heli.engines.alignment.meanings import CLAUSE_ENDS
from heli.engines.alignment.wording import DATA, Wording, compile_pattern, fold, normal

REACH = 12
"""Characters around a concept in which a word of action belongs to it."""

PURPOSE_SALIENCE, CONTEXT_SALIENCE, ACTOR_SALIENCE, FIELD_SALIENCE = 0.5, 0.35, 0.4, 0.4
_GENERIC = frozenset({"build", "hold", ""})
_PRODUCTS = frozenset({"rule", "plan"})
_OVERRULING = frozenset({"attend", "check", "assess", "report", "survey", "publish", "select", "summary", "study"})

_SHARED_DOING = frozenset({"serve", "care", "pay", "handle", "collect"})
"""Kinds in which to take part is to do."""

_TELLING = _OVERRULING | _PRODUCTS


class Duty(NamedTuple):
    """A concept and the kind of action on it, at [start, end) of the normal text. `salience` is 0 to 1."""

    concept: str
    kind: str
    start: int
    end: int
    salience: float


@dataclass(frozen=True, slots=True)
class Frame:
    """One duty of a text in words.

    `action` is a kind of `data/frames_kinds.csv`; `object` a concept code (empty where the lexicon knows none) and
    `object_name` its Chinese name; `subject` and `audience` name groups of `data/frames_parts.toml`; `frequency` is
    (count, period) with period month, two_months, quarter, half, year, term, week or event; `form` is plan, rubric,
    survey or duty; `negative` marks a rubric line that names the failure instead of the duty; `span` is the place in
    the source.
    """

    action: str
    object: str
    object_name: str
    subject: str
    audience: tuple[str, ...]
    frequency: tuple[int, str] | None
    form: str
    negative: bool
    key_terms: tuple[str, ...]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read from a text once and compared many times; positions are those of the normal text."""

    source: str
    wording: Wording
    duties: tuple[Duty, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The action words: patterns for one place (before, around, product) with the kind of each word."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    products: re.Pattern[str]
    makes: re.Pattern[str]
    attends: re.Pattern[str]
    holds: re.Pattern[str]
    done: re.Pattern[str]
    done_later: re.Pattern[str]
    done_with_outcome: re.Pattern[str]
    takes_object: re.Pattern[str]
    outcome: re.Pattern[str]
    kinds_before: dict[str, str]
    kinds_after: dict[str, str]
    kinds_products: dict[str, str]


def _alternation(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))))


@lru_cache(maxsize=1)
def _words() -> _Words:
    places: dict[str, dict[str, str]] = {"verb": {}, "both": {}, "product": {}, "make": {}}
    with (DATA / "frames_actions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = "make" if row["kind"] == "make" else row["place"]
            for word in row["words"].split("|"):
                places[place][word] = row["kind"]
    before = places["verb"] | places["both"]
    after = _alternation(list(places["both"])).pattern
    parts = {name: pattern.pattern for name, pattern in _parts()["actions"].items()}
    return _Words(
        before=_alternation(list(before)),
        after=_alternation(list(places["both"])),
        products=_alternation(list(places["product"])),
        makes=_alternation(list(places["make"])),
        attends=_alternation([word for word, kind in places["verb"].items() if kind == "attend"]),
        holds=_alternation([word for word, kind in places["verb"].items() if kind == "hold"]),
        done=re.compile(f"{parts['filler']}(?P<word>{after})"),
        done_with_outcome=re.compile(f"{parts['outcome_of']}(?P<word>{after})"),
        done_later=re.compile(f"{parts['carried_out']}(?P<word>{after})"),
        takes_object=re.compile(parts["takes_object"]),
        outcome=_parts()["purpose"]["outcome"],
        kinds_before=before,
        kinds_after=places["both"],
        kinds_products=places["product"],
    )


@lru_cache(maxsize=1)
def _parts() -> dict[str, dict[str, re.Pattern[str]]]:
    table = tomllib.loads((DATA / "frames_parts.toml").read_text("utf-8"))
    return {
        section: {name: compile_pattern(pattern) for name, pattern in patterns.items()}
        for section, patterns in table.items()
    }


@dataclass(frozen=True, slots=True)
class _Clause:
    """The clause of a mention: its place, and its words before, of and after the mention."""

    start: int
    text: str
    before: str
    after: str


def _clauses(text: str, mentions: Sequence[Mention]) -> list[_Clause]:
    """The clause around each mention."""
    marks = [at for at, character in enumerate(text) if character in CLAUSE_ENDS]
    found = []
    for mention in mentions:
        left = bisect_left(marks, mention.start)
        right = bisect_left(marks, mention.end)
        start = marks[left - 1] + 1 if left else 0
        end = marks[right] if right < len(marks) else len(text)
        found.append(
            _Clause(start, text[start:end], text[start : mention.start], text[mention.end : max(end, mention.end)])
        )
    return found


def _product_kind(before: str, after: str, words: _Words) -> str:
    """Rule, plan or record, where the concept only names what a paper is about. `after` begins with the concept."""
    made = words.makes.search(before)
    if not made:
        return ""
    named = words.products.findall(after)
    return words.kinds_products[named[-1]] if named else ""


def _handled(before: str, after: str, words: _Words) -> str:
    """The specific action named after a concept: at once, after filler words, or as "carry out a check of it"."""
    found = words.done.match(after) or words.done_with_outcome.match(after)
    if not found and words.takes_object.match(before):
        found = words.done_later.search(after)
    kind = words.kinds_after[found.group("word")] if found else ""
    return "" if kind in _GENERIC else kind


def _led(before: str, words: _Words) -> list[str]:
    """The kinds of the action words before a concept, the nearest last."""
    return [words.kinds_before[found.group()] for found in words.before.finditer(before[-REACH:])]


def _kind(mention: str, clause: _Clause, implied: str, words: _Words) -> str:
    """The kind of action on a mention: a paper made about it, a word beside it, or what the concept implies."""
    before = clause.before
    if words.outcome.match(clause.text):
        return "outcome"
    product = _product_kind(before, mention + clause.after[:REACH], words)
    if product:
        return product if implied != "plan" or product == "rule" else "plan"
    kinds = _led(before, words) if before else []
    if "guide" in kinds:
        return "guide"
    if before and words.holds.search(before):
        kinds = [kind for kind in kinds if kind != "attend"]
    takes_part = before and words.attends.search(before) and not words.holds.search(before)
    if takes_part and implied not in _SHARED_DOING:
        return "attend"
    handled = _handled(before, clause.after, words) if clause.after else ""
    if handled and implied not in _PRODUCTS:
        return handled
    specific = [kind for kind in kinds if kind not in _GENERIC]
    if specific and (implied in _GENERIC or specific[-1] in _OVERRULING):
        return specific[-1]
    if before and words.makes.search(before[-REACH:]):
        return implied if implied in ("rule", "plan", "record") else "build"
    return implied or (kinds[-1] if kinds else "build")


def _salience(mention: Mention, clause: _Clause, weight: float) -> float:
    """How much a mention says about what is to be done; less in a clause of purpose or in a mere reference."""
    parts, actors = _parts()["purpose"], lexicon.load().actors
    acts = mention.concept in actors.codes and mention.start - clause.start <= 4
    if acts and actors.verbs.match(clause.after):
        return weight * ACTOR_SALIENCE
    if parts["within"].match(clause.after) or parts["context"].search(clause.before):
        return weight * CONTEXT_SALIENCE
    if clause.start > 0 and parts["clause"].match(clause.text):
        return weight * PURPOSE_SALIENCE
    return weight


def _duties(text: str, mentions: tuple[Mention, ...]) -> tuple[Duty, ...]:
    words, concepts = _words(), lexicon.load().concepts
    duties: dict[tuple[str, str], Duty] = {}
    in_clause: dict[tuple[str, int], Duty] = {}
    for mention, clause in zip(mentions, _clauses(text, mentions), strict=True):
        concept = concepts[mention.concept]
        kind = _kind(text[mention.start : mention.end], clause, concept.kind, words)
        duty = Duty(concept.code, kind, mention.start, mention.end, _salience(mention, clause, concept.weight))
        place = concept.code, clause.start
        other = in_clause.get(place)
        if other is not None and kind not in _TELLING:
            continue
        if other is not None and other.kind not in _TELLING:
            duties.pop((concept.code, other.kind), None)
        in_clause[place] = duty
        known = duties.get((concept.code, kind))
        if known is None or known.salience < duty.salience:
            duties[concept.code, kind] = duty
    return _without_fields(sorted(duties.values(), key=lambda duty: (duty.start, duty.end, duty.concept)))


def _without_fields(duties: list[Duty]) -> tuple[Duty, ...]:
    """Fade the field where the text also names a duty of it: "ideology" beside "ideology training"."""
    book = lexicon.load()
    named = frozenset[str]().union(*(book.ancestors(duty.concept) for duty in duties))
    return tuple(
        duty._replace(salience=duty.salience * FIELD_SALIENCE)
        if duty.concept in named and book.concepts[duty.concept].broad
        else duty
        for duty in duties
    )


def _first(section: str, text: str) -> str:
    """The name of the pattern that is seen first in the text; the longer name of a group wins a tie."""
    seen = [(found.start(), order, name) for order, (name, pattern) in enumerate(_parts()[section].items())
            if (found := pattern.search(text))]  # fmt: skip
    return min(seen)[2] if seen else ""


def _form(folded: str) -> str:
    for name, pattern in _parts()["forms"].items():
        if pattern.search(folded):
            return name
    return "duty"


@lru_cache(maxsize=4_096)
def read(text: str) -> Reading:
    """Read a text once: normal form, concepts and duties. Cached by text."""
    wording = normal(text)
    mentions = lexicon.load().mentions(wording.text)
    return Reading(text, wording, _duties(wording.text, mentions), mentions)


def frequency(text: str) -> tuple[int, str] | None:
    """How often a text asks, as (count, period), or None where it does not say."""
    folded = fold(text).text
    seen = []
    for order, (period, pattern) in enumerate(_parts()["frequency"].items()):
        found = pattern.search(folded)
        if found:
            counts = [value for value in found.groupdict().values() if value]
            seen.append((found.start(), order, _count(counts[0]) if counts else 1, period))
    if not seen:
        return None
    _, _, count, period = min(seen)
    return count, period


def _count(figure: str) -> int:
    """A count in figures or numerals up to 99; 1 where it is neither."""
    if figure.isdecimal():
        return int(figure)
    digits, ten, two = _numerals()
    if figure == two:
        return 2
    head, mark, tail = figure.partition(ten)
    if not mark:
        return max(digits.find(figure), 1) if len(figure) == 1 else 1
    return (digits.find(head) if head else 1) * 10 + (digits.find(tail) if tail else 0)


@lru_cache(maxsize=1)
def _numerals() -> tuple[str, str, str]:
    figures = tomllib.loads((DATA / "lexicon_wording.toml").read_text("utf-8"))["figures"]
    return figures["digits"], figures["ten"], figures["two"]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What holds for all duties of a text: who, for whom, how often, in what kind of paper."""

    subject: str
    audience: tuple[str, ...]
    frequency: tuple[int, str] | None
    form: str
    negative: bool
    key_terms: tuple[str, ...]


def _setting(reading: Reading) -> _Setting:
    concepts, text = lexicon.load().concepts, reading.wording.text
    counted = Counter(concepts[duty.concept].name_zh for duty in reading.duties)
    return _Setting(
        subject=_first("subject", text),
        audience=tuple(sorted(name for name, pattern in _parts()["audience"].items() if pattern.search(text))),
        frequency=frequency(reading.source),
        form=_form(fold(reading.source).text),
        negative=bool(_parts()["polarity"]["negative"].search(text)),
        key_terms=tuple(name for name, _ in counted.most_common()),
    )


def _frame(reading: Reading, duty: Duty | None) -> Frame:
    setting = _setting(reading)
    whole = (0, len(reading.source) if reading.wording.text else 0)
    return Frame(
        action=duty.kind if duty else "build",
        object=duty.concept if duty else "",
        object_name=lexicon.load().concepts[duty.concept].name_zh if duty else "",
        subject=setting.subject,
        audience=setting.audience,
        frequency=setting.frequency,
        form=setting.form,
        negative=setting.negative,
        key_terms=setting.key_terms,
        span=reading.wording.source_span(duty.start, duty.end) if duty else whole,
    )


def read_frames(text: str) -> tuple[Frame, ...]:
    """Return the duty frames of a task text in order of appearance; one frame without an object where none is known."""
    reading = read(text)
    if not reading.duties:
        return (_frame(reading, None),)
    return tuple(_frame(reading, duty) for duty in reading.duties)


def read_frame(text: str) -> Frame:
    """Return the main duty frame: the most telling concept, the earlier one in a tie."""
    reading = read(text)
    if not reading.duties:
        return _frame(reading, None)
    return _frame(reading, max(reading.duties, key=lambda duty: (duty.salience, -duty.start)))
