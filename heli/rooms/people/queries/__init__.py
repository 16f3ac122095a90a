"""Reads of the people room, shaped for its pages and for other rooms."""

from heli.rooms.people.queries.persons import (
    history_of,
    holders,
    persons_for_list,
    persons_in,
    places_of,
    posts_of,
    search_persons,
    who_held,
)
from heli.rooms.people.queries.units import (
    TreeNode,
    UnitPast,
    ancestors,
    children,
    posts_acting_for,
    posts_in,
    roots,
    search_units,
    subtree,
    unit_as_of,
    unit_for,
    unit_history,
)

__all__ = [
    "TreeNode",
    "UnitPast",
    "ancestors",
    "children",
    "history_of",
    "holders",
    "persons_for_list",
    "persons_in",
    "places_of",
    "posts_acting_for",
    "posts_in",
    "posts_of",
    "roots",
    "search_persons",
    "search_units",
    "subtree",
    "unit_as_of",
    "unit_for",
    "unit_history",
    "who_held",
]
