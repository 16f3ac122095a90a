"""Input of the follow-up pages."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.enums import Line
from heli.rooms.tasks.forms.working import ACCEPTED, checked_upload
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit

_SEPARATORS = re.compile(r"[,;\uff0c\uff1b\u3001\n]+")


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class UnitsField(forms.CharField):
    """Units by name or code, several with a comma between them; suggestions come while typing."""

    def __init__(self, **values: Any) -> None:
        super().__init__(max_length=1000, **values)
        self.widget.attrs.update(
            {
                "list": "unit-choices",
                "autocomplete": "off",
                "hx-get": "/follow-ups/units/",
                "hx-trigger": "input changed delay:250ms, focus",
                "hx-target": "#unit-choices",
            }
        )


class AssigningForm(forms.Form):
    """A form whose units are looked up among those to which the person may assign."""

    def __init__(self, *args: Any, person: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.on = person, on

    def units_in(self, field: str) -> list[Unit]:
        """Return the units of the field; a name that fits none, or several, becomes an error of the field."""
        texts = [part.strip() for part in _SEPARATORS.split(self.cleaned_data.get(field) or "") if part.strip()]
        found = {text: queries.assignable_unit(self.person, text, self.on) for text in texts}
        unknown = [text for text, unit in found.items() if unit is None]
        if unknown:
            self.add_error(
                field,
                _("No unit of yours has this name or code, or several have it: %(names)s. Type the code of one.")
                % {"names": punctuation.listed(unknown)},
            )
        return [unit for unit in found.values() if unit is not None]


def post_choices() -> list[tuple[str, Any]]:
    kinds = people.post_kinds_with(Permission.TASK_DO)
    return [("", gettext_lazy("Whoever does tasks in the unit")), *((kind.value, kind.label) for kind in kinds)]


class NewFollowUpForm(AssigningForm):
    """An instruction to issue. ``units`` are those in whose name the person may."""

    unit = forms.TypedChoiceField(label=gettext_lazy("Issuing unit"), coerce=int)
    line = forms.ChoiceField(label=gettext_lazy("Line"), choices=Line.choices)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Instruction"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000
    )
    lead = UnitsField(label=gettext_lazy("Lead unit"), help_text=gettext_lazy("Name or code of one unit."))
    helpers = UnitsField(
        label=gettext_lazy("Co-operating units"),
        required=False,
        help_text=gettext_lazy("Names or codes with a comma between them. The lead sees what they answer."),
    )
    post_kind = forms.ChoiceField(label=gettext_lazy("Addressed to"), choices=post_choices, required=False)
    due_on = day_field(gettext_lazy("Due"))
    remind_days = forms.IntegerField(
        label=gettext_lazy("Remind"),
        min_value=-90,
        max_value=0,
        help_text=gettext_lazy("Days before the due date, written with a minus."),
    )
    urge_days = forms.IntegerField(
        label=gettext_lazy("Urge"), min_value=-30, max_value=180, help_text=gettext_lazy("Days after the due date.")
    )
    list_days = forms.IntegerField(
        label=gettext_lazy("List"),
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("Days after the due date. Only those concerned and the units above see it."),
    )

    def __init__(self, *args: Any, units: list[tuple[int, str]], **kwargs: Any) -> None:
        ladder = rules.default_ladder()
        initial = {"remind_days": ladder.remind, "urge_days": ladder.urge, "list_days": ladder.list}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]  # a choice field
        self.fields["text"].is_wide = self.fields["subject"].is_wide = True  # type: ignore[attr-defined]  # the face asks

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        lead = self.units_in("lead")
        if len(lead) > 1:
            self.add_error("lead", _("One unit leads. Put the others under co-operating units."))
        values["lead_unit"] = lead[0] if lead else None
        values["helper_units"] = [unit for unit in self.units_in("helpers") if unit not in lead]
        days = [values.get(name) for name in ("remind_days", "urge_days", "list_days")]
        if None not in days and not days[0] < days[1] < days[2]:  # type: ignore[operator]  # none is None
            self.add_error("urge_days", _("The steps follow one another: remind, then urge, then list."))
        return values


class AnswerForm(forms.Form):
    """A unit's answer in words, with a file if it wants and what is already recorded."""

    text = forms.CharField(label=gettext_lazy("Answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000)
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED})
    )

    def clean_file(self) -> Any:
        return checked_upload(self.cleaned_data["file"])


class ExtensionForm(forms.Form):
    until = day_field(gettext_lazy("New date"))
    reason = forms.CharField(label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)


class LedgerFilter(forms.Form):
    """Filters above a ledger; anything unknown is ignored."""

    state = forms.CharField(required=False, max_length=12)
    line = forms.ChoiceField(required=False, choices=[("", ""), *Line.choices])
    q = forms.CharField(required=False, max_length=60)
    mine = forms.BooleanField(required=False)

    def values(self) -> dict[str, Any]:
        """Return the clean values; a field that is wrong counts as empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
