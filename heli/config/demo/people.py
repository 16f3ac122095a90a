"""The demo's units, 1,200 invented people, posts and accounts, from the data files beside this module.

The same seed makes the same people in every demo, so that other parts can name them.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import get_language

from heli.kernel import audit
from heli.rooms.people import rules
from heli.rooms.people.enums import AdministratorKind, PoliticalStatus, PostKind, Tree, UnitKind
from heli.rooms.people.models import Account, Appointment, Membership, Person, Post, Unit, UnitVersion

PASSWORD = "hezhong-2026"  # noqa: S105 - printed at every start of a demo
PERSONS = 1200
FOUNDED = date(2019, 1, 1)
_SEED = 20190101
_MEMBER_SHARE = 0.52
_COMMITTEE_FROM = 7  # a branch with seven members elects a committee
Row = TypeVar("Row", Membership, Appointment)
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of the list that ``heli run`` prints and the sign-in page of a demo shows."""

    role: str
    name: str
    sign_in_name: str
    password: str


@dataclass(slots=True)
class _Draft:
    """What is being made; rows are written in bulk at the end."""

    chance: random.Random
    units: dict[str, Unit] = field(default_factory=dict)
    persons: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    members: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    memberships: list[Membership] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    holders: set[str] = field(default_factory=set)


def load(at: datetime) -> None:
    """Write the demo's people; does nothing where they are already there."""
    if Unit.objects.filter(code="HZ").exists():
        return
    with transaction.atomic():
        draft = _Draft(random.Random(_SEED))  # noqa: S311 - the same invented people every time
        _make_units(draft)
        _make_persons(draft)
        _make_posts(draft)
        _write(draft)
        _make_accounts(draft)
        company = draft.units["HZ"]
        audit.record("demo.loaded", subject=company, by="demo", at=at, changes={"persons": PERSONS})


def sign_ins() -> list[SignIn]:
    """Return the demo's sign-ins; empty where no demo was loaded."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    names = dict(_accounts_by_role())
    return [
        SignIn(row[language], names[row["key"]][1], names[row["key"]][0], PASSWORD)
        for row in _rows("roles")
        if row["key"] in names
    ]


def _accounts_by_role() -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield role key with sign-in name and person's name (administrators have no person)."""
    wanted = {row["sign_in"]: row["unit"] for row in _rows("posts") if row["sign_in"]}
    accounts = Account.objects.select_related("person")
    kinds = {PostKind.BRANCH_SECRETARY: "P-HF-Y1"}
    for key, code in [*wanted.items(), *((str(kind), code) for kind, code in kinds.items())]:
        found = accounts.filter(
            person__appointments__post__unit__code=code,
            person__appointments__post__kind=key,
            person__appointments__valid_to__isnull=True,
        ).order_by("pk")
        account = found.first()
        if account is not None and account.person is not None:
            yield key, (account.sign_in_name, account.person.name)
    plain = accounts.filter(person__political_status=PoliticalStatus.NON_MEMBER).order_by("pk").first()
    if plain is not None and plain.person is not None:
        yield "non_member", (plain.sign_in_name, plain.person.name)
    for account in accounts.exclude(administrator="").order_by("pk"):
        yield account.administrator, (account.sign_in_name, "")


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _make_units(draft: _Draft) -> None:
    rows = _rows("units")
    for row, unit_id in zip(rows, _ids("people_unit", len(rows)), strict=True):
        parent = draft.units.get(row["parent"])
        kind = UnitKind(row["kind"])
        draft.units[row["code"]] = Unit(
            id=unit_id,
            tree=rules.tree_of(kind),
            kind=kind,
            name=row["name"],
            pinyin=rules.initials(row["name"]),
            code=row["code"],
            parent=parent,
            path=rules.child_path(parent.path if parent else "", unit_id),
            depth=parent.depth + 1 if parent else 0,
            serves=draft.units.get(row["serves"]),
            has_committee=kind in {UnitKind.GROUP_COMMITTEE, UnitKind.PARTY_COMMITTEE, UnitKind.GENERAL_BRANCH},
            valid_from=FOUNDED,
        )


