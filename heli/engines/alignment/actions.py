"""What is done about a concept: the action words around its mention in a clause (`data/frames_actions.csv`)."""

from __future__ import annotations

import csv
import re
import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from heli.engines.alignment.lexicon import Mention
from heli.engines.alignment.meanings import CLAUSE_ENDS
from heli.engines.alignment.wording import DATA, compile_pattern

REACH = 12
"""Characters around a concept in which a word of action belongs to it."""

NAME = 4
"""Characters of a concept that tell whether the word before it belongs to its name ("public pledge")."""

_GENERIC = frozenset({"build", "hold", ""})
_PRODUCTS = frozenset({"rule", "plan"})
_OVERRULING = frozenset({"attend", "check", "assess", "report", "survey", "publish", "select", "summary", "study"})

_SHARED_DOING = frozenset({"serve", "care", "pay", "handle", "collect", "check"})
"""Kinds in which to take part is to do."""

TELLING = _OVERRULING | _PRODUCTS


@dataclass(frozen=True, slots=True)
class _Words:
    """The action words: patterns for one place (before, around, product) with the kind of each word."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    products: re.Pattern[str]
    makes: re.Pattern[str]
    attends: re.Pattern[str]
    holds: re.Pattern[str]
    spreads: re.Pattern[str]
    studied: re.Pattern[str]
    joined: re.Pattern[str]
    done: re.Pattern[str]
    done_later: re.Pattern[str]
    done_with_outcome: re.Pattern[str]
    takes_object: re.Pattern[str]
    outcome: re.Pattern[str]
    kinds_before: dict[str, str]
    kinds_after: dict[str, str]
    kinds_products: dict[str, str]


def _alternation(words: list[str]) -> re.Pattern[str]:
    """One pattern of all words, the longer first, each without what would make another word of it."""
    cuts = parts()["cuts"]
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(
        "|".join(f"{re.escape(word)}(?!{cuts[word].pattern})" if word in cuts else re.escape(word) for word in ordered)
    )


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
    hold = _alternation([word for word, kind in places["verb"].items() if kind == "hold"]).pattern
    around = {name: pattern.pattern for name, pattern in parts()["actions"].items()}
    return _Words(
        before=_alternation(list(before)),
        after=_alternation(list(places["both"])),
        products=_alternation(list(places["product"])),
        makes=_alternation(list(places["make"])),
        attends=_alternation([word for word, kind in places["verb"].items() if kind == "attend"]),
        holds=re.compile(f"(?:{hold}){around['own']}"),
        spreads=re.compile(around["spreads"]),
        studied=re.compile(around["studied"]),
        joined=re.compile(around["joined"]),
        done=re.compile(f"{around['filler']}(?P<word>{after})"),
        done_with_outcome=re.compile(f"{around['outcome_of']}(?P<word>{after})"),
        done_later=re.compile(f"{around['carried_out']}(?P<word>{after})"),
        takes_object=re.compile(around["takes_object"]),
        outcome=parts()["purpose"]["outcome"],
        kinds_before=before,
        kinds_after=places["both"],
        kinds_products=places["product"],
    )


@lru_cache(maxsize=1)
def parts() -> dict[str, dict[str, re.Pattern[str]]]:
    """The patterns of `data/frames_parts.toml`, by section and name."""
    table = tomllib.loads((DATA / "frames_parts.toml").read_text("utf-8"))
    return {
        section: {name: compile_pattern(pattern) for name, pattern in patterns.items()}
        for section, patterns in table.items()
    }


class Clause(NamedTuple):
    """The clause of a mention: its place, its words, those before and after the mention, and those just before it.

    `near` begins after the mention before, unless both are of one list.
    """

    start: int
    text: str
    before: str
    after: str
    near: str


def clauses_of(text: str, mentions: Sequence[Mention]) -> list[Clause]:
    """The clause around each mention."""
    marks = [at for at, character in enumerate(text) if character in CLAUSE_ENDS]
    found: list[Clause] = []
    joint = parts()["purpose"]["joint"]
    last = near = 0
    for mention in mentions:
        left = bisect_left(marks, mention.start)
        right = bisect_left(marks, mention.end)
        start = marks[left - 1] + 1 if left else 0
        end = marks[right] if right < len(marks) else len(text)
        if not joint.match(text[last : mention.start]):
            near = max(start, last if last <= mention.start else near)
        near = max(start, near)
        before, after = text[start : mention.start], text[mention.end : max(end, mention.end)]
        found.append(Clause(start, text[start:end], before, after, text[near : mention.start]))
        last = max(last, mention.end)
    return found


def _product_kind(before: str, after: str, words: _Words) -> str:
    """Rule, plan or record, where the concept only names what a paper is about. `after` begins with the concept."""
    if words.studied.search(before):
        return ""
    if not words.makes.search(before):
        return "plan" if parts()["actions"]["named_plan"].match(after) else ""
    named = words.products.findall(after)
    return words.kinds_products[named[-1]] if named else ""


def _handled(before: str, after: str, implied: str, words: _Words) -> str:
    """The specific action named after a concept: at once, after filler words, or as "carry out a check of it".

    Where the concept names an action itself, what is joined to it ("education and supervision") is a second one.
    """
    if implied not in _GENERIC and words.joined.match(after):
        return ""
    found = words.done.match(after) or words.done_with_outcome.match(after)
    if not found and words.takes_object.match(before):
        found = words.done_later.search(after)
    kind = words.kinds_after[found.group("word")] if found else ""
    return "" if kind in _GENERIC else kind


def _led(before: str, mention: str, words: _Words) -> list[str]:
    """The kinds of the action words before a concept, the nearest last; what runs on into its name is none."""
    reach = before[-REACH:]
    seen = words.before.finditer(reach + mention[:NAME])
    return [words.kinds_before[found.group()] for found in seen if found.end() <= len(reach)]


def _takes_part(mention: str, before: str, implied: str, words: _Words) -> bool:
    """Whether a duty is to go to what somebody holds: "attend" stands there, and no "hold" before it.

    Where the very name of a duty begins so ("take part in decisions"), to take part is the duty.
    """
    if implied != "attend" and words.attends.match(mention):
        return False
    lead = before if implied == "attend" else before + mention
    found = words.attends.search(lead)
    return found is not None and not words.holds.search(lead[: found.start()])


def kind_of(mention: str, clause: Clause, implied: str) -> str:
    """The kind of action on a mention: a paper made about it, a word beside it, or what the concept implies."""
    before, words = clause.before, _words()
    if words.outcome.match(clause.text):
        return "outcome"
    product = _product_kind(before, mention + clause.after[:REACH], words)
    if product:
        return product if implied != "plan" or product == "rule" else "plan"
    kinds = _led(before, mention, words) if before else []
    if "guide" in kinds:
        return "guide"
    takes_part = _takes_part(mention, before, implied, words)
    if takes_part and implied not in _SHARED_DOING:
        return "attend"
    if not takes_part:
        kinds = [kind for kind in kinds if kind != "attend"]
    heard = parts()["purpose"]["heard"]
    if implied != "survey" and (heard.search(before) or heard.match(mention[: len(mention) // 2])):
        return "study"
    handled = _handled(before, clause.after, implied, words) if clause.after else ""
    if handled and implied not in _PRODUCTS and not (handled == implied and set(kinds) & _OVERRULING):
        return handled
    if before and words.spreads.search(before):
        return "spread"
    specific = [kind for kind in kinds if kind not in _GENERIC]
    if specific and (implied in _GENERIC or specific[-1] in _OVERRULING):
        return specific[-1]
    if before and words.makes.search(before[-REACH:]):
        return implied if implied in ("rule", "plan", "record") else "build"
    return implied or (kinds[-1] if kinds else "build")
