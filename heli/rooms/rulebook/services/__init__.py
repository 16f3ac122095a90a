"""Writes of the rulebook: take over the catalogue, change the copy, take over a new edition."""

from heli.rooms.rulebook.services.calendar import enter_days
from heli.rooms.rulebook.services.circumstances import declare_circumstance, end_circumstance
from heli.rooms.rulebook.services.editions import accept_update, install_catalogue
from heli.rooms.rulebook.services.wordings import (
    check_wording,
    edit_instrument,
    edit_key_link,
    edit_obligation,
    switch_obligation,
)

__all__ = [
    "accept_update",
    "check_wording",
    "declare_circumstance",
    "edit_instrument",
    "edit_key_link",
    "edit_obligation",
    "end_circumstance",
    "enter_days",
    "install_catalogue",
    "switch_obligation",
]
