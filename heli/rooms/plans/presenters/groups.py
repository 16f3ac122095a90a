"""A conflict of many items with one: each counterpart with its reason, to be decided together or by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.words import board_url
from heli.rooms.plans.queries.board import BoardPage, counterparts, links_of

if TYPE_CHECKING:
    from heli.rooms.plans.models import Finding, FindingItem

# So many counterparts stand on the card; the others are one click away.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class PairRow:
    """A counterpart: what it says, why it conflicts, and where it is decided by itself."""

    number: str
    text: str
    why: str
    url: str


def shown(finding: Finding, page: BoardPage, query: str) -> dict[str, Any]:
    """Return what the card of a group has beside that of a pair; nothing where the finding is no group."""
    others = counterparts(finding)
    if not others:
        return {}
    whole = board_url(page.plan.pk, query, finding=finding.pk)
    if page.pair is not None:
        (link,) = (link for link in links_of(finding) if link.item_id == page.pair)
        return {"pair": page.pair, "group_url": whole, "why": words.said(link.reason)}
    rows = _rows([link for link in finding.links.all() if link.item_id in set(others)], whole)
    return {"pairs": rows[:SHOWN], "rest": rows[SHOWN:]}


def _rows(links: Sequence[FindingItem], whole: str) -> list[PairRow]:
    return [
        PairRow(words.number_of(link.item), link.item.text, words.said(link.reason), f"{whole}&pair={link.item_id}")
        for link in links
    ]
