"""Whether a person's political status allows a post: asked of whoever holds it and of whoever stands in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.kernel.problems import Problem
from heli.rooms.people.enums import PostKind, Tree
from heli.rooms.people.models import Person, Post
from heli.rooms.people.rules import membership


def can_hold(person: Person, post: Post) -> Decision:
    """Return whether the person may hold the post, or act for its holder; the post's unit is fetched."""
    if not membership.is_barred(post.kind, post.unit.tree, person.political_status):
        return allowed()
    names = {"person": person.name, "status": person.get_political_status_display()}
    return denied(f"{rule_of(post.kind, post.unit.tree)} " + _("%(person)s is on file as “%(status)s”.") % names)


def rule_of(kind: str, tree: str) -> str:
    """Return the rule behind a refusal, in words."""
    if membership.may_hold(PostKind(kind), Tree(tree)) == membership.FULL:
        return _(
            "Only a full Party member can hold this post: Party members elect it among themselves, and by articles 4 "
            "and 7 of the Constitution of the Party a probationary member cannot be elected."
        )
    return _("Only a Party member can hold this post: a Party group is led by one of its members.")


def require_membership(person: Person, post: Post, what: str) -> None:
    """Raise ``Problem`` where the person cannot hold the post; ``what`` says what was not done."""
    decision = can_hold(person, post)
    if not decision:
        raise Problem(
            what,
            decision.reason,
            _("Choose a Party member; or, where the file is wrong, correct the political status first."),
        )
