"""Rows of plans: papers and their items, the board, versions."""

from heli.rooms.plans.models.board import AlignmentRun, Decision, Finding, FindingItem, Presence, SecondOpinion
from heli.rooms.plans.models.papers import DraftItem, Plan, PlanDocument, PlanHand
from heli.rooms.plans.models.versions import (
    Acknowledgement,
    PlanContributor,
    PlanItem,
    PlanItemAbove,
    PlanItemSource,
    PlanItemUnit,
    PlanVersion,
)

__all__ = [
    "Acknowledgement",
    "AlignmentRun",
    "Decision",
    "DraftItem",
    "Finding",
    "FindingItem",
    "Plan",
    "PlanContributor",
    "PlanDocument",
    "PlanHand",
    "PlanItem",
    "PlanItemAbove",
    "PlanItemSource",
    "PlanItemUnit",
    "PlanVersion",
    "Presence",
    "SecondOpinion",
]
