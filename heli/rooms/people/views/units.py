"""The organization tree, a unit's page, and changes of units and posts."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heli.rooms.people import access, presenters, queries, rules, services
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission, PostKind, Tree, UnitKind
from heli.rooms.people.forms import MoveForm, PostForm, UnitForm
from heli.rooms.people.models import Person, Post, Unit
from heli.rooms.people.views.acts import FormPage, attempt, is_confirmed, show_form
from heli.ui import toasts
from heli.ui.sent import version_in, whole_number

PERSONS_A_PAGE = 50


@require_safe
@needs(Permission.UNIT_VIEW)
def tree(request: PersonRequest) -> HttpResponse:
    """Show one of the two trees, lazily; ``at`` opens the way to a unit, ``q`` searches."""
    on = request.now.date()
    at = _unit_at(request)
    chosen = Tree(at.tree) if at is not None else presenters.tree_wanted(request.GET.get("tree"))
    if request.htmx and at is not None:
        return _branch(request, at, on)
    found = queries.search_units(request.person, request.GET.get("q", "")[:60], on=on, tree=chosen)
    context = {
        "tabs": presenters.tree_tabs(chosen),
        "nodes": presenters.nodes(queries.tree_at(request.person, chosen, on, at), at),
        "text": request.GET.get("q", ""),
        "found": presenters.found_units(found, queries.names_above(found, request.person, on)),
        "tree": chosen,
        "may_edit": bool(access.has_somewhere(request.person, Permission.UNIT_EDIT, on)),
        "may_list": bool(access.has_somewhere(request.person, Permission.PERSON_VIEW, on)),
    }
    template = "people/tree.html#found" if request.htmx else "people/tree.html"
    return render(request, template, context)


def _unit_at(request: PersonRequest) -> Unit | None:
    pk = whole_number(request.GET.get("at", ""))
    return queries.unit_for(request.person, pk, request.now.date()) if pk is not None else None


def _branch(request: PersonRequest, unit: Unit, on: date) -> HttpResponse:
    """Return one line of the tree with its children; htmx takes the outermost item out of the list."""
    nodes = presenters.nodes([queries.opened_node(unit, on)], None)
    response = render(request, "ui/tree_nodes.html", {"nodes": nodes})
    response.headers["HX-Reselect"] = "li:not(li li)"
    return response


@require_safe
@needs(Permission.UNIT_VIEW)
def rail(request: PersonRequest) -> HttpResponse:
    """The tree as a fragment for the left rail of any page."""
    on = request.now.date()
    chosen = presenters.tree_wanted(request.GET.get("tree"))
    nodes = presenters.nodes(queries.tree_at(request.person, chosen, on), None)
    return render(request, "people/rail.html", {"nodes": nodes, "tree": chosen})


@require_safe
@needs(Permission.UNIT_EDIT)
def choices(request: PersonRequest) -> HttpResponse:
    """Suggestions for a field that takes a unit's code."""
    text = str(next((value for value in request.GET.values() if value), ""))[:60]
    found = queries.search_units(request.person, text, on=request.now.date(), limit=12)
    return render(request, "people/unit_choices.html", {"units": found})


