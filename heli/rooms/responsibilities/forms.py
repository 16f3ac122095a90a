"""Cleaned input of the responsibility pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities.enums import Kind, Line, Reach

ACCEPTED = ".docx,.docm,.xlsx,.xlsm,.csv"
MAX_MB = 20
# What a holder may have to be able to do for an item.
_MEANS = [
    (str(right), right.label)
    for right in (
        Permission.TASK_DO,
        Permission.TASK_VERIFY,
        Permission.TASK_ASSIGN,
        Permission.PLAN_DRAFT,
        Permission.PLAN_APPROVE,
        Permission.DUTY_DRAFT,
        Permission.DUTY_APPROVE,
    )
]
_CODE = re.compile(r"[A-Z]\d{2,3}")


def _words(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


class ListForm(forms.Form):
    """A list to begin. ``units`` are the choices: the units the person drafts for."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2200)
    title = forms.CharField(
        label=_("Title"), max_length=160, required=False, help_text=_("Left empty, it is named after unit and year.")
    )
    from_catalogue = forms.BooleanField(
        label=_("Begin with the items of the shipped catalogue for this kind of unit"), required=False, initial=True
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]  # a choice field


class ItemForm(forms.Form):
    """An item of the draft. ``posts`` are the posts that can answer for items of the unit."""

    text_zh = forms.CharField(label=_("What the holder answers for (Chinese)"), widget=_words(3), max_length=4000)
    text_en = forms.CharField(label=_("The same in English"), widget=_words(2), max_length=4000, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    line = forms.ChoiceField(label=_("Line"), choices=Line.choices)
    reach = forms.ChoiceField(label=_("Who answers"), choices=Reach.choices)
    accountable = forms.TypedChoiceField(
        label=_("Accountable post"), coerce=int, empty_value=None, required=False,
        help_text=_("Exactly one. Who holds it on a day answers on that day."),
    )  # fmt: skip
    supporting = forms.TypedMultipleChoiceField(
        label=_("Supporting posts"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    needs = forms.ChoiceField(
        label=_("Means the holder needs"), choices=_MEANS, required=False, initial=Permission.TASK_DO,
        help_text=_("A post without this right cannot be accountable."),
    )  # fmt: skip
    evidence_zh = forms.CharField(label=_("What proves it (Chinese)"), widget=_words(), max_length=1000, required=False)
    evidence_en = forms.CharField(label=_("What proves it (English)"), widget=_words(), max_length=1000, required=False)
    obligations = forms.CharField(
        label=_("Duties of the rulebook"), max_length=300, required=False,
        help_text=_("Codes with a comma between them, for instance A01, B02. Work that carries one counts here."),
    )  # fmt: skip
    source_zh = forms.CharField(label=_("Source"), max_length=300, required=False)
    article = forms.CharField(label=_("Article"), max_length=60, required=False)

    def __init__(self, *args: Any, posts: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accountable"].choices = [("", "–"), *posts]  # type: ignore[attr-defined]  # a choice field
        self.fields["supporting"].choices = posts  # type: ignore[attr-defined]  # a choice field

    def clean_obligations(self) -> list[str]:
        return list(dict.fromkeys(_CODE.findall(self.cleaned_data["obligations"].upper())))


class FileForm(forms.Form):
    """A list from a file."""

    file = forms.FileField(
        label=_("Responsibility list"), help_text=_("Word, Excel or CSV; a table, or one item a paragraph.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=2000)


class VersionForm(forms.Form):
    """A new version of a list in force."""

    reason = forms.CharField(label=_("Why the list changes"), widget=_words(), max_length=2000)
    valid_from = _day(_("In force from"))


class DayForm(forms.Form):
    """A day on which things are looked at."""

    on = forms.DateField(required=False)


class PeriodForm(forms.Form):
    """A period of the duty record, both days included."""

    first_day = _day(_("From"))
    last_day = _day(_("Until"))


class LimitForm(forms.Form):
    items = forms.IntegerField(label=_("Items a holder"), min_value=1, max_value=200)
    reason = forms.CharField(label=_("Reason"), max_length=300)
