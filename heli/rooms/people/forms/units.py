"""Units and posts: made, changed, moved, closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from heli.rooms.people import queries
from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.people.models import Person, Unit


def day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """Return a day as one is entered here: none before the Party's first, none that nobody here will see."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    limits = [MinValueValidator(_FIRST_DAY), MaxValueValidator(_LAST_DAY)]
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget, validators=limits)


_FIRST_DAY, _LAST_DAY = date(1921, 7, 1), date(2099, 12, 31)


def suggestions(list_id: str, url: str) -> dict[str, str]:
    """Return the attributes of an input whose datalist is filled while typing."""
    return {
        "list": list_id,
        "autocomplete": "off",
        "hx-get": url,
        "hx-trigger": "input changed delay:250ms, focus",
        "hx-target": f"#{list_id}",
    }


class UnitChoice(forms.CharField):
    """A unit by its code, or by its name where only one has it; suggestions come while typing."""

    def __init__(self, **values: Any) -> None:
        super().__init__(max_length=120, **values)
        self.widget.attrs.update(suggestions("unit-choices", "/organization/choices/"))


class ActingForm(forms.Form):
    """A form that acts for a person on a day: unit and person fields are looked up within what they may do."""

    def __init__(self, *args: Any, person: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.on = person, on

    def unit_in(self, field: str) -> Unit | None:
        text = self.cleaned_data.get(field) or ""
        if not text:
            return None
        unit = queries.editable_unit(self.person, text, self.on)
        if unit is None:
            self.add_error(field, _("No unit of yours has this code, or several have this name. Type the code of one."))
        return unit


class UnitForm(ActingForm):
    """What a unit is called and what it is. ``tree_kinds`` keeps the kinds of its own tree."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices)
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("Unique in the enterprise; imports use it."))
    serves = UnitChoice(
        label=_("Stands for the administrative unit"),
        required=False,
        help_text=_("Code of the unit whose people this Party organization looks after. Leave empty if none."),
    )
    has_committee = forms.BooleanField(label=_("Has an elected committee"), required=False)
    from_day = day_field(_("Takes effect on"), _("Today or an earlier day."))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, kinds: list[UnitKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["serves_unit"] = self.unit_in("serves")
        return values


class MoveForm(ActingForm):
    parent = UnitChoice(label=_("New unit above"), help_text=_("Its code or its name."))
    from_day = day_field(_("Takes effect on"), _("Today or an earlier day."))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["parent_unit"] = self.unit_in("parent")
        return values


class PostForm(ActingForm):
    kind = forms.ChoiceField(label=_("Kind of post"), choices=PostKind.choices)
    title = forms.CharField(label=_("Title"), max_length=80)
    acts_for = UnitChoice(
        label=_("Acts for"),
        required=False,
        help_text=_("A department that works for a Party committee: the committee's code."),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["acts_for_unit"] = self.unit_in("acts_for")
        return values
