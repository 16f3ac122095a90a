"""Cleaned input of the plan pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, Line, Period, Reach, RowKind

ACCEPTED = ".docx,.docm,.xlsx,.xlsm,.csv,.pdf,.txt,.md"
# Longer texts come as files.
MAX_PASTED = 200_000
MAX_MINUTES = 6_000
# What is longer is no item, but a paper.
MAX_ITEM = 2_000
_LINES = [(Line.PARTY.value, Line.PARTY.label), (Line.INTEGRITY.value, Line.INTEGRITY.label)]


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _minutes(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=_("Minutes each time"), min_value=1, max_value=MAX_MINUTES, **more)


def _words(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _check_order(form: forms.Form, start: str, end: str) -> None:
    """Say beside the end that it lies before the start."""
    first, last = form.cleaned_data.get(start), form.cleaned_data.get(end)
    if first and last and last < first:
        form.add_error(end, _("The end lies before the start. Change one of both days."))


class _OfAYear(forms.Form):
    """A form whose days belong to the plan's year; a day outside it is asked about once more."""

    DAYS = ("start", "end")

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        known = [self.initial.get(name) for name in self.DAYS]
        if self.is_bound or rules.beyond(year, *known):
            label = _("Yes, this day lies outside the year of the plan")
            self.fields["beyond"] = forms.BooleanField(label=label, required=False)

    def clean(self) -> None:
        _check_order(self, *self.DAYS)
        is_meant = self.cleaned_data.pop("beyond", False)
        outside = [
            name for name in self.DAYS
            if (day := self.cleaned_data.get(name)) and rules.beyond(self.year, day)
        ]  # fmt: skip
        if not outside:
            self.fields.pop("beyond", None)
        elif not is_meant:
            said = _("The plan is for %(year)s. Change the day, or say below that it is meant.") % {"year": self.year}
            self.add_error(outside[0], said)


class PlanForm(forms.Form):
    """A plan to begin. ``units`` are the choices: the units the person drafts for."""

    unit = forms.TypedChoiceField(
        label=_("Unit"),
        coerce=int,
        help_text=_("Its kind decides for which key links and obligations the drafts are checked."),
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2200)
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("Left empty, it is named after the year.")
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]  # a choice field


class PapersForm(forms.Form):
    """Papers of one line: any number of files, or pasted text. The files themselves are read from the request."""

    line = forms.ChoiceField(
        choices=_LINES,
        error_messages={
            "required": _("Say to which line the papers belong."),
            "invalid_choice": _("Say to which line the papers belong."),
        },
    )
    issuer = forms.CharField(label=_("Issued by"), max_length=120, required=False)
    pasted = forms.CharField(
        required=False,
        max_length=MAX_PASTED,
        strip=False,
        error_messages={"max_length": _("So much text cannot be pasted. Hand it in as a file.")},
    )


class RowForm(_OfAYear):
    """An item of the split."""

    text = forms.CharField(label=_("What is to be done"), widget=_words(3), max_length=MAX_ITEM)
    owner = forms.CharField(label=_("Who"), max_length=2_000, required=False)
    helpers = forms.CharField(
        label=_("Helping"), max_length=2_000, required=False, help_text=_("Several with a comma between them.")
    )
    start = _day(label=_("From"))
    end = _day(label=_("Until"))
    period = forms.ChoiceField(label=_("How often"), choices=Period.choices, required=False)
    quantity = forms.CharField(label=_("Amount"), max_length=2_000, required=False)
    deliverable = forms.CharField(label=_("What proves it"), widget=_words(2), max_length=5_000, required=False)


class KindForm(forms.Form):
    kind = forms.ChoiceField(choices=RowKind.choices)


class DecisionForm(forms.Form):
    """A decision on a finding. What each kind of decision needs is asked by ``rules.what_is_missing``."""

    choice = forms.ChoiceField(choices=Choice.choices)
    reason = forms.CharField(required=False, max_length=2_000)
    text = forms.CharField(required=False, max_length=20_000)
    line = forms.ChoiceField(required=False, choices=[("", ""), *Line.choices])
    lead = forms.CharField(required=False, max_length=2_000)
    start = forms.DateField(required=False)
    due = forms.DateField(required=False)
    period = forms.ChoiceField(required=False, choices=Period.choices)
    quantity = forms.CharField(required=False, max_length=2_000)
    deliverable = forms.CharField(required=False, max_length=5_000)
    target = forms.IntegerField(required=False, min_value=1)
    when_of = forms.CharField(required=False, max_length=20)
    lead_of = forms.CharField(required=False, max_length=20)
    quantity_of = forms.CharField(required=False, max_length=20)

    def clean(self) -> None:
        _check_order(self, "start", "due")

    def values(self) -> dict[str, Any]:
        """Return the filled-in fields without choice and reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("choice", "reason")}


class ItemForm(_OfAYear):
    """An item of a version under way. ``lead_choices`` is the address that suggests who could lead it."""

    DAYS = ("start", "due")

    text = forms.CharField(label=_("What is to be done"), widget=_words(3), max_length=MAX_ITEM)
    line = forms.ChoiceField(label=_("Line"), choices=Line.choices)
    reach = forms.ChoiceField(label=_("Carried out by"), choices=Reach.choices)
    lead = forms.CharField(label=_("Lead"), max_length=2_000, required=False)
    helpers = forms.CharField(
        label=_("Helping"), max_length=4_000, required=False, help_text=_("Several with a comma between them.")
    )
    start = _day(label=_("From"))
    due = _day(label=_("Due"))
    period = forms.ChoiceField(label=_("How often"), choices=Period.choices, required=False)
    quantity = forms.CharField(label=_("Amount"), max_length=2_000, required=False)
    deliverable = forms.CharField(label=_("What proves it"), widget=_words(2), max_length=5_000, required=False)
    minutes = _minutes(
        required=False,
        help_text=_(
            "What it takes whoever does it, recording included. An honest estimate; everybody asked can read it."
        ),
    )

    def __init__(self, *args: Any, lead_choices: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suggested = {"hx-get": lead_choices, "hx-trigger": "input changed delay:250ms, focus"}
        listed = {"list": "lead-choices", "hx-target": "#lead-choices", "autocomplete": "off"}
        self.fields["lead"].widget.attrs.update(suggested | listed)


class NewItemForm(ItemForm):
    reason = forms.CharField(label=_("Why it is added"), widget=_words(2), max_length=2_000)


class MinutesForm(forms.Form):
    """The same minutes for every item that states none."""

    minutes = _minutes()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        required=False, max_length=2_000, error_messages={"max_length": _("A reason has at most 2,000 characters.")}
    )
