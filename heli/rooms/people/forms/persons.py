"""Persons: added, corrected, transferred, appointed, retired."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heli.rooms.people import queries
from heli.rooms.people.enums import PoliticalStatus, PostKind
from heli.rooms.people.forms.units import ActingForm, UnitChoice, day_field, suggestions
from heli.rooms.people.models import Person


class PersonFilter(forms.Form):
    """Filters above the list of persons; anything unknown is ignored."""

    q = forms.CharField(required=False, max_length=60)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    status = forms.ChoiceField(required=False, choices=[("", ""), *PoliticalStatus.choices])
    post = forms.ChoiceField(required=False, choices=[("", ""), *PostKind.choices])
    left = forms.BooleanField(required=False)

    def wanted(self, person: Person, on: date) -> queries.WantedPersons:
        """Return the filters as the list takes them; a unit only through the person's own door."""
        self.is_valid()
        values = self.cleaned_data
        return queries.WantedPersons(
            text=values.get("q") or "",
            unit=queries.unit_for(person, values["unit"], on) if values.get("unit") else None,
            status=values.get("status") or "",
            post_kind=values.get("post") or "",
            has_left=bool(values.get("left")),
        )

    def query(self) -> str:
        """Return the filters as the address of a page carries them on."""
        kept = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode({**kept, **({"left": "1"} if kept.get("left") else {})})


class PersonForm(forms.Form):
    """What is known of a person."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=32)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False)
    political_status = forms.ChoiceField(label=_("Political status"), choices=PoliticalStatus.choices)
    joined_party_on = day_field(_("Joined the Party on"), required=False)


class NewPersonForm(PersonForm, ActingForm):
    party_unit = UnitChoice(label=_("Party organization"), required=False)
    admin_unit = UnitChoice(label=_("Administrative unit"))
    from_day = day_field(_("Since"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["units"] = [unit for unit in (self.unit_in("party_unit"), self.unit_in("admin_unit")) if unit]
        return values


class TransferForm(ActingForm):
    party_unit = UnitChoice(label=_("New Party organization"), required=False, help_text=_("Empty: it stays."))
    admin_unit = UnitChoice(label=_("New administrative unit"), required=False, help_text=_("Empty: it stays."))
    ends_posts = forms.BooleanField(label=_("End the posts held so far"), required=False, initial=True)
    from_day = day_field(_("Takes effect on"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["units"] = [unit for unit in (self.unit_in("party_unit"), self.unit_in("admin_unit")) if unit]
        if not self.errors and not values["units"]:
            raise forms.ValidationError(_("Name the new Party organization, the new administrative unit, or both."))
        return values


class AppointForm(ActingForm):
    holder = forms.CharField(
        label=_("Who is appointed"),
        max_length=60,
        help_text=_("Staff number, or the name where only one has it."),
        widget=forms.TextInput(attrs=suggestions("person-choices", "/people/choices/")),
    )
    from_day = day_field(_("Holds the post from"))
    to_day = day_field(_("Until before"), _("Leave empty if open."), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        found: Person | None = queries.visible_person(self.person, values.get("holder") or "", self.on)
        if found is None and "holder" not in self.errors:
            self.add_error("holder", _("Nobody you can see has this number, or several have this name."))
        values["holder_person"] = found
        return values


class EndForm(forms.Form):
    on = day_field(_("First day on which it no longer holds"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class StandInForm(ActingForm):
    """Who acts for the holder of a post, on which days and why."""

    stand_in = forms.CharField(
        label=_("Who stands in"),
        max_length=60,
        help_text=_("Staff number, or the name where only one has it."),
        widget=forms.TextInput(attrs=suggestions("person-choices", "/people/choices/")),
    )
    from_day = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.TextInput(attrs={"placeholder": _("On leave, at a course …")})
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        found: Person | None = queries.visible_person(self.person, values.get("stand_in") or "", self.on)
        if found is None and "stand_in" not in self.errors:
            self.add_error("stand_in", _("Nobody you can see has this number, or several have this name."))
        values["stand_in_person"] = found
        return values
