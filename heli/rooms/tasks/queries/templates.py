"""Reads of task templates: whom they ask, when, what an issue would bring, and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet

from heli.kernel.models import AuditEntry
from heli.rooms.people import access as people
from heli.rooms.people import queries as units
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, rules
from heli.rooms.tasks.enums import TaskState, TemplateState
from heli.rooms.tasks.models import Task, TaskTemplate, TemplateIssue, TemplateJoin

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit, UnitQuerySet

# How far ahead a template's dates are shown.
AHEAD = timedelta(days=366)


def audience(template: TaskTemplate, on: date) -> UnitQuerySet:
    """Return the units a template asks that day, in no order: those of its kinds below the root, or the root alone."""
    below = units.subtree(template.root).order_by().current(on)
    return below.filter(kind__in=template.unit_kinds) if template.unit_kinds else below.filter(pk=template.root_id)


def is_in_force(template: TaskTemplate, on: date) -> bool:
    return rules.is_in_force(template.state, template.starts_on, template.ends_on, on)


def rhythm_of(template: TaskTemplate) -> rules.Rhythm:
    return rules.Rhythm(
        every=template.every,
        falls_on=template.falls_on,
        nth=template.nth,
        month=template.month,
        shift=template.shift,
        once_on=template.once_on,
    )


def dues_between(
    template: TaskTemplate, first: date, last: date, days: rules.WorkingDays | None = None
) -> list[rules.Due]:
    """Return when the tasks of a template fall due by its own rule, within its own days.

    ``days`` is the working calendar, for whoever asks of many templates and looked it up once.
    """
    start, end = max(first, template.starts_on), min(last, template.ends_on)
    if start > end:
        return []
    return rules.due_days(rhythm_of(template), start, end, days or rulebook.work_calendar())


def event_due(template: TaskTemplate, happened_on: date) -> rules.Due:
    """Return when the tasks of an event fall due; the period is the day it happened."""
    nominal = rulebook.deadline_day(template.deadline, happened_on)
    due = rules.moved(nominal, template.shift, rulebook.work_calendar())
    return rules.Due(f"{happened_on:%Y-%m-%d}", nominal, due)


def to_issue(template: TaskTemplate, today: date) -> list[rules.Due]:
    """Return what has to appear by ``today``, is not past yet and is not out: what the clock issues."""
    # A day moved back by a long holiday may belong to a later rule day, so the search goes a little further.
    coming = dues_between(template, today - timedelta(days=31), today + timedelta(days=template.lead_days + 31))
    ready = [due for due in coming if due.due >= today >= rules.opens_on(due.due, template.lead_days)]
    if not ready:
        return []
    out = set(_standing(template).values_list("period", flat=True))
    return [due for due in ready if due.period not in out]


def _standing(template: TaskTemplate) -> QuerySet[TemplateIssue]:
    return TemplateIssue.objects.filter(template=template).exclude(state="withdrawn")


@dataclass(frozen=True, slots=True)
class IssuePreview:
    """What issuing would bring: how many units, how many of them nobody answers for, and each date."""

    units: int
    without_holder: int
    examples: Sequence[str]
    dues: Sequence[rules.Due]
    next_due: rules.Due | None
    minutes_by_month: dict[str, int]

    @property
    def minutes_at_once(self) -> int:
        return max(self.minutes_by_month.values(), default=0)


def issue_preview(template: TaskTemplate, today: date) -> IssuePreview:
    """Return the preview over the coming year (a fixed number of queries)."""
    asked = list(audience(template, today).order_by("path").values_list("pk", "name"))
    held = people.holders_of({(pk, template.post_kind) for pk, _name in asked}, today)
    dues = [due for due in dues_between(template, today, today + AHEAD) if due.due >= today]
    out = set(_standing(template).values_list("period", flat=True))
    return IssuePreview(
        units=len(asked),
        without_holder=sum((pk, template.post_kind) not in held for pk, _name in asked),
        examples=[name for _pk, name in asked[:6]],
        dues=dues,
        next_due=next((due for due in dues if due.period not in out), None),
        minutes_by_month=rules.minutes_by_month(dues, template.minutes),
    )


@dataclass(frozen=True, slots=True)
class IssueNow:
    """One issue with how its tasks stand."""

    issue: TemplateIssue
    open: int
    running: int
    closed: int


def issues_of(template: TaskTemplate, limit: int = 12) -> list[IssueNow]:
    """Return the newest issues, each with how many tasks nobody accepted, run, and are closed (two queries)."""
    return issues_now(list(template.issues.select_related("requested_by").order_by("-due_on", "-pk")[:limit]))


def issues_now(issues: Sequence[TemplateIssue]) -> list[IssueNow]:
    """Return the issues with how their tasks stand (one query)."""
    states = (
        Task.objects.filter(source__in=[issue.source for issue in issues])
        .order_by("source")
        .values("source")
        .annotate(
            open=Count("pk", filter=Q(state=TaskState.OPEN)),
            running=Count("pk", filter=Q(state__in=[TaskState.ACCEPTED, TaskState.HANDED_IN, TaskState.RETURNED])),
            closed=Count("pk", filter=Q(state=TaskState.CLOSED)),
        )
    )
    counts = {row["source"]: row for row in states}
    none = {"open": 0, "running": 0, "closed": 0}
    return [
        IssueNow(issue, *(counts.get(issue.source, none)[name] for name in ("open", "running", "closed")))
        for issue in issues
    ]


def templates_for_list(
    person: Person | None, on: date, *, state: str = "", line: str = "", text: str = ""
) -> QuerySet[TaskTemplate]:
    """Return the visible templates, what waits for somebody first, then by title."""
    rows = access.visible_templates(person, on).select_related("unit", "root", "owner")
    rows = rows.filter(state=state) if state else rows.exclude(state__in=[TemplateState.ENDED, TemplateState.DROPPED])
    if line:
        rows = rows.filter(line=line)
    if text:
        rows = rows.filter(title__icontains=text)
    return rows.order_by("-state", "title", "pk")


def to_approve(person: Person | None, on: date) -> list[TaskTemplate]:
    """Return the submitted templates that wait for this person."""
    paths = people.scope_paths(person, Permission.TEMPLATE_APPROVE, on)
    rows = TaskTemplate.objects.filter(access.under(paths, "root__"), state=TemplateState.SUBMITTED)
    waiting = rows.select_related("root").order_by("submitted_at", "pk")
    return [row for row in waiting if access.can_approve_template(person, row, on)]


def joins_of(template: TaskTemplate) -> list[TemplateJoin]:
    """Return who asked to ask together with this template, what waits first, then newest first."""
    rows = template.joins.select_related("unit", "asked_by", "answered_by", "template__root", "draft")
    return list(rows.order_by(F("answered_at").desc(nulls_first=True), "-pk"))


# What passes between units that would ask together: no business of those who are asked.
_BETWEEN_ASKERS = ("template.join_asked", "template.join_declined", "template.join_withdrawn")


def template_history(template: TaskTemplate, *, of_asker: bool) -> list[AuditEntry]:
    """Return what happened to a template, newest first; to whoever only is asked without wishes to ask together."""
    rows = AuditEntry.objects.filter(subject_kind="tasks.tasktemplate", subject_id=str(template.pk))
    if not of_asker:
        rows = rows.exclude(action__in=_BETWEEN_ASKERS)
    return list(rows.order_by("-number")[:30])


def directed_units(person: Person | None, on: date, limit: int = 300) -> list[Unit]:
    """Return the units a template may be rooted at: the topmost one directs and two levels below, Party tree first."""
    paths = people.scope_paths(person, Permission.TASK_ASSIGN, on)
    found = people.units_with(person, Permission.TASK_ASSIGN, on).current(on)
    deepest = max((path.count(".") for path in paths), default=0) + 1
    return list(found.filter(depth__lte=deepest).order_by("-tree", "path")[:limit])


def asking_units(person: Person | None, on: date) -> list[Unit]:
    """Return the units that may ask and review in the person's name: where a post is held, in tree order."""
    held = {unit_id for unit_id, _kind in people.held_posts(person, on)}
    return list(people.units_with(person, Permission.UNIT_VIEW, on).filter(pk__in=held).order_by("path"))


def possible_owners(person: Person, on: date) -> list[Person]:
    """Return who may answer for a template: oneself and whoever holds a post in the same units, by name."""
    found = {person.pk: person}
    for unit in asking_units(person, on):
        for post in units.posts_in(unit, on):
            found.update({each.person_id: each.person for each in post.holders_then})  # type: ignore[attr-defined]  # prefetched by posts_in
    return sorted(found.values(), key=lambda each: (each.pk != person.pk, each.name, each.pk))
