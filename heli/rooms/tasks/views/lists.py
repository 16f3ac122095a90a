"""What there is to do, and the tasks of a unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, person_required, signed_in
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import presenters, queries, services
from heli.rooms.tasks.forms import BulkForm, ListFilter
from heli.rooms.tasks.views.asking import chosen_unit, rail
from heli.rooms.tasks.views.downloads import xlsx
from heli.ui import punctuation, toasts
from heli.ui.pages import LongPaginator

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from heli.rooms.people.models import Unit
    from heli.rooms.tasks.models import Task

PAGE_SIZE = 20
EXPORT_ROWS = 20_000


@require_safe
@signed_in
def todo(request: PersonRequest) -> HttpResponse:
    """Show what this person has to do; administrators have no business here and go to their own page."""
    if request.person is None:
        return redirect("people:administration")
    today = request.now.date()
    values = ListFilter(request.GET).values()
    line, year, month = values["line"], values["year"], values["month"]
    found = queries.todo(request.person, today, line, date(year, month, 1) if year and month else None)
    context = {
        "todo": found,
        "groups": presenters.todo_groups(found, today),
        "tabs": presenters.todo_tabs(found, line),
        "summary": presenters.todo_summary(found),
        "later": presenters.later_months(found, line),
        "near_url": f"?line={line}" if line else "?",
        "weeks": queries.due_calendar(found, today),
        "today": today,
        **rail(request),
    }
    return render(request, "tasks/todo.html", context)


@require_safe
@person_required
def given_away(request: PersonRequest) -> HttpResponse:
    """The fragment on the home page: what one's units asked others for. Whoever asks many waits for it alone."""
    today = request.now.date()
    rows = presenters.given_rows(queries.given_away(request.person, today), today)
    return render(request, "tasks/given_away.html", {"given": rows})


@require_safe
@person_required
def task_list(request: PersonRequest) -> HttpResponse:
    """Show the tasks of a unit of the person's and all units below it; what is undone, until a state is chosen."""
    today = request.now.date()
    values, unit, tasks = _filtered(request)
    units = queries.overseen_units(request.person, today)
    page = LongPaginator(tasks, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "unit": unit,
        "units": units,
        "values": values,
        "page": page,
        "rows": presenters.list_rows(page.object_list, today),
        "states": presenters.state_options(values["state"]),
        "lines": presenters.line_options(values["line"]),
        "query": f"?{request.GET.urlencode()}",
        **rail(request),
    }
    template = "tasks/list.html#rows" if request.htmx else "tasks/list.html"
    return render(request, template, context)


def _filtered(request: PersonRequest) -> tuple[dict[str, Any], Unit | None, QuerySet[Task]]:
    """Return what the list is asked for: the filter, its unit, and the tasks, undone until a state is chosen."""
    today, values = request.now.date(), ListFilter(request.GET).values()
    if "state" not in request.GET:
        values["state"] = "undone"
    unit = chosen_unit(request, values["unit"])
    filters = {"state": values["state"], "line": values["line"], "text": values["q"]}
    asked = bool(values["asked"])
    return values, unit, queries.tasks_of_unit(request.person, unit, today, asked_by_me=asked, **filters)


@require_safe
@person_required
def export_list(request: PersonRequest) -> HttpResponse:
    """Hand out the filtered list as a workbook; too long a list is refused, never cut off."""
    today = request.now.date()
    _values, _unit, tasks = _filtered(request)
    found = list(tasks[: EXPORT_ROWS + 1])
    if len(found) > EXPORT_ROWS:
        raise Problem(
            _("The list was not exported."),
            _("It holds more than %(n)s tasks.") % {"n": EXPORT_ROWS},
            _("Choose a unit, a state or a line first."),
        )
    return xlsx(presenters.task_workbook(found, today), _("Tasks") + f" {today:%Y-%m-%d}.xlsx")


@require_POST
@person_required
def accept_several(request: PersonRequest) -> HttpResponse:
    """Take several new tasks in hand in one press; each is answered for itself."""
    form = BulkForm(request.POST)
    form.is_valid()
    ids = form.cleaned_data.get("task", [])
    answers = services.act_on_tasks(act="accept", task_ids=ids, by=request.person, at=request.now)
    done = sum(answer.is_done for answer in answers)
    toasts.done(request, ngettext("%(n)s task accepted.", "%(n)s tasks accepted.", done) % {"n": done})
    for answer in [each for each in answers if not each.is_done][:3]:
        messages.warning(request, f"{answer.title}{punctuation.colon()}{answer.words}")
    return redirect("tasks:todo")


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