@require_safe
@needs(Permission.UNIT_VIEW)
def unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a unit today, or with ``?on=`` as it was on a past day."""
    today = request.now.date()
    shown = queries.unit_for(request.person, pk, today)
    on = min(parse_date_or(request.GET.get("on", ""), today), today)
    may_see = access.has(request.person, Permission.PERSON_VIEW, shown, today)
    sees = partial(access.sees, request.person, on=today)
    persons = queries.persons_in(shown, on) if may_see else Person.objects.none()
    context = {
        "unit": shown,
        "on": on,
        "today": today,
        "past": queries.unit_as_of(shown, on, access.scope_paths(request.person, Permission.UNIT_VIEW, today)),
        "facts": presenters.unit_facts(shown, sees),
        "crumbs": presenters.unit_crumbs(shown, queries.ancestors(shown, request.person, today)),
        "posts": queries.posts_in(shown, on),
        "children": queries.children(shown.pk, on),
        "persons": Paginator(persons, PERSONS_A_PAGE).get_page(request.GET.get("page")),
        "may_see_persons": may_see,
        "may_edit": access.has(request.person, Permission.UNIT_EDIT, shown, today) and shown.valid_to is None,
        "history": presenters.unit_steps(queries.unit_history(shown), sees),
    }
    return render(request, "people/unit.html", context)


def parse_date_or(text: str, default: date) -> date:
    try:
        return parse_date(text) or default
    except ValueError:
        return default


@needs(Permission.UNIT_EDIT)
def new_unit(request: PersonRequest, pk: int) -> HttpResponse:
    parent = _editable(request, pk)
    kinds = [kind for kind in UnitKind if rules.may_stand_under(kind, UnitKind(parent.kind))]
    form = UnitForm(
        request.POST or None,
        person=request.person,
        on=request.now.date(),
        kinds=kinds,
        initial={"from_day": request.now.date()},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: services.create_unit(
                kind=UnitKind(values["kind"]),
                name=values["name"],
                code=values["code"],
                parent_id=parent.pk,
                serves_id=values["serves_unit"].pk if values["serves_unit"] else None,
                has_committee=values["has_committee"],
                valid_from=values["from_day"],
                by=request.person,
                at=request.now,
            ),
        )
        if made is not None:
            toasts.done(request, _("%(unit)s is made.") % {"unit": made.name})
            return redirect("people:unit", made.pk)
    page = FormPage(
        title=_("New unit below %(unit)s") % {"unit": parent.name},
        verb=_("Make the unit"),
        crumbs=presenters.unit_crumbs(parent, [], last=_("New unit")),
        back_url=reverse("people:unit", args=[parent.pk]),
    )
    return show_form(request, page, form, takes_units=True)


@needs(Permission.UNIT_EDIT)
def edit_unit(request: PersonRequest, pk: int) -> HttpResponse:
    shown = _editable(request, pk)
    kinds = [kind for kind in UnitKind if rules.tree_of(kind) == shown.tree]
    initial = {
        "name": shown.name,
        "kind": shown.kind,
        "code": shown.code,
        "serves": shown.serves.code if shown.serves else "",
        "has_committee": shown.has_committee,
        "from_day": request.now.date(),
    }
    form = UnitForm(request.POST or None, person=request.person, on=request.now.date(), kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: services.revise_unit(
                unit_id=shown.pk,
                version=version_in(request),
                name=values["name"],
                kind=UnitKind(values["kind"]),
                code=values["code"],
                has_committee=values["has_committee"],
                serves_id=values["serves_unit"].pk if values["serves_unit"] else None,
                from_day=values["from_day"],
                reason=values["reason"],
                by=request.person,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("%(unit)s is changed. Its former name stays in its history.") % {"unit": done.name})
            return redirect("people:unit", shown.pk)
    page = _page(shown, _("Change %(unit)s"), _("Save"), _("Change"))
    return show_form(request, page, form, version=shown.version, takes_units=True)


@needs(Permission.UNIT_EDIT)
def move_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a unit: the first press shows whom it touches, the second does it."""
    shown = _editable(request, pk)
    on = request.now.date()
    form = MoveForm(request.POST or None, person=request.person, on=on, initial={"from_day": on})
    impact = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        parent: Unit = values["parent_unit"]
        if is_confirmed(request):
            done = attempt(
                form,
                lambda: services.move_unit(
                    unit_id=shown.pk,
                    parent_id=parent.pk,
                    version=version_in(request),
                    from_day=values["from_day"],
                    reason=values["reason"],
                    by=request.person,
                    at=request.now,
                ),
            )
            if done is not None:
                toasts.done(
                    request, _("%(unit)s now belongs to %(parent)s.") % {"unit": done.name, "parent": parent.name}
                )
                return redirect("people:unit", shown.pk)
        else:
            impact = queries.move_impact(shown, parent, on)
    page = _page(shown, _("Move %(unit)s"), _("Move"), _("Move"), impact="people/impact_move.html")
    return show_form(request, page, form, version=shown.version, impact=impact, takes_units=True)


@needs(Permission.UNIT_EDIT)
def new_post(request: PersonRequest, pk: int) -> HttpResponse:
    shown = _editable(request, pk)
    form = PostForm(request.POST or None, person=request.person, on=request.now.date())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = attempt(
            form,
            lambda: services.open_post(
                unit_id=shown.pk,
                kind=PostKind(values["kind"]),
                title=values["title"],
                acts_for_id=values["acts_for_unit"].pk if values["acts_for_unit"] else None,
                by=request.person,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("The post is open. Appoint somebody to it."))
            return redirect("people:appoint", done.pk)
    page = _page(shown, _("New post in %(unit)s"), _("Open the post"), _("New post"), folds_unit=True)
    return show_form(request, page, form, takes_units=True)


def post_for(request: PersonRequest, pk: int) -> Post:
    """Return the post if its unit may be changed by this person; else the same 404 as for a missing one."""
    units = access.units_with(request.person, Permission.UNIT_EDIT, request.now.date())
    return get_object_or_404(queries.posts_within(units), pk=pk)


def _editable(request: PersonRequest, pk: int) -> Unit:
    return access.unit_for(request.person, Permission.UNIT_EDIT, pk, request.now.date())


def _page(
    unit: Unit,
    title: str,
    verb: str,
    last: str,
    *,
    impact: str = "",
    folds_unit: bool = False,
) -> FormPage:
    return FormPage(
        title=title % {"unit": unit.name},
        verb=verb,
        crumbs=presenters.unit_crumbs(unit, [], last=last),
        back_url=reverse("people:unit", args=[unit.pk]),
        impact=impact,
        unit_id=unit.pk,
        folds_unit=folds_unit,
    )
