"""Writes of the rulebook: take over the catalogue, change the copy, take over a new edition."""

from heli.rooms.rulebook.services.adjusting import (
    draft_adjustment,
    leave_out,
    move_adjustment,
    propose_adjustment,
    take_back_in,
    withdraw_adjustment,
)
from heli.rooms.rulebook.services.calendar import enter_days
from heli.rooms.rulebook.services.circumstances import declare_circumstance, end_circumstance
from heli.rooms.rulebook.services.deciding import (
    Choice,
    acknowledge,
    carry_out,
    carry_out_due,
    decide_adjustment,
    decline_adjustment,
    return_adjustment,
)
from heli.rooms.rulebook.services.editions import accept_update, install_catalogue
from heli.rooms.rulebook.services.reviewing import (
    answer_proposal,
    begin_review,
    prepare_due,
    prepare_review,
)
from heli.rooms.rulebook.services.wordings import (
    check_wording,
    edit_instrument,
    edit_key_link,
    edit_obligation,
    switch_obligation,
)

__all__ = [
    "Choice",
    "accept_update",
    "acknowledge",
    "answer_proposal",
    "begin_review",
    "carry_out",
    "carry_out_due",
    "check_wording",
    "decide_adjustment",
    "declare_circumstance",
    "decline_adjustment",
    "draft_adjustment",
    "edit_instrument",
    "edit_key_link",
    "edit_obligation",
    "end_circumstance",
    "enter_days",
    "install_catalogue",
    "leave_out",
    "move_adjustment",
    "prepare_due",
    "prepare_review",
    "propose_adjustment",
    "return_adjustment",
    "switch_obligation",
    "take_back_in",
    "withdraw_adjustment",
]
