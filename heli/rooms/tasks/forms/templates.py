"""Input of task templates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.tasks.enums import Every, FallsOn, Line, Shift

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit
    from heli.rooms.tasks.models import TaskTemplate


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TemplateForm(forms.Form):
    """A task template: what, of whom, when, and the burden it states."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    line = forms.ChoiceField(label=_("Line"), choices=Line)
    deliverable = forms.CharField(
        label=_("What proves it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A result in words. Counts, photos and positions are refused."),
    )
    obligation = forms.ChoiceField(label=_("Duty of the rulebook"), required=False)
    unit_id = forms.TypedChoiceField(label=_("Asks and reviews"), coerce=int)
    root_id = forms.TypedChoiceField(label=_("Asked: in and below"), coerce=int)
    unit_kinds = forms.MultipleChoiceField(
        label=_("Kinds of units asked"),
        choices=UnitKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: the unit itself alone."),
    )
    post_kind = forms.ChoiceField(
        label=_("Post that does it"),
        choices=[("", _("whoever does tasks in the unit")), *PostKind.choices],
        required=False,
    )
    every = forms.ChoiceField(label=_("How often"), choices=Every)
    month = forms.TypedChoiceField(
        label=_("In which month of the period"),
        choices=[(number, str(number)) for number in range(1, 13)],
        coerce=int,
        help_text=_("For quarter, half-year and year: 1 is the first month."),
    )
    falls_on = forms.ChoiceField(label=_("Falls due on"), choices=FallsOn, initial=FallsOn.LAST_WORKING_DAY)
    nth = forms.IntegerField(label=_("Number of the day"), min_value=0, max_value=31, required=False)
    shift = forms.ChoiceField(label=_("A day off moves"), choices=Shift)
    once_on = forms.DateField(label=_("Day, where it happens once"), widget=_day(), required=False)
    event = forms.CharField(label=_("Event the time is counted from"), max_length=100, required=False)
    deadline = forms.CharField(
        label=_("Time after the event"),
        max_length=10,
        required=False,
        help_text=_("P15D for days, P1M for months, 15wd for working days."),
    )
    lead_days = forms.IntegerField(label=_("Appears so many days before"), min_value=0, max_value=180, initial=10)
    starts_on = forms.DateField(label=_("In force from"), widget=_day())
    ends_on = forms.DateField(
        label=_("Ends on"), widget=_day(), help_text=_("Nothing is asked for ever; it can be drafted anew.")
    )
    basis = forms.CharField(label=_("Basis"), max_length=300, help_text=_("Which rule or decision asks for it."))
    owner_id = forms.TypedChoiceField(label=_("Who answers for it"), coerce=int)
    minutes = forms.IntegerField(
        label=_("Minutes for the one who does it"),
        min_value=1,
        max_value=6000,
        help_text=_("Recording included, each time. An honest estimate; everybody asked can read it."),
    )

    def offer(
        self, *, asking: list[Unit], roots: list[Unit], owners: list[Person], duties: list[tuple[str, str]]
    ) -> TemplateForm:
        """Fill in what this person may choose."""
        top = min((root.depth for root in roots), default=0)
        self._choices("unit_id", [(unit.pk, unit.name) for unit in asking])
        self._choices("root_id", [(root.pk, "　" * (root.depth - top) + root.name) for root in roots])
        self._choices("owner_id", [(person.pk, person.name) for person in owners])
        self._choices("obligation", [("", _("none")), *duties])
        return self

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    def clean_nth(self) -> int:
        return self.cleaned_data["nth"] or 0

    def draft(self) -> dict[str, Any]:
        """Return the values as ``services.TemplateDraft`` takes them."""
        return {**self.cleaned_data, "unit_kinds": tuple(self.cleaned_data["unit_kinds"])}


def initial_of(template: TaskTemplate) -> dict[str, Any]:
    """Return what the form shows for a stored template."""
    return {name: getattr(template, name) for name in TemplateForm.base_fields}


def fresh_initial(today: date) -> dict[str, Any]:
    """Return what the form of a new template begins with: the coming twelve months, due at the end of a month."""
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = first.replace(year=first.year + 1) - timedelta(days=1)
    return {"starts_on": today, "ends_on": last, "month": 1}


class EventForm(forms.Form):
    """The day on which what a template waits for happened."""

    happened_on = forms.DateField(label=_("Happened on"), widget=_day())


class TemplateFilter(forms.Form):
    """Filters above the list of templates; anything unknown is ignored."""

    state = forms.CharField(required=False, max_length=10)
    line = forms.ChoiceField(required=False, choices=[("", ""), *Line.choices])
    q = forms.CharField(required=False, max_length=60)

    def values(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
