"""What the forms of the rulebook share: a day, the reason and version of a change, and cells of several parts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy


def day() -> forms.DateInput:
    """A date as browsers want it, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class Dated(forms.Form):
    """What every change of the rulebook says about itself."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=300,
        help_text=gettext_lazy("Stands in the history and in the audit log."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=day(),
        help_text=gettext_lazy("What held before that day stays readable."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def offer_version(self, version: int) -> None:
        """Let the next attempt start from what is stored now, with what the person wrote."""
        data = self.data.copy()  # type: ignore[attr-defined]  # a bound form holds a QueryDict
        data["version"] = str(version)
        self.data = data

    def dated(self) -> dict[str, Any]:
        """Return reason, day and version as services take them."""
        return {name: self.cleaned_data[name] for name in ("reason", "valid_from", "version")}


class Lines(forms.CharField):
    """A text of several lines that stands in the catalogue as one cell, parts separated by semicolons."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value.split(";")) if isinstance(value, str) and "\n" not in value else value

    def clean(self, value: Any) -> str:
        parts = [part.strip() for part in re.split(r"[\n;；]", super().clean(value) or "")]
        return ";".join(dict.fromkeys(part for part in parts if part))


class Codes(forms.MultipleChoiceField):
    """Several codes that stand in the catalogue as one cell."""

    def prepare_value(self, value: Any) -> Any:
        return [part for part in value.split(";") if part] if isinstance(value, str) else value
