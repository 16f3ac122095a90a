"""What follows for plans from a change: items of published plans that rest on it, and drafts under way."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.plans import access
from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.models import PlanItem, PlanItemUnit
from heli.rooms.rulebook.records import (
    PART,
    SHOW,
    TELL,
    Act,
    Change,
    Follower,
    Group,
    Line,
    Page,
    Reader,
    Share,
    Touched,
    number,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import UnitQuerySet

ITEMS, DRAFTS = "plans.items", "plans.drafts"


def title(key: str) -> str:
    return {ITEMS: _("Items of published plans"), DRAFTS: _("Items of plans being drafted")}[key]


def effect(_key: str, _act: str) -> str:
    return _("The plan stays as approved; whoever drafts it is told and can begin a revision.")


def groups(change: Change, reader: Reader) -> list[Group]:
    """Return the items that name the duties, counted by part of the tree (two queries)."""
    if _concerned(change) is None:
        return []
    return [
        _counted(
            ITEMS,
            items_of(change, ITEMS, reader),
            TELL if change.duties or change.is_closing or change.moved_to else SHOW,
        ),
        _counted(DRAFTS, items_of(change, DRAFTS, reader), SHOW),
    ]


def _counted(key: str, items: QuerySet[PlanItem], act: str) -> Group:
    parts = items.order_by().annotate(part=Left("version__plan__unit__path", PART)).values("part")
    rows = list(parts.annotate(n=Count("pk"), plans=Count("version__plan", distinct=True)).order_by("part"))
    shares = tuple(Share(row["part"], row["n"]) for row in rows)
    return Group(key, sum(row["n"] for row in rows), sum(row["plans"] for row in rows), act, shares=shares)


def items_of(change: Change, key: str, reader: Reader | None) -> QuerySet[PlanItem]:
    """Return the items of a group that the reader may open; without a reader all."""
    items = PlanItem.objects.filter(
        _concerned(change) or Q(pk__in=[]), left_out_reason="", version__plan__year=change.on.year
    )
    if key == DRAFTS:
        items = items.filter(version__state__in=[VersionState.DRAFT, VersionState.SUBMITTED])
        if reader is None:
            return items
        return items.filter(version__plan__in=access.workshop_plans(reader.person, reader.today).values("pk"))
    items = items.filter(version__state=VersionState.PUBLISHED)
    return items if reader is None else items.filter(_visible(reader))


def _concerned(change: Change) -> Q | None:
    """Return the filter for items that a change bears on: by duty, by the units they name, or by day."""
    if change.duties:
        named = Q(pk__in=[])
        for code in sorted(change.duties):
            named |= Q(obligations__contains=[code])
        return named
    if change.unit_path:
        below = PlanItemUnit.objects.filter(item=OuterRef("pk"), unit__path__startswith=change.unit_path)
        return Q(version__plan__unit__path__startswith=change.unit_path) | Q(Exists(below))
    return Q(due=change.on) if change.is_day else None


def _visible(reader: Reader) -> Q:
    """Return the filter for items of published plans as ``access.visible_items`` has it, for all plans at once."""
    workshop = access.workshop_plans(reader.person, reader.today).values("pk")
    reading = people.units_with(reader.person, Permission.PLAN_VIEW, reader.today).values("pk")
    concerned = PlanItemUnit.objects.filter(item=OuterRef("pk"), unit__in=reading)
    return Q(version__plan__in=workshop) | Q(version__plan__unit__in=reading) | Q(Exists(concerned))


def lines(change: Change, reader: Reader, page: Page) -> list[Line]:
    """Return items of a group, oldest first (one query)."""
    if page.group not in (ITEMS, DRAFTS):
        return []
    rows = items_of(change, page.group, reader).select_related("version__plan__unit")
    if page.only:
        rows = rows.filter(pk__in=[number(key) for key in page.only])
    if page.after:
        rows = rows.filter(pk__gt=number(page.after))
    return [_line(item) for item in rows.order_by("pk")[: page.limit]]


def _line(item: PlanItem) -> Line:
    version = item.version
    url = reverse("plans:version", args=[version.plan_id, version.number])
    return Line(
        key=str(item.pk), title=item.text[:200], url=f"{url}#item-{item.pk}",
        unit=f"{version.plan.title} · {item.lead}" if item.lead else version.plan.title, due_on=item.due,
        line=item.line, state=str(VersionState(version.state).label), tone="run",
    )  # fmt: skip


def touched(change: Change, group: str, left_out: Collection[str], today: date) -> Touched:
    """Return who drafts the plans that name the duties."""
    if group != ITEMS:
        return Touched()
    items = items_of(change, ITEMS, None).exclude(pk__in=[number(key) for key in left_out])
    units = set(items.order_by().values_list("version__plan__unit_id", flat=True))
    kinds = people.post_kinds_with(Permission.PLAN_DRAFT)
    held = people.holders_of({(unit, kind) for unit in units for kind in kinds}, today)
    return Touched(persons=frozenset(person_id for holders in held.values() for person_id in holders))


def apply(_change: Change, _act: Act) -> int:
    """Return nothing: a plan in force changes only through its own revision, which those told can begin."""
    return 0


def outside(change: Change, reach: UnitQuerySet) -> Collection[int]:
    """Return the units beyond ``reach`` whose published plans name the duties (one query)."""
    items = items_of(change, ITEMS, None).exclude(version__plan__unit__in=reach.values("pk"))
    return set(items.order_by().values_list("version__plan__unit_id", flat=True))


FOLLOWER = Follower("plans", frozenset({ITEMS, DRAFTS}), title, effect, groups, lines, touched, apply, outside)
