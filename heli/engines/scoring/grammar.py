"""Scoring words to rules: "one missed meeting costs 0.5, down to nothing" becomes a rule that can be computed.

What the words leave to judgement stays judged: nothing is guessed. The kinds follow DESIGN section 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from heli.engines.alignment.figures import Tight
from heli.engines.scoring.mentions import DATA, MAX_CHARS, Mention, find_mentions, number, pattern
from heli.engines.scoring.rubric import Rule

_STOP = pattern("edges", "stop")
_HEAD = pattern("edges", "head")
_OPEN = pattern("edges", "open")
_LEAD = pattern("edges", "lead")
_TAIL = pattern("edges", "tail")
_SURVEY = pattern("edges", "survey")
_QUOTED = pattern("edges", "quoted")
_OFFLINE = pattern("edges", "offline")
_RATIO = pattern("counters", "ratio")
_EACH = pattern("counters", "each")
_ONE = pattern("counters", "one")
_RHYTHM = pattern("counters", "rhythm")
_ONLY = pattern("counters", "only")
_TRIGGER = pattern("counters", "trigger")
_MISSING = pattern("counters", "missing")
_AT_DISCRETION = pattern("counters", "discretion")
_BY_ACT = pattern("counters", "by_act")
_BESIDE = pattern("counters", "beside")
_PER_HEAD = pattern("counters", "per_head")
_HEADS = DATA["counters"]["heads"]
_COMMA = pattern("edges", "comma")
_COUNTED = pattern("edges", "counted")
_POINT = DATA["counters"]["point"]
_NUMBER_OF = DATA["counters"]["number_of"]
_MOVED = frozenset({"per_event", "once", "ratio", "range"})
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule with the mention it was read from and the number of its sentence."""

    rule: Rule
    mention: Mention
    sentence: int


def read_rules(
    text: str, requirement: str = "", maximum: Decimal | None = None, *, takes_points: bool = False
) -> tuple[Rule, ...]:
    """Return the rules of one row in the order of its words, at least one.

    ``requirement`` says when a rule applies whose own words do not; ``maximum`` is the row's full marks, the bound of
    "down to nothing". ``takes_points``: the column is one of deductions, so a number without a sign is taken.
    What lies past ``MAX_CHARS`` is not read and comes as judged, with its words.
    """
    tight = Tight(text).text
    if _SURVEY.search(tight):
        return (Rule("judged", requirement or text),)
    rules = _Reader(tight[:MAX_CHARS], requirement, maximum, takes_points=takes_points).rules()
    unread = tight[MAX_CHARS:].strip()
    if unread:
        return (*rules, Rule("judged", unread))
    return rules or (Rule("judged", requirement or tight.strip()),)


