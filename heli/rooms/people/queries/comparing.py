"""Which units and holders of posts are not the same on two days, as far as a person sees the units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from heli.kernel.periods import holds_on
from heli.rooms.people import access
from heli.rooms.people.enums import Permission
from heli.rooms.people.models import Appointment, Post, UnitQuerySet, UnitVersion

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True)
class UnitThen:
    """What a unit was on a day: its name, its kind, and what the unit above was called, empty where not seen."""

    name: str
    kind: str
    above: str


@dataclass(frozen=True, slots=True)
class UnitDifference:
    """A unit that is not the same on two days; None where it did not exist. ``reasons`` are those of the changes."""

    unit_id: int
    then: UnitThen | None
    now: UnitThen | None
    reasons: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class HolderDifference:
    """A post that other persons hold on the second day: their names on each, longest there first."""

    post: Post
    then: tuple[str, ...]
    now: tuple[str, ...]


def units_changed(person: Person | None, first: date, second: date, limit: int) -> list[UnitDifference]:
    """Return the units whose name, kind, place or existence differs, in tree order, at most so many (six queries)."""
    visible = access.units_with(person, Permission.UNIT_VIEW, timezone.localdate())
    then, now = _versions(first), _versions(second)
    begun = now.filter(valid_from__gt=first).exclude(_same_in(then)).values("unit")
    ended = then.filter(valid_to__lte=second).exclude(Exists(now.filter(unit=OuterRef("unit")))).values("unit")
    ids = list(
        visible.filter(Q(pk__in=begun) | Q(pk__in=ended)).order_by("path", "pk").values_list("pk", flat=True)[:limit]
    )
    before, after = _states(ids, first, visible), _states(ids, second, visible)
    reasons: dict[int, list[tuple[date, str]]] = {}
    between = UnitVersion.objects.filter(unit__in=ids, valid_from__gt=first, valid_from__lte=second).exclude(reason="")
    for unit_id, day, reason in between.order_by("valid_from", "pk").values_list("unit", "valid_from", "reason"):
        reasons.setdefault(unit_id, []).append((day, reason))
    return [UnitDifference(pk, before.get(pk), after.get(pk), tuple(reasons.get(pk, ()))) for pk in ids]


def _versions(day: date) -> QuerySet[UnitVersion]:
    return UnitVersion.objects.filter(holds_on(day)).annotate(above=Coalesce("parent_id", 0))


def _same_in(other: QuerySet[UnitVersion]) -> Exists:
    same = ("unit", "name", "kind", "above")
    return Exists(other.filter(**{name: OuterRef(name) for name in same}))


def _states(ids: Iterable[int], day: date, visible: UnitQuerySet) -> Mapping[int, UnitThen]:
    held = list(UnitVersion.objects.filter(holds_on(day), unit__in=list(ids)).order_by("unit"))
    above = UnitVersion.objects.filter(holds_on(day), unit__in={one.parent_id for one in held if one.parent_id})
    names = dict(above.filter(unit__in=visible.order_by().values("pk")).order_by("pk").values_list("unit", "name"))
    return {one.unit_id: UnitThen(one.name, one.kind, names.get(one.parent_id or 0, "")) for one in held}


def holders_changed(person: Person | None, first: date, second: date, limit: int) -> list[HolderDifference]:
    """Return the posts that other persons hold on the second day, in tree order, at most so many (four queries)."""
    visible = access.units_with(person, Permission.UNIT_VIEW, timezone.localdate())
    turned = Q(valid_from__gt=first, valid_from__lte=second) | Q(valid_to__gt=first, valid_to__lte=second)
    posts = Post.objects.filter(
        pk__in=Appointment.objects.filter(turned).order_by().values("post"), unit__in=visible.order_by().values("pk")
    )
    found = list(posts.select_related("unit").order_by("unit__path", "pk")[:limit])
    then, now = _holders(found, first), _holders(found, second)
    return [
        HolderDifference(post, tuple(then[post.pk].values()), tuple(now[post.pk].values()))
        for post in found
        if then[post.pk].keys() != now[post.pk].keys()
    ]


def _holders(posts: Iterable[Post], day: date) -> dict[int, dict[int, str]]:
    """Return post → id → name of who holds it that day; two of one name are two."""
    names: dict[int, dict[int, str]] = {post.pk: {} for post in posts}
    held = Appointment.objects.current(day).filter(post__in=list(names)).order_by("post", "valid_from", "person")
    for post_id, person_id, name in held.values_list("post", "person", "person__name"):
        names[post_id][person_id] = name
    return names
