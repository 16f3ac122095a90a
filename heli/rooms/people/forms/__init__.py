"""Forms of the people room: clean input into plain values."""

from heli.rooms.people.forms.persons import (
    AppointForm,
    EndForm,
    NewPersonForm,
    PersonFilter,
    PersonForm,
    StandInForm,
    TransferForm,
)
from heli.rooms.people.forms.sign_in import AgainForm, LetInForm, PasswordForm, SignInForm
from heli.rooms.people.forms.tokens import TokenForm
from heli.rooms.people.forms.units import MoveForm, PostForm, UnitForm

__all__ = [
    "AgainForm",
    "AppointForm",
    "EndForm",
    "LetInForm",
    "MoveForm",
    "NewPersonForm",
    "PasswordForm",
    "PersonFilter",
    "PersonForm",
    "PostForm",
    "SignInForm",
    "StandInForm",
    "TokenForm",
    "TransferForm",
    "UnitForm",
]
