"""Which post of a unit answers for a shipped item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post that can answer for items of a unit, in the order in which posts are offered."""

    id: int
    kind: str
    title: str


class RoleFacts(Protocol):
    @property
    def accountable(self) -> tuple[str, ...]: ...
    @property
    def pick(self) -> str: ...
    @property
    def title_words(self) -> tuple[str, ...]: ...
    @property
    def without_words(self) -> tuple[str, ...]: ...
    @property
    def supporting(self) -> tuple[str, ...]: ...


def posts_for(role: RoleFacts, posts: Sequence[PostFacts]) -> list[tuple[int | None, tuple[int, ...]]]:
    """Return (accountable post, supporting posts) for each item the role makes.

    One entry with no accountable post where the unit has none, or where several fit and none is the plain choice:
    then a person has to choose.
    """
    helping = [post.id for post in posts if post.kind in role.supporting]
    chosen = _chosen(role, posts)
    return [(post_id, tuple(pk for pk in helping if pk != post_id)) for post_id in chosen]


def _chosen(role: RoleFacts, posts: Sequence[PostFacts]) -> list[int | None]:
    if role.pick == "each":
        fitting = [post.id for post in posts if post.kind in role.accountable and _fits(role, post, must=True)]
        return list(fitting) or [None]
    for kind in role.accountable:
        of_kind = [post for post in posts if post.kind == kind and _fits(role, post, must=False)]
        worded = [post for post in of_kind if role.title_words and _fits(role, post, must=True)]
        candidates = worded or of_kind
        if len(candidates) == 1:
            return [candidates[0].id]
        if candidates:
            return [None]
    return [None]


def _fits(role: RoleFacts, post: PostFacts, *, must: bool) -> bool:
    if any(word in post.title for word in role.without_words):
        return False
    return not (must and role.title_words) or any(word in post.title for word in role.title_words)
