"""Task templates: the list, one template, its form, and its issues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.tasks import access, presenters, queries, services
from heli.rooms.tasks.enums import TemplateState
from heli.rooms.tasks.forms import EventForm, TemplateFilter, TemplateForm, fresh_initial, initial_of
from heli.rooms.tasks.views.asking import rail
from heli.ui.sent import version_in

if TYPE_CHECKING:
    from heli.rooms.tasks.models import TaskTemplate

PAGE_SIZE = 50


@require_safe
@needs(Permission.TASK_VIEW)
def template_list(request: PersonRequest) -> HttpResponse:
    """Show the templates that ask something of the units one sees, and those one directs."""
    today, values = request.now.date(), TemplateFilter(request.GET).values()
    found = queries.templates_for_list(
        request.person, today, state=values["state"], line=values["line"], text=values["q"]
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": presenters.template_rows(page.object_list, today),
        "waiting": presenters.template_rows(queries.to_approve(request.person, today), today),
        "states": presenters.template_state_options(values["state"]),
        "lines": presenters.line_options(values["line"]),
        "values": values,
        **rail(request),
        "can_draft": bool(queries.directed_units(request.person, today, limit=1)),
    }
    return render(request, "tasks/template_list.html", context)


@require_safe
@person_required
def template_page(request: PersonRequest, pk: int) -> HttpResponse:
    return _template_page(request, pk)


def _template_page(request: PersonRequest, pk: int, refusal: Problem | None = None) -> HttpResponse:
    today = request.now.date()
    template = access.template_for(request.person, pk, today)
    preview = queries.issue_preview(template, today)
    can_issue = access.can_issue(request.person, template.root, today)
    context = {
        "template": template,
        "row": presenters.template_row(template, today),
        "shift": presenters.shift_words(template),
        "preview": preview,
        "dues": presenters.due_rows(preview.dues[:8]),
        "issues": presenters.issue_rows(queries.issues_of(template)),
        "steps": presenters.template_steps(queries.template_history(template, of_asker=bool(can_issue))),
        "event_form": EventForm(initial={"happened_on": today}),
        "can_issue": can_issue,
        "can_approve": access.can_approve_template(request.person, template, today),
        "is_in_force": queries.is_in_force(template, today),
        "guard": _guard(request, template),
        "joins": presenters.join_rows(access.visible_joins(request.person, queries.joins_of(template), today)),
        "refusal": refusal,
        **rail(request),
        **{f"{verb}_url": reverse(f"tasks:template_{verb}", args=[pk]) for verb in _VERBS},
    }
    return render(request, "tasks/template.html", context, status=refusal.status if refusal else 200)


_VERBS = ("edit", "submit", "approve", "return", "end", "issue", "drop", "join")


def _guard(request: PersonRequest, template: TaskTemplate) -> presenters.GuardView | None:
    """What the burden guard says of a template that is not in force yet."""
    if template.state not in {TemplateState.DRAFT, TemplateState.SUBMITTED}:
        return None
    return presenters.guard_view(queries.guard(request.person, template, request.now.date()))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.TASK_ASSIGN)
def new_template(request: PersonRequest) -> HttpResponse:
    """Draft a template."""
    form = _offered(request, TemplateForm(request.POST or None, initial=fresh_initial(request.now.date())))
    if request.method == "POST" and form.is_valid():
        try:
            new = services.TemplateDraft(**form.draft())
            template = services.draft_template(new=new, by=request.person, at=request.now)
        except Problem as problem:
            return _form_page(request, form, problem)
        messages.success(request, _("Drafted. Look at whom it asks and when, then submit it."))
        return redirect("tasks:template", template.pk)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.TASK_ASSIGN)
def edit_template(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    template = access.template_for(request.person, pk, request.now.date())
    access.can_issue(request.person, template.root, request.now.date()).require()
    form = _offered(request, TemplateForm(request.POST or None, initial=initial_of(template)))
    if request.method == "POST" and form.is_valid():
        try:
            services.revise_template(
                template_id=pk,
                new=services.TemplateDraft(**form.draft()),
                by=request.person,
                at=request.now,
                version=version_in(request),
            )
        except (services.BurdenRefused, services.KnownAlready) as problem:
            return _form_page(request, form, problem, template)
        messages.success(request, _("Changed."))
        return redirect("tasks:template", pk)
    return _form_page(request, form, template=template)


def _offered(request: PersonRequest, form: TemplateForm) -> TemplateForm:
    today = request.now.date()
    duties = [(duty.code, duty.title) for duty in rulebook.duties_on(today) if duty.is_on]
    return form.offer(
        asking=queries.asking_units(request.person, today),
        roots=queries.directed_units(request.person, today),
        owners=queries.possible_owners(request.person, today),
        duties=presenters.duty_options(duties),
    )


def _form_page(
    request: PersonRequest, form: TemplateForm, refusal: Problem | None = None, template: Any = None
) -> HttpResponse:
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "refusal": refusal, "template": template, **rail(request)}
    return render(request, "tasks/template_form.html", context, status=status)


def _common(request: PersonRequest, pk: int) -> dict[str, Any]:
    return {"template_id": pk, "by": request.person, "at": request.now, "version": version_in(request)}


def _back(request: PersonRequest, pk: int, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("tasks:template", pk)


@require_POST
@person_required
def submit_template(request: PersonRequest, pk: int) -> HttpResponse:
    services.submit_template(**_common(request, pk), keep_reason=request.POST.get("keep_reason", ""))
    return _back(request, pk, _("Submitted. Somebody else approves it."))


@require_POST
@person_required
def approve_template(request: PersonRequest, pk: int) -> HttpResponse:
    services.approve_template(**_common(request, pk))
    return _back(request, pk, _("Approved. It is issued when its day comes."))


@require_POST
@person_required
def return_template(request: PersonRequest, pk: int) -> HttpResponse:
    services.return_template(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(request, pk, _("Returned with your reason."))


@require_POST
@person_required
def end_template(request: PersonRequest, pk: int) -> HttpResponse:
    services.end_template(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(request, pk, _("Ended. Tasks that are out stay as they are."))


@require_POST
@person_required
def drop_template(request: PersonRequest, pk: int) -> HttpResponse:
    services.drop_template(**_common(request, pk), reason=request.POST.get("reason", ""))
    return _back(request, pk, _("Dropped. It asks nothing of anybody."))


@require_POST
@person_required
def issue_template(request: PersonRequest, pk: int) -> HttpResponse:
    """Issue the next period now, or what follows the event that happened."""
    today = request.now.date()
    template = access.template_for(request.person, pk, today)
    due = queries.issue_preview(template, today).next_due
    if template.every == "event":
        form = EventForm(request.POST)
        due = queries.event_due(template, form.cleaned_data["happened_on"]) if form.is_valid() else None
    if due is None:
        problem = Problem(
            _("Nothing was issued."), _("There is no date to issue."), _("Give the day, or see its coming dates.")
        )
        return _template_page(request, pk, problem)
    issue = services.begin_issue(template_id=pk, due=due, by=request.person, at=request.now)
    return redirect("tasks:issue", issue.pk)


@require_safe
@person_required
def issue_page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how far an issue is; one may leave, the work goes on."""
    issue = access.issue_for(request.person, pk, request.now.date())
    (row,) = presenters.issue_rows(queries.issues_now([issue]))
    context = {
        "issue": issue,
        "row": row,
        "can_issue": access.can_issue(request.person, issue.template.root, request.now.date()),
        **rail(request),
        "poll_url": reverse("tasks:issue", args=[pk]),
        "withdraw_url": reverse("tasks:issue_withdraw", args=[pk]),
        "retry_url": reverse("tasks:issue_retry", args=[pk]),
    }
    return render(request, "tasks/issue.html#state" if request.htmx else "tasks/issue.html", context)


@require_POST
@person_required
def withdraw_issue(request: PersonRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    count = services.withdraw_issue(issue_id=pk, reason=reason, by=request.person, at=request.now)
    messages.success(request, _("Withdrawn: %(count)s tasks. Their holders were told.") % {"count": count})
    return redirect("tasks:issue", pk)


@require_POST
@person_required
def retry_issue(request: PersonRequest, pk: int) -> HttpResponse:
    services.retry_issue(issue_id=pk, by=request.person, at=request.now)
    return redirect("tasks:issue", pk)
