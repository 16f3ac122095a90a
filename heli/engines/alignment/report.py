"""A board, or the key links of a paper, as lines of text for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from heli.engines.alignment.board import UPPER_PREFIX, Board, Match
from heli.engines.alignment.gaps import Gap
from heli.engines.alignment.items import Item
from heli.engines.alignment.key_links import KeyLinkHit
from heli.engines.alignment.reasons import place_words, sentence


def board_lines(board: Board, language: str = "zh") -> list[str]:
    """Return the report on a board: counts, duplicates, conflicts, gaps, related items."""
    party = sum(item.line == "party" for item in board.items)
    by_id = {item.id: item for item in (*board.items, *board.upper)}
    duplicates = [match for match in board.matches if match.verdict == "duplicate"]
    related = [match for match in board.matches if match.verdict == "related"]
    lines = [sentence("report", "title", language, party=party, integrity=len(board.items) - party)]
    lines += _section("duplicates", len(duplicates), language)
    for match in sorted(duplicates, key=lambda found: (not found.is_across, -found.score)):
        lines += _match_lines(match, by_id, language)
    lines += _section("conflicts", len(board.conflicts), language)
    for number, conflict in enumerate(board.conflicts, 1):
        lines.append(f"  {number}. [{sentence('kinds', conflict.kind, language)}] {conflict.reason.text(language)}")
    core = [gap for gap in board.gaps if gap.is_core]
    lines += _section("gaps", len(core), language) + _gap_lines(core, language)
    further = [gap for gap in board.gaps if not gap.is_core]
    if further:
        lines += _section("more_gaps", len(further), language) + _gap_lines(further, language)
    lines += _section("related", len(related), language)
    for match in sorted(related, key=lambda found: -found.score):
        lines += _match_lines(match, by_id, language)
    left = sum(len(split.left_out) for _, _, split in board.splits)
    if left:
        lines += _section("left_out", left, language)
        for file, _, split in board.splits:
            for part in split.left_out:
                where = place_words(part.place, language)
                lines.append(f"  {file} {where} [{sentence('left_out', part.reason, language)}] {_short(part.source)}")
    return lines


def _gap_lines(gaps: Sequence[Gap], language: str) -> list[str]:
    lines = []
    for number, gap in enumerate(gaps, 1):
        title = gap.title if language == "zh" else gap.title_en
        code = sentence("report", "obligation", language, code=gap.obligation)
        lines.append(f"  {number}. {gap.key_link if gap.is_core and language == 'zh' else title} [{code}]")
        lines.append(f"     {gap.reason.text(language)}")
    return lines


def _section(code: str, count: int, language: str) -> list[str]:
    head = ["", sentence("report", code, language, count=count)]
    return head if count else [*head, "  " + sentence("report", "none", language)]


def _short(text: str, length: int = 60) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[: length - 1] + "\u2026"


def _match_lines(match: Match, by_id: dict[str, Item], language: str) -> list[str]:
    score = sentence("report", "score", language, score=f"{match.score:.2f}")
    note = "" if match.is_across else " " + sentence("report", "within", language)
    lines = [f"  {match.a} \u2194 {match.b}  {score}{note}  {match.reason(language)}"]
    for side, item in (("first", by_id[match.a]), ("second", by_id[match.b])):
        code = "upper" if item.id.startswith(UPPER_PREFIX) else item.line
        place = place_words(item.place, language)
        who = sentence("report", side, language, line=sentence("lines", code, language), id=item.id, place=place)
        lines.append(f"     {who} {_short(item.text, 80)}{_slots(item, language)}")
    return lines


def _slots(item: Item, language: str) -> str:
    said = []
    if item.owner:
        said.append(sentence("report", "owner", language, owner=item.owner))
    if item.when.words:
        said.append(sentence("report", "when", language, when=item.when.words))
    return f"  ({'; '.join(said)})" if said else ""


def key_link_lines(hits: Sequence[KeyLinkHit], file: str, language: str = "zh") -> list[str]:
    """Return the report on the key links of one paper."""
    present = sum(hit.present for hit in hits)
    lines = [sentence("report", "links", language, file=file, total=len(hits), present=present)]
    for hit in hits:
        state = sentence("report", "deployed" if hit.present else "not_deployed", language)
        lines.append(f"  [{state}] {hit.key_link}" + (f"  {_short(hit.evidence, 80)}" if hit.present else ""))
    return lines
