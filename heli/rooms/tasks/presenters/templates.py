"""Words of task templates and their issues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from heli.rooms.people.enums import PostKind, UnitKind
from heli.rooms.tasks import queries, rules
from heli.rooms.tasks.enums import Every, FallsOn, IssueState, Shift, TemplateState
from heli.ui import punctuation
from heli.ui.shapes import Option, Step

if TYPE_CHECKING:
    from heli.kernel.models import AuditEntry
    from heli.rooms.tasks.models import TaskTemplate

TEMPLATE_TONES = {
    TemplateState.DRAFT: "idle",
    TemplateState.SUBMITTED: "wait",
    TemplateState.APPROVED: "run",
    TemplateState.ENDED: "done",
    TemplateState.DROPPED: "idle",
}
ISSUE_TONES = {
    IssueState.QUEUED: "wait",
    IssueState.RUNNING: "run",
    IssueState.ISSUED: "done",
    IssueState.FAILED: "late",
    IssueState.WITHDRAWN: "idle",
}
TEMPLATE_ACTS = {
    "template.drafted": gettext_lazy("Drafted"),
    "template.revised": gettext_lazy("Changed"),
    "template.submitted": gettext_lazy("Submitted for approval"),
    "template.approved": gettext_lazy("Approved"),
    "template.returned": gettext_lazy("Returned"),
    "template.ended": gettext_lazy("Ended"),
    "template.issue_requested": gettext_lazy("Issue requested"),
    "template.issue_repeated": gettext_lazy("Issue repeated"),
    "template.issued": gettext_lazy("Issued"),
    "template.issue_withdrawn": gettext_lazy("Issue withdrawn"),
    "template.dropped": gettext_lazy("Draft dropped"),
    "template.join_asked": gettext_lazy("Another unit would ask together"),
    "template.joined": gettext_lazy("Another unit asks together"),
    "template.join_declined": gettext_lazy("Asking together declined"),
    "template.join_withdrawn": gettext_lazy("Wish to ask together withdrawn"),
}


@dataclass(frozen=True, slots=True)
class TemplateRow:
    template: TaskTemplate
    url: str
    tone: str
    state: str
    when: str
    asked: str


def template_rows(templates: Iterable[TaskTemplate], today: date) -> list[TemplateRow]:
    return [template_row(template, today) for template in templates]


def template_row(template: TaskTemplate, today: date) -> TemplateRow:
    tone, state = template_state(template, today)
    url = reverse("tasks:template", args=[template.pk])
    return TemplateRow(template, url, tone, state, rhythm_words(template), asked_words(template))


def template_state(template: TaskTemplate, today: date) -> tuple[str, str]:
    """Return tone and word; an approved one is in force, not yet or no longer."""
    state = TemplateState(template.state)
    if state == TemplateState.APPROVED:
        if today < template.starts_on:
            return "wait", _("In force from %(day)s") % {"day": date_format(template.starts_on, "DATE_FORMAT")}
        if today > template.ends_on:
            return "done", _("Run out")
        return "run", _("In force")
    return TEMPLATE_TONES[state], str(state.label)


def rhythm_words(template: TaskTemplate) -> str:
    """Return when it falls due, in one line."""
    every = Every(template.every)
    if every == Every.ONCE and template.once_on:
        return date_format(template.once_on, "DATE_FORMAT")
    if every == Every.EVENT:
        return _("%(event)s, then %(time)s") % {"event": template.event, "time": limit_words(template.deadline)}
    day = _day_words(template)
    if every == Every.MONTH:
        return _("%(every)s, %(day)s") % {"every": every.label, "day": day}
    return _("%(every)s, month %(month)s, %(day)s") % {"every": every.label, "month": template.month, "day": day}


def _day_words(template: TaskTemplate) -> str:
    if template.falls_on == FallsOn.DAY:
        return _("day %(n)s") % {"n": template.nth}
    if template.falls_on == FallsOn.WORKING_DAY:
        return _("working day %(n)s") % {"n": template.nth}
    return str(FallsOn(template.falls_on).label)


def limit_words(written: str) -> str:
    """Return a time limit in words; what is none stays as it is written."""
    if written.endswith("wd"):
        return ngettext("%(n)s working day", "%(n)s working days", int(written[:-2])) % {"n": written[:-2]}
    number, unit = written[1:-1], written[-1:]
    words = {"D": _("%(n)s days"), "M": _("%(n)s months"), "Y": _("%(n)s years")}
    return words[unit] % {"n": number} if unit in words else written


def asked_words(template: TaskTemplate) -> str:
    """Return of whom it is asked."""
    kinds = punctuation.listed(UnitKind(kind).label for kind in template.unit_kinds)
    place = _("%(kinds)s of %(root)s") % {"kinds": kinds, "root": template.root.name} if kinds else template.root.name
    return f"{place} · {PostKind(template.post_kind).label}" if template.post_kind else place


def shift_words(template: TaskTemplate) -> str:
    return str(Shift(template.shift).label)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A coming date: the day by the rule, where it went, and what stands already."""

    due: rules.Due
    weekday: str
    moved: str


def due_rows(dues: Sequence[rules.Due]) -> list[DueRow]:
    return [
        DueRow(
            due,
            date_format(due.due, "D"),
            _("instead of %(day)s, a day off") % {"day": date_format(due.nominal, "MONTH_DAY_FORMAT")}
            if due.is_moved
            else "",
        )
        for due in dues
    ]


@dataclass(frozen=True, slots=True)
class IssueRow:
    now: queries.IssueNow
    url: str
    tone: str
    state: str

    @property
    def may_withdraw(self) -> bool:
        return self.now.issue.state == IssueState.ISSUED and not (self.now.running or self.now.closed)


def issue_rows(issues: Sequence[queries.IssueNow]) -> list[IssueRow]:
    return [
        IssueRow(
            now,
            reverse("tasks:issue", args=[now.issue.pk]),
            ISSUE_TONES[IssueState(now.issue.state)],
            str(IssueState(now.issue.state).label),
        )
        for now in issues
    ]


def template_steps(history: Sequence[AuditEntry]) -> list[Step]:
    return [
        Step(
            text=f"{TEMPLATE_ACTS.get(entry.action, entry.action)} · {entry.actor_label}",
            when=entry.at,
            note=str(entry.changes.get("reason", "") or entry.changes.get("period", "")),
        )
        for entry in history
    ]


def template_state_options(chosen: str) -> list[Option]:
    names = [("", _("All but ended and dropped")), *((state.value, str(state.label)) for state in TemplateState)]
    return [Option(value, label, selected=value == chosen) for value, label in names]


def duty_options(duties: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, f"{code} {title}") for code, title in duties]
