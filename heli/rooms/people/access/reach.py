"""What a person may do where: it follows from posts held on a day, downwards in the tree."""

from __future__ import annotations

from datetime import date

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.kernel.periods import holds_on
from heli.rooms.people.enums import (
    ROLE_OF_POST,
    ROLE_PERMISSIONS,
    Permission,
    PostKind,
    Role,
)
from heli.rooms.people.models import (
    Account,
    Appointment,
    Membership,
    Person,
    StandIn,
    Unit,
    UnitQuerySet,
)

Actor = Person | Account | str

# The kind of a post, and every unit it covers.
REACH = (
    "post_id", "post__kind", "post__unit__path", "post__unit__serves__path", "post__acts_for__path",
    "post__acts_for__serves__path",
)  # fmt: skip


def post_kinds_with(permission: Permission) -> list[PostKind]:
    """Return the kinds of posts whose role holds ``permission``."""
    return [kind for kind, role in ROLE_OF_POST.items() if permission in ROLE_PERMISSIONS[role]]


def scope_paths(person: Person | None, permission: Permission, on: date) -> list[str]:
    """Return the paths of the topmost units on which ``person`` holds ``permission`` on that day.

    Two queries; within one request they run once for all permissions. A post covers its unit, the unit it acts
    for, and the units those serve; a membership gives the member's role on the unit one belongs to.
    """
    if person is None:
        return []
    return _topmost({path for role, path in holdings(person, on) if permission in ROLE_PERMISSIONS[Role(role)]})


def holdings(person: Person, on: date) -> list[tuple[str, str]]:
    """Return pairs of role and path, of posts held or stood in for; remembered where the middleware asked for it."""
    if person.scopes is not None and on in person.scopes:
        return person.scopes[on]
    own = Appointment.objects.filter(holds_on(on), person=person).order_by().values_list(*REACH)
    stands = StandIn.objects.current(on).filter(person=person).order_by()
    posts = sorted(own.union(stands.values_list(*(f"appointment__{name}" for name in REACH))), key=str)
    found = [(ROLE_OF_POST[PostKind(kind)].value, path) for _post, kind, *paths in posts for path in paths if path]
    places = Membership.objects.current(on).filter(person=person).order_by("pk")
    found += [(Role.MEMBER.value, path) for path in places.values_list("unit__path", flat=True)]
    if person.scopes is not None:
        person.scopes[on] = found
    return found


def roles_of(person: Person | None, on: date) -> frozenset[Role]:
    """Return the roles that the person's posts and memberships carry on that day."""
    if person is None:
        return frozenset()
    return frozenset(Role(role) for role, _path in holdings(person, on))


def _topmost(paths: set[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def units_with(person: Person | None, permission: Permission, on: date) -> UnitQuerySet:
    """Return the units on which ``person`` holds ``permission``: the list side of ``has``."""
    return Unit.objects.below(scope_paths(person, permission, on))


def has(person: Person | None, permission: Permission, unit: Unit, on: date) -> Decision:
    """Return whether ``person`` holds ``permission`` on ``unit`` on that day, with the reason if not."""
    if any(unit.path.startswith(path) for path in scope_paths(person, permission, on)):
        return allowed()
    return denied(
        _("This needs a post with the right “%(permission)s” for %(unit)s or a unit above it.")
        % {"permission": permission.label, "unit": unit.name}
    )


def has_somewhere(person: Person | None, permission: Permission, on: date) -> Decision:
    """Return whether ``person`` holds ``permission`` on any unit at all."""
    if scope_paths(person, permission, on):
        return allowed()
    return denied(_("None of your posts carries the right “%(permission)s”.") % {"permission": permission.label})


def is_under(person: Person | None, permission: Permission, unit: Unit, on: date) -> bool:
    """Return whether ``unit`` lies in the reach of ``permission``: ``has`` without the sentence."""
    return any(unit.path.startswith(path) for path in scope_paths(person, permission, on))


def require(by: Actor, permission: Permission, unit: Unit, on: date) -> None:
    """Raise ``AccessDenied`` unless the actor holds ``permission`` on ``unit``.

    A string names the system itself (imports of a new site, the demo); an account without a person is an
    administrator's and holds no business right.
    """
    if isinstance(by, str):
        return
    person = by.person if isinstance(by, Account) else by
    has(person, permission, unit, on).require()


def unit_for(person: Person | None, permission: Permission, unit_id: int, on: date) -> Unit:
    """Return the unit, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(units_with(person, permission, on), pk=unit_id)


def sees(person: Person | None, unit: Unit, on: date) -> bool:
    """Return whether the person may open the page of ``unit``; where not, nothing links or names it."""
    return is_under(person, Permission.UNIT_VIEW, unit, on)