def _make_persons(draft: _Draft) -> None:
    """Spread the people over the administrative units by weight; members also belong to a branch or group."""
    rows = [row for row in _rows("units") if int(row["weight"])]
    branch_of = _branches(draft)
    names = _names(draft.chance)
    number = 10000
    for row, size in zip(rows, _shares([int(row["weight"]) for row in rows], PERSONS), strict=True):
        unit = draft.units[row["code"]]
        branch = branch_of[row["code"]]
        for _index in range(size):
            number += 1
            person = _person(draft, str(number), next(names))
            draft.persons[unit.code].append(person)
            started = _joined(draft.chance)
            draft.memberships.append(_membership(person, unit, started))
            if person.political_status != PoliticalStatus.NON_MEMBER:
                draft.members[branch].append(person)
                draft.memberships.append(_membership(person, _group_of(draft, branch), started))
    for code, members in draft.members.items():
        unit = draft.units[code]
        unit.has_committee = unit.has_committee or len(members) >= _COMMITTEE_FROM


def _person(draft: _Draft, staff_no: str, name: str) -> Person:
    chance = draft.chance
    status = PoliticalStatus.MEMBER if chance.random() < _MEMBER_SHARE else PoliticalStatus.NON_MEMBER
    if status == PoliticalStatus.MEMBER and chance.random() < 0.03:
        status = PoliticalStatus.PROBATIONARY
    joined = None
    if status == PoliticalStatus.MEMBER:
        joined = date(1995, 1, 1) + timedelta(days=chance.randrange(10900))
    elif status == PoliticalStatus.PROBATIONARY:
        joined = date(2026, 3, 1) + timedelta(days=chance.randrange(120))
    return Person(
        staff_no=staff_no,
        name=name,
        pinyin=rules.initials(name, is_person=True),
        email=f"p{staff_no}@hezhong.example",
        phone="",
        political_status=status,
        joined_party_on=joined,
    )


def _branches(draft: _Draft) -> dict[str, str]:
    """Return the branch in which the members of each administrative unit live their Party life."""
    found = {row["unit"]: row["branch"] for row in _rows("branch_of")}
    for unit in draft.units.values():
        if unit.kind == UnitKind.BRANCH and unit.serves is not None:
            found.setdefault(unit.serves.code, unit.code)
    found["DJ"] = "P-DJ"
    return found


def _group_of(draft: _Draft, branch: str) -> Unit:
    """Return the branch, or one of its groups in turn."""
    groups = [unit for unit in draft.units.values() if unit.kind == UnitKind.PARTY_GROUP]
    groups = [unit for unit in groups if unit.parent is not None and unit.parent.code == branch]
    if not groups:
        return draft.units[branch]
    chosen = groups[len(draft.members[branch]) % len(groups)]
    draft.members[chosen.code].append(draft.members[branch][-1])
    return chosen


def _make_posts(draft: _Draft) -> None:
    for row in _rows("posts"):
        post = _post(draft, row["unit"], row["kind"], row["title"], row["acts_for"])
        person = _holder(draft, _pool(draft, row["unit"]), row["person"])
        _appoint(draft, person, post)
        if draft.chance.random() < 0.25:
            _former(draft, post)
        if row["sign_in"]:
            draft.accounts[person.staff_no] = row["sign_in"]
    for row in _rows("branch_posts"):
        for unit in [unit for unit in draft.units.values() if unit.kind == row["unit_kind"]]:
            if row["needs_committee"] and not unit.has_committee:
                continue
            pool = draft.members[unit.code]
            post = _post(draft, unit.code, row["kind"], row["title"], "")
            person = _holder(draft, pool, "")
            _appoint(draft, person, post)
            if row["kind"] == PostKind.BRANCH_SECRETARY:
                draft.accounts[person.staff_no] = row["kind"]
    plain = next(p for p in draft.persons["HF-Y1"] if p.political_status == PoliticalStatus.NON_MEMBER)
    draft.accounts[plain.staff_no] = "non_member"


def _pool(draft: _Draft, code: str) -> list[Person]:
    """Return whom a post of the unit may be given to: its people, or those of the unit it serves."""
    unit: Unit | None = draft.units[code]
    while unit is not None:
        served = unit.serves.code if unit.serves is not None else unit.code
        if draft.persons[served]:
            return draft.persons[served]
        unit = unit.parent
    return draft.persons["HZ"]


def _holder(draft: _Draft, pool: list[Person], name: str) -> Person:
    """Take somebody from the pool who holds nothing yet; leaders of Party work are members."""
    free = [person for person in pool if person.staff_no not in draft.holders] or pool
    members = [person for person in free if person.political_status == PoliticalStatus.MEMBER]
    person = (members or free)[0]
    if not members:
        _make_member(draft, person)
    if name:
        person.name, person.pinyin = name, rules.initials(name, is_person=True)
    draft.holders.add(person.staff_no)
    return person


