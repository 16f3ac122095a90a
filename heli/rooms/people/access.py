"""Who may do what where: it follows from posts held on a day, downwards in the tree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails
from ninja.errors import HttpError
from ninja.security import HttpBearer

from heli.kernel.access_marks import mark
from heli.kernel.decisions import Decision, allowed, denied
from heli.kernel.periods import holds_on
from heli.rooms.people import rules
from heli.rooms.people.enums import (
    ROLE_OF_POST,
    ROLE_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    AdministratorKind,
    Duty,
    Permission,
    PostKind,
    Role,
    Scope,
)
from heli.rooms.people.models import (
    Account,
    ApiToken,
    Appointment,
    Membership,
    Person,
    PersonQuerySet,
    Unit,
    UnitQuerySet,
)

Actor = Person | Account | str
_PROOF_SECONDS = 300


class PersonRequest(HttpRequest):
    """A request as ``PersonMiddleware`` hands it on. ``person`` is None for administrators and strangers;
    behind ``person_required`` and ``needs`` it is always somebody."""

    person: Person
    account: Account
    now: datetime
    htmx: HtmxDetails


ViewFunction = Callable[..., HttpResponseBase]


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
    return _topmost({path for role, path in _holdings(person, on) if permission in ROLE_PERMISSIONS[Role(role)]})


def _holdings(person: Person, on: date) -> list[tuple[str, str]]:
    """Return pairs of role and path; remembered where the middleware asked for it."""
    if person.scopes is not None and on in person.scopes:
        return person.scopes[on]
    posts = (
        Appointment.objects.filter(holds_on(on), person=person)
        .order_by("post_id")
        .values_list(
            "post__kind", "post__unit__path", "post__unit__serves__path", "post__acts_for__path",
            "post__acts_for__serves__path",
        )
    )  # fmt: skip
    found = [(ROLE_OF_POST[PostKind(kind)].value, path) for kind, *paths in posts for path in paths if path]
    places = Membership.objects.current(on).filter(person=person).order_by("pk")
    found += [(Role.MEMBER.value, path) for path in places.values_list("unit__path", flat=True)]
    if person.scopes is not None:
        person.scopes[on] = found
    return found


def roles_of(person: Person | None, on: date) -> frozenset[Role]:
    """Return the roles that the person's posts and memberships carry on that day."""
    if person is None:
        return frozenset()
    return frozenset(Role(role) for role, _path in _holdings(person, on))


def _topmost(paths: set[str]) -> list[str]:
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def held_posts(person: Person | None, on: date) -> list[tuple[int, str]]:
    """Return (unit id, post kind) for each post held that day, the units a post acts for included (one query)."""
    if person is None:
        return []
    posts = (
        Appointment.objects.filter(holds_on(on), person=person)
        .order_by("post_id")
        .values_list("post__kind", "post__unit_id", "post__acts_for_id")
    )
    pairs = {(unit_id, kind) for kind, *units in posts for unit_id in units if unit_id}
    return sorted(pairs)


def holders_of(addresses: Iterable[tuple[int, str]], on: date) -> dict[tuple[int, str], list[int]]:
    """Return who holds each (unit id, post kind) that day: the other side of ``held_posts`` (one query).

    An empty post kind stands for every post that may do tasks there. Addresses nobody holds are left out.
    """
    wanted = set(addresses)
    doers = set(post_kinds_with(Permission.TASK_DO))
    units = {unit_id for unit_id, _kind in wanted}
    rows = (
        Appointment.objects.filter(holds_on(on))
        .filter(Q(post__unit_id__in=units) | Q(post__acts_for_id__in=units))
        .order_by("post_id", "person_id")
        .values_list("post__kind", "person_id", "post__unit_id", "post__acts_for_id")
    )
    found: dict[tuple[int, str], list[int]] = {}
    for kind, person_id, *post_units in rows:
        for address in {(unit, match) for unit in post_units for match in ((kind, "") if kind in doers else (kind,))}:
            if address in wanted:
                found.setdefault(address, []).append(person_id)
    return found


def names_of_holders(unit_id: int, post_kind: str, on: date) -> list[str]:
    """Return the names of who holds the post that day; an empty kind stands for whoever may do tasks there."""
    ids = holders_of({(unit_id, post_kind)}, on).get((unit_id, post_kind), [])
    return list(Person.objects.filter(pk__in=ids).order_by("name", "pk").values_list("name", flat=True))


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


