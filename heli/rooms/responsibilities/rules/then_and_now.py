"""Which item of one day is which of another: lists of two years, or of two versions, laid side by side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """An item as it stood on a day: its wording, the post that answered, and who held it."""

    lineage: str
    origin: str
    number: int
    text: str
    kind: str
    post_id: int | None
    post: str
    holders: tuple[str, ...]


Pair = tuple[Standing | None, Standing | None]
_KEYS: tuple[Callable[[Standing], Hashable], ...] = (
    lambda one: one.lineage,
    lambda one: (one.origin, one.post_id) if one.origin else None,
    lambda one: one.text,
)


def pairs(then: Sequence[Standing], now: Sequence[Standing]) -> list[Pair]:
    """Return each item of both days once, an item with what it was: the same lineage first, then the same shipped
    item of the same post, then the same text. In the order of the later day, what is gone last."""
    former: dict[int, Standing] = {}
    left, open_now = list(then), list(range(len(now)))
    for key in _KEYS:
        waiting: dict[Hashable, list[Standing]] = {}
        for one in left:
            if key(one) is not None:
                waiting.setdefault(key(one), []).append(one)
        for at in list(open_now):
            found = waiting.get(key(now[at]))
            if found:
                former[at] = found.pop(0)
                left.remove(former[at])
                open_now.remove(at)
    gone: list[Pair] = [(one, None) for one in sorted(left, key=lambda one: one.number)]
    return [*((former.get(at), one) for at, one in enumerate(now)), *gone]


def what_changed(pair: Pair) -> str:
    """Return ``added``, ``removed``, ``wording``, ``post``, ``holder`` or nothing; the first that is so."""
    then, now = pair
    if then is None or now is None:
        return "added" if then is None else "removed"
    if (then.text, then.kind) != (now.text, now.kind):
        return "wording"
    if then.post_id != now.post_id:
        return "post"
    return "holder" if then.holders != now.holders else ""
