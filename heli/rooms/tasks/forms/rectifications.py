"""Input of the rectification pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heli.rooms.tasks import rules
from heli.rooms.tasks.enums import Line, ProblemSource
from heli.rooms.tasks.forms.follow_ups import AssigningForm, UnitsField, day_field, post_choices

LIST_ACCEPTED = ".xlsx,.xlsm,.csv"
LIST_BYTES = 5 * 1024 * 1024


class NewRectificationForm(AssigningForm):
    """A list of problems to open. ``verifiers`` are the units in whose name the person may verify."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    source = forms.ChoiceField(label=gettext_lazy("Source of the problems"), choices=ProblemSource.choices)
    found_by = forms.CharField(label=gettext_lazy("Found by"), max_length=120, required=False)
    found_on = day_field(gettext_lazy("Day of the feedback"), gettext_lazy("Statutory periods count from it."))
    unit = UnitsField(label=gettext_lazy("Rectifying unit"), help_text=gettext_lazy("Name or code of one unit."))
    verifier = forms.TypedChoiceField(label=gettext_lazy("Verifying unit"), coerce=int)

    def __init__(self, *args: Any, verifiers: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verifier"].choices = verifiers  # type: ignore[attr-defined]  # a choice field
        self.fields["title"].is_wide = True  # type: ignore[attr-defined]  # the face asks

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        units = self.units_in("unit")
        if len(units) > 1:
            self.add_error("unit", _("One unit rectifies. Open a list for each."))
        values["rectifying"] = units[0] if units else None
        return values


class MeasureForm(AssigningForm):
    """A measure against a problem."""

    measure = forms.CharField(label=gettext_lazy("Measure"), widget=forms.Textarea(attrs={"rows": 2}), max_length=500)
    units = UnitsField(label=gettext_lazy("Responsible unit"), help_text=gettext_lazy("Name or code of one unit."))
    post_kind = forms.ChoiceField(label=gettext_lazy("Addressed to"), choices=post_choices, required=False)
    due_on = day_field(gettext_lazy("Due"))
    deliverable = forms.CharField(label=gettext_lazy("What proves it"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].is_wide = True  # type: ignore[attr-defined]  # the face asks

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        units = self.units_in("units")
        if len(units) > 1:
            self.add_error("units", _("One unit answers for a measure. Add a measure for each."))
        values["unit_id"] = units[0].pk if units else None
        return values


class ProblemForm(MeasureForm):
    """A problem with its first measure."""

    problem = forms.CharField(label=gettext_lazy("Problem"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
    line = forms.ChoiceField(label=gettext_lazy("Line"), choices=Line.choices)
    field_order = ("problem", "line", "measure", "units", "post_kind", "due_on", "deliverable")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].is_wide = True  # type: ignore[attr-defined]  # the face asks


class ProblemListForm(forms.Form):
    """A list of problems as a file."""

    file = forms.FileField(
        label=gettext_lazy("List of problems"),
        help_text=gettext_lazy("xlsx or csv, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": LIST_ACCEPTED}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if (upload.size or 0) > LIST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 5 MB. Remove other sheets and pictures, or split it.")
            )
        return upload


class CloseProblemForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("Result in a sentence"), max_length=500, required=False)
    check_months = forms.IntegerField(
        label=gettext_lazy("Look at the effect after"),
        min_value=0,
        max_value=36,
        initial=rules.check_months,
        help_text=gettext_lazy("Months; a task opens by itself. 0 = not."),
    )
