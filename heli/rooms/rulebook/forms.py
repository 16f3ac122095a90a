from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from heli.rooms.rulebook import catalogue
from heli.rooms.rulebook.catalogue.reading import parse_windows
from heli.rooms.rulebook.enums import Binding, Confidence, CountUnit, DayKind, Enforcement, Line, Period, Trigger
from heli.rooms.rulebook.queries import Duty, condition_title, subject_title
from heli.rooms.rulebook.rules import TERM_STARTED
from heli.ui.sent import whole_number


def _day() -> forms.DateInput:
    """A date as browsers want it, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


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


class _Dated(forms.Form):
    """What every change of the rulebook says about itself."""

    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=300,
        help_text=gettext_lazy("Stands in the history and in the audit log."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=_day(),
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


class SwitchForm(_Dated):
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


class _Lines(forms.CharField):
    """A text of several lines that stands in the catalogue as one cell, parts separated by semicolons."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value.split(";")) if isinstance(value, str) and "\n" not in value else value

    def clean(self, value: Any) -> str:
        parts = [part.strip() for part in re.split(r"[\n;；]", super().clean(value) or "")]
        return ";".join(dict.fromkeys(part for part in parts if part))


class _Codes(forms.MultipleChoiceField):
    """Several codes that stand in the catalogue as one cell."""

    def prepare_value(self, value: Any) -> Any:
        return [part for part in value.split(";") if part] if isinstance(value, str) else value


