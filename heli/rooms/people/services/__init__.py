"""Writes of the people room: one function per verb, each with an actor, a time and an audit entry."""

from heli.rooms.people.services.accounts import (
    create_account,
    create_administrator,
    deactivate_account,
    force_second_factor,
    forget_sign_ins,
    give_device_pass,
    reactivate_account,
    revoke_session,
    revoke_sessions,
    set_password,
    unlock_account,
)
from heli.rooms.people.services.log_checks import request_log_check, run_log_check
from heli.rooms.people.services.persons import (
    add_person,
    retire_person,
    revise_person,
    transfer_person,
)
from heli.rooms.people.services.posts import appoint, close_post, end_appointment, open_post, revise_post
from heli.rooms.people.services.resets import (
    confirm_reset,
    expire_resets,
    open_account,
    request_reset,
    reset_on_server,
    withdraw_reset,
)
from heli.rooms.people.services.roster import (
    answer_roster,
    confirm_roster,
    export_roster,
    recheck_roster,
    upload_roster,
    withdraw_roster,
)
from heli.rooms.people.services.standing import end_stand_in, give_stand_in
from heli.rooms.people.services.tokens import create_token, revoke_token
from heli.rooms.people.services.units import close_unit, create_unit, move_unit, revise_unit

__all__ = [
    "add_person",
    "answer_roster",
    "appoint",
    "close_post",
    "close_unit",
    "confirm_reset",
    "confirm_roster",
    "create_account",
    "create_administrator",
    "create_token",
    "create_unit",
    "deactivate_account",
    "end_appointment",
    "end_stand_in",
    "expire_resets",
    "export_roster",
    "force_second_factor",
    "forget_sign_ins",
    "give_device_pass",
    "give_stand_in",
    "move_unit",
    "open_account",
    "open_post",
    "reactivate_account",
    "recheck_roster",
    "request_log_check",
    "request_reset",
    "reset_on_server",
    "retire_person",
    "revise_person",
    "revise_post",
    "revise_unit",
    "revoke_session",
    "revoke_sessions",
    "revoke_token",
    "run_log_check",
    "set_password",
    "transfer_person",
    "unlock_account",
    "upload_roster",
    "withdraw_reset",
    "withdraw_roster",
]
