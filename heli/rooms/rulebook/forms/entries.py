"""Forms of the list, of instruments, key links, editions, circumstances and days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from heli.rooms.rulebook.enums import Confidence, DayKind, Enforcement, Line, Period
from heli.rooms.rulebook.forms.fields import Dated, Lines, day
from heli.ui.sent import whole_number


class ListFilter(forms.Form):
    """The filters above the list of duties; whatever does not fit is left out."""

    line = forms.ChoiceField(choices=Line, required=False)
    kind = forms.CharField(required=False, max_length=30)
    period = forms.ChoiceField(choices=Period, required=False)
    confidence = forms.ChoiceField(choices=Confidence, required=False)
    state = forms.ChoiceField(choices=[(value, value) for value in ("on", "off", "edited", "block")], required=False)
    q = forms.CharField(required=False, max_length=100)

    def values(self) -> dict[str, str]:
        """Return every filter, empty where it was not given or does not exist."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class SwitchForm(Dated):
    """Switch a duty on or off, and let its gate block or warn."""

    is_on = forms.TypedChoiceField(
        label=gettext_lazy("This duty"),
        choices=[("1", gettext_lazy("is asked of units")), ("0", gettext_lazy("is switched off"))],
        coerce=lambda value: value == "1",
    )
    enforcement = forms.ChoiceField(
        label=gettext_lazy("When it is not met"),
        choices=[
            (Enforcement.WARN, gettext_lazy("warn; one may go on with a reason")),
            (Enforcement.BLOCK, gettext_lazy("block; the step cannot be finished")),
        ],
    )

    field_order = ("is_on", "enforcement", "valid_from", "reason", "version")


class InstrumentForm(Dated):
    """What an enterprise keeps up to date about an instrument."""

    edition_zh = forms.CharField(label=gettext_lazy("Edition (Chinese)"), required=False, max_length=60)
    edition_en = forms.CharField(label=gettext_lazy("Edition (English)"), required=False, max_length=60)
    issued_on = forms.RegexField(
        r"^\d{4}(-\d{2}(-\d{2})?)?$",
        label=gettext_lazy("Issued on"),
        required=False,
        help_text=gettext_lazy("2018, 2018-07 or 2018-07-05, as far as it is known."),
    )
    effective_on = forms.RegexField(r"^\d{4}(-\d{2}(-\d{2})?)?$", label=gettext_lazy("In effect since"), required=False)
    note_zh = forms.CharField(label=gettext_lazy("Note (Chinese)"), widget=forms.Textarea(attrs={"rows": 3}))
    note_en = forms.CharField(label=gettext_lazy("Note (English)"), widget=forms.Textarea(attrs={"rows": 3}))

    field_order = (
        "edition_zh",
        "edition_en",
        "issued_on",
        "effective_on",
        "note_zh",
        "note_en",
        "valid_from",
        "reason",
        "version",
    )

    def cells(self) -> dict[str, str]:
        """Return the content as the catalogue writes it."""
        names = ("edition_zh", "edition_en", "issued_on", "effective_on", "note_zh", "note_en")
        return {name: str(self.cleaned_data[name]).replace("\r\n", "\n").strip() for name in names}


class KeyLinkForm(Dated):
    """Which duties stand for a key link, and whether plans are checked for it."""

    obligations = Lines(
        label=pgettext_lazy("rulebook", "Duties"),
        help_text=gettext_lazy("Codes, one a line; a plan has to name each that applies."),
    )
    is_on = forms.TypedChoiceField(
        label=gettext_lazy("Yearly plans"),
        choices=[("1", gettext_lazy("are checked for it")), ("0", gettext_lazy("are not checked for it"))],
        coerce=lambda value: value == "1",
    )

    field_order = ("obligations", "is_on", "valid_from", "reason", "version")

    def cells(self) -> dict[str, str]:
        """Return the content as the catalogue writes it."""
        return {"obligations": str(self.cleaned_data["obligations"]).upper()}


class UpdateForm(forms.Form):
    """Day and reason of what is taken of a new edition; ``choices`` and ``reasons`` read the rest."""

    reason = forms.CharField(label=gettext_lazy("Reason for the change"), max_length=300)
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=day())
    kept_reason = forms.CharField(
        label=gettext_lazy("Why ours is kept"),
        help_text=gettext_lazy("For every entry where something is kept and no reason of its own is written."),
        max_length=300,
        required=False,
    )
    expected = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def choices(self) -> dict[str, str]:
        """Return what was chosen for each difference: key → ``take`` or ``keep``."""
        prefix = "choice:"
        return {
            name.removeprefix(prefix): value
            for name, value in self.data.items()
            if name.startswith(prefix) and value in ("take", "keep")
        }

    def reasons(self) -> dict[str, str]:
        """Return why something of an entry is kept: key of the entry → what was written."""
        prefix = "reason:"
        return {name.removeprefix(prefix): text for name, text in self.data.items() if name.startswith(prefix)}


class CircumstanceForm(forms.Form):
    """Say that something holds for a unit, from a day on."""

    condition = forms.CharField(widget=forms.HiddenInput, max_length=40)
    valid_from = forms.DateField(label=gettext_lazy("It holds from"), widget=day())
    reason = forms.CharField(label=gettext_lazy("Remark on it"), required=False, max_length=300)


class EndForm(forms.Form):
    """Say that something no longer holds."""

    valid_to = forms.DateField(label=gettext_lazy("No longer from"), widget=day())
    version = forms.IntegerField(widget=forms.HiddenInput)


class DaysForm(forms.Form):
    """A stretch of days that the enterprise counts differently from the shipped calendar."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=day())
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=day(),
        required=False,
        help_text=gettext_lazy("Leave it empty for a single day."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("These days are"), choices=[*DayKind.choices, ("", gettext_lazy("as shipped again"))],
        required=False, initial=DayKind.OFF,
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("For example the number of the notice.")
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "first" in values:
            values["last"] = values.get("last") or values["first"]
        return values


class MoveForm(forms.Form):
    """Another day or reason of a change that is drafted."""

    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=day())
    reason = forms.CharField(label=gettext_lazy("Reason for the change"), max_length=300)


class NoteForm(forms.Form):
    """The version a person looked at, and what the person wrote."""

    def version(self) -> int | None:
        """Return the version the form carried; None where it carried none, which no change has."""
        return whole_number(str(self.data.get("version", "")), 9)

    def reason(self) -> str:
        """Return what was written, cut to what is kept."""
        return str(self.data.get("note", "")).strip()[:500]
