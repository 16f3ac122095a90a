from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Case, QuerySet, When
from django.utils.http import url_has_allowed_host_and_scheme

from heli.rooms.information import access, owners
from heli.rooms.information.enums import SuggestionState
from heli.rooms.information.models import Notification, Suggestion
from heli.rooms.information.owners import PageOwner, registered_owner
from heli.rooms.people import access as people
from heli.rooms.people.enums import PostKind
from heli.rooms.people.queries import places_of, posts_of, way_to
from heli.ui import navigation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


def newest(person: Person | None) -> QuerySet[Notification]:
    """Return the person's notifications, newest first."""
    return access.visible_notifications(person).order_by("-notified_at", "-pk")


def unread_count(person: Person | None, limit: int = 100) -> int:
    """Return how many are unread, counted up to ``limit`` (the bell shows no more)."""
    return access.visible_notifications(person).filter(read_at=None)[:limit].count()


# Who answers for a page nobody registered: the nearest of these posts upwards from where the asker belongs.
DESKS = (PostKind.PARTY_CLERK, PostKind.PARTY_HEAD, PostKind.DISCIPLINE_CLERK, PostKind.DISCIPLINE_HEAD)


@dataclass(frozen=True, slots=True)
class Desk:
    """The post that answers, and the names of who holds it today, without whoever asks."""

    owner: PageOwner
    names: list[str]


def desk_for(person: Person, path: str, on: date) -> Desk | None:
    """Return who answers for a page and holds the post today, never the asker alone; None where nobody does.

    Where nobody who holds the post can sign in to answer, the next post of the same office does, then those of units
    above; only where none of them can, whoever holds the first post is named all the same.
    """
    registered = registered_owner(path, person, on)
    way = _upwards(person, on)
    owners = [registered] if registered is not None else []
    units = dict.fromkeys([*(owner.unit_id for owner in owners), *way])
    about = registered.about if registered is not None else ""
    own = people.one_with([person.pk], on)
    held = people.holders_of({(unit_id, kind) for unit_id in units for kind in DESKS}, on)
    owners += [
        PageOwner(unit_id, kind, about)
        for unit_id in units
        for kind in DESKS
        if set(held.get((unit_id, kind), ())) - own
    ]
    for can_sign_in in (True, False):
        for owner in owners:
            names = people.names_of_holders(owner.unit_id, owner.post_kind, on, but=own, can_sign_in=can_sign_in)
            if names:
                return Desk(owner, names)
    return None


def own_page(address: str) -> str:
    """Return the address if it is a page of this site, else that of the home page; never one that leads elsewhere."""
    is_plain = address.isprintable() and "\\" not in address and len(address) <= 300
    if is_plain and address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return address
    return "/"


def _upwards(person: Person, on: date) -> list[int]:
    """Return the units the person belongs to or holds a post in, each followed by the units above it."""
    units = [place.unit for place in places_of(person, on)] + [held.post.unit for held in posts_of(person, on)]
    way: dict[int, None] = {}
    for unit in dict.fromkeys(units):
        way |= dict.fromkeys(reversed(way_to(unit)))
    return list(way)


def suggestions_seen(person: Person | None, on: date) -> QuerySet[Suggestion]:
    """Return what the person suggested or answers for, what is open first, then newest first."""
    rows = access.visible_suggestions(person, on).select_related("unit", "suggested_by", "answered_by")
    return rows.order_by(Case(When(state=SuggestionState.OPEN, then=0), default=1), "-suggested_at", "-pk")


def suggestions_waiting(person: Person | None, on: date) -> int:
    """Return how many wait for this person's answer."""
    rows = access.visible_suggestions(person, on).filter(state=SuggestionState.OPEN)
    return rows.exclude(suggested_by=person).count() if person else 0


def holders_of_suggestion(suggestion: Suggestion, on: date) -> list[str]:
    """Return the names of who answers a suggestion today; never of whoever made it, or is one with them."""
    own = people.one_with([suggestion.suggested_by_id], on)
    return people.names_of_holders(suggestion.unit_id, suggestion.post_kind, on, but=own)


def about_of(suggestion: Suggestion, person: Person, at: datetime) -> str:
    """Return what the page is called that a suggestion is about, to whoever may open it; else its part of the site."""
    subject = owners.subject_of(suggestion.page)
    may_open = subject is not None and subject[1] in owners.opened(subject[0], person, at, {subject[1]})
    return (suggestion.about if may_open else "") or part_of_site(suggestion.page)


def part_of_site(page: str) -> str:
    """Return what the navigation calls the part of the site in which a page lies."""
    return navigation.label_of(page.partition("?")[0])


def with_doors(person: Person, notices: Iterable[Notification], at: datetime) -> list[Notification]:
    """Return the notices, each told whether its reader may still open what it is about (one query a kind of page)."""
    shown = list(notices)
    subjects = {notice.pk: owners.subject_of(notice.url) for notice in shown}
    wanted: dict[str, set[int]] = {}
    for prefix, subject_id in filter(None, subjects.values()):
        wanted.setdefault(prefix, set()).add(subject_id)
    may = {prefix: owners.opened(prefix, person, at, ids) for prefix, ids in wanted.items()}
    for notice in shown:
        subject = subjects[notice.pk]
        notice.is_shut = subject is not None and subject[1] not in may[subject[0]]
    return shown


def open_resets(person: Person, at: datetime, ids: set[int]) -> set[int]:
    """Return which resets of sign-ins the person may open."""
    return set(people.visible_resets(person.account, at).filter(pk__in=ids).values_list("pk", flat=True))
