"""Invented samples for the gallery: every component in every state."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from heli.ui.components.marks import ICONS
from heli.ui.shapes import Change, Column, Day, Face, Fact, FieldError, Link, Node, Option, Slot, Step, Tab, Threshold

HERE = "#main"


class SampleForm(forms.Form):
    """A form in its refused state: a fault, a known value, a choice."""

    title = forms.CharField(label=gettext_lazy("Name of the item"))
    due = forms.DateField(
        label=gettext_lazy("Due date"),
        error_messages={"invalid": gettext_lazy("June has no 31st. Write 06-30 or earlier.")},
    )
    people = forms.IntegerField(label=gettext_lazy("Participants"), required=False)
    agree = forms.ChoiceField(
        label=gettext_lazy("Asked by"),
        widget=forms.RadioSelect,
        choices=[("one", gettext_lazy("one line")), ("two", gettext_lazy("both lines"))],
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), widget=forms.Textarea, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


def sample_form() -> SampleForm:
    form = SampleForm(
        {"title": _("Warning conference"), "due": "2027-06-31", "people": "128", "agree": "two", "version": "3"}
    )
    form.fields["people"].known_source = _("From the sign-in of the meeting on 06-18.")  # type: ignore[attr-defined]
    return form


def _marks() -> dict[str, Any]:
    return {
        "icons": ICONS,
        "states": [
            ("idle", _("Draft"), ""),
            ("wait", _("To be reviewed"), ""),
            ("soon", _("Returned"), "undo"),
            ("run", _("In progress"), ""),
            ("done", _("Done"), ""),
            ("done", _("Closed"), "lock"),
            ("run", _("11 days left"), ""),
            ("soon", _("Today 18:00"), ""),
            ("late", _("3 days overdue"), ""),
        ],
        "faces": [Face(_("Zhu Qinglan"), "party"), Face(_("Yu Changting"), "integrity"), Face(_("Jian Shuyuan"))],
        "swatches": [
            ("brand", _("Top bar"), _("only there")),
            ("accent", _("Primary button"), _("one a page")),
            ("ink", _("Text"), "17.2 : 1"),
            ("ink2", _("Second text"), "9.0 : 1"),
            ("ink3", _("Captions"), "5.7 : 1"),
            ("link", _("Links"), "7.3 : 1"),
            ("page", _("Page"), ""),
            ("well", _("Well"), _("heads, rails")),
        ],
    }


def _lists() -> dict[str, Any]:
    return {
        "crumbs": [Link(_("Plans"), HERE), Link(_("Year 2027"), HERE), Link(_("Group committee"))],
        "tabs": [
            Tab(_("All"), HERE, 9, current=True),
            Tab(_("Party building"), HERE, 4, line="party"),
            Tab(_("Integrity"), HERE, 2, line="integrity"),
            Tab(_("Both lines"), HERE, 3, line="both"),
        ],
        "kinds": [
            Tab(_("All"), HERE, 15, current=True),
            Tab(_("Duplicates"), HERE, 6, icon="pair"),
            Tab(_("Conflicts"), HERE, 3, icon="clash"),
            Tab(_("Gaps"), HERE, 4, icon="hole"),
            Tab(_("Related"), HERE, 2, icon="near"),
        ],
        "facts": [
            Fact(_("Unit"), _("Group committee"), HERE),
            Fact(_("Valid"), _("since 2023-06")),
            Fact(_("Source"), _("Measures, article 12"), note=_("confirmed")),
        ],
        "steps": [
            Step(
                _("Sang Yubai is to verify"), "11-21 09:12", is_now=True, state="wait", state_text=_("To be verified")
            ),
            Step(
                _("Ke Yining objected to item 3: two people on long sick leave"),
                "11-21 09:12",
                _("with 1 piece of evidence"),
            ),
            Step(_("Jian Shuyuan finished the first review"), "11-20 16:40"),
        ],
        "menu_links": [Link(_("Export"), HERE, "download"), Link(_("Print"), HERE, "print")],
        "nodes": [
            Node(
                _("Offshore wind company committee"),
                HERE,
                count=_("2 hits"),
                fold_url=HERE,
                children=(
                    Node(_("First operations branch"), HERE, current=True),
                    Node(_("Second operations branch"), HERE, count=_("1 missing"), late=True),
                ),
            ),
            Node(_("Service company general branch"), HERE, load_url=HERE),
        ],
    }


def _records() -> dict[str, Any]:
    return {
        "columns": [
            Column(_("Choose"), hidden=True, css="ck"),
            Column(_("Due"), sort_url=HERE, sorted="ascending"),
            Column(_("Task")),
            Column(_("Line")),
            Column(_("Responsible")),
            Column(_("Evidence"), num=True),
            Column(_("State")),
        ],
        "rows": [
            (
                "12-09",
                _("Three quotes missing in the project"),
                "integrity",
                _("Storage project"),
                0,
                "run",
                _("In progress"),
                True,
            ),
            (
                "12-11",
                _("Join the check with the visit: one trip"),
                "both",
                _("Party work office"),
                2,
                "wait",
                _("To be reviewed"),
                True,
            ),
            (
                "12-20",
                _("Branch secretaries report"),
                "party",
                _("Offshore wind company"),
                3,
                "idle",
                _("Draft"),
                False,
            ),
        ],
        "changes": [
            Change(_("Due"), _("end of September"), _("end of June")),
            Change(_("Leads"), _("Party work office"), _("Discipline office")),
            Change(_("Unit"), _("Group committee"), _("Group committee")),
        ],
        "yours": {"due": _("end of June"), "title": _("Warning conference")},
        "theirs": {"due": _("mid-June"), "title": _("Warning conference")},
        "labels": {"due": _("Due"), "title": _("Name")},
        "start": date(2027, 3, 8),
        "today": date(2027, 3, 10),
        "due_date": date(2027, 3, 7),
        "days": [Day(date(2027, 3, 10), 2, HERE), Day(date(2027, 3, 12), 1, HERE), Day(date(2027, 3, 19), 3, HERE)],
    }


def _findings() -> dict[str, Any]:
    return {
        "thresholds": [Threshold(0.5, pgettext("scale", "related")), Threshold(0.8, pgettext("scale", "duplicate"))],
        "slots": [
            Slot(_("Action"), _("hold a conference"), _("hold a meeting"), same=True),
            Slot(_("Content"), _("warning film"), _("own cases"), _("both")),
            Slot(_("Due"), _("end of June"), _("end of September"), _("end of June"), pick="a", change_url=HERE),
            Slot(
                _("Leads"),
                _("Party work office"),
                _("Discipline office"),
                _("Discipline office"),
                pick="b",
                change_url=HERE,
            ),
        ],
    }


def context() -> dict[str, Any]:
    """Everything the gallery page shows."""
    return {
        **_marks(),
        **_lists(),
        **_records(),
        **_findings(),
        "form": sample_form(),
        "field_error": FieldError(
            _("This person is not in the roster."), remedy=_("Write the name or the staff number.")
        ),
        "options": [Option("a", _("Discipline office")), Option("b", _("Party work office"))],
        "here": HERE,
    }
