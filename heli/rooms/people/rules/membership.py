"""Which posts only Party members can hold: a table over kinds of posts and political statuses."""

from __future__ import annotations

from heli.rooms.people.enums import PoliticalStatus, PostKind, Tree

# Elected by members among themselves: whoever is on probation cannot be elected (Constitution of the Party, art. 7).
_ELECTED = frozenset(
    {
        PostKind.SECRETARY,
        PostKind.DEPUTY_SECRETARY,
        PostKind.DISCIPLINE_SECRETARY,
        PostKind.BRANCH_SECRETARY,
        PostKind.BRANCH_MEMBER,
    }
)
# Named, not elected: any member of the group, on probation or not.
_NAMED = frozenset({PostKind.GROUP_LEADER})

FULL = frozenset({PoliticalStatus.MEMBER})
ANY_MEMBER = frozenset({PoliticalStatus.MEMBER, PoliticalStatus.PROBATIONARY})
EVERYBODY = frozenset(PoliticalStatus)


def may_hold(kind: PostKind, tree: Tree) -> frozenset[PoliticalStatus]:
    """Return which political statuses can hold a post of this kind in a unit of this tree.

    A member of the leadership team is a member of the committee in a Party organization, and may be anybody in an
    administrative unit.
    """
    if kind in _ELECTED or (kind == PostKind.TEAM_MEMBER and tree == Tree.PARTY):
        return FULL
    return ANY_MEMBER if kind in _NAMED else EVERYBODY


def is_barred(kind: str, tree: str, status: str) -> bool:
    """Return whether somebody of this status cannot hold such a post. A status that is not known bars nobody."""
    return bool(status) and status not in may_hold(PostKind(kind), Tree(tree))


def fault_of(kind: str, tree: str, status: str) -> str:
    """Return the code of the fault in a roster's row, empty where there is none."""
    if not is_barred(kind, tree, status):
        return ""
    return "post_full_member" if may_hold(PostKind(kind), Tree(tree)) == FULL else "post_member"
