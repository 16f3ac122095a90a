"""The form of a duty: what a clerk knows, made into the cells of the catalogue and back without a loss."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from heli.rooms.rulebook import catalogue
from heli.rooms.rulebook.enums import Binding, Confidence, CountUnit, Period, Trigger
from heli.rooms.rulebook.forms.fields import Codes, Dated, Lines
from heli.rooms.rulebook.queries import Duty, condition_title, subject_title
from heli.rooms.rulebook.rules import TERM_STARTED

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_IN_ENGLISH = ("title_en", "event_en", "evidence_en", "note_en")
_LIMIT_UNITS = [
    ("days", pgettext_lazy("time limit", "days")),
    ("working_days", pgettext_lazy("time limit", "working days")),
    ("months", pgettext_lazy("time limit", "months")),
    ("years", pgettext_lazy("time limit", "years")),
]
_LIMIT_SIDES = [
    ("after", pgettext_lazy("time limit", "after it happens")),
    ("before", pgettext_lazy("time limit", "back from it")),
]
_EXACT, _ABOUT, _NONE, _UNKNOWN = "exact", "about", "none", "unknown"
_WITH_NUMBER = (_EXACT, _ABOUT)
_KNOWN = [
    (_EXACT, pgettext_lazy("article", "is known")),
    (_ABOUT, pgettext_lazy("article", "is known roughly")),
    (_NONE, pgettext_lazy("article", "there is none")),
    (_UNKNOWN, pgettext_lazy("article", "is not established")),
]
# A yearly duty is met in one span of months or in two.
_SPANS = 2


def _in_english(label: _StrPromise, length: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=length, help_text=gettext_lazy("May stay empty; the Chinese is shown.")
    )


def _months_of(number: int) -> dict[str, forms.Field]:
    """Return the fields of one span of months."""
    choices = [("", "–"), *((str(month), name) for month, name in MONTHS.items())]
    labels = [_("Due between"), pgettext("first span", "and")]
    if number > 1:
        labels = [_("as well as between"), pgettext("second span", "and")]
    return {
        f"{part}_{number}": forms.ChoiceField(label=label, required=False, choices=choices)
        for part, label in zip(("from", "to"), labels, strict=True)
    }


def _article_of(instrument: str, title: str) -> dict[str, forms.Field]:
    """Return the fields of the article of one source: whether it is known, and its number."""
    return {
        f"known_{instrument}": forms.ChoiceField(
            label=_("The article of: %(title)s") % {"title": title}, choices=_KNOWN
        ),
        f"article_{instrument}": forms.CharField(
            label=_("Its number: %(title)s") % {"title": title}, required=False, max_length=30
        ),
    }


def _article_parts(source: catalogue.Source) -> dict[str, str]:
    """Return what the fields of a source's article hold at first."""
    article, known = source.article, {catalogue.ARTICLE_UNKNOWN: _UNKNOWN, catalogue.ARTICLE_NONE: _NONE}
    state = known.get(article, _ABOUT if article.startswith("~") else _EXACT)
    number = article.removeprefix("~") if state in _WITH_NUMBER else ""
    return {f"known_{source.instrument}": state, f"article_{source.instrument}": number}


def _limit_parts(written: str) -> dict[str, Any]:
    """Return what the fields of the time limit hold at first."""
    limit = catalogue.parse_deadline(written)
    if limit is None:
        return {"limit": None, "limit_unit": "days", "limit_side": "after"}
    side = "before" if limit.is_before else "after"
    return {"limit": limit.amount, "limit_unit": limit.unit, "limit_side": side}


def _limit_of(values: Mapping[str, Any]) -> str:
    """Return the time limit as the catalogue writes it."""
    if not values["limit"]:
        return ""
    return str(catalogue.Deadline(values["limit"], values["limit_unit"], values["limit_side"] == "before"))


