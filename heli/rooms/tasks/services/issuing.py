"""A template goes out to its units: by the clock or by hand, any number of units in one act, once a period.

The job writes everything in one transaction and says on a connection beside it how far it is. Killed in the middle,
the database forgets what it had and the job starts anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.tasks import access, queries, rules
from heli.rooms.tasks.enums import IssueState, TaskState, TemplateState
from heli.rooms.tasks.models import Task, TaskTemplate, TemplateIssue
from heli.rooms.tasks.services.revising import withdraw_tasks
from heli.rooms.tasks.services.working import NewTask, open_tasks

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

JOB = "tasks.issue_template"
_LOCK = 0x49535355
# A job that says nothing for so long died with its worker; the clock queues it again.
_SILENT = timedelta(hours=1)


class IssueRefused(Problem):
    """A template cannot go out, or an issue cannot be withdrawn."""

    status = 409


@transaction.atomic
def begin_issue(
    *, template_id: int, due: rules.Due, by: Person, at: datetime, is_nightly: bool = False
) -> TemplateIssue:
    """Queue one issue of a template in force; of two who ask for the same period at once, one succeeds."""
    template = _in_force(template_id, by, at, is_nightly=is_nightly)
    try:
        with transaction.atomic():
            issue = TemplateIssue.objects.create(
                template=template,
                period=due.period,
                due_on=due.due,
                total=queries.audience(template, at.date()).count(),
                requested_at=at,
                requested_by=by,
                is_nightly=is_nightly,
            )
    except IntegrityError as error:
        raise IssueRefused(
            _("Nothing was issued."),
            _("%(period)s of this template is out already.") % {"period": due.period},
            _("Open the issue below; while nobody has accepted anything it can be withdrawn."),
        ) from error
    audit.record(
        "template.issue_requested",
        subject=template,
        by=by,
        at=at,
        changes={"issue": issue.pk, "period": due.period, "due": due.due, "units": issue.total},
    )
    app.configure_task(JOB, queue="tasks").defer(issue_id=issue.pk)
    return issue


def _in_force(template_id: int, by: Person, at: datetime, *, is_nightly: bool) -> TaskTemplate:
    rows = TaskTemplate.objects.select_for_update(no_key=True, of=("self",)).select_related("root", "unit")
    if not is_nightly:  # the clock acts on the approval; its act stands in the name of the owner
        access.template_for(by, template_id, at.date())
    template = rows.get(pk=template_id)
    if not is_nightly:
        access.can_issue(by, template.root, at.date()).require()
    if not rules.is_in_force(template.state, template.starts_on, template.ends_on, at.date()):
        raise IssueRefused(
            _("Nothing was issued."),
            _("The template is not in force today."),
            _("It has to be approved, and today has to lie between its first and its last day."),
        )
    return template


@transaction.atomic
def retry_issue(*, issue_id: int, by: Person, at: datetime) -> TemplateIssue:
    """Queue a failed issue again."""
    issue = _locked_issue(issue_id, by, at)
    if not rules.may_move_issue(issue.state, IssueState.QUEUED):
        raise _not_now(issue)
    issue.state, issue.failure, issue.ended_at, issue.done = IssueState.QUEUED, "", None, 0
    issue.save()
    audit.record("template.issue_repeated", subject=issue.template, by=by, at=at, changes={"issue": issue.pk})
    app.configure_task(JOB, queue="tasks").defer(issue_id=issue.pk)
    return issue


def run_issue(*, issue_id: int, at: datetime) -> None:
    """Open the tasks of a queued issue; the job. Running it again, or twice at once, opens nothing twice."""
    unended = TemplateIssue.objects.filter(pk=issue_id, ended_at__isnull=True)
    if not unended.update(state=IssueState.RUNNING, done=0):
        return
    try:
        _run(issue_id, at)
    except Problem as problem:
        unended.update(state=IssueState.FAILED, failure=str(problem), ended_at=at)


@transaction.atomic
def _run(issue_id: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, issue_id])
        if not cursor.fetchone()[0]:
            return
    issue = TemplateIssue.objects.select_related("template", "requested_by").get(pk=issue_id)
    if issue.ended_at is not None:
        return
    template = issue.template
    unit_ids = list(queries.audience(template, at.date()).order_by("path").values_list("pk", flat=True))
    if not unit_ids:
        raise Problem(_("No unit fits the template."), remedy=_("Look at the units it names."))
    askers = [unit.pk for unit in queries.askers_of(template)]
    items = [
        NewTask(
            title=template.title,
            line=template.line,
            unit_id=unit_id,
            post_kind=template.post_kind,
            deliverable=template.deliverable,
            minutes=template.minutes,
            starts_on=min(at.date(), issue.due_on),
            due_on=issue.due_on,
            requesters=askers,
            source=issue.source,
            obligation=template.obligation,
        )
        for unit_id in unit_ids
    ]
    with _Progress(issue.pk, len(items)) as progress:
        open_tasks(items=items, by=issue.requested_by, at=at, on_rows=progress.say)
    TemplateIssue.objects.filter(pk=issue.pk).update(
        state=IssueState.ISSUED, total=len(items), done=len(items), ended_at=at
    )
    audit.record(
        "template.issued",
        subject=template,
        by=issue.requested_by,
        at=at,
        changes={"issue": issue.pk, "period": issue.period, "due": issue.due_on, "tasks": len(items)},
    )


class _Progress:
    """Says how far the writing is, on a connection of its own, because the writing itself is not yet visible."""

    def __init__(self, issue_id: int, total: int) -> None:
        self._issue_id, self._total = issue_id, total

    def __enter__(self) -> _Progress:
        self._beside = connection.copy()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.close()

    def say(self, done: int) -> None:
        with self._beside.cursor() as cursor:
            cursor.execute(
                "UPDATE tasks_templateissue SET done = %s, total = %s WHERE id = %s",
                [done, self._total, self._issue_id],
            )


@transaction.atomic
def withdraw_issue(*, issue_id: int, reason: str, by: Person, at: datetime) -> int:
    """Take a whole issue back while nobody has accepted anything of it; return how many tasks were canceled."""
    issue = _locked_issue(issue_id, by, at)
    if not rules.may_move_issue(issue.state, IssueState.WITHDRAWN):
        raise _not_now(issue)
    if not reason.strip():
        raise Problem(_("Nothing was withdrawn."), _("The units need to know why."), _("Write the reason."))
    rows = Task.objects.select_for_update(no_key=True).filter(source=issue.source).order_by("pk")
    states = dict(rows.values_list("pk", "state"))
    begun = [pk for pk, state in states.items() if state not in {TaskState.OPEN, TaskState.CANCELED}]
    if begun:
        first = Task.objects.select_related("unit").get(pk=begun[0])
        raise IssueRefused(
            _("Nothing was withdrawn."),
            _("%(count)s of the tasks are already in somebody's hands, among them that of %(unit)s.")
            % {"count": len(begun), "unit": first.unit.name},
            _("Cancel single tasks in the list, or end the template so that no further ones follow."),
        )
    count = withdraw_tasks(task_ids=list(states), reason=reason.strip(), by=by, at=at)
    issue.state, issue.withdrawn_at, issue.withdrawn_by = IssueState.WITHDRAWN, at, by
    issue.withdraw_reason = reason.strip()[:300]
    issue.save()
    changes = {"issue": issue.pk, "period": issue.period, "tasks": count, "reason": issue.withdraw_reason}
    audit.record("template.issue_withdrawn", subject=issue.template, by=by, at=at, changes=changes)
    return count


def _locked_issue(issue_id: int, by: Person, at: datetime) -> TemplateIssue:
    issue = access.issue_for(by, issue_id, at.date())
    access.can_issue(by, issue.template.root, at.date()).require()
    rows = TemplateIssue.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("template").get(pk=issue_id)


def _not_now(issue: TemplateIssue) -> IssueRefused:
    return IssueRefused(
        _("This step is not possible now."),
        _("The issue is “%(state)s”.") % {"state": IssueState(issue.state).label},
        _("Open the template again to see where it stands."),
    )


def issue_due(*, at: datetime) -> int:
    """Queue everything whose day to appear has come, and what a dead worker left; return how many were queued.

    Running it again, or twice at once, queues nothing twice. What is already past its due date is left to a person.
    """
    today, count = at.date(), 0
    in_force = TaskTemplate.objects.filter(
        state=TemplateState.APPROVED, starts_on__lte=today, ends_on__gte=today
    ).select_related("owner", "root")
    for template in in_force.order_by("pk"):
        for due in queries.to_issue(template, today):
            count += _begin_by_clock(template, due, at)
    for issue in TemplateIssue.objects.filter(ended_at__isnull=True, requested_at__lt=at - _SILENT).order_by("pk"):
        app.configure_task(JOB, queue="tasks", queueing_lock=f"{JOB}:{issue.pk}").defer(issue_id=issue.pk)
        count += 1
    return count


def _begin_by_clock(template: TaskTemplate, due: rules.Due, at: datetime) -> int:
    try:
        begin_issue(template_id=template.pk, due=due, by=template.owner, at=at, is_nightly=True)
    except IssueRefused:
        return 0  # somebody else was faster, or it was ended meanwhile
    return 1
