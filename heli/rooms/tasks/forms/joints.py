"""Input around a task: parts, orders, and acts on many."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PartForm(forms.Form):
    """A part of a co-operating unit."""

    unit = forms.CharField(
        label=_("Co-operating unit"),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "list": "part-units",
                "autocomplete": "off",
                "hx-get": "/follow-ups/units/",
                "hx-trigger": "input changed delay:250ms, focus",
                "hx-target": "#part-units",
            }
        ),
    )
    what = forms.CharField(label=_("Its part"), max_length=300)


class BulkForm(forms.Form):
    """What is to be done with the marked tasks."""

    ACTS = (
        ("remind", _("Remind")),
        ("due", _("Give a due date")),
        ("cancel", _("Cancel them")),
        ("accept", _("Accept")),
    )

    act = forms.ChoiceField(choices=ACTS)
    due_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(required=False, max_length=500)
    task = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        sent = [value for value in data.getlist("task") if value.isdecimal() and len(value) < 18]
        self.fields["task"].choices = [(value, value) for value in sent]  # type: ignore[attr-defined]
        self.data = data
