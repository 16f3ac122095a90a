"""Where one duty ends and the next begins inside a passage."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from heli.engines.alignment import dates, quantities, slots, wordlists

_NAME = "slots_splitting.toml"
_DATA = wordlists.load(_NAME)
_SENTENCE = wordlists.pattern(_NAME, "patterns", "sentence")
_SEMICOLON = wordlists.pattern(_NAME, "patterns", "semicolon")
_DEPENDENT = wordlists.pattern(_NAME, "patterns", "dependent")
_VERB = wordlists.pattern(_NAME, "patterns", "verb")
_INLINE = wordlists.pattern(_NAME, "patterns", "inline_list")
_STUDY = wordlists.pattern(_NAME, "patterns", "study_list")
_HEADING = wordlists.pattern(_NAME, "patterns", "heading_sentence")
_WIDTHS = _DATA["widths"]
_BRACKETS = re.compile(f"[{re.escape(_DATA['patterns']['open'] + _DATA['patterns']['close'])}]")
_DEPTH = {**dict.fromkeys(_DATA["patterns"]["open"], 1), **dict.fromkeys(_DATA["patterns"]["close"], -1)}

_LOOKED_AT = 2000
"""Characters of what was read so far that are looked at before the next sentence is joined to it."""
_LIST = 3
"""Parts from which a row of duties is a list."""

Range = tuple[int, int]


def _closed(text: str) -> list[Range]:
    """The stretches inside brackets and quotation marks; a bracket never closed reaches to the end."""
    depth, opened, stretches = 0, 0, []
    for found in _BRACKETS.finditer(text):
        if _DEPTH[found[0]] > 0:
            opened = found.start() if not depth else opened
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                stretches.append((opened, found.end()))
    return [*stretches, (opened, len(text))] if depth else stretches


def _cuts(text: str, pattern: re.Pattern[str], closed: list[Range], base: int) -> list[int]:
    """Where ``text``, which begins at ``base``, may be cut: after each match outside all closed stretches."""
    ends = []
    for found in pattern.finditer(text):
        at = base + found.start()
        before = bisect_right(closed, (at, at))
        if not before or at >= closed[before - 1][1]:
            ends.append(found.end())
    return ends


def _ranges(begins: int, ends: int, cuts: list[int]) -> list[Range]:
    edges = [begins, *[cut for cut in cuts if begins < cut < ends], ends]
    return [(a, b) for a, b in pairwise(edges) if a < b]


def has_slots(text: str) -> bool:
    """Whether a part of a passage says its own time or amount."""
    if quantities.find_quantities(text):
        return True
    if dates.find_mentions(text, 2000, 1):
        return True
    return any(rhythm.period not in ("ongoing", "event") for rhythm in dates.find_rhythms(text))


def _is_duty(text: str, shortest: int = _WIDTHS["part"]) -> bool:
    return len(text.strip()) >= shortest and bool(_VERB.match(text.strip()[:60]))


def _joins(text: str) -> bool:
    """Whether a sentence leans on the one before it, or holds only labels."""
    plain = text.strip()
    return bool(_DEPENDENT.match(plain)) or not slots.take_labels(plain).text.strip("。；; ")


def _glue(text: str, ranges: list[Range], *, is_long: bool) -> list[Range]:
    """Join the sentences of a passage again where a cut would leave no duty of its own."""
    result: list[Range] = []
    for begins, ends in ranges:
        part = text[begins:ends]
        previous = text[result[-1][0] : min(result[-1][1], result[-1][0] + _LOOKED_AT)] if result else ""
        apart = bool(result) and not _joins(part) and _is_duty(part) and len(previous.strip()) >= _WIDTHS["part"]
        if apart and (is_long or (has_slots(part) and (_is_duty(previous) or has_slots(previous)))):
            result.append((begins, ends))
        elif result:
            result[-1] = (result[-1][0], ends)
        else:
            result.append((begins, ends))
    return result


def _listed(text: str, begins: int, ends: int) -> list[Range]:
    """Cut at numbers inside a sentence ("... as follows: 1. ...; 2. ..."), except in lists of what to study."""
    found = list(_INLINE.finditer(text, begins, ends))
    if len(found) < 2 or _STUDY.search(text[begins : found[0].start()]):
        return [(begins, ends)]
    parts = _ranges(begins, ends, [match.start() for match in found])
    numbered = parts if found[0].start() <= begins else parts[1:]
    duties = [_is_duty(text[a:b].lstrip(_DATA["stops"]["digits"]), _WIDTHS["listed"]) for a, b in numbered]
    if sum(duties) * 2 < len(duties) + (len(duties) < _LIST):
        return [(begins, ends)]
    if numbered is not parts and not _is_duty(text[begins : parts[0][1]]):
        return [(begins, parts[1][1]), *parts[2:]]
    return parts


def duty_ranges(text: str, begins: int = 0) -> list[Range]:
    """Cut ``text[begins:]`` into ranges that each hold one duty; together they cover it without a hole.

    A sentence stands alone when it says its own time or amount, or when the passage is long; parts between
    semicolons likewise. Nothing is cut inside brackets or quotation marks.
    """
    result: list[Range] = []
    for first, last in _listed(text, begins, len(text)):
        result += _sentences(text, first, last, is_clause=bool(begins))
    return result


def _sentences(text: str, begins: int, ends: int, *, is_clause: bool) -> list[Range]:
    """Cut a stretch at full stops and semicolons that part duties; a numbered clause is cut by length much later."""
    body = text[begins:ends]
    closed = _closed(body)
    sentences = _ranges(begins, ends, [begins + cut for cut in _cuts(body, _SENTENCE, closed, 0)])
    result: list[Range] = []
    for a, b in _glue(text, sentences, is_long=len(body) > _WIDTHS["long_passage"]):
        part = text[a:b]
        parts = _ranges(a, b, [a + cut for cut in _cuts(part, _SEMICOLON, closed, a - begins)])
        if len(parts) >= _LIST and all(_is_duty(text[c:d]) and not _joins(text[c:d]) for c, d in parts):
            result += parts
        else:
            is_long = len(part) > (_WIDTHS["long_clause"] if is_clause else _WIDTHS["long_sentence"])
            result += _glue(text, parts, is_long=is_long)
    return result


def leading_heading(text: str, begins: int) -> int:
    """Return where the heading sentence of a numbered passage ends ("(1) Arm with theory. Hold ..."), or 0."""
    found = _SENTENCE.search(text, begins)
    if not found or found[0] != _DATA["stops"]["full"]:
        return 0
    sentence, rest = text[begins : found.start()].strip(), text[found.end() :]
    if not _HEADING.match(sentence) or has_slots(sentence) or _DEPENDENT.match(rest.strip()):
        return 0
    return found.end() if slots.take_labels(rest).text.strip(_DATA["stops"]["trim"]) else 0
