"""Units and persons for programs, within what the owner of the key may see."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from heli.kernel.api import ERRORS, Id, Limit, Text
from heli.rooms.people import access, queries
from heli.rooms.people.access import TokenAuth, asked_with_key
from heli.rooms.people.enums import PoliticalStatus, PostKind, Scope, Tree, UnitKind
from heli.rooms.people.models import Membership, Person, Unit

router = Router(tags=["people"], auth=TokenAuth(Scope.PEOPLE_READ))

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]


class UnitOut(Schema):
    id: int
    tree: Tree
    kind: UnitKind
    name: str
    code: str
    parent_id: int | None
    serves_id: int | None
    has_committee: bool
    valid_from: date
    valid_to: date | None
    version: int


class UnitPage(Schema):
    """``next`` is the value of ``after`` for the following page, null on the last one."""

    items: list[UnitOut]
    next: str | None


class HolderOut(Schema):
    person_id: int
    name: str
    valid_from: date
    valid_to: date | None


class PostOut(Schema):
    id: int
    kind: PostKind
    title: str
    acts_for_id: int | None
    holders: list[HolderOut]


class PlaceOut(Schema):
    unit_id: int
    tree: Tree
    valid_from: date


class PersonOut(Schema):
    id: int
    staff_no: str
    name: str
    email: str
    phone: str
    political_status: PoliticalStatus
    joined_party_on: date | None
    left_on: date | None
    places: list[PlaceOut]


class PersonPage(Schema):
    """``next`` is the value of ``after`` for the following page, null on the last one."""

    items: list[PersonOut]
    next: str | None


class MeOut(Schema):
    """Whom the key acts for."""

    id: int
    staff_no: str
    name: str


@router.get("/me", response={200: MeOut, **ERRORS}, summary="Whom this key acts for")
def me(request: HttpRequest) -> Person:
    return asked_with_key(request).person


@router.get("/units", response={200: UnitPage, **ERRORS}, summary="Units one may see")
def units(
    request: HttpRequest, tree: Tree | None = None, q: Text = "", after: Text = "", limit: Limit = 50
) -> UnitPage:
    asked = asked_with_key(request)
    found = queries.units_for_list(asked.person, asked.now.date(), tree=tree, text=q, after=after, limit=limit + 1)
    items = [UnitOut.from_orm(unit) for unit in found[:limit]]
    return UnitPage(items=items, next=found[limit - 1].path if len(found) > limit else None)


@router.get("/units/{unit_id}", response={200: UnitOut, **ERRORS}, summary="One unit")
def unit(request: HttpRequest, unit_id: Id) -> Unit:
    asked = asked_with_key(request)
    return queries.unit_for(asked.person, unit_id, asked.now.date())


@router.get("/units/{unit_id}/posts", response={200: list[PostOut], **ERRORS}, summary="Posts and holders on a day")
def posts(request: HttpRequest, unit_id: Id, on: Day | None = None) -> list[PostOut]:
    asked = asked_with_key(request)
    today = asked.now.date()
    shown = queries.unit_for(asked.person, unit_id, today)
    return [
        PostOut(
            id=post.pk,
            kind=PostKind(post.kind),
            title=post.title,
            acts_for_id=post.acts_for_id,
            holders=[
                HolderOut(
                    person_id=held.person_id,
                    name=held.person.name,
                    valid_from=held.valid_from,
                    valid_to=held.valid_to,
                )
                for held in getattr(post, "holders_then", ())
            ],
        )
        for post in queries.posts_in(shown, min(on or today, today))
    ]


@router.get("/persons", response={200: PersonPage, **ERRORS}, summary="Persons one may see")
def persons(request: HttpRequest, q: Text = "", after: Text = "", limit: Limit = 50) -> PersonPage:
    asked = asked_with_key(request)
    on = asked.now.date()
    found = queries.persons_for_list(asked.person, on, queries.WantedPersons(text=q), after=after, limit=limit + 1)
    places = queries.units_of(found[:limit], on)
    items = [_person(person, places[person.pk]) for person in found[:limit]]
    return PersonPage(items=items, next=found[limit - 1].staff_no if len(found) > limit else None)


@router.get("/persons/{person_id}", response={200: PersonOut, **ERRORS}, summary="One person")
def person(request: HttpRequest, person_id: Id) -> PersonOut:
    asked = asked_with_key(request)
    on = asked.now.date()
    shown = access.person_for(asked.person, person_id, on)
    return _person(shown, queries.places_of(shown, on))


def _person(person: Person, places: list[Membership]) -> PersonOut:
    return PersonOut(
        id=person.pk,
        staff_no=person.staff_no,
        name=person.name,
        email=person.email,
        phone=person.phone,
        political_status=PoliticalStatus(person.political_status),
        joined_party_on=person.joined_party_on,
        left_on=person.left_on,
        places=[PlaceOut(unit_id=each.unit_id, tree=Tree(each.tree), valid_from=each.valid_from) for each in places],
    )