def _make_member(draft: _Draft, person: Person) -> None:
    place = next(m for m in draft.memberships if m.person is person)
    person.political_status, person.joined_party_on = PoliticalStatus.MEMBER, date(2008, 7, 1)
    branch = _branches(draft)[place.unit.code]
    draft.members[branch].append(person)
    draft.memberships.append(_membership(person, draft.units[branch], place.valid_from))


def _post(draft: _Draft, code: str, kind: str, title: str, acts_for: str) -> Post:
    post = Post(unit=draft.units[code], kind=PostKind(kind), title=title, acts_for=draft.units.get(acts_for))
    draft.posts.append(post)
    return post


def _appoint(draft: _Draft, person: Person, post: Post) -> None:
    since = date(2022, 1, 1) + timedelta(days=draft.chance.randrange(1100))
    draft.appointments.append(Appointment(person=person, post=post, valid_from=since))


def _former(draft: _Draft, post: Post) -> None:
    """Let somebody else have held the post before."""
    now = draft.appointments[-1]
    other = draft.chance.choice(_pool(draft, post.unit.code))
    if other is not now.person:
        since = now.valid_from - timedelta(days=700)
        draft.appointments.append(Appointment(person=other, post=post, valid_from=since, valid_to=now.valid_from))


def _write(draft: _Draft) -> None:
    units = sorted(draft.units.values(), key=lambda unit: unit.depth)
    served = {unit.pk: unit.serves_id for unit in units}
    for unit in units:
        unit.serves_id = served[unit.pk]
    Unit.objects.bulk_create(units)
    former = {row["unit"]: row for row in _rows("unit_history")}
    UnitVersion.objects.bulk_create(version for unit in units for version in _versions(unit, former.get(unit.code)))
    persons = [person for group in draft.persons.values() for person in group]
    Person.objects.bulk_create(persons)
    Membership.objects.bulk_create(_filled(draft.memberships, "person", "unit"))
    Post.objects.bulk_create(draft.posts)
    Appointment.objects.bulk_create(_filled(draft.appointments, "person", "post"))


def _filled(rows: list[Row], *names: str) -> list[Row]:
    """Copy the keys of rows saved meanwhile into those that point to them."""
    for row in rows:
        for name in names:
            setattr(row, name, getattr(row, name))
    return rows


def _versions(unit: Unit, former: dict[str, str] | None) -> Iterator[UnitVersion]:
    since = FOUNDED
    common = {"unit": unit, "kind": unit.kind, "parent": unit.parent, "path": unit.path}
    if former is not None:
        until = date.fromisoformat(former["until"])
        yield UnitVersion(**common, name=former["former_name"], valid_from=since, valid_to=until)
        since = until
    yield UnitVersion(**common, name=unit.name, valid_from=since, reason=former["reason"] if former else "")


def _make_accounts(draft: _Draft) -> None:
    """Give the sign-ins of the list, and every branch secretary, an account; all share one hash of one password."""
    hashed = make_password(PASSWORD)
    order = list(draft.accounts)
    persons = {person.staff_no: person for group in draft.persons.values() for person in group}
    Account.objects.bulk_create(
        [
            Account(person=persons[staff_no], sign_in_name=staff_no, email=persons[staff_no].email, password=hashed)
            for staff_no in order
        ]
        + [Account(sign_in_name=str(kind), administrator=kind, password=hashed) for kind in AdministratorKind]
    )


def _membership(person: Person, unit: Unit, since: date) -> Membership:
    number = 0 if unit.tree == Tree.PARTY else 1
    return Membership(person=person, unit=unit, tree=unit.tree, tree_number=number, valid_from=since)


def _joined(chance: random.Random) -> date:
    return FOUNDED + timedelta(days=chance.randrange(2500))


def _shares(weights: list[int], total: int) -> list[int]:
    """Split ``total`` by weight into whole numbers (largest remainder)."""
    exact = [weight * total / sum(weights) for weight in weights]
    shares = [int(value) for value in exact]
    rest = sorted(range(len(weights)), key=lambda index: exact[index] - shares[index], reverse=True)
    for index in rest[: total - sum(shares)]:
        shares[index] += 1
    return shares


def _names(chance: random.Random) -> Iterator[str]:
    """Yield invented names, none twice and none of those given by hand."""
    parts = {row["part"]: row["characters"] for row in _rows("names")}
    used = {row["person"] for row in _rows("posts")}
    while True:
        name = "".join(chance.choice(parts[part]) for part in ("surname", "first", "second"))
        if name not in used:
            used.add(name)
            yield name


def _ids(table: str, count: int) -> Iterable[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [int(row[0]) for row in cursor.fetchall()]
