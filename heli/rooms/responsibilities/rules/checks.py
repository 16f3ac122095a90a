"""Checks that bite: what stands in the way of issuing a list, and what is only shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

# Findings that keep a list from being submitted; the others are shown.
NO_ACCOUNTABLE, NO_MEANS, NO_HOLDER, SEVERAL_HOLDERS = "no_accountable", "no_means", "no_holder", "several_holders"
OVERLOAD, UNLISTED, NOBODY_ASKS, SUPPORTS_ITSELF = "overload", "unlisted", "nobody_asks", "supports_itself"
BLOCKING = frozenset({NO_ACCOUNTABLE, NO_MEANS, SUPPORTS_ITSELF})


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as the checks see it. ``accountable`` are the posts that answer for it; right is exactly one.

    An item of ``everybody`` answers for itself and has no post.
    """

    id: int
    accountable: tuple[int, ...]
    supporting: tuple[int, ...] = ()
    everybody: bool = False
    needs: str = ""
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeansFacts:
    """What a post may do for the unit of the list: the rights of its role, if its reach covers that unit."""

    rights: frozenset[str]
    covers: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its kind, the item or the post or person it concerns, and what is missing or how many."""

    kind: str
    item_id: int | None = None
    post_id: int | None = None
    person_id: int | None = None
    detail: str = ""
    count: int = 0

    @property
    def is_blocking(self) -> bool:
        return self.kind in BLOCKING


def find_faults(
    items: Iterable[ItemFacts], holders: Mapping[int, Collection[int]], means: Mapping[int, MeansFacts]
) -> list[Finding]:
    """Return the faults of single items, in their order.

    ``holders`` maps a post to the persons who hold it on the day asked; ``means`` a post to what it may do.
    """
    found: list[Finding] = []
    for item in items:
        if item.everybody:
            continue
        if len(item.accountable) != 1:
            found.append(Finding(NO_ACCOUNTABLE, item.id, count=len(item.accountable)))
            continue
        post = item.accountable[0]
        if post in item.supporting:
            found.append(Finding(SUPPORTS_ITSELF, item.id, post))
        found += _of_post(item, post, holders.get(post, ()), means.get(post))
    return found


def _of_post(item: ItemFacts, post: int, held_by: Collection[int], can: MeansFacts | None) -> list[Finding]:
    found = []
    if not held_by:
        found.append(Finding(NO_HOLDER, item.id, post))
    elif len(held_by) > 1:
        found.append(Finding(SEVERAL_HOLDERS, item.id, post, count=len(held_by)))
    if item.needs and (can is None or not can.covers or item.needs not in can.rights):
        found.append(Finding(NO_MEANS, item.id, post, detail=item.needs))
    return found


def overloaded(accountable_of: Iterable[int], limit: int) -> dict[int, int]:
    """Return person → number of items for whoever answers for more than ``limit``; one entry per item held."""
    counts = Counter(accountable_of)
    return {person: count for person, count in sorted(counts.items()) if count > limit}


def unlisted(asked: Collection[str], items: Iterable[ItemFacts]) -> list[str]:
    """Return the obligations asked of the unit that stand on no item, by code."""
    listed = {code for item in items for code in item.obligations}
    return sorted(set(asked) - listed)


def items_nobody_asks(items: Iterable[ItemFacts], asked: Collection[str]) -> list[int]:
    """Return the items that carry no obligation in ``asked``: neither rulebook nor plan wants them."""
    wanted = set(asked)
    return [item.id for item in items if not wanted.intersection(item.obligations)]