class DutyForm(_Dated):
    """The enterprise's wording of a duty. ``cells`` gives it back as the catalogue writes it."""

    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=120)
    title_en = forms.CharField(label=gettext_lazy("Title (English)"), max_length=200)
    subjects = _Codes(label=gettext_lazy("Owed by"), widget=forms.SelectMultiple(attrs={"size": 6}))
    conditions = _Codes(label=gettext_lazy("Only where"), required=False, widget=forms.CheckboxSelectMultiple)
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=9999)
    count_unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=CountUnit)
    period = forms.ChoiceField(label=gettext_lazy("How often"), choices=Period)
    windows = forms.CharField(
        label=gettext_lazy("Months"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Of a yearly duty: 1-3, or 1-6;7-12. Empty means any time of the year."),
    )
    term_months = forms.IntegerField(
        label=gettext_lazy("Length of the term in months"), required=False, min_value=1, max_value=600
    )
    event_zh = forms.CharField(label=gettext_lazy("Event (Chinese)"), required=False, max_length=200)
    event_en = forms.CharField(label=gettext_lazy("Event (English)"), required=False, max_length=300)
    deadline = forms.CharField(
        label=gettext_lazy("Time limit"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("P15D, P1M, P2Y or 15wd for working days; with - in front counted back from the event."),
    )
    proposed = forms.BooleanField(label=gettext_lazy("Limit or interval is a proposal"), required=False)
    evidence_zh = _Lines(label=gettext_lazy("What proves it (Chinese)"), help_text=gettext_lazy("One a line."))
    evidence_en = _Lines(label=gettext_lazy("What proves it (English)"), help_text=gettext_lazy("One a line."))
    confidence = forms.ChoiceField(label=gettext_lazy("How sure"), choices=Confidence)
    binding = forms.ChoiceField(label=gettext_lazy("How binding"), choices=Binding)
    note_zh = forms.CharField(label=gettext_lazy("Note (Chinese)"), widget=forms.Textarea(attrs={"rows": 3}))
    note_en = forms.CharField(label=gettext_lazy("Note (English)"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty = duty
        shipped = catalogue.load()
        subjects = [(one.code, subject_title(one.code)) for one in shipped.subjects]
        facts = [one.code for one in shipped.conditions if one.code != TERM_STARTED]
        conditions = [(code, condition_title(code)) for code in facts]
        self.fields["subjects"].choices = subjects  # type: ignore[attr-defined]  # a field of choices
        self.fields["conditions"].choices = conditions  # type: ignore[attr-defined]  # a field of choices
        for reference in duty.references:
            self.fields[f"article_{reference.instrument}"] = forms.CharField(
                label=_("Article of: %(title)s") % {"title": reference.title},
                required=False,
                max_length=30,
                help_text=_("Empty = not established, - = there is none, ~5 = about article 5."),
            )

    def articles(self) -> list[forms.BoundField]:
        """Return the fields of the articles, one a source."""
        return [self[f"article_{reference.instrument}"] for reference in self.duty.references]

    @staticmethod
    def initial_of(duty: Duty, cells: Mapping[str, str], valid_from: date) -> dict[str, Any]:
        """Return what the form shows at first: the wording last in force."""
        articles = {}
        for source in duty.record.sources:
            unknown = {catalogue.ARTICLE_UNKNOWN: "", catalogue.ARTICLE_NONE: "-"}
            articles[f"article_{source.instrument}"] = unknown.get(source.article, source.article)
        proposed = cells["proposed"] == "1"
        return {**cells, **articles, "proposed": proposed, "version": duty.version, "valid_from": valid_from}

    def clean_windows(self) -> str:
        text = str(self.cleaned_data["windows"]).replace(" ", "")
        try:
            return ";".join(str(window) for window in parse_windows(text))
        except ValueError as error:
            raise ValidationError(_("Write months as 1-3, or two spans as 1-6;7-12.")) from error

    def clean_deadline(self) -> str:
        text = str(self.cleaned_data["deadline"]).strip()
        try:
            deadline = catalogue.parse_deadline(text)
        except ValueError as error:
            raise ValidationError(_("Write P15D, P1M, P2Y or 15wd.")) from error
        return str(deadline) if deadline else ""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        period = values.get("period")
        if values.get("windows") and period != Period.YEAR:
            self.add_error("windows", _("Only a yearly duty has months; the others are due in each period."))
        if period == Period.EVENT and not (values.get("event_zh") and values.get("event_en")):
            self.add_error("event_zh", _("Name the event in both languages."))
        elif bool(values.get("event_zh")) != bool(values.get("event_en")):
            self.add_error("event_en", _("Name the event in both languages, or in neither."))
        if period == Period.TERM and not (values.get("term_months") or values.get("deadline")):
            self.add_error("term_months", _("A duty of a term needs the length of the term or a time limit."))
        evidence = [str(values.get(name, "")).count(";") for name in ("evidence_zh", "evidence_en")]
        if "evidence_zh" in values and "evidence_en" in values and evidence[0] != evidence[1]:
            self.add_error("evidence_en", _("Name the same pieces of evidence in both languages."))
        for name in [name for name in values if name.startswith("article_")]:
            if re.search(r"[;@]", values[name]):
                self.add_error(name, _("An article has no ; or @ in it."))
        return values

    def cells(self) -> dict[str, str]:
        """Return the content as the catalogue writes it."""
        values = self.cleaned_data
        cells = {
            name: str(values[name]).replace("\r\n", "\n").strip()
            for name in (
                "title_zh", "title_en", "count", "count_unit", "period", "windows", "event_zh", "event_en", "deadline",
                "evidence_zh", "evidence_en", "confidence", "binding", "note_zh", "note_en",
            )
        }  # fmt: skip
        cells["subjects"], cells["conditions"] = ";".join(values["subjects"]), ";".join(values["conditions"])
        cells["term_months"] = str(values["term_months"] or "")
        cells["proposed"] = str(int(values["proposed"]))
        cells["trigger"] = self._trigger(values["period"])
        cells["sources"] = ";".join(self._source(one.instrument) for one in self.duty.record.sources)
        return cells

    def _trigger(self, period: str) -> str:
        if period == Period.EVENT:
            return str(Trigger.EVENT)
        is_before_holidays = self.duty.trigger == Trigger.HOLIDAYS and period == Period.YEAR
        return str(Trigger.HOLIDAYS if is_before_holidays else Trigger.CALENDAR)

    def _source(self, instrument: str) -> str:
        article = str(self.cleaned_data[f"article_{instrument}"]).strip()
        return f"{instrument}@{article}" if article else instrument


class InstrumentForm(_Dated):
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


class KeyLinkForm(_Dated):
    """Which duties stand for a key link, and whether plans are checked for it."""

    obligations = _Lines(
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
    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=_day())
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
    valid_from = forms.DateField(label=gettext_lazy("It holds from"), widget=_day())
    reason = forms.CharField(label=gettext_lazy("Remark on it"), required=False, max_length=300)


class EndForm(forms.Form):
    """Say that something no longer holds."""

    valid_to = forms.DateField(label=gettext_lazy("No longer from"), widget=_day())
    version = forms.IntegerField(widget=forms.HiddenInput)


class DaysForm(forms.Form):
    """A stretch of days that the enterprise counts differently from the shipped calendar."""

    first = forms.DateField(label=gettext_lazy("First day"), widget=_day())
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=_day(),
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

    valid_from = forms.DateField(label=gettext_lazy("In force from"), widget=_day())
    reason = forms.CharField(label=gettext_lazy("Reason for the change"), max_length=300)


class NoteForm(forms.Form):
    """The version a person looked at, and what the person wrote."""

    def version(self) -> int | None:
        """Return the version the form carried; None where it carried none, which no change has."""
        return whole_number(str(self.data.get("version", "")), 9)

    def reason(self) -> str:
        """Return what was written, cut to what is kept."""
        return str(self.data.get("note", "")).strip()[:500]
