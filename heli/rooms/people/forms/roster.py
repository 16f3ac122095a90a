"""Rosters in and out."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.forms.units import ActingForm, UnitChoice, day_field


class RosterForm(forms.Form):
    """A roster file and the day from which it holds."""

    file = forms.FileField(
        label=_("Roster file"),
        help_text=_("xlsx or csv, up to 30 MB and 100,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    effective_on = day_field(_("Holds from"), _("Transfers and appointments in the file take effect on this day."))


class ExportForm(ActingForm):
    unit = UnitChoice(label=_("Unit with everything below"), help_text=_("Its code or its name."))
