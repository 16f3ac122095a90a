"""What there is to do, and the tasks of a unit."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, person_required, signed_in
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import presenters, queries
from heli.rooms.tasks.forms import ListFilter
from heli.rooms.tasks.views.asking import chosen_unit, rail
from heli.ui.pages import LongPaginator

PAGE_SIZE = 20


@require_safe
@signed_in
def todo(request: PersonRequest) -> HttpResponse:
    """Show what this person has to do; administrators have no business here and go to their own page."""
    if request.person is None:
        return redirect("people:administration")
    today = request.now.date()
    line = ListFilter(request.GET).values()["line"]
    found = queries.todo(request.person, today, line)
    context = {
        "todo": found,
        "groups": presenters.todo_groups(found, today),
        "tabs": presenters.todo_tabs(found, line),
        "summary": presenters.todo_summary(found),
        "weeks": queries.due_calendar(found, today),
        "given": presenters.given_rows(queries.given_away(request.person, today), today),
        "today": today,
        **rail(request),
    }
    return render(request, "tasks/todo.html", context)


@require_safe
@person_required
def task_list(request: PersonRequest) -> HttpResponse:
    """Show the tasks of a unit of the person's and all units below it; what is undone, until a state is chosen."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    if "state" not in request.GET:
        values["state"] = "undone"
    units = queries.overseen_units(request.person, today)
    unit = chosen_unit(request, values["unit"])
    filters = {"state": values["state"], "line": values["line"], "text": values["q"]}
    tasks = queries.tasks_of_unit(request.person, unit, today, **filters)
    page = LongPaginator(tasks, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "units": units,
        "values": values,
        "page": page,
        "rows": presenters.list_rows(page.object_list, today),
        "states": presenters.state_options(values["state"]),
        "lines": presenters.line_options(values["line"]),
        **rail(request),
    }
    template = "tasks/list.html#rows" if request.htmx else "tasks/list.html"
    return render(request, template, context)


@require_safe
@person_required
def of_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """The fragment on a unit's page: its undone tasks; nothing for who may see the unit and not its tasks."""
    today = request.now.date()
    unit = people.units_with(request.person, Permission.TASK_VIEW, today).filter(pk=pk).order_by("pk").first()
    if unit is None:
        return HttpResponse()
    tasks = queries.tasks_of_unit(request.person, unit, today, state="undone")[:8]
    return render(request, "tasks/of_unit.html", {"unit": unit, "rows": presenters.list_rows(tasks, today)})
