"""Writes of the rulebook: take over the catalogue, draft changes of the copy and of an edition, decide on them."""

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
from heli.rooms.rulebook.services.closing import (
    begin_closing_post,
    begin_closing_unit,
    begin_moving_day,
    close_as_chosen,
    follows,
    revise_closing,
)
from heli.rooms.rulebook.services.deciding import (
    Choice,
    acknowledge,
    carry_out,
    carry_out_due,
    decide_adjustment,
    decline_adjustment,
    return_adjustment,
    take_back_decision,
)
from heli.rooms.rulebook.services.editions import decide_edition, draft_edition, install_catalogue, propose_edition
from heli.rooms.rulebook.services.reviewing import (
    answer_proposal,
    begin_review,
    prepare_due,
    prepare_review,
)
from heli.rooms.rulebook.services.wordings import (
    check_wording,
)

__all__ = [
    "Choice",
    "acknowledge",
    "answer_proposal",
    "begin_closing_post",
    "begin_closing_unit",
    "begin_moving_day",
    "begin_review",
    "carry_out",
    "carry_out_due",
    "check_wording",
    "close_as_chosen",
    "decide_adjustment",
    "decide_edition",
    "declare_circumstance",
    "decline_adjustment",
    "draft_adjustment",
    "draft_edition",
    "end_circumstance",
    "enter_days",
    "follows",
    "install_catalogue",
    "leave_out",
    "move_adjustment",
    "prepare_due",
    "prepare_review",
    "propose_adjustment",
    "propose_edition",
    "return_adjustment",
    "revise_closing",
    "take_back_decision",
    "take_back_in",
    "withdraw_adjustment",
]
