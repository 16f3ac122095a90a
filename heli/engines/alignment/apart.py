"""What keeps two items that ask the same from being a duplicate on the board.

Steps under one heading, degrees of one rule, stretches that follow each other, rules with other titles, a rule beside
its use, and two texts that only have a field in common ask nothing twice. Words stand in `data/slots_conflicts.toml`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from heli.engines.alignment import lexicon, similarity, wordlists
from heli.engines.alignment.features import TELLING
from heli.engines.alignment.frames import read
from heli.engines.alignment.items import Item
from heli.engines.alignment.verdicts import Reason, Verdict
from heli.engines.alignment.wording import normal

IDENTICAL = 1.0
"""Score from which two texts are taken for the same words."""
_ALIKE = 0.3
"""Share of the character pairs of the shorter item that two duplicates of one paper have in common."""
_MUCH_ALIKE = 0.5
"""The same of two items that only have a field in common."""
_NEARLY_ALL = 0.8
"""Share of the character pairs of the longer that two degrees of one rule have in common beside the degree."""
_NEXT = 3
"""Items of one paper that stand so near are rows of one table or points of one list."""
_FAINT = 0.8
"""Weight up to which a concept of the lexicon says so little that many duties fall under it."""
_PART_OF = frozenset({"contained_in_a", "contained_in_b"})
"""Reasons of a verdict by which one text is among the several duties of the other: within one paper its detail."""
_BY_WORDS = "same_words"
"""Reason of a verdict that rests on shared words and on no shared duty."""
_RULES = wordlists.load("slots_conflicts.toml")["rules"]
_POSTS, _MAKES, _DEGREES = (re.compile(_RULES[name]) for name in ("posts", "making", "degrees"))
_TITLES = re.compile("\u300a([^\u300a\u300b]{2,80})\u300b")


def as_related(verdict: Verdict, code: str) -> Verdict:
    """The verdict as one on related items, with another reason that names the same matter."""
    return replace(verdict, verdict="related", reason=Reason(code, verdict.reason.params))


def told_apart(a: Item, b: Item, verdict: Verdict) -> Verdict:
    """The verdict on items that ask the same; "related" where they name other documents or one makes the rule."""
    if _other_titles(a, b):
        return as_related(verdict, "other_titles")
    if _rule_and_act(a, b):
        return as_related(verdict, "rule_beside")
    if verdict.score < IDENTICAL and _consequences(a, b):
        return as_related(verdict, "consequences")
    return as_related(verdict, "one_field") if _of_one_field(a, b, verdict) else verdict


def are_steps(a: Item, b: Item, verdict: Verdict, distance: int) -> bool:
    """Whether two items of one line that ask the same are no duplicates; `distance` is how many items lie between."""
    if _rule_and_act(a, b) or _other_titles(a, b) or verdict.reason.code in _PART_OF:
        return True
    if a.file != b.file:
        return False
    if _other_degrees(a, b) or (distance <= _NEXT and verdict.reason.code == _BY_WORDS):
        return True
    if verdict.score >= IDENTICAL:
        return False
    return a.headings == b.headings or _one_after_other(a, b) or _of_posts(a, b) or not _alike(a, b)


def _other_degrees(a: Item, b: Item) -> bool:
    """Whether both are degrees of one rule: alike but for how grave, how high or how good something is."""
    one, other = _DEGREES.findall(a.text), _DEGREES.findall(b.text)
    if one == other or not (one or other):
        return False
    rest, other_rest = (set(similarity.pairs_of(_DEGREES.sub("", item.text))) for item in (a, b))
    return len(rest & other_rest) >= _NEARLY_ALL * max(len(rest), len(other_rest))


def _alike(a: Item, b: Item, share: float = _ALIKE) -> bool:
    """Whether two items share wording too: the author of one paper says the same duty in the same words."""
    one, other = set(similarity.pairs_of(normal(a.text).text)), set(similarity.pairs_of(normal(b.text).text))
    return len(one & other) >= share * min(len(one), len(other))


def _of_posts(a: Item, b: Item) -> bool:
    """Whether both stand in a list of posts, each under its own ("duties of the secretary", "of the organiser")."""
    return all(item.headings and _POSTS.search(item.headings[-1]) for item in (a, b))


def _of_one_field(a: Item, b: Item, verdict: Verdict) -> bool:
    """Whether what both ask is a field ("publicity", "study") and their words differ: no clerk merges a field."""
    concepts = lexicon.load().concepts
    asked = [concepts[code] for name, code in verdict.reason.params.items() if name.startswith("object")]
    return bool(asked) and all(each.broad or each.weight <= _FAINT for each in asked) and not _alike(a, b, _MUCH_ALIKE)


def _consequences(a: Item, b: Item) -> bool:
    """Whether both only say what follows when something befell somebody: nobody is asked to do it."""
    telling = [[duty.kind for duty in read(item.text).duties if duty.salience >= TELLING] for item in (a, b)]
    return all(kinds and set(kinds) == {"outcome"} for kinds in telling)


def _one_after_other(a: Item, b: Item) -> bool:
    """Whether one stretch of time ends before the other begins (deadlines are no stretches)."""
    if not (a.when.start and a.when.end and b.when.start and b.when.end):
        return False
    return a.when.end < b.when.start or b.when.end < a.when.start


def _other_titles(a: Item, b: Item) -> bool:
    """Whether both name documents in title marks and none of them is the same."""
    titles_a, titles_b = set(_TITLES.findall(a.text)), set(_TITLES.findall(b.text))
    return bool(titles_a and titles_b) and not titles_a & titles_b


def _rule_and_act(a: Item, b: Item) -> bool:
    """Whether one makes a rule ("issue the <Measures for talks>") and the other acts without making any."""
    makes = [bool(_MAKES.search(item.text)) for item in (a, b)]
    titled = [bool(_TITLES.search(item.text)) for item in (a, b)]
    return makes[0] != makes[1] and any(made and named for made, named in zip(makes, titled, strict=True))
