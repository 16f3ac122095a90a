"""What a roster would do: every row resolved against units, posts and persons, or its faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, TypedDict

from django.db import connection

from heli.rooms.people import access
from heli.rooms.people import rules as people_rules
from heli.rooms.people.enums import NameAnswer, Permission, Tree
from heli.rooms.people.models import Person, Post, Unit
from heli.rooms.people.rules import membership
from heli.rooms.people.rules import roster as rules
from heli.rooms.people.rules.roster import Fault, RosterRow
from heli.rooms.people.services.roster_rows import PlannedRow, RosterTable

MOST_QUESTIONS = 200
"""More names than this do not change at once: columns slipped, or the file is of another house."""

_TREES = (("party_unit", Tree.PARTY, 0), ("admin_unit", Tree.ADMINISTRATIVE, 1))
_FIELDS = ("name", "email", "phone", "political_status", "joined_party_on")


class Question(TypedDict):
    """A row whose staff number is on file under another name: is it a correction, or another person?"""

    row: int
    staff_no: str
    before: str
    after: str
    unit: str
    answer: str


Answers = Mapping[tuple[str, str, str], str]
"""What was answered, by staff number, name on file and name in the roster: for no other pair does it count."""


@dataclass(slots=True)
class RosterPlan:
    """The rows to write and how many of each kind; or what is wrong. ``sample`` shows some of the changes.

    ``questions`` are the rows that name somebody else than the file does; without an answer none is written.
    """

    row_count: int
    rows: list[PlannedRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left_out: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def open_questions(self) -> int:
        return sum(not question["answer"] for question in self.questions)


class _Person(NamedTuple):
    """A person as stored; plain, because there may be a hundred thousand of them."""

    pk: int
    staff_no: str
    name: str
    email: str
    phone: str
    political_status: str
    joined_party_on: date | None
    left_on: date | None


class _Place(NamedTuple):
    unit_id: int
    path: str
    name: str


class _Post(NamedTuple):
    """An open post, and the path of the unit it acts for, on which it gives rights too."""

    pk: int
    acts_for_path: str
    kind: str
    tree: str


@dataclass(slots=True)
class _Known:
    """What the database knows about the persons, units and posts a roster names.

    ``places`` are those of the day; ``last_places`` of somebody who has left, those they left.
    ``own`` are the clerk and whoever the clerk stands in for.
    """

    own: frozenset[int]
    scope: list[str]
    edits: list[str]
    units: dict[str, Unit]
    posts: dict[tuple[int, str], list[_Post]]
    persons: dict[str, _Person]
    emails: dict[str, str]
    places: dict[int, dict[int, _Place]]
    last_places: dict[int, list[_Place]]
    later: set[tuple[int, int]]
    held: set[tuple[int, int]]
    held_later: set[tuple[int, int]]


def answers_in(questions: list[Question]) -> Answers:
    """Return what was answered so far."""
    return {(asked["staff_no"], asked["before"], asked["after"]): asked["answer"] for asked in questions}


def make(table: RosterTable, by: Person, effective_on: date, today: date, answers: Answers) -> RosterPlan:
    """Resolve every row; about a dozen queries whatever the size. Every fault of a row is named at once."""
    plan = RosterPlan(row_count=len(table.records))
    read = [rules.understand(number, cells, today) for number, cells in table.records]
    rows = [row for row, _faults in read]
    plan.faults += rules.doubles(rows)
    known = _know(rows, by, effective_on, today)
    for row, faults in _without_left_out(read, known, answers, plan):
        wrong = {fault.column for fault in faults}
        found = [*faults, *(fault for fault in _cell_faults(row, known) if fault.column not in wrong)]
        found += _sense_faults(row, known, effective_on, {fault.column for fault in found})
        if found:
            plan.faults += found
        elif _is_clear(row, known, answers, plan):
            _add(plan, row, known)
    if len(plan.questions) > MOST_QUESTIONS:
        plan.faults += [
            Fault(each["row"], "name", "renamed", each["staff_no"], each["before"]) for each in plan.questions
        ]
        plan.questions = []
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _without_left_out(
    read: list[tuple[RosterRow, list[Fault]]], known: _Known, answers: Answers, plan: RosterPlan
) -> list[tuple[RosterRow, list[Fault]]]:
    """Return the rows but those answered to be of somebody else; whom those name on file is then not in the roster."""
    kept = []
    for row, faults in read:
        question = _question(row, known, answers)
        if question is not None and question["answer"] == NameAnswer.LEAVE_OUT:
            plan.questions.append(question)
            plan.left_out += 1
            del known.persons[row.staff_no]
        else:
            kept.append((row, faults))
    return kept


def _is_clear(row: RosterRow, known: _Known, answers: Answers, plan: RosterPlan) -> bool:
    """Return whether it is known whom the row means; else, and where that was answered, put it with the questions."""
    question = _question(row, known, answers)
    if question is None:
        return True
    plan.questions.append(question)
    return bool(question["answer"])


def _question(row: RosterRow, known: _Known, answers: Answers) -> Question | None:
    person = known.persons.get(row.staff_no)
    if person is None or not rules.is_other_name(person.name, row.name):
        return None
    unit = known.units.get(row.admin_unit)
    return {
        "row": row.row,
        "staff_no": row.staff_no,
        "before": person.name,
        "after": row.name,
        "unit": unit.name if unit else "",
        "answer": answers.get((row.staff_no, person.name, row.name), ""),
    }


def _know(rows: list[RosterRow], by: Person, on: date, today: date) -> _Known:
    codes = {code for row in rows for code in (row.party_unit, row.admin_unit) if code}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, [[row.staff_no for row in rows]])
        persons = {person.staff_no: person for person in map(_Person._make, cursor)}
        cursor.execute(_EMAILS, [[row.email for row in rows if row.email]])
        emails = dict(cursor.fetchall())
        ids = [person.pk for person in persons.values()]
        places: dict[int, dict[int, _Place]] = defaultdict(dict)
        cursor.execute(_PLACES, {"ids": ids, "day": on})
        for person_id, number, *place in cursor:
            places[person_id][number] = _Place(*place)
        last_places: dict[int, list[_Place]] = defaultdict(list)
        cursor.execute(_LAST_PLACES, {"ids": ids})
        for person_id, *place in cursor:
            last_places[person_id].append(_Place(*place))
        later, held, held_later = (
            set(cursor.execute(query, {"ids": ids, "day": on}).fetchall()) for query in (_LATER, _HELD, _HELD_LATER)
        )
    return _Known(
        own=access.counts_as(by, today),
        scope=access.scope_paths(by, Permission.ROSTER_IMPORT, today),
        edits=access.scope_paths(by, Permission.UNIT_EDIT, today),
        units={unit.code: unit for unit in Unit.objects.filter(code__in=codes).order_by("pk")},
        posts=_posts_titled({row.post for row in rows if row.post}),
        persons=persons,
        emails=emails,
        places=places,
        last_places=last_places,
        later=later,
        held=held,
        held_later=held_later,
    )


def _posts_titled(titles: set[str]) -> dict[tuple[int, str], list[_Post]]:
    posts: dict[tuple[int, str], list[_Post]] = defaultdict(list)
    found = Post.objects.filter(title__in=titles, is_closed=False).order_by("pk")
    columns = ("pk", "unit_id", "title", "acts_for__path", "kind", "unit__tree")
    for pk, unit_id, title, path, kind, tree in found.values_list(*columns):
        posts[(unit_id, title)].append(_Post(pk, path or "", kind, tree))
    return posts


_PERSONS = """
SELECT id, staff_no, name, email, phone, political_status, joined_party_on, left_on
FROM people_person WHERE staff_no = ANY(%s)
"""
_EMAILS = "SELECT email, staff_no FROM people_person WHERE email = ANY(%s)"
_PLACES = """
SELECT m.person_id, m.tree_number, m.unit_id, u.path, u.name FROM people_membership m
JOIN people_unit u ON u.id = m.unit_id
WHERE m.person_id = ANY(%(ids)s) AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to > %(day)s)
"""
_LAST_PLACES = """
SELECT m.person_id, m.unit_id, u.path, u.name FROM people_membership m
JOIN people_unit u ON u.id = m.unit_id JOIN people_person p ON p.id = m.person_id
WHERE m.person_id = ANY(%(ids)s) AND m.valid_to = p.left_on
"""
_LATER = """
SELECT person_id, tree_number FROM people_membership WHERE person_id = ANY(%(ids)s) AND valid_from > %(day)s
"""
_HELD = """
SELECT person_id, post_id FROM people_appointment
WHERE person_id = ANY(%(ids)s) AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)
"""
_HELD_LATER = """
SELECT person_id, post_id FROM people_appointment WHERE person_id = ANY(%(ids)s) AND valid_from > %(day)s
"""


def _cell_faults(row: RosterRow, known: _Known) -> list[Fault]:
    faults = [fault for key, tree, _number in _TREES if (fault := _unit_fault(row, key, tree, known))]
    owner = known.emails.get(row.email)
    if row.email and owner not in {None, row.staff_no}:
        moving = known.persons.get(str(owner))
        if moving is None:  # its owner is not in this file, so the e-mail stays taken
            faults.append(Fault(row.row, "email", "taken", row.email))
    return faults


def _sense_faults(row: RosterRow, known: _Known, on: date, wrong: set[str]) -> list[Fault]:
    """What is wrong although every cell by itself is right; ``wrong`` are the columns of which that is not so."""
    faults = _post_faults(row, known, wrong) if row.post and "post" not in wrong else []
    person = known.persons.get(row.staff_no)
    if person is not None and not faults and not wrong:
        faults += _person_faults(row, person, known, on)
    return faults


def _post_faults(row: RosterRow, known: _Known, wrong: set[str]) -> list[Fault]:
    posts = _posts(row, known)
    if wrong & {"party_unit", "admin_unit"} and not posts and any(title == row.post for _unit, title in known.posts):
        return []  # it may be a post of the unit that was meant
    if len(posts) != 1:
        return [Fault(row.row, "post", "many_posts" if posts else "no_post", row.post)]
    path = posts[0].acts_for_path
    if path and not _is_within(path, known.edits):  # as ``appoint`` asks: the post gives rights there
        return [Fault(row.row, "post", "post_scope", row.post)]
    person = known.persons.get(row.staff_no)
    if person is not None and (person.pk, posts[0].pk) in known.held:
        return []  # what stands is named as to mend; a roster that repeats it is not refused
    code = membership.fault_of(posts[0].kind, posts[0].tree, row.political_status)
    return [Fault(row.row, "post", code, row.post)] if code else []


def _is_within(path: str, scope: list[str]) -> bool:
    return any(path.startswith(each) for each in scope)


def _unit_fault(row: RosterRow, key: str, tree: Tree, known: _Known) -> Fault | None:
    code = getattr(row, key)
    if not code:
        return None
    unit = known.units.get(code)
    if unit is None:
        return Fault(row.row, key, "unit", code)
    if unit.tree != tree:
        return Fault(row.row, key, "other_tree", code, unit.name)
    if unit.valid_to is not None:
        return Fault(row.row, key, "closed", code, unit.name)
    if not _is_within(unit.path, known.scope):
        return Fault(row.row, key, "scope", code)
    return None


def _person_faults(row: RosterRow, person: _Person, known: _Known, on: date) -> list[Fault]:
    if not _is_ours(person, known):
        return [Fault(row.row, "staff_no", "person_scope", row.staff_no)]
    faults = [
        Fault(row.row, key, "later", getattr(row, key))
        for key, _tree, number in _TREES
        if (person.pk, number) in known.later
    ]
    if person.left_on is not None and person.left_on > on:
        faults.append(Fault(row.row, "staff_no", "left_later", row.staff_no, person.left_on.isoformat()))
    if row.post and (person.pk, _posts(row, known)[0].pk) in known.held_later:
        faults.append(Fault(row.row, "post", "post_later", row.post))
    if person.pk in known.own and not faults and _moves(row, person, known):
        faults.append(Fault(row.row, "staff_no", "oneself", row.staff_no))
    return faults


def _is_ours(person: _Person, known: _Known) -> bool:
    """Return whether every place of the person, or where they have left every last place, is one of the clerk's.

    Somebody who belongs nowhere is left to who has a whole tree.
    """
    places = [*known.places.get(person.pk, {}).values(), *known.last_places.get(person.pk, [])]
    if not places:
        return any(len(people_rules.ids_in(path)) == 1 for path in known.scope)
    return all(_is_within(place.path, known.scope) for place in places)


def _posts(row: RosterRow, known: _Known) -> list[_Post]:
    codes = (row.admin_unit, row.party_unit)
    units = [known.units[code].pk for code in codes if code in known.units]
    return [post for unit in units for post in known.posts.get((unit, row.post), [])]


def _moves(row: RosterRow, person: _Person, known: _Known) -> bool:
    """Return whether the row changes where the person belongs or what they hold."""
    places = known.places.get(person.pk, {})
    for key, _tree, number in _TREES:
        code, place = getattr(row, key), places.get(number)
        if (known.units[code].pk if code else None) != (place.unit_id if place else None):
            return True
    return bool(row.post) and (person.pk, _posts(row, known)[0].pk) not in known.held


def _add(plan: RosterPlan, row: RosterRow, known: _Known) -> None:
    person = known.persons.get(row.staff_no)
    if person is None:
        plan.created += 1
    else:
        changes = {
            name: [str(getattr(person, name) or ""), str(getattr(row, name) or "")]
            for name in _FIELDS
            if (getattr(person, name) or "") != (getattr(row, name) or "")
        }
        if person.left_on is not None:
            changes["left_on"] = [person.left_on.isoformat(), ""]
        if not changes and not _moves(row, person, known):
            plan.unchanged += 1
            return
        plan.changed += 1
        if len(plan.sample) < _SAMPLE:
            plan.sample.append(_sample(row, person, changes, known))
    plan.rows.append(
        PlannedRow(
            person_id=person.pk if person else None,
            staff_no=row.staff_no,
            name=row.name,
            pinyin=people_rules.initials(row.name, is_person=True),
            email=row.email,
            phone=row.phone,
            political_status=row.political_status,
            joined_party_on=row.joined_party_on,
            party_unit_id=known.units[row.party_unit].pk if row.party_unit else None,
            admin_unit_id=known.units[row.admin_unit].pk,
            post_id=_posts(row, known)[0].pk if row.post else None,
        )
    )


_SAMPLE = 50


def _sample(row: RosterRow, person: _Person, changes: dict[str, list[str]], known: _Known) -> dict[str, Any]:
    for key, _tree, number in _TREES:
        place = known.places.get(person.pk, {}).get(number)
        code = getattr(row, key)
        before, after = place.name if place else "", known.units[code].name if code else ""
        if before != after:
            changes[key] = [before, after]
    if row.post and (person.pk, _posts(row, known)[0].pk) not in known.held:
        changes["post"] = ["", row.post]
    return {"row": row.row, "name": row.name, "staff_no": row.staff_no, "changes": changes}
