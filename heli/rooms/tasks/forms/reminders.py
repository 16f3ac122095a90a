"""Input of one's own reminders."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


def _hour() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class QuietHoursForm(forms.Form):
    """From when to when one wants no reminder."""

    starts = forms.TimeField(label=_("Quiet from"), widget=_hour())
    ends = forms.TimeField(label=_("Quiet until"), widget=_hour(), help_text=_("The same time twice: no quiet hours."))
