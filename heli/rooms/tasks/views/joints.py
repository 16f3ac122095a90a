"""What stands around a task, and acts on many tasks at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, presenters, queries, services
from heli.rooms.tasks.forms import BulkForm, ListFilter, PartForm
from heli.rooms.tasks.views.asking import chosen_unit, rail
from heli.ui.sent import id_in

BULK_SIZE = 50


@require_safe
@person_required
def around_task(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment on a task's page; empty where nothing stands around it and nothing may be added."""
    today = request.now.date()
    task = access.task_for(request.person, pk, today)
    can_direct = access.can_cancel(request.person, task, today)
    context = {
        "task": task,
        "around": presenters.around_view(queries.around(request.person, task, today), today),
        "can_direct": can_direct,
        "can_do": access.can_do(request.person, task, today),
        "earlier": queries.possible_earlier(request.person, task, today) if can_direct else [],
        "form": PartForm(),
    }
    return render(request, "tasks/around.html", context)


@require_POST
@person_required
def add_part(request: PersonRequest, pk: int) -> HttpResponse:
    form = PartForm(request.POST)
    if not form.is_valid():
        raise Problem(_("No part was added."), _("The unit or its part is missing."), _("Fill in both."))
    named = form.cleaned_data["unit"].strip()
    found = queries.assignable_units(request.person, named, request.now.date(), limit=50)
    unit = next((each for each in found if named in {each.name, each.code}), None)
    if unit is None:
        raise Problem(
            _("No part was added."),
            _("You direct no unit called “%(name)s”.") % {"name": named},
            _("Choose one of the names that appear while typing."),
        )
    part = services.NewPart(unit=unit, what=form.cleaned_data["what"])
    services.add_parts(task_id=pk, parts=[part], by=request.person, at=request.now)
    messages.success(request, _("Given to %(unit)s.") % {"unit": unit.name})
    return redirect("tasks:task", pk)


@require_POST
@person_required
def put_after(request: PersonRequest, pk: int) -> HttpResponse:
    services.put_after(task_id=pk, after_id=id_in(request, "after"), by=request.person, at=request.now)
    messages.success(request, _("It comes after that task now. Its holders are told when that one is closed."))
    return redirect("tasks:task", pk)


@require_POST
@person_required
def drop_order(request: PersonRequest, pk: int) -> HttpResponse:
    services.drop_order(task_id=pk, after_id=id_in(request, "after"), by=request.person, at=request.now)
    messages.success(request, _("The order is taken away."))
    return redirect("tasks:task", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.TASK_VIEW)
def bulk(request: PersonRequest) -> HttpResponse:
    """Act on many tasks of a list; each is answered for itself."""
    if request.method != "POST":
        return render(request, "tasks/bulk.html", _bulk_context(request))
    form = BulkForm(request.POST)
    form.is_valid()
    values = form.cleaned_data
    try:
        answers = services.act_on_tasks(
            act=values.get("act", ""),
            task_ids=values.get("task", []),
            due_on=values.get("due_on"),
            reason=values.get("reason", ""),
            by=request.person,
            at=request.now,
        )
    except Problem as problem:
        context = {**_bulk_context(request), "refusal": problem}
        return render(request, "tasks/bulk.html", context, status=problem.status)
    done = sum(answer.is_done for answer in answers)
    return render(
        request,
        "tasks/bulk.html",
        {**_bulk_context(request), "answers": answers, "done": done, "not_done": len(answers) - done},
    )


def _bulk_context(request: PersonRequest) -> dict[str, Any]:
    today, values = request.now.date(), ListFilter(request.GET).values()
    unit = chosen_unit(request, values["unit"])
    tasks = queries.tasks_of_unit(
        request.person, unit, today, state=values["state"] or "undone", line=values["line"], text=values["q"]
    )
    page = Paginator(tasks, BULK_SIZE).get_page(request.GET.get("page"))
    return {
        "values": values,
        "unit": unit,
        "page": page,
        "rows": presenters.list_rows(page.object_list, today),
        "states": presenters.state_options(values["state"] or "undone"),
        "lines": presenters.line_options(values["line"]),
        "acts": BulkForm.ACTS,
        "query": request.GET.urlencode(),
        **rail(request),
    }
