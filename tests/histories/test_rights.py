"""No right without a live reason: random lives of people in a tree that is moved about, against plain bookkeeping.

``HISTORIES`` says how many persons live (``make histories``: a million). The bookkeeping knows parents, dates and
posts; it knows neither paths nor the database.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from django.db import connection

from heli.config.generator.tables import copy
from heli.kernel.problems import Problem
from heli.rooms.people import access, services
from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, Permission, PostKind, UnitKind
from heli.rooms.people.models import Appointment, Person, Post, StandIn, Unit
from heli.rooms.people.tests.factories import PostFactory, UnitFactory

LIVES = int(os.environ.get("HISTORIES", "1500"))
UNITS, POSTS, MOVES, DAYS, LOOKED_AT = 120, 400, 30, 4, 150
FIRST = date(2020, 1, 1)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=8)))
_KINDS = (UnitKind.PARTY_COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.BRANCH)


@dataclass
class Books:
    """What really happened, written down beside the database."""

    parent: dict[int, int | None] = field(default_factory=dict)
    posts: list[tuple[int, str, int, int | None]] = field(default_factory=list)  # id, kind, unit, acts for
    lives: dict[int, list[tuple[int, date, date | None]]] = field(default_factory=dict)  # post number, from, to
    stays: list[tuple[int, int, int, date, date | None]] = field(default_factory=list)  # id, person, number, from, to
    stands: dict[int, list[tuple[int, date, date]]] = field(default_factory=dict)  # post number, days both hold

    def is_below(self, unit: int, top: int) -> bool:
        step: int | None = unit
        while step is not None:
            if step == top:
                return True
            step = self.parent[step]
        return False

    def holders(self, on: date) -> dict[tuple[int, str], set[int]]:
        found: dict[tuple[int, str], set[int]] = {}
        for person in {*self.lives, *self.stands}:
            for number in self.numbers(person, on):
                _pk, kind, *places = self.posts[number]
                for place in places:
                    if place is not None:
                        found.setdefault((place, kind), set()).add(person)
        return found

    def numbers(self, person: int, on: date) -> list[int]:
        """The posts a person holds or stands in for."""
        held = [*self.lives.get(person, ()), *self.stands.get(person, ())]
        return [number for number, start, end in held if start <= on and (end is None or on < end)]

    def may(self, person: int, permission: Permission, unit: int, on: date) -> bool:
        for number in self.numbers(person, on):
            _pk, kind, own, acts_for = self.posts[number]
            if permission in ROLE_PERMISSIONS[ROLE_OF_POST[PostKind(kind)]] and any(
                self.is_below(unit, top) for top in (own, acts_for) if top is not None
            ):
                return True
        return False


def _day(chance: random.Random) -> date:
    return FIRST + timedelta(days=chance.randrange(2500))


def _enterprise(chance: random.Random, books: Books) -> list[Unit]:
    units = [UnitFactory(kind=UnitKind.GROUP_COMMITTEE, name="集团党委")]
    books.parent[units[0].pk] = None
    for _number in range(UNITS):
        parent = chance.choice([unit for unit in units if unit.depth < 5])
        unit = UnitFactory(kind=chance.choice(_KINDS), parent=parent)
        books.parent[unit.pk] = parent.pk
        units.append(unit)
    for _number in range(POSTS):
        unit, acts_for = chance.choice(units), chance.choice([None, None, chance.choice(units)])
        post = PostFactory(unit=unit, kind=chance.choice(PostKind.values), acts_for=acts_for)
        books.posts.append((post.pk, post.kind, unit.pk, acts_for.pk if acts_for else None))
    return units


def _lives(chance: random.Random, books: Books) -> Iterator[tuple[Any, ...]]:
    """Yield a row of appointments for each stay: up to three posts a person, each held once or twice."""
    number = count(1)
    for person in range(1, LIVES + 1):
        for post in chance.sample(range(POSTS), chance.randrange(4)):
            start = _day(chance)
            for _time in range(chance.choice((1, 1, 2))):
                end = start + timedelta(days=1 + chance.randrange(900))
                until = None if chance.random() < 0.3 else end
                books.lives.setdefault(person, []).append((post, start, until))
                pk = next(number)
                books.stays.append((pk, person, post, start, until))
                yield pk, person, books.posts[post][0], start, until
                if until is None:
                    break
                start = end + timedelta(days=chance.randrange(400))


def _stand_ins(chance: random.Random, books: Books) -> Iterator[tuple[Any, ...]]:
    """Yield a row for every fifth stay: somebody else for a while, that may begin before it or outlast it."""
    for pk, (stay, holder, post, start, until) in enumerate(books.stays[::5], start=1):
        person = chance.randrange(1, LIVES + 1)
        first = start + timedelta(days=chance.randrange(-60, 300))
        last = first + timedelta(days=chance.randrange(120))
        if person == holder:
            continue
        both = max(first, start), last if until is None else min(last, until)
        books.stands.setdefault(person, []).append((post, *both))
        yield pk, stay, person, first, last, "离岗"


def _move_about(chance: random.Random, books: Books, units: list[Unit]) -> int:
    """Re-organise at random; what the service refuses (a unit below itself) stays as it was. Return how many moved."""
    moved = 0
    for _number in range(MOVES):
        unit, parent = chance.choice(units[1:]), chance.choice(units)
        unit.refresh_from_db()
        try:
            services.move_unit(
                unit_id=unit.pk, parent_id=parent.pk, version=unit.version, from_day=NOW.date(), reason="调整",
                by="test", at=NOW,
            )  # fmt: skip
        except Problem:
            continue
        books.parent[unit.pk] = parent.pk
        moved += 1
    return moved


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("seed", [20260310])
def test_every_right_has_a_live_reason_and_every_live_reason_gives_its_right(seed: int) -> None:
    chance, books = random.Random(seed), Books()
    units = _enterprise(chance, books)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    copy(Person, ("id", "staff_no", "name"), ((pk, f"H{pk:07d}", f"甲{pk}") for pk in range(1, LIVES + 1)))
    copy(Appointment, ("id", "person_id", "post_id", "valid_from", "valid_to"), _lives(chance, books))
    stand_ins = ("id", "appointment_id", "person_id", "valid_from", "valid_to", "reason")
    assert copy(StandIn, stand_ins, _stand_ins(chance, books)) > len(books.stays) // 6
    assert _move_about(chance, books, units) > MOVES // 3
    addresses = {(place, kind) for _pk, kind, *places in books.posts for place in places if place is not None}

    for _number in range(DAYS):
        on = _day(chance)
        found = access.holders_of(addresses, on)
        assert {address: set(persons) for address, persons in found.items()} == books.holders(on)

    assert Post.objects.count() == POSTS
    for person in Person.objects.filter(pk__in=chance.sample(range(1, LIVES + 1), LOOKED_AT)).order_by("pk"):
        on, permission, unit = _day(chance), chance.choice(list(Permission)), chance.choice(units)
        unit.refresh_from_db()
        expected = books.may(person.pk, permission, unit.pk, on)
        assert bool(access.has(person, permission, unit, on)) is expected
        assert access.units_with(person, permission, on).contains(unit) is expected