class _Reader:
    """Goes through the mentions of one row from left to right."""

    def __init__(self, text: str, requirement: str, maximum: Decimal | None, *, takes_points: bool) -> None:
        self.text, self.requirement, self.maximum, self.takes_points = text, requirement, maximum, takes_points
        self.found: list[_Found] = []
        self.bounded = 0
        """How many of the rules had their bound, or were passed by one."""

    def rules(self) -> tuple[Rule, ...]:
        at = 0
        for mention in find_mentions(self.text):
            before = _STOP.split(self.text[at : mention.begins])[-1]
            if mention.kind in ("bound", "all"):
                self._bound(mention, before)
            elif mention.kind != "nothing" and not self._counts_the_award(mention, before):
                self._keep(self._rule(mention, before), mention)
            at = mention.ends
        self.found = [each for at, each in enumerate(self.found) if not self._says_how_much_below(at, each)]
        return tuple(each.rule for at, each in enumerate(self.found) if not self._names_a_total(at, each))

    def _says_how_much_below(self, at: int, each: _Found) -> bool:
        """Whether words of discretion are followed by what each costs: then they are one rule."""
        later = self.found[at + 1 :]
        if each.mention.kind != "discretion" or each.rule.kind != "judged" or not later:
            return False
        same = later[0].sentence == each.sentence and (later[0].rule.points or 0) < 0
        return same and bool(_COUNTED.match(self.text[each.mention.ends :]))

    def _keep(self, rule: Rule, mention: Mention) -> None:
        self.found.append(_Found(rule, mention, self._sentence(mention)))

    def _sentence(self, mention: Mention) -> int:
        return len(_STOP.findall(self.text[: mention.begins]))

    def _rule(self, mention: Mention, before: str) -> Rule:
        when = _when(before) or self.requirement
        if mention.kind == "veto":
            return Rule("veto", when)
        if mention.kind == "zero":
            return Rule("zero", when)
        if mention.kind == "points" and mention.outer is not None:
            return self._points_rule(mention, before, when, mention.outer)
        if self.maximum is not None and mention.kind == "full":
            return Rule("award", when, self.maximum)
        if self.maximum is not None and mention.kind == "share":
            each = self.maximum / _HUNDRED
            return Rule("ratio", when, -each if mention.sign < 0 else each, _POINT, self.maximum)
        if self.maximum is not None and mention.kind == "half":
            half = self.maximum / 2
            return Rule("once", when, -half) if mention.sign < 0 else Rule("award", when, half)
        return Rule("judged", when)

    def _points_rule(self, mention: Mention, before: str, when: str, outer: Decimal) -> Rule:
        sign = mention.sign or (-1 if self.takes_points else 0)
        points = outer.copy_negate() if sign < 0 else outer
        unit = mention.per or self._counted(before, is_given=sign >= 0)
        if mention.high is not None or (not unit and _AT_DISCRETION.search(_COMMA.split(before)[-1])):
            return Rule("range", when, points)
        if unit:
            return Rule("ratio" if unit.endswith(_POINT) else "per_event", when, points, unit, is_beside=sign > 0)
        if not sign and _OFFLINE.search(when):
            return Rule("judged", when)
        if not outer:
            return Rule("zero", when)
        return Rule("once" if sign < 0 else "award", when, points, is_beside=sign > 0)

    def _counted(self, before: str, *, is_given: bool) -> str:
        """Return what the rule counts; what is asked says so where the rule's own words are but "happens"."""
        unit = _unit(_QUOTED.sub("", before), is_given=is_given)
        if unit or _when(before) or not _BY_ACT.search(self.requirement):
            return unit
        return _unit(_QUOTED.sub("", self.requirement), is_given=is_given)

    def _counts_the_award(self, mention: Mention, before: str) -> bool:
        """Take "monthly, 0.1 each" for how the award before it is reached; that award becomes its bound."""
        only = _ONLY.search(before)
        if mention.sign or not self.found or not only or mention.outer is None:
            return False
        last = self.found[-1]
        if last.rule.kind != "award" or last.sentence != self._sentence(mention):
            return False
        rule = replace(last.rule, kind="per_event", points=mention.outer, unit=only["u"], limit=last.rule.points)
        self.found[-1] = replace(last, rule=rule)
        return True

    def _bound(self, mention: Mention, before: str) -> None:
        """Give a bound to the rules since the last one."""
        limit = mention.low if mention.kind == "bound" else self.maximum
        moved = [at for at in range(self.bounded, len(self.found)) if _moves(self.found[at])]
        same_side = [at for at in moved if not mention.sign or (self.found[at].rule.points or 0) * mention.sign > 0]
        since = self._within(limit, same_side or moved)
        if not since and mention.kind == "bound" and limit is not None:
            self._outer_bound(mention, limit, before)
        together = mention.begins + 1 if len(since) > 1 else 0
        for at in since:
            each = self.found[at]
            if each.rule.limit is None:
                self.found[at] = replace(each, rule=replace(each.rule, limit=limit, together=together))
        self.bounded = len(self.found)

    def _within(self, limit: Decimal | None, places: list[int]) -> list[int]:
        """Return the rules that a bound can hold for: those since the last one that moves more by itself."""
        beyond = [at for at in places if limit is not None and abs(self.found[at].rule.points or Decimal(0)) > limit]
        return [at for at in places if not beyond or at > beyond[-1]]

    def _outer_bound(self, mention: Mention, limit: Decimal, before: str) -> None:
        """Read "at discretion, 2 at most" as a range: the bound belongs to no counted rule."""
        points = limit.copy_negate() if mention.sign < 0 else limit
        if self.found and self.found[-1].rule.kind == "judged":
            self.found[-1] = replace(self.found[-1], rule=Rule("range", self.found[-1].rule.when, points))
        elif mention.sign:
            self._keep(Rule("range", _when(before), points), mention)

    def _names_a_total(self, at: int, each: _Found) -> bool:
        """Whether an award only names the full marks of the parts or deductions that follow it."""
        later = self.found[at + 1 :]
        if each.rule.kind != "award" or each.mention.sign or len(self.found) == 1:
            return False
        if self.maximum is not None and (each.rule.points or 0) > self.maximum:
            return True
        if not later:
            return False
        if _HEAD.match(self.text[each.mention.ends :]):
            return True
        if each.rule.points == self.maximum and not _when(self.text[: each.mention.begins]):
            return True
        in_brackets = bool(_OPEN.search(self.text[: each.mention.begins]))
        return in_brackets and each.rule.points == self.maximum and any((one.rule.points or 0) < 0 for one in later)


def _moves(found: _Found) -> bool:
    """Whether a bound can hold for a rule: it takes points, or gives them beside the full marks."""
    return found.rule.kind in _MOVED or (found.rule.kind == "award" and found.mention.sign > 0)


def _unit(before: str, *, is_given: bool) -> str:
    """Return what the words before the points count, "" where they count nothing; points are given by "each" alone."""
    ratio = _RATIO.search(before)
    if ratio:
        step = number(ratio["step"] or ratio["single"] or "1")
        return _POINT if step == 1 else f"{step}{_NUMBER_OF}{_POINT}"
    if _PER_HEAD.search(before):
        return _HEADS
    beside = _BESIDE.search(before)
    best = (-1, "") if beside is None else (beside.start(), beside["u"])
    for words in (_EACH,) if is_given else (_EACH, _ONE):
        for match in words.finditer(before):
            unit = next(value for value in match.groups() if value)
            if not _RHYTHM.match(match[0]) and _reaches(match, before):
                best = max(best, (match.end(), unit))
    return best[1]


def _reaches(match: re.Match[str], before: str) -> bool:
    """Whether a count still holds where the points are said, and is not how often a duty comes round."""
    gap = before[match.end() :]
    if match.groupdict().get("v"):
        return True
    return not (_COMMA.search(gap) and _MISSING.search(gap)) or bool(_TRIGGER.search(match[0]))


def _when(before: str) -> str:
    """The words that say when a rule applies, without numbering before and connecting words after them."""
    return _TAIL.sub("", _LEAD.sub("", before)).strip()
