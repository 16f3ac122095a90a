"""Who may read the rulebook, change the enterprise's copy and say how things stand in a unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.rooms.people import access as people
from heli.rooms.people.enums import AdministratorKind, Permission, Tree
from heli.rooms.rulebook.models import Circumstance, CircumstanceQuerySet, Instrument, KeyLink, Obligation

if TYPE_CHECKING:
    from heli.rooms.people.models import Account, Person, Unit


def can_read(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may read the rulebook: whoever holds a post may."""
    return people.has_somewhere(person, Permission.RULEBOOK_VIEW, on)


def can_edit(person: Person | None, on: date) -> Decision:
    """Return whether ``person`` may change the enterprise's copy, which binds every unit.

    That takes the right to edit on a topmost Party organization; the same right further down is not enough.
    """
    held = people.units_with(person, Permission.RULEBOOK_EDIT, on)
    if held.filter(tree=Tree.PARTY, parent__isnull=True).exists():
        return allowed()
    return denied(_("The rulebook binds all units. Only who coordinates the work of the whole enterprise changes it."))


def can_edit_calendar(by: Person | Account | None, on: date) -> Decision:
    """Return whether ``by`` may enter days off and working days: the system administrator, or who may ``can_edit``."""
    administrator = getattr(by, "administrator", None)
    if administrator is None:
        return can_edit(cast("Person | None", by), on)
    if cast("Account", by).is_active and administrator == AdministratorKind.SYSTEM:
        return allowed()
    return denied(_("Days of the calendar are entered by the system administrator or by who edits the rulebook."))


def can_declare(person: Person | None, unit: Unit, on: date) -> Decision:
    """Return whether ``person`` may say how things stand in ``unit``: who works for it, or for a unit above."""
    does = people.has(person, Permission.TASK_DO, unit, on)
    return does or people.has(person, Permission.RULEBOOK_EDIT, unit, on)


def visible_obligations(person: Person | None, on: date) -> QuerySet[Obligation]:
    """Return the duties ``person`` may read: all, or none without a post. The list side of ``can_read``."""
    return Obligation.objects.all() if can_read(person, on) else Obligation.objects.none()


def obligation_for(person: Person | None, code: str, on: date) -> Obligation:
    """Return the duty, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_obligations(person, on), code=code)


def instrument_for(person: Person | None, code: str, on: date) -> Instrument:
    """Return the instrument, or raise the same 404 for missing and forbidden."""
    visible = Instrument.objects.all() if can_read(person, on) else Instrument.objects.none()
    return get_object_or_404(visible, code=code)


def key_link_for(person: Person | None, code: str, on: date) -> KeyLink:
    """Return the key link, or raise the same 404 for missing and forbidden."""
    visible = KeyLink.objects.all() if can_read(person, on) else KeyLink.objects.none()
    return get_object_or_404(visible, code=code)


def visible_circumstances(person: Person | None, on: date) -> CircumstanceQuerySet:
    """Return what is declared about the units ``person`` may see."""
    return Circumstance.objects.filter(unit__in=people.units_with(person, Permission.UNIT_VIEW, on))


def can_view_circumstance(person: Person | None, circumstance: Circumstance, on: date) -> Decision:
    """Return whether ``person`` may read this; the object side of ``visible_circumstances``."""
    return people.has(person, Permission.UNIT_VIEW, circumstance.unit, on)


def circumstance_for(person: Person | None, pk: int, on: date) -> Circumstance:
    """Return the declared circumstance, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_circumstances(person, on).select_related("unit"), pk=pk)
