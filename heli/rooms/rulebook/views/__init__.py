"""Pages of the rulebook."""

from heli.rooms.rulebook.views.calendar import calendar_page
from heli.rooms.rulebook.views.duties import duty_list, duty_page, edit_duty, export, install, switch_duty
from heli.rooms.rulebook.views.sources import (
    edit_instrument,
    edit_key_link,
    instrument_list,
    instrument_page,
    key_link_list,
)
from heli.rooms.rulebook.views.units import declare, end_circumstance, of_unit, unit_page

__all__ = [
    "calendar_page",
    "declare",
    "duty_list",
    "duty_page",
    "edit_duty",
    "edit_instrument",
    "edit_key_link",
    "end_circumstance",
    "export",
    "install",
    "instrument_list",
    "instrument_page",
    "key_link_list",
    "of_unit",
    "switch_duty",
    "unit_page",
]
