"""Duty frames: what a Chinese task text asks of whom, how often, and in what manner.

A text may hold several duties ("hold branch meetings, collect dues and file the minutes"). Each duty is a concept of
the lexicon with the kind of action on it; the action decides whether two texts about one thing ask the same (to hold a
meeting is not to draw up the rule for it). Words and patterns live in `data/frames_*`.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from heli.engines.alignment import actions, lexicon
from heli.engines.alignment.actions import Clause
from heli.engines.alignment.lexicon import Mention
from heli.engines.alignment.wording import DATA, Wording, fold, normal

PARTS = 3
"""Parts of a whole that stand for it when they are named together."""

REST = 4
"""Characters after a mention that may still belong to its name ("the spirit of it")."""

RECIPIENT_SALIENCE = READ_SALIENCE = 0.15
PURPOSE_SALIENCE, CONTEXT_SALIENCE, ACTOR_SALIENCE, FIELD_SALIENCE = 0.5, 0.35, 0.4, 0.4


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


def _is_recipient(words: str, clause: Clause) -> bool:
    """Whether a mention is only to whom something is told ("report to the committee")."""
    parts = actions.parts()["purpose"]
    return bool(parts["recipient"].search(clause.before)) and not parts["tells"].match(words)


def _is_context(mention: Mention, clause: Clause) -> bool:
    """Whether a mention is only where, when or by what something is done; one around a gap tells the deed itself."""
    parts = actions.parts()["purpose"]
    if len(mention.pieces) == 1 and parts["context"].search(clause.near):
        return True
    if parts["within"].match(clause.after) and not parts["heard"].search(clause.before):
        return True
    return len(clause.after) > REST and bool(parts["carried"].search(clause.near))


def _is_read(text: str, mention: Mention, implied: str) -> bool:
    """Whether a mention stands in a list of what to study, or in the title of what is only read ("study the <Rules on
    dues>")."""
    listed = actions.parts()["purpose"]["reading_list"].match(text)
    if listed and mention.start >= listed.end():
        return True
    opened = text.rfind("\u300a", 0, mention.start) if implied != "learn" else -1
    if opened < 0 or text.find("\u300b", opened, mention.start) >= 0 or text.find("\u300b", mention.end) < 0:
        return False
    return bool(actions.parts()["purpose"]["reads"].search(text[:opened]))


def _salience(mention: Mention, words: str, clause: Clause, weight: float) -> float:
    """How much a mention says about what is to be done; less in a clause of purpose or in a mere reference."""
    parts, actors = actions.parts()["purpose"], lexicon.load().actors
    acts = mention.concept in actors.codes and mention.start - clause.start <= 4
    if acts and actors.verbs.match(clause.after) and not parts["acted_upon"].search(clause.before):
        return weight * ACTOR_SALIENCE
    if _is_recipient(words, clause) or parts["said"].match(clause.after):
        return weight * RECIPIENT_SALIENCE
    if _is_context(mention, clause):
        return weight * CONTEXT_SALIENCE
    if clause.start > 0 and parts["clause"].match(clause.text):
        return weight * PURPOSE_SALIENCE
    return weight


def _duties(text: str, mentions: tuple[Mention, ...]) -> tuple[Duty, ...]:
    concepts = lexicon.load().concepts
    duties: dict[tuple[str, str], Duty] = {}
    in_clause: dict[tuple[str, int], Duty] = {}
    for mention, clause in zip(mentions, actions.clauses_of(text, mentions), strict=True):
        concept = concepts[mention.concept]
        told = text[mention.start : mention.end]
        kind = actions.kind_of(told, clause, concept.kind)
        salience = _salience(mention, told, clause, concept.weight)
        if _is_read(text, mention, concept.kind):
            salience = min(salience, READ_SALIENCE)
        duty = Duty(concept.code, kind, mention.start, mention.end, salience)
        place = concept.code, clause.start
        other = in_clause.get(place)
        if other is not None and kind not in actions.TELLING:
            continue
        if other is not None and other.kind not in actions.TELLING:
            duties.pop((concept.code, other.kind), None)
        in_clause[place] = duty
        known = duties.get((concept.code, kind))
        if known is None or known.salience < duty.salience:
            duties[concept.code, kind] = duty
    in_order = sorted(duties.values(), key=lambda duty: (duty.start, duty.end, duty.concept))
    return _without_fields([*in_order, *_wholes(in_order)])


def _wholes(duties: Sequence[Duty]) -> list[Duty]:
    """The whole beside its parts: who names three of the meetings asks for the system of meetings."""
    found = []
    for whole, parts in lexicon.load().wholes.items():
        named = [duty for duty in duties if duty.concept in parts]
        if len({duty.concept for duty in named}) >= PARTS and all(duty.concept != whole for duty in duties):
            kinds = {duty.kind for duty in named}
            kind = kinds.pop() if kinds == {"attend"} else lexicon.load().concepts[whole].kind
            found.append(Duty(whole, kind, named[0].start, named[0].end, max(duty.salience for duty in named)))
    return found


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
    seen = [(found.start(), order, name) for order, (name, pattern) in enumerate(actions.parts()[section].items())
            if (found := pattern.search(text))]  # fmt: skip
    return min(seen)[2] if seen else ""


def _form(folded: str) -> str:
    for name, pattern in actions.parts()["forms"].items():
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
    for order, (period, pattern) in enumerate(actions.parts()["frequency"].items()):
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
        audience=tuple(sorted(name for name, pattern in actions.parts()["audience"].items() if pattern.search(text))),
        frequency=frequency(reading.source),
        form=_form(fold(reading.source).text),
        negative=bool(actions.parts()["polarity"]["negative"].search(text)),
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
