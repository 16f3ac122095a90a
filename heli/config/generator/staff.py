"""The people of a generated enterprise: persons, where they belong, posts and their holders, accounts."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password

from heli.config.generator import tables
from heli.config.generator.structure import PlacedUnit, Trees

_MEMBER_SHARE = 0.45
_NAMES = Path(__file__).parents[1] / "demo" / "data" / "names.csv"
_TREE_NUMBERS = {"party": 0, "admin": 1}


@dataclass(slots=True)
class People:
    """Who was made: ids from ``first`` on, the members of each Party unit, the holder of each unit's first post."""

    first: int = 0
    members: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    heads: dict[int, int] = field(default_factory=dict)


def write(
    shapes: dict[str, Any], trees: Trees, count: int, founded: date, chance: random.Random, prefix: str
) -> People:
    """Write ``count`` persons, their memberships, posts, appointments and the secretaries' accounts."""
    person_model, membership_model = apps.get_model("people.Person"), apps.get_model("people.Membership")
    people = People(first=tables.first_id(person_model))
    tables.copy(
        person_model,
        ("id", "staff_no", "name", "political_status", "joined_party_on"),
        _persons(people, trees, count, founded, chance, prefix),
    )
    columns = ("id", "person_id", "unit_id", "tree", "tree_number", "valid_from")
    tables.copy(
        membership_model, columns, _memberships(people, trees, count, founded, tables.first_id(membership_model))
    )
    _write_posts(shapes["posts"], trees, people, founded)
    _write_accounts(trees, people, prefix)
    return people


def _persons(
    people: People, trees: Trees, count: int, founded: date, chance: random.Random, prefix: str
) -> Iterator[tuple[Any, ...]]:
    names = _names(chance)
    places = trees.by_kind["branch"] + trees.by_kind["party_group"] or trees.of_tree("party")
    for index in range(count):
        # The first of each place is a member, so that every post finds somebody.
        is_member = index < len(places) or chance.random() < _MEMBER_SHARE
        person = people.first + index
        if is_member:
            people.members[places[index % len(places)].id].append(person)
        joined = founded - timedelta(days=index % 9000) if is_member else None
        yield person, f"{prefix}{index:08d}", next(names), "member" if is_member else "non_member", joined


def _memberships(people: People, trees: Trees, count: int, founded: date, first: int) -> Iterator[tuple[Any, ...]]:
    """Everybody works in one administrative unit; members also belong to a branch or group."""
    number = first
    admin = [unit.id for unit in trees.of_tree("admin")]
    for index in range(count):
        yield number, people.first + index, admin[index % len(admin)], "admin", _TREE_NUMBERS["admin"], founded
        number += 1
    for unit, members in people.members.items():
        for person in members:
            yield number, person, unit, "party", _TREE_NUMBERS["party"], founded
            number += 1


def _write_posts(posts: dict[str, list[list[str]]], trees: Trees, people: People, founded: date) -> None:
    post_model, appointment_model = apps.get_model("people.Post"), apps.get_model("people.Appointment")
    first_post, first_appointment = tables.first_id(post_model), tables.first_id(appointment_model)
    everybody = [person for members in people.members.values() for person in members]
    rows: list[tuple[Any, ...]] = []
    appointments: list[tuple[Any, ...]] = []
    clerks: dict[str, int] = {}  # of the whole enterprise: the same people at its head in both trees
    for unit in (*trees.of_tree("party"), *trees.of_tree("admin")):
        for kind, title in posts.get(unit.kind, ()):
            number = len(rows)
            rows.append((first_post + number, unit.id, kind, title))
            own = people.members.get(unit.id) or everybody
            if own:
                person = own[(number + unit.depth) % len(own)]
                if not unit.depth:
                    person = clerks.setdefault(kind, person)
                appointments.append((first_appointment + number, person, first_post + number, founded))
                people.heads.setdefault(unit.id, person)
    tables.copy(post_model, ("id", "unit_id", "kind", "title"), rows)
    tables.copy(appointment_model, ("id", "person_id", "post_id", "valid_from"), appointments)


def _write_accounts(trees: Trees, people: People, prefix: str) -> None:
    """Give the heads of committees and of every hundredth branch a way to sign in; nobody knows the password."""
    account_model = apps.get_model("people.Account")
    first = tables.first_id(account_model)
    unusable = make_password(None)
    units: list[PlacedUnit] = trees.by_kind["group_committee"] + trees.by_kind["branch"][::100]
    persons = list(dict.fromkeys(people.heads[unit.id] for unit in units if unit.id in people.heads))
    rows = ((first + n, f"{prefix}{person - people.first:08d}", person, unusable) for n, person in enumerate(persons))
    tables.copy(account_model, ("id", "sign_in_name", "person_id", "password"), rows)


def _names(chance: random.Random) -> Iterator[str]:
    with _NAMES.open(encoding="utf-8", newline="") as file:
        parts = {row["part"]: row["characters"] for row in csv.DictReader(file)}
    surnames, first, second = parts["surname"], parts["first"], parts["second"]
    while True:
        yield chance.choice(surnames) + chance.choice(first) + chance.choice(second)
