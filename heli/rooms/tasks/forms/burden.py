"""Input of the burden guard."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.enums import UnitKind


class LimitForm(forms.Form):
    """How many minutes a month units of a kind may be asked for."""

    unit_kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind, initial=UnitKind.BRANCH)
    minutes = forms.IntegerField(
        label=_("Minutes a month"),
        min_value=1,
        max_value=60_000,
        required=False,
        help_text=_("Empty: no limit from then on."),
    )
    starts_on = forms.DateField(
        label=_("From the month"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("Why"), max_length=300)


class BurdenFilter(forms.Form):
    """Unit, year and month of the ledger; anything unknown is ignored."""

    unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    year = forms.IntegerField(required=False, min_value=1990, max_value=2100)
    month = forms.IntegerField(required=False, min_value=1, max_value=12)
    over = forms.BooleanField(required=False)

    def values(self, today: date) -> dict[str, Any]:
        self.is_valid()
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        return {**found, "year": found["year"] or today.year, "month": found["month"] or today.month}
