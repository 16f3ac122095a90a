"""A list of problems comes in as a file: checked, shown, then written whole or not at all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.sheets import read_table
from heli.kernel import files
from heli.kernel.problems import Problem
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.forms import ProblemListForm
from heli.rooms.tasks.presenters import rectifications as presenters
from heli.rooms.tasks.rules import problem_lists
from heli.rooms.tasks.views import asking
from heli.rooms.tasks.views.downloads import xlsx

_SALT = "tasks.problem_list"
_HOLDS_SECONDS = 3600


@require_safe
@needs(Permission.TASK_ASSIGN)
def problem_list_template(request: PersonRequest) -> HttpResponse:  # noqa: ARG001 - a view takes a request
    """Hand out an empty list to fill in."""
    return xlsx(presenters.template_workbook(), _("List of problems") + ".xlsx")


@require_http_methods(["GET", "POST"])
@person_required
def check_problem_list(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a file would add, or every cell that is wrong; nothing is written yet."""
    today = request.now.date()
    rectification = access.rectification_for(request.person, pk, today)
    access.can_plan(request.person, rectification, today).require()
    form = ProblemListForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        **asking.rail(request),
        "rectification": rectification,
        "number": presenters.number_words(rectification),
        "form": form,
    }
    if request.method == "POST" and form.is_valid():
        context |= _checked(request, pk, form)
    is_wrong = form.is_bound and "token" not in context
    return render(request, "tasks/problem_list.html", context, status=422 if is_wrong else 200)


def _checked(request: PersonRequest, pk: int, form: ProblemListForm) -> dict[str, Any]:
    upload = form.cleaned_data["file"]
    data = upload.read()
    files.require_clean(data, upload.name)
    try:
        problems, faults, letters = _read(request, data, upload.name)
    except Unreadable as refused:
        language = "en" if (get_language() or "").startswith("en") else "zh"
        form.add_error("file", refused.text(language))
        return {}
    if faults:
        return {"faults": presenters.fault_rows(faults, letters)}
    if not problems:
        form.add_error("file", _("The file holds no problem. Fill in the template below its heads."))
        return {}
    stored = files.store([data], name=upload.name, content_type="application/octet-stream")
    token = signing.dumps({"hash": stored.sha256, "name": stored.name, "of": pk, "by": request.person.pk}, salt=_SALT)
    return {
        "token": token,
        "problems": problems,
        "measure_count": sum(len(problem.measures) for problem in problems),
    }


def _read(
    request: PersonRequest, data: bytes, name: str
) -> tuple[list[problem_lists.ListedProblem], list[problem_lists.Fault], dict[str, str]]:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    heads = {column: problem_lists.head(column, language) for column in problem_lists.COLUMNS}
    table = read_table(
        data,
        name,
        required=[heads[column] for column in problem_lists.REQUIRED],
        aliases={heads[column]: problem_lists.other_heads(column, language) for column in heads},
    )
    keys = {head: column for column, head in heads.items()}
    records = [
        (number, {keys[head]: text for head, text in cells.items() if head in keys})
        for number, cells in table.records()
    ]
    known: dict[str, int | None] = {}

    def unit_of(text: str) -> int | None:
        if text not in known:
            unit = queries.assignable_unit(request.person, text, request.now.date())
            known[text] = unit.pk if unit else None
        return known[text]

    problems, faults = problem_lists.read(records, unit_of, request.now.date())
    letters = {keys[head]: letter for head, letter in zip(table.headers, table.columns, strict=True) if head in keys}
    return problems, faults, letters


@require_POST
@person_required
def import_problem_list(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the checked file: all of it or nothing."""
    access.rectification_for(request.person, pk, request.now.date())
    try:
        kept = signing.loads(request.POST.get("token", ""), salt=_SALT, max_age=_HOLDS_SECONDS)
    except signing.BadSignature as error:
        raise _stale() from error
    if kept["of"] != pk or kept["by"] != request.person.pk:
        raise _stale()
    with files.opened(kept["hash"]) as file:
        problems, faults, _letters = _read(request, file.read(), kept["name"])
    if faults:
        raise _stale()
    new = [
        services.NewProblem(
            one.text,
            one.line,
            [services.NewMeasure(each.text, each.unit_id, each.due_on, each.deliverable) for each in one.measures],
        )
        for one in problems
    ]
    services.add_problems(rectification_id=pk, problems=new, by=request.person, at=request.now, file_hash=kept["hash"])
    messages.success(request, _("Imported. Each unit finds its measures in its to-do list."))
    return redirect("tasks:rectification", pk)


def _stale() -> Problem:
    return Problem(
        _("The list was not imported."),
        _("It was checked too long ago, or what it names has changed since."),
        _("Check the file again."),
    )
