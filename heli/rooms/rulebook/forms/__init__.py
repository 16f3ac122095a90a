"""What forms of the rulebook send, cleaned into plain values."""

from heli.rooms.rulebook.forms.closing import ClosingForm, DayMovingForm
from heli.rooms.rulebook.forms.duties import DutyForm
from heli.rooms.rulebook.forms.entries import (
    CircumstanceForm,
    DaysForm,
    EndForm,
    InstrumentForm,
    KeyLinkForm,
    ListFilter,
    MoveForm,
    NoteForm,
    SwitchForm,
    UpdateForm,
)

__all__ = [
    "CircumstanceForm",
    "ClosingForm",
    "DayMovingForm",
    "DaysForm",
    "DutyForm",
    "EndForm",
    "InstrumentForm",
    "KeyLinkForm",
    "ListFilter",
    "MoveForm",
    "NoteForm",
    "SwitchForm",
    "UpdateForm",
]
