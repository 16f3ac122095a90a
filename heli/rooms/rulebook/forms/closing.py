"""The form that closes a unit or a post: when, why, and who takes over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from heli.rooms.rulebook.forms.fields import day
from heli.ui.sent import whole_number


class ClosingForm(forms.Form):
    """When a unit ends, why, and who takes over, one of ``heirs`` (id or empty, name); a post ends with the act."""

    on = forms.DateField(label=gettext_lazy("First day on which it no longer exists"), widget=day())
    heir = forms.ChoiceField(label=gettext_lazy("Takes over"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: Any, heirs: Sequence[tuple[str, str]], is_dated: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["heir"].choices = heirs  # type: ignore[attr-defined]  # of a choice field
        if not is_dated:
            del self.fields["on"]

    def heir_id(self) -> int | None:
        """Return who was chosen, None for nobody."""
        return whole_number(str(self.cleaned_data.get("heir") or ""))


class DayMovingForm(forms.Form):
    """To which day what is due moves, and why."""

    moved_to = forms.DateField(label=gettext_lazy("Due on"), widget=day())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
