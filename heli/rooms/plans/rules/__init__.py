"""Pure arithmetic of plans: states, choices, four eyes, composition, comparison."""

from heli.rooms.plans.rules.choices import ALLOWED_CHOICES, HOLDS_FOR, Missing, needs_reason, what_is_missing
from heli.rooms.plans.rules.comparison import ItemChange, ItemFacts, compare
from heli.rooms.plans.rules.composition import (
    Composed,
    Contradiction,
    Ruling,
    SourceItem,
    compose,
    contradictions,
    joined_text,
    merged,
    names_in,
)
from heli.rooms.plans.rules.merging import ABOVE, BOTH, TYPED, Side, Slot, differing, settle
from heli.rooms.plans.rules.occurrences import Stretch, day_in_period, stretches
from heli.rooms.plans.rules.reconciling import Address, Reconciled, Running, reconcile
from heli.rooms.plans.rules.states import (
    PLAN_TRANSITIONS,
    VERSION_TRANSITIONS,
    IllegalTransition,
    check_plan_transition,
    check_version_transition,
    may_approve,
)
from heli.rooms.plans.rules.times import OpenTime, Time, beyond, joined_time, open_time, read_time

__all__ = [
    "ABOVE",
    "ALLOWED_CHOICES",
    "BOTH",
    "HOLDS_FOR",
    "PLAN_TRANSITIONS",
    "TYPED",
    "VERSION_TRANSITIONS",
    "Address",
    "Composed",
    "Contradiction",
    "IllegalTransition",
    "ItemChange",
    "ItemFacts",
    "Missing",
    "OpenTime",
    "Reconciled",
    "Ruling",
    "Running",
    "Side",
    "Slot",
    "SourceItem",
    "Stretch",
    "Time",
    "beyond",
    "check_plan_transition",
    "check_version_transition",
    "compare",
    "compose",
    "contradictions",
    "day_in_period",
    "differing",
    "joined_text",
    "joined_time",
    "may_approve",
    "merged",
    "names_in",
    "needs_reason",
    "open_time",
    "read_time",
    "reconcile",
    "settle",
    "stretches",
    "what_is_missing",
]
