"""Units: the lazy tree, search, subtree, and how things stood on a past day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from heli.kernel.periods import holds_on
from heli.rooms.people import access, rules
from heli.rooms.people.enums import Permission, Tree
from heli.rooms.people.models import Appointment, Person, Post, Unit, UnitQuerySet, UnitVersion


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One line of the tree. ``is_open`` nodes carry their children, others load them when asked."""

    id: int
    name: str
    kind: str
    kind_label: str
    code: str
    depth: int
    has_children: bool
    is_open: bool = False
    children: tuple[TreeNode, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitPast:
    """A unit as it was on a day: its name, kind and the names of the units above it then, topmost first."""

    unit_id: int
    name: str
    kind: str
    above: tuple[str, ...]
    valid_from: date
    valid_to: date | None


def unit_for(person: Person | None, pk: int, on: date | None = None) -> Unit:
    """Return the unit the person may see, or raise the same 404 for missing and forbidden."""
    return access.unit_for(person, Permission.UNIT_VIEW, pk, on or timezone.localdate())


def way_to(unit: Unit) -> list[int]:
    """Return the ids of the units above, topmost first, and of the unit itself: no query, its path says it."""
    return rules.ids_in(unit.path)


def subtree(unit: Unit) -> UnitQuerySet:
    """Return the unit and everything below it, in tree order."""
    return Unit.objects.filter(path__startswith=unit.path).order_by("path")


def ancestors(unit: Unit, person: Person | None = None, on: date | None = None) -> list[Unit]:
    """Return the units above, topmost first; with a person only those the person may open."""
    above = Unit.objects.filter(pk__in=rules.ids_in(unit.path)[:-1]).order_by("path")
    if person is None:
        return list(above)
    paths = access.scope_paths(person, Permission.UNIT_VIEW, on or timezone.localdate())
    return [each for each in above if any(each.path.startswith(path) for path in paths)]


def roots(person: Person | None, tree: Tree, on: date) -> list[TreeNode]:
    """Return the topmost units of a tree that the person may see (one query)."""
    paths = access.scope_paths(person, Permission.UNIT_VIEW, on)
    return _nodes(Unit.objects.filter(path__in=paths, tree=tree), on)


def children(unit_id: int, on: date) -> list[TreeNode]:
    """Return the units directly below, by code (one query). The caller has opened the unit through ``unit_for``."""
    return _nodes(Unit.objects.filter(parent_id=unit_id), on)


def _nodes(units: UnitQuerySet, on: date) -> list[TreeNode]:
    below = Unit.objects.current(on).filter(parent=OuterRef("pk"))
    found = units.current(on).annotate(has_children=Exists(below)).order_by("code", "pk")
    return [_node(unit, has_children=bool(getattr(unit, "has_children", False))) for unit in found]


def _node(unit: Unit, *, has_children: bool) -> TreeNode:
    return TreeNode(
        id=unit.pk,
        name=unit.name,
        kind=unit.kind,
        kind_label=unit.get_kind_display(),
        code=unit.code,
        depth=unit.depth,
        has_children=has_children,
    )


def search_units(
    person: Person | None, text: str, *, on: date | None = None, tree: Tree | None = None, limit: int = 30
) -> list[Unit]:
    """Return units the person may see whose name, code or Pinyin initials contain ``text``; best first.

    A name or initials beginning with the text come before those containing it.
    """
    text = text.strip()
    if not text:
        return []
    day = on or timezone.localdate()
    visible = access.units_with(person, Permission.UNIT_VIEW, day).current(day)
    if tree is not None:
        visible = visible.in_tree(tree)
    lower = text.lower()
    begins = visible.filter(Q(name__startswith=text) | Q(pinyin__startswith=lower) | Q(code__startswith=text))
    first = list(begins.order_by("depth", "code", "pk")[:limit])
    if len(first) == limit:
        return first
    within = visible.filter(Q(name__contains=text) | Q(pinyin__contains=lower)).exclude(
        pk__in=[unit.pk for unit in first]
    )
    return first + list(within.order_by("depth", "code", "pk")[: limit - len(first)])


def posts_in(unit: Unit, on: date) -> QuerySet[Post]:
    """Return the unit's open posts and those held on that day, each with ``holders_then`` prefetched."""
    held = Appointment.objects.current(on).select_related("person").order_by("valid_from", "pk")
    then = Exists(Appointment.objects.current(on).filter(post=OuterRef("pk")))
    return (
        Post.objects.filter(Q(unit=unit) & (Q(is_closed=False) | then))
        .prefetch_related(Prefetch("appointments", queryset=held, to_attr="holders_then"))
        .select_related("acts_for")
        .order_by("pk")
    )


def posts_acting_for(unit: Unit) -> list[Post]:
    """Return the open posts, in other units, that act for this unit, each with its own unit (one query)."""
    return list(Post.objects.filter(acts_for=unit, is_closed=False).select_related("unit").order_by("pk"))


def unit_history(unit: Unit) -> list[UnitVersion]:
    """Return what the unit was called and where it stood, newest first."""
    return list(unit.versions.select_related("parent").order_by("-valid_from"))


def unit_as_of(unit: Unit, day: date, within: list[str] | None = None) -> UnitPast | None:
    """Return the unit as it was on ``day``, or None before its first day; ``within`` leaves out units not below it."""
    version = unit.versions.filter(holds_on(day)).order_by("-valid_from").first()
    if version is None:
        return None
    above_ids = rules.ids_in(version.path)[:-1]
    versions = UnitVersion.objects.filter(holds_on(day), unit_id__in=above_ids)
    if within is not None:
        versions = versions.filter(unit__in=Unit.objects.below(within))
    names = dict(versions.order_by("unit_id").values_list("unit_id", "name"))
    return UnitPast(
        unit_id=unit.pk,
        name=version.name,
        kind=version.kind,
        above=tuple(names[pk] for pk in above_ids if pk in names),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
    )


def tree_at(person: Person | None, tree: Tree, on: date, at_unit: Unit | None = None) -> list[TreeNode]:
    """Return the tree with the way down to ``at_unit`` opened (its own children too); a query per level."""
    top = roots(person, tree, on)
    way = rules.ids_in(at_unit.path) if at_unit is not None else []
    if not way and len(top) == 1:
        way = [top[0].id]
    return [_opened(node, way, on) for node in top]


def _opened(node: TreeNode, way: list[int], on: date) -> TreeNode:
    if node.id not in way or not node.has_children:
        return node
    below = tuple(_opened(child, way, on) for child in children(node.id, on))
    return replace(node, is_open=True, children=below)


def opened_node(unit: Unit, on: date) -> TreeNode:
    """Return one unit of the tree with its children."""
    below = tuple(children(unit.pk, on))
    return replace(_node(unit, has_children=bool(below)), is_open=True, children=below)


def names_above(units: list[Unit], person: Person | None, on: date) -> dict[int, str]:
    """Return for each unit the names above it that the person may see, joined (one query for all)."""
    ids = {pk for unit in units for pk in rules.ids_in(unit.path)[:-1]}
    paths = access.scope_paths(person, Permission.UNIT_VIEW, on)
    known = {
        unit.pk: unit.name
        for unit in Unit.objects.filter(pk__in=ids).order_by("pk")
        if any(unit.path.startswith(path) for path in paths)
    }
    return {unit.pk: " / ".join(known[pk] for pk in rules.ids_in(unit.path)[:-1] if pk in known) for unit in units}


def editable_unit(person: Person | None, text: str, on: date) -> Unit | None:
    """Return the unit with this code, or this name where only one has it, on which the person may change things."""
    text = text.strip()
    scope = access.units_with(person, Permission.UNIT_EDIT, on).current(on)
    by_code = scope.filter(code=text).order_by("pk").first()
    if by_code is not None:
        return by_code
    named = list(scope.filter(name=text).order_by("pk")[:2])
    return named[0] if len(named) == 1 else None


def posts_within(units: UnitQuerySet) -> QuerySet[Post]:
    """Return the posts of these units, with their units."""
    return Post.objects.filter(unit__in=units).select_related("unit__serves", "acts_for")


def units_for_list(
    person: Person | None, on: date, *, tree: Tree | None = None, text: str = "", after: str = "", limit: int = 50
) -> list[Unit]:
    """Return one page of the units the person may see, in tree order after the path ``after`` (keyset)."""
    found = access.units_with(person, Permission.UNIT_VIEW, on).current(on)
    if tree is not None:
        found = found.in_tree(tree)
    if text:
        found = found.filter(Q(name__contains=text) | Q(code__startswith=text) | Q(pinyin__contains=text.lower()))
    if after:
        found = found.filter(path__gt=after)
    return list(found.order_by("path")[:limit])