def require(by: Actor, permission: Permission, unit: Unit, on: date) -> None:
    """Raise ``AccessDenied`` unless the actor holds ``permission`` on ``unit``.

    A string names the system itself (imports of a new site, the demo); an account without a person is an
    administrator's and holds no business right.
    """
    if isinstance(by, str):
        return
    person = by.person if isinstance(by, Account) else by
    has(person, permission, unit, on).require()


def require_administrator(by: Actor, kind: AdministratorKind) -> None:
    """Raise ``AccessDenied`` unless the actor is the named administrator (or the system itself)."""
    if isinstance(by, str) or (isinstance(by, Account) and by.administrator == kind and by.is_active):
        return
    denied(_("This is the work of the %(administrator)s.") % {"administrator": kind.label}).require()


def second_factor_required(account: Account, on: date | None = None) -> bool:
    """Return whether this account works only with a second factor: by role, as administrator, or by order.

    A site may switch it off (``HELI_SECOND_FACTOR=off``); its sign-in page then says so.
    """
    if not settings.SECOND_FACTOR:
        return False
    if account.administrator or account.must_use_second_factor:
        return True
    return bool(roles_of(account.person, on or timezone.localdate()) & SECOND_FACTOR_ROLES)


def has_second_factor(account: Account) -> bool:
    """Return whether the account has set up an app or a security key (one query)."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=account, type__in=kinds).exists())


def open_duty(account: Account) -> Duty | None:
    """Return what the account must do before anything else opens to it, by page or by key."""
    if account.must_change_password:
        return Duty.PASSWORD
    if second_factor_required(account) and not has_second_factor(account):
        return Duty.SECOND_FACTOR
    return None


def has_just_proved_itself(request: HttpRequest, account: Account) -> bool:
    """Return whether the account showed within five minutes that it is here, by its second factor where it has one."""
    wanted = "mfa" if has_second_factor(account) else "password"
    records = get_authentication_records(request, account)
    return any(one["method"] == wanted and time.time() - one["at"] < _PROOF_SECONDS for one in records)


# Persons: oneself, and who belongs to (or, having left, last belonged to) a unit on which one holds PERSON_VIEW.


def is_under(person: Person | None, permission: Permission, unit: Unit, on: date) -> bool:
    """Return whether ``unit`` lies in the reach of ``permission``: ``has`` without the sentence."""
    return any(unit.path.startswith(path) for path in scope_paths(person, permission, on))


def persons_under(viewer: Person | None, permission: Permission, on: date) -> PersonQuerySet:
    """Return oneself and whoever holds a post in, acts for, or belongs to a unit where one holds ``permission``."""
    if viewer is None:
        return Person.objects.none()
    paths = scope_paths(viewer, permission, on)
    if not paths:
        return Person.objects.filter(pk=viewer.pk)
    here, post, acts = Q(), Q(), Q()
    for path in paths:
        here |= Q(unit__path__startswith=path)
        post |= Q(post__unit__path__startswith=path)
        acts |= Q(post__acts_for__path__startswith=path)
    place = Membership.objects.filter(holds_on(on), here, person=OuterRef("pk"))
    held = Appointment.objects.filter(holds_on(on), post | acts, person=OuterRef("pk"))
    return Person.objects.filter(Q(pk=viewer.pk) | Exists(place) | Exists(held))


def visible_persons(viewer: Person | None, on: date) -> PersonQuerySet:
    """Return the persons ``viewer`` may open on that day: the list side of ``can_view_person``."""
    if viewer is None:
        return Person.objects.none()
    paths = scope_paths(viewer, Permission.PERSON_VIEW, on)
    if not paths:
        return Person.objects.filter(pk=viewer.pk)
    below = Q()
    for path in paths:
        below |= Q(unit__path__startswith=path)
    last = Q(person__left_on__lte=on, valid_to=F("person__left_on"))
    places = Membership.objects.filter(holds_on(on) | last, below, person=OuterRef("pk"))
    found = Exists(places)
    own = [path for role, path in _holdings(viewer, on) if role == Role.MEMBER]
    if any(place.startswith(path) for place in own for path in paths):
        return Person.objects.filter(found)  # oneself is among them; without an OR the database may join
    return Person.objects.filter(Q(pk=viewer.pk) | found)


def can_view_person(viewer: Person | None, person: Person, on: date) -> Decision:
    """Return whether ``viewer`` may open the page of ``person`` on that day."""
    if viewer is not None and viewer.pk == person.pk:
        return allowed()
    last = Q(person__left_on__lte=on, valid_to=F("person__left_on"))
    places = Membership.objects.filter(holds_on(on) | last, person=person).values_list("unit__path", flat=True)
    scope = scope_paths(viewer, Permission.PERSON_VIEW, on)
    if any(place.startswith(path) for place in places.order_by("pk") for path in scope):
        return allowed()
    return denied(_("You see yourself and whoever works in the units of your posts."))


def person_for(viewer: Person | None, person_id: int, on: date) -> Person:
    """Return the person, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_persons(viewer, on), pk=person_id)


