"""What is possible and what follows: states, posts for roles, checks, counting, succession, reading. Pure."""

from heli.rooms.responsibilities.rules.checks import (
    Finding,
    ItemFacts,
    MeansFacts,
    find_faults,
    items_nobody_asks,
    overloaded,
    unlisted,
)
from heli.rooms.responsibilities.rules.comparison import Difference, compare
from heli.rooms.responsibilities.rules.counting import (
    MonthOfWork,
    Tally,
    counted,
    lines_served,
    month_grid,
    tally,
    was_entered_later,
)
from heli.rooms.responsibilities.rules.reading import ReadRow, read_rows
from heli.rooms.responsibilities.rules.selecting import PostFacts, posts_for
from heli.rooms.responsibilities.rules.states import TRANSITIONS, UNDER_WAY, can_move, may_approve
from heli.rooms.responsibilities.rules.succession import Tenure, heir, successors

__all__ = [
    "TRANSITIONS",
    "UNDER_WAY",
    "Difference",
    "Finding",
    "ItemFacts",
    "MeansFacts",
    "MonthOfWork",
    "PostFacts",
    "ReadRow",
    "Tally",
    "Tenure",
    "can_move",
    "compare",
    "counted",
    "find_faults",
    "heir",
    "items_nobody_asks",
    "lines_served",
    "may_approve",
    "month_grid",
    "overloaded",
    "posts_for",
    "read_rows",
    "successors",
    "tally",
    "unlisted",
    "was_entered_later",
]
