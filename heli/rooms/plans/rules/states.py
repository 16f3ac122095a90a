"""The life of a plan and of each of its versions, and who may not approve."""

from __future__ import annotations

from collections.abc import Collection

from heli.rooms.plans.enums import PlanState, VersionState

PLAN_TRANSITIONS: dict[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFTING: frozenset({PlanState.DECIDING}),
    PlanState.DECIDING: frozenset({PlanState.DRAFTING, PlanState.CONCLUDED}),
    PlanState.CONCLUDED: frozenset({PlanState.DECIDING, PlanState.IN_REVIEW}),
    PlanState.IN_REVIEW: frozenset({PlanState.CONCLUDED, PlanState.REVISING, PlanState.PUBLISHED}),
    PlanState.PUBLISHED: frozenset({PlanState.REVISING}),
    PlanState.REVISING: frozenset({PlanState.IN_REVIEW, PlanState.PUBLISHED}),
}

VERSION_TRANSITIONS: dict[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.SUBMITTED}),
    VersionState.SUBMITTED: frozenset({VersionState.DRAFT, VersionState.PUBLISHED}),
    VersionState.PUBLISHED: frozenset({VersionState.SUPERSEDED}),
    VersionState.SUPERSEDED: frozenset(),
}


class IllegalTransition(ValueError):
    """A step that the table does not hold."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} → {new} is not in the table of transitions")
        self.old, self.new = old, new


def check_plan_transition(old: str, new: str) -> None:
    """Raise ``IllegalTransition`` unless the table of plans allows the step."""
    if PlanState(new) not in PLAN_TRANSITIONS[PlanState(old)]:
        raise IllegalTransition(old, new)


def check_version_transition(old: str, new: str) -> None:
    """Raise ``IllegalTransition`` unless the table of versions allows the step."""
    if VersionState(new) not in VERSION_TRANSITIONS[VersionState(old)]:
        raise IllegalTransition(old, new)


def may_approve(approver: int, submitter: int | None, contributors: Collection[int]) -> bool:
    """Return whether ``approver`` has had no hand in the version: neither submitted, decided nor edited it."""
    return approver != submitter and approver not in contributors