class DutyForm(Dated):
    """The enterprise's wording of a duty. ``cells`` gives it back as the catalogue writes it."""

    title_zh = forms.CharField(label=gettext_lazy("Title (Chinese)"), max_length=120)
    title_en = _in_english(gettext_lazy("Title (English)"), 200)
    subjects = Codes(label=gettext_lazy("Owed by"), widget=forms.SelectMultiple(attrs={"size": 6}))
    conditions = Codes(label=gettext_lazy("Only where"), required=False, widget=forms.CheckboxSelectMultiple)
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=9999)
    count_unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=CountUnit)
    period = forms.ChoiceField(label=gettext_lazy("How often"), choices=Period)
    term_months = forms.IntegerField(
        label=gettext_lazy("Length of the term in months"), required=False, min_value=1, max_value=600
    )
    event_zh = forms.CharField(label=gettext_lazy("Event (Chinese)"), required=False, max_length=200)
    event_en = _in_english(gettext_lazy("Event (English)"), 300)
    limit = forms.IntegerField(
        label=gettext_lazy("Time limit"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("How many days, months or years; empty where there is no limit."),
    )
    limit_unit = forms.ChoiceField(label=gettext_lazy("The limit is counted in"), choices=_LIMIT_UNITS)
    limit_side = forms.ChoiceField(label=gettext_lazy("It is counted"), choices=_LIMIT_SIDES)
    proposed = forms.BooleanField(label=gettext_lazy("Limit or interval is a proposal"), required=False)
    evidence_zh = Lines(label=gettext_lazy("What proves it (Chinese)"), help_text=gettext_lazy("One a line."))
    evidence_en = Lines(
        label=gettext_lazy("What proves it (English)"),
        required=False,
        help_text=gettext_lazy("One a line, as many as in Chinese; empty where there is no English."),
    )
    confidence = forms.ChoiceField(label=gettext_lazy("How sure"), choices=Confidence)
    binding = forms.ChoiceField(label=gettext_lazy("How binding"), choices=Binding)
    note_zh = forms.CharField(label=gettext_lazy("Note (Chinese)"), widget=forms.Textarea(attrs={"rows": 3}))
    note_en = forms.CharField(
        label=gettext_lazy("Note (English)"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty = duty
        shipped = catalogue.load()
        subjects = [(one.code, subject_title(one.code)) for one in shipped.subjects]
        facts = [one.code for one in shipped.conditions if one.code != TERM_STARTED]
        conditions = [(code, condition_title(code)) for code in facts]
        self.fields["subjects"].choices = subjects  # type: ignore[attr-defined]  # a field of choices
        self.fields["conditions"].choices = conditions  # type: ignore[attr-defined]  # a field of choices
        self._spans = range(1, max(len(duty.record.windows), _SPANS) + 1)
        self.fields |= {name: field for number in self._spans for name, field in _months_of(number).items()}
        for reference in duty.references:
            self.fields |= _article_of(reference.instrument, reference.title)

    def months(self) -> list[forms.BoundField]:
        """Return the fields of the months, from and to of each span."""
        return [self[name] for number in self._spans for name in (f"from_{number}", f"to_{number}")]

    def articles(self) -> list[forms.BoundField]:
        """Return the fields of the articles, two a source."""
        return [
            self[f"{part}_{reference.instrument}"]
            for reference in self.duty.references
            for part in ("known", "article")
        ]

    @staticmethod
    def initial_of(duty: Duty, cells: Mapping[str, str], valid_from: date) -> dict[str, Any]:
        """Return what the form shows at first: the wording last in force. English that repeats the Chinese is none."""
        english = {
            name: "" if cells[name] == cells[name.replace("_en", "_zh")] else cells[name] for name in _IN_ENGLISH
        }
        found = {**cells, **english, **_limit_parts(cells["deadline"])}
        for number, window in enumerate(duty.record.windows, start=1):
            found |= {f"from_{number}": str(window.start), f"to_{number}": str(window.end)}
        for source in duty.record.sources:
            found |= _article_parts(source)
        return {**found, "proposed": cells["proposed"] == "1", "version": duty.version, "valid_from": valid_from}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        period = values.get("period")
        self._check_months(values)
        if period == Period.EVENT and not values.get("event_zh"):
            self.add_error("event_zh", _("Name the event."))
        elif values.get("event_en") and not values.get("event_zh"):
            self.add_error("event_zh", _("Name the event in Chinese as well."))
        if period == Period.TERM and not (values.get("term_months") or values.get("limit")):
            self.add_error("term_months", _("A duty of a term needs the length of the term or a time limit."))
        evidence = [str(values.get(name, "")).count(";") for name in ("evidence_zh", "evidence_en")]
        if "evidence_zh" in values and values.get("evidence_en") and evidence[0] != evidence[1]:
            self.add_error("evidence_en", _("Name as many as in Chinese, or leave the English empty."))
        for reference in self.duty.references:
            self._check_article(values, reference.instrument)
        return values

    def _check_months(self, values: Mapping[str, Any]) -> None:
        for number in self._spans:
            start, end = values.get(f"from_{number}"), values.get(f"to_{number}")
            if bool(start) != bool(end):
                self.add_error(f"to_{number}" if start else f"from_{number}", _("Choose both months, or neither."))
            elif start and values.get("period") != Period.YEAR:
                message = _("Only a yearly duty has months; the others are due in each period.")
                self.add_error(f"from_{number}", message)

    def _check_article(self, values: Mapping[str, Any], instrument: str) -> None:
        known, article = values.get(f"known_{instrument}"), values.get(f"article_{instrument}", "")
        if known in _WITH_NUMBER and not article:
            self.add_error(f"article_{instrument}", _("Write the article, or say that it is not established."))
        if known not in _WITH_NUMBER and article:
            self.add_error(f"known_{instrument}", _("Say that the article is known, or leave its number empty."))
        if re.search(r"[;@]|^~", article) or article == "-":
            self.add_error(f"article_{instrument}", _("Write the number of the article alone, as 5 or 5–7."))

    def cells(self) -> dict[str, str]:
        """Return the content as the catalogue writes it; where there is no English, the Chinese stands for it."""
        values = self.cleaned_data
        cells = {
            name: str(values[name]).replace("\r\n", "\n").strip()
            for name in (
                "title_zh", "title_en", "count", "count_unit", "period", "event_zh", "event_en", "evidence_zh",
                "evidence_en", "confidence", "binding", "note_zh", "note_en",
            )
        }  # fmt: skip
        cells |= {name: cells[name] or cells[name.replace("_en", "_zh")] for name in _IN_ENGLISH}
        cells["subjects"], cells["conditions"] = ";".join(values["subjects"]), ";".join(values["conditions"])
        cells["windows"] = ";".join(
            f"{values[f'from_{number}']}-{values[f'to_{number}']}" for number in self._spans if values[f"from_{number}"]
        )
        cells["deadline"] = _limit_of(values)
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
        known, article = (str(self.cleaned_data[f"{part}_{instrument}"]).strip() for part in ("known", "article"))
        written = {_NONE: "-", _ABOUT: f"~{article}", _UNKNOWN: ""}.get(known, article)
        return f"{instrument}@{written}" if written else instrument