def unit_for(person: Person | None, permission: Permission, unit_id: int, on: date) -> Unit:
    """Return the unit, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(units_with(person, permission, on), pk=unit_id)


def _valid_key(key: str, on: date) -> ApiToken | None:
    found = ApiToken.objects.filter(
        digest=rules.digest_of(key),
        revoked_at__isnull=True,
        expires_on__gt=on,
        person__left_on__isnull=True,
        person__account__is_active=True,
    )
    return found.select_related("person__account").order_by("pk").first()


def owner_of_key(key: str, scope: Scope, on: date) -> Person:
    """Return whose key this is; the same 404 for a key that is unknown, ended, revoked or for something else.

    For addresses that carry the key themselves, where a program can send no header. A duty of sign-in that the
    owner has not done closes it as it closes the pages.
    """
    found = _valid_key(key, on)
    if found is None or scope not in found.scopes or open_duty(found.person.account) is not None:
        raise Http404
    found.person.scopes = {}
    return found.person


class TokenAuth(HttpBearer):
    """The door of the API: a personal key with the scope an operation asks for.

    It puts the key's owner on the request, so that operations ask the same questions as pages.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        asked: PersonRequest = request  # type: ignore[assignment]  # PersonMiddleware ran before
        found = _valid_key(token, asked.now.date())
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise HttpError(403, _("This key does not hold the scope %(scope)s.") % {"scope": self.scope})
        asked.person, asked.account = found.person, found.person.account
        asked.person.scopes = {}
        duty = open_duty(asked.account)
        if duty is not None:
            raise HttpError(
                403, _("This key opens nothing until its owner has done this: %(duty)s.") % {"duty": duty.label}
            )
        return found.person


def asked_with_key(request: HttpRequest) -> PersonRequest:
    """Return the request as ``TokenAuth`` leaves it: with the owner of the key."""
    asked: PersonRequest = request  # type: ignore[assignment]  # what TokenAuth has just done
    return asked


# Doors of views. Each marks the view with its rule; a test walks the URL map and asks for the mark.


def public(view: ViewFunction) -> ViewFunction:
    """Mark a view that anybody may open without signing in."""
    return mark("public")(view)


def signed_in(view: ViewFunction) -> ViewFunction:
    """Let in whoever is signed in; send others to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return mark("signed_in")(guarded)


def person_required(view: ViewFunction) -> ViewFunction:
    """Let in persons; administrators get the 404 of business pages, because business is not theirs."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.person is None:  # type: ignore[attr-defined]  # set by PersonMiddleware
            raise Http404
        return view(request, *args, **kwargs)

    return mark("person")(signed_in(guarded))


def needs(permission: Permission) -> Callable[[ViewFunction], ViewFunction]:
    """Return a door for persons who hold ``permission`` somewhere; the object's own door decides where."""

    def decorate(view: ViewFunction) -> ViewFunction:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            has_somewhere(request.person, permission, request.now.date()).require()  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return mark(str(permission))(person_required(guarded))

    return decorate


def administrators(*kinds: AdministratorKind) -> Callable[[ViewFunction], ViewFunction]:
    """Return a door for the named administrators alone."""

    def decorate(view: ViewFunction) -> ViewFunction:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            account: Account = request.user  # type: ignore[assignment]  # signed_in ran before
            if account.administrator not in kinds:
                raise Http404
            return view(request, *args, **kwargs)

        return mark("administrator:" + ",".join(kinds))(signed_in(guarded))

    return decorate
