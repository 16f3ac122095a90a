"""Forms of the three administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.forms.units import day_field
from heli.ui import log_words

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _actions() -> list[tuple[str, StrPromise | str]]:
    """Return every action by its sentence, in the order of the reader's language."""
    said = ((action, str(words)) for action, words in log_words.explained()[0].items())
    return [("", _("All actions")), *sorted(said, key=lambda pair: pair[1])]


class LogForm(forms.Form):
    """Filters of the audit log."""

    action = forms.ChoiceField(label=_("Action"), choices=_actions, required=False)
    actor = forms.CharField(label=_("Actor"), max_length=80, required=False)
    since = day_field(_("First day"), required=False)
    until = day_field(_("Last day"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class AccountForm(forms.Form):
    """A new account for a person of the roster; its first password comes from whoever confirms it."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=32)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)
