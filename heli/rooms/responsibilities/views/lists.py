"""Responsibility lists: which there are, a new one, and the items of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import queries as people
from heli.rooms.people.access import PersonRequest, needs, person_required
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.forms import ItemForm, LimitForm, ListForm
from heli.rooms.responsibilities.presenters import lists as presenters
from heli.rooms.responsibilities.queries import checks
from heli.rooms.responsibilities.queries import lists as queries
from heli.rooms.responsibilities.services import archiving
from heli.rooms.responsibilities.services import lists as services
from heli.rooms.responsibilities.services.lists import ItemEdit
from heli.ui import toasts
from heli.ui.sent import version_in

if TYPE_CHECKING:
    from heli.rooms.responsibilities.models import ListVersion

PAGE_SIZE = 30


@require_GET
@person_required
def duty_lists(request: PersonRequest) -> HttpResponse:
    """Show the lists the reader may open."""
    today = request.now.date()
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdecimal() and len(year) == 4 else None
    text = request.GET.get("q", "").strip()[:100]
    found = queries.lists_for_list(request.person, today, year=chosen, text=text)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": presenters.list_rows(list(page.object_list), request.now.date()),
        "years": presenters.year_options(queries.years(request.person, today), chosen),
        "text": text,
        "can_begin": access.units_to_draft_for(request.person, today).exists(),
        "can_set_limit": access.can_set_limit(request.person, today),
        "limit": checks.current_limit(),
        "is_filtered": bool(chosen or text),
    }
    return render(request, "responsibilities/lists.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.DUTY_DRAFT)
def new_list(request: PersonRequest) -> HttpResponse:
    """Begin the list of a unit for a year."""
    units = list(access.units_to_draft_for(request.person, request.now.date()).order_by("tree", "path")[:400])
    units.sort(key=lambda unit: unit.tree != "party")
    choices = [(unit.pk, f"{'　' * unit.depth}{unit.name}") for unit in units]
    initial = {"year": request.now.year, "from_catalogue": True, "unit": request.GET.get("unit", "")}
    form = ListForm(request.POST or None, units=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        name = next(unit.name for unit in units if unit.pk == values["unit"])
        title = values["title"] or _("%(unit)s responsibility list %(year)s") % {"unit": name, "year": values["year"]}
        try:
            version = services.begin_list(
                unit_id=values["unit"], year=values["year"], title=title, from_catalogue=values["from_catalogue"],
                by=request.person, at=request.now,
            )  # fmt: skip
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("responsibilities:version", version.list_id, version.number)
    return render(request, "responsibilities/new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
@person_required
def duty_list(request: PersonRequest, pk: int) -> HttpResponse:
    """Open the version that matters to the reader."""
    today = request.now.date()
    found = access.list_for(request.person, pk, today)
    return redirect("responsibilities:version", pk, queries.newest_number(request.person, found, today))


@require_GET
@person_required
def of_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Fill the place on a unit's page."""
    today = request.now.date()
    unit = people.unit_for(request.person, pk, today)
    found = queries.lists_of_unit(request.person, unit, today)
    context = {
        "unit": unit,
        "rows": presenters.list_rows(found, request.now.date()),
        "can_draft": access.can_draft(request.person, unit, today),
    }
    return render(request, "responsibilities/of_unit.html", context)


@require_POST
@person_required
def draft_from_catalogue(request: PersonRequest, pk: int) -> HttpResponse:
    found = access.list_for(request.person, pk, request.now.date())
    count = services.draft_from_catalogue(list_id=pk, by=request.person, at=request.now)
    words = ngettext("%(n)s item was added.", "%(n)s items were added.", count) % {"n": count}
    toasts.done(request, words)
    return redirect("responsibilities:list", found.pk)


@require_http_methods(["GET", "POST"])
@person_required
def new_item(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Write an item by hand."""
    version = _draft(request, pk, number)
    form = ItemForm(request.POST or None, posts=_posts(version), initial={"line": "both"})
    if request.method == "POST" and form.is_valid():
        try:
            added = services.add_items(
                list_id=pk, edits=[ItemEdit(**form.cleaned_data)], by=request.person, at=request.now
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect(_item_url(pk, number, added[0].pk))
    return _item_page(request, version, form)


@require_http_methods(["GET", "POST"])
@person_required
def item(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    """Change an item of the draft."""
    version = _draft(request, pk, number)
    row = queries.item_of(version, item)
    if row is None:
        raise Http404
    initial = {name: getattr(row, name) for name in ItemForm.base_fields if hasattr(row, name)}
    initial |= {
        "accountable": row.accountable_id,
        "supporting": [each.post_id for each in row.supports.all()],
        "obligations": ", ".join(row.obligations),
    }
    form = ItemForm(request.POST or None, posts=_posts(version), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_item(
                list_id=pk, item_id=item, edit=ItemEdit(**form.cleaned_data, source_en=row.source_en),
                version=version_in(request), by=request.person, at=request.now,
            )  # fmt: skip
        except VersionConflict:
            raise
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect(_item_url(pk, number, item))
    return _item_page(request, version, form, row)


def _item_page(request: PersonRequest, version: ListVersion, form: ItemForm, row: object = None) -> HttpResponse:
    back = reverse("responsibilities:version", args=[version.list_id, version.number])
    context = {"version": version, "list": version.list, "form": form, "item": row, "back": back}
    return render(request, "responsibilities/item.html", context, status=422 if form.is_bound else 200)


@require_POST
@person_required
def remove_item(request: PersonRequest, pk: int, number: int, item: int) -> HttpResponse:
    _draft(request, pk, number)
    services.remove_item(list_id=pk, item_id=item, version=version_in(request), by=request.person, at=request.now)
    return redirect("responsibilities:version", pk, number)


@require_POST
@needs(Permission.DUTY_APPROVE)
def set_limit(request: PersonRequest) -> HttpResponse:
    """Say from how many items on a holder is shown as overloaded."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        toasts.refuse(request, _("The limit is a number from 1 to 200 and has a reason."))
    else:
        archiving.set_limit(by=request.person, at=request.now, **form.cleaned_data)
        toasts.done(request, _("The limit holds from now on."))
    return redirect("responsibilities:lists")


def _draft(request: PersonRequest, pk: int, number: int) -> ListVersion:
    """Return the version for somebody who may draft it; the service refuses what is not a draft any more."""
    version = access.version_for(request.person, pk, number, request.now.date())
    access.can_draft(request.person, version.list.unit, request.now.date()).require()
    return version


def _posts(version: ListVersion) -> list[tuple[int, str]]:
    unit = version.list.unit
    posts = queries.posts_to_choose(unit)
    return [(post.pk, post.title if post.unit_id == unit.pk else post.full_title) for post in posts]


def _item_url(pk: int, number: int, item: int) -> str:
    return reverse("responsibilities:version", args=[pk, number]) + f"#item-{item}"
