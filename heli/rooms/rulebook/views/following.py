"""What follows from a change of a unit, a post or a day, before anybody makes it on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest, needs
from heli.rooms.people.enums import Permission
from heli.rooms.rulebook import access, presenters, queries, records
from heli.rooms.rulebook.views.comparing import day_sent
from heli.rooms.rulebook.views.duties import shared
from heli.ui.shapes import Fact

_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class _Subject:
    change: records.Change
    title: str
    url: str
    own_url: str


def _unit(request: PersonRequest, pk: int) -> _Subject:
    unit = people.unit_for(request.person, Permission.UNIT_VIEW, pk, request.now.date())
    change = queries.change_of_unit(unit, day_sent(request, "on", request.now.date()))
    return _Subject(change, unit.name, reverse("people:unit", args=[pk]), reverse("rulebook:follows_unit", args=[pk]))


def _post(request: PersonRequest, pk: int) -> _Subject:
    post = access.post_for(request.person, pk, request.now.date())
    change = queries.change_of_post(post, day_sent(request, "on", request.now.date()))
    url = reverse("people:unit", args=[post.unit_id])
    return _Subject(change, post.full_title, url, reverse("rulebook:follows_post", args=[pk]))


def _day(day: date) -> _Subject:
    url = f"{reverse('rulebook:calendar')}?year={day.year}"
    return _Subject(queries.change_of_day(day), date_format(day), url, reverse("rulebook:follows_day"))


@require_GET
@needs(Permission.UNIT_VIEW)
def follows_unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what rests on a unit and on those below it."""
    return _page(request, _unit(request, pk))


@require_GET
@needs(Permission.UNIT_VIEW)
def follows_post(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a post answers for and has in hand."""
    return _page(request, _post(request, pk))


@require_GET
@needs(Permission.RULEBOOK_VIEW)
def follows_day(request: PersonRequest) -> HttpResponse:
    """Show what falls due on a day, today where none is given."""
    return _page(request, _day(day_sent(request, "on", request.now.date())))


def known_group(key: str) -> str:
    """Return a group's key; 404 for one that no room names."""
    if records.follower_of(key) is None:
        raise Http404
    return key


def _page(request: PersonRequest, subject: _Subject) -> HttpResponse:
    """Show the groups; with ``group`` the lines of one, and on a page of another room the groups in short."""
    reader = records.Reader(request.person, request.now.date())
    group = request.GET.get("group", "")
    context: dict[str, Any] = {"subject": subject, "change": subject.change, "day": subject.change.on}
    if group:
        page = records.Page(known_group(group), after=request.GET.get("after", ""), limit=_PAGE_SIZE)
        lines = queries.lines_of(subject.change, reader, page)
        context |= {
            "group": group,
            "group_title": presenters.group_title(group),
            "lines": lines,
            "after": lines[-1].key if len(lines) == _PAGE_SIZE else "",
        }
        template = "rulebook/follows_lines.html#lines" if request.htmx else "rulebook/follows_lines.html"
        return render(request, template, {**context, **({} if request.htmx else shared(request))})
    groups = queries.groups_of(subject.change, reader)
    context["may_move"] = subject.change.is_day and bool(access.can_edit(request.person, request.now.date()))
    context["groups"] = presenters.group_rows(groups, (), (), {})
    if request.htmx:
        facts = [Fact(row.title, row.group.count) for row in context["groups"]]
        return render(request, "rulebook/follows_brief.html", {"facts": facts, "subject": subject})
    return render(request, "rulebook/follows.html", {**context, **shared(request)})
