"""What a half-year of lists shows: items that nobody used, and posts that answer for more than the limit."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, F, Func, TextField
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from heli.rooms.people import queries as people
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import Item
from heli.rooms.responsibilities.queries.checks import current_limit
from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook.records import Finding, HalfYear, duties_used

UNUSED, OVERLOAD = "responsibilities.unused", "responsibilities.overload"
_MOST_POSTS = 200


class _EachCode(Func):
    """The codes of an item, one a row."""

    function = "jsonb_array_elements_text"
    output_field = TextField()
    set_returning = True


def find(half: HalfYear) -> list[Finding]:
    """Return what the half-year shows, duties by code, posts in tree order; a job's work, not a page's."""
    return [*_unused(half), *_overloaded(half)]


def words(kind: str, params: Mapping[str, str | int]) -> tuple[str, str]:
    if kind == UNUSED:
        return (
            _("%(items)s items on %(lists)s lists in force rest on it, and no work of the half-year carried it.")
            % params,
            _("Plan work for it, or take the items off the lists with their next version."),
        )
    return (
        _("It answers for %(items)s items in lists in force; the limit is %(limit)s.") % params,
        _("Let other posts answer for some of them in the next version."),
    )


def _in_force(half: HalfYear):  # type: ignore[no-untyped-def]  # a queryset, grouped by the caller
    """Items in force, of lists that began in the half-year or before: next year's list is no part of it."""
    return Item.objects.filter(version__state=ListState.IN_FORCE, version__valid_from__lt=half.end).order_by()


def _unused(half: HalfYear) -> list[Finding]:
    """Return duties that the calendar made due; what waits for an event or the end of a term is not unused."""
    used, due = duties_used(half), rulebook.codes_due(half.start, half.end)
    duties = {duty.code: duty for duty in rulebook.duties_on(half.end)}
    named = _in_force(half).annotate(duty=_EachCode(F("obligations"))).values("duty")
    rows = named.annotate(items=Count("pk"), lists=Count("version__list", distinct=True)).order_by("duty")
    return [
        Finding(
            UNUSED, row["duty"], duties[row["duty"]].record.title_zh, duties[row["duty"]].record.title_en,
            {"items": row["items"], "lists": row["lists"]}, reverse("rulebook:duty", args=[row["duty"]]),
        )
        for row in rows
        if row["duty"] in duties and row["duty"] in due and row["duty"] not in used
    ]  # fmt: skip


def _overloaded(half: HalfYear) -> list[Finding]:
    """Return posts, never persons, above the limit, in tree order and not by how much."""
    limit = current_limit()
    rows = _in_force(half).exclude(accountable=None).values("accountable").annotate(n=Count("pk")).filter(n__gt=limit)
    above = {row["accountable"]: row["n"] for row in rows.order_by("accountable__unit__path")[:_MOST_POSTS]}
    posts = people.posts_by_id(above)
    found = []
    for pk, number in above.items():
        title = posts[pk].full_title
        url = f"{reverse('responsibilities:lists')}?{urlencode({'q': posts[pk].unit.name})}"
        found.append(Finding(OVERLOAD, str(pk), title, title, {"items": number, "limit": limit}, url))
    return found
