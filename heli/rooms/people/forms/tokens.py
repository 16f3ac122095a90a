"""A personal access key."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.enums import Scope
from heli.rooms.people.forms.units import day_field


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program uses it."))
    expires_on = day_field(_("Valid until"))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
