"""Standing in: who acts for whom on a day, and who may arrange it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people.access.reach import REACH, Actor
from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, Permission, PostKind
from heli.rooms.people.models import Account, Appointment, Person, StandIn, Unit


def counts_as(person: Person, on: date) -> frozenset[int]:
    """Return the ids of the person and of everybody for whom the person stands in that day (one query).

    Where four eyes are asked for they count as one: neither does a stand-in review the holder's work, nor does the
    holder review what was done in the own name, which is noted by ``hands_of`` (DESIGN, invariant 4).
    """
    stands = StandIn.objects.current(on).filter(person=person)
    return frozenset({person.pk, *stands.values_list("appointment__person_id", flat=True)})


def stand_ins_of_persons(person_ids: Iterable[int | None], on: date) -> set[int]:
    """Return the ids of whoever stands in for one of these persons that day (one query)."""
    stands = StandIn.objects.current(on).filter(appointment__person__in=[pk for pk in person_ids if pk is not None])
    return set(stands.values_list("person_id", flat=True))


def one_with(person_ids: Iterable[int | None], on: date) -> set[int]:
    """Return the ids of these persons, of whom they stand in for and of who stands in for them (two queries)."""
    asked = {pk for pk in person_ids if pk is not None}
    stands = StandIn.objects.current(on).filter(person__in=asked)
    return asked | stand_ins_of_persons(asked, on) | set(stands.values_list("appointment__person_id", flat=True))


def hands_of(person: Person, permission: Permission, units: Iterable[Unit], on: date) -> frozenset[int]:
    """Return whose hand an act is that asks for ``permission`` on one of ``units``.

    It is the person's alone where an own post carries the right; else also that of the holder stood in for. One
    query, two for whoever stands in.
    """
    stands = list(_stood_in_for(person, on))
    if not stands:
        return frozenset({person.pk})

    places = [unit.path for unit in units]

    def carries(kind: str, paths: Iterable[str | None]) -> bool:
        can = permission in ROLE_PERMISSIONS[ROLE_OF_POST[PostKind(kind)]]
        return can and any(path and place.startswith(path) for path in paths for place in places)

    own = Appointment.objects.current(on).filter(person=person).order_by("pk").values_list(*REACH)
    if any(carries(kind, paths) for _post, kind, *paths in own):
        return frozenset({person.pk})
    return frozenset({person.pk, *(holder for holder, _post, kind, *paths in stands if carries(kind, paths))})


def without(person_ids: Iterable[int], hands: Iterable[int], on: date) -> set[int]:
    """Return the persons of whom nobody counts as one of ``hands``: the list side of ``counts_as`` (one query)."""
    asked, kept_out = set(person_ids), set(hands)
    stands = StandIn.objects.current(on).filter(person__in=asked, appointment__person__in=kept_out)
    return asked - kept_out - set(stands.values_list("person_id", flat=True))


def _stood_in_for(person: Person, on: date) -> QuerySet[StandIn, Any]:
    stands = StandIn.objects.current(on).filter(person=person).order_by("pk")
    rows: QuerySet[StandIn, Any] = stands.values_list(
        "appointment__person_id", *(f"appointment__{name}" for name in REACH)
    )
    return rows


def refuse_oneself(by: Actor, person: Person, on: date) -> None:
    """Raise ``AccessDenied`` where the act concerns the actor, or whoever the actor stands in for: no right lent
    comes back to its owner.
    """
    own = by.person if isinstance(by, Account) else by
    if isinstance(own, Person) and person.pk in counts_as(own, on):
        denied(_("Nobody changes their own posts or units. Ask a colleague with this right.")).require()


def can_arrange(person: Person, appointment: Appointment, on: date) -> Decision:
    """Return whether the person may say who stands in, by posts of their own alone: no right lent lends another.

    That is the holder; else whoever fills the post and holds every right of it, but not whoever stands in for the
    holder.
    """
    if appointment.person_id == person.pk:
        return allowed()
    post = appointment.post
    units = [unit for unit in (post.unit, post.acts_for) if unit is not None]
    for kinds, paths in _lendable(person, on):
        if post.kind in kinds and all(any(unit.path.startswith(path) for path in paths) for unit in units):
            if appointment.person_id not in counts_as(person, on):
                return allowed()
            break
    return denied(
        _("Only the holder says who stands in, or who may fill the post and holds all its rights by an own post.")
    )


def _lendable(person: Person, on: date) -> list[tuple[frozenset[PostKind], list[str]]]:
    """Return the kinds of posts that own posts may lend, and the paths of the units there (one query)."""
    reach: dict[frozenset[Permission], list[str]] = {}
    own = Appointment.objects.current(on).filter(person=person).order_by("pk").values_list(*REACH)
    for _post, kind, *paths in own:
        rights = ROLE_PERMISSIONS[ROLE_OF_POST[PostKind(kind)]]
        if Permission.UNIT_EDIT in rights:
            reach.setdefault(rights, []).extend(path for path in paths if path)
    return [
        (frozenset(kind for kind, role in ROLE_OF_POST.items() if ROLE_PERMISSIONS[role] <= rights), paths)
        for rights, paths in reach.items()
    ]


def arrangeable(person: Person | None, on: date) -> QuerySet[Appointment]:
    """Return the appointments, present and to come, for which the person may say who stands in: the list side."""
    if person is None:
        return Appointment.objects.none()
    filled = Q(pk__in=[])
    for kinds, paths in _lendable(person, on):
        units = Unit.objects.below(paths).values("pk")
        here = Q(post__unit__in=units) & (Q(post__acts_for__isnull=True) | Q(post__acts_for__in=units))
        filled |= here & Q(post__kind__in=sorted(kinds))
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    rows = Appointment.objects.filter(lasting, Q(person=person) | filled & ~Q(person__in=counts_as(person, on)))
    return rows.select_related("post__unit", "post__acts_for", "person")


def appointment_for(person: Person | None, appointment_id: int, on: date) -> Appointment:
    """Return the appointment, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(arrangeable(person, on), pk=appointment_id)
