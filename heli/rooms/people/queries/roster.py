"""Rosters: one's own imports, and the rows of an export."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from heli.kernel.periods import holds_on
from heli.kernel.problems import Problem
from heli.rooms.people import access
from heli.rooms.people.enums import Permission, PostKind, Tree
from heli.rooms.people.models import Appointment, Membership, Person, Post, RosterImport, Unit

MOST_EXPORTED = 100_000
_MOST_CODES = 5000


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person of an export."""

    person: Person
    party_unit: str
    admin_unit: str
    post: str


def imports_of(person: Person) -> QuerySet[RosterImport]:
    """Return the person's imports, newest first, without the files themselves."""
    return RosterImport.objects.filter(uploaded_by=person).defer("content").order_by("-uploaded_at", "-pk")


def units_to_import_into(person: Person, on: date) -> list[Unit]:
    """Return the units whose codes a roster of this person may name, by tree and place; at most 5,000."""
    units = access.units_with(person, Permission.ROSTER_IMPORT, on).current(on)
    return list(units.order_by("-tree", "path")[:_MOST_CODES])


def roster_lines(unit: Unit, on: date, too_many: Problem) -> list[RosterLine]:
    """Return everybody below ``unit`` (five queries), by staff number; raises ``too_many`` beyond the limit.

    The post is one in the person's own two units that its title alone names there, so that an import finds it again:
    the only one held, or that of branch secretary where there are several.
    """
    here = Membership.objects.current(on).filter(unit__path__startswith=unit.path)
    persons = list(Person.objects.filter(pk__in=here.values("person_id")).order_by("staff_no")[: MOST_EXPORTED + 1])
    if len(persons) > MOST_EXPORTED:
        raise too_many
    ids = Person.objects.filter(pk__in=here.values("person_id"))
    codes: dict[int, dict[str, tuple[int, str]]] = defaultdict(dict)
    places = Membership.objects.current(on).filter(person__in=ids).order_by("pk")
    for person_id, tree, unit_id, code in places.values_list("person_id", "tree", "unit_id", "unit__code"):
        codes[person_id][tree] = (unit_id, code)
    posts: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    held = Appointment.objects.filter(holds_on(on), person__in=ids).order_by("pk")
    named = held.values_list("person_id", "post__unit_id", "post__kind", "post__title")
    for person_id, unit_id, kind, title in named:
        posts[person_id].append((unit_id, kind, title))
    open_posts = Post.objects.filter(unit__in=places.order_by().values("unit_id"), is_closed=False)
    titled = Counter(open_posts.values_list("unit_id", "title"))
    return [_line(person, codes[person.pk], posts[person.pk], titled) for person in persons]


def _line(
    person: Person,
    codes: dict[str, tuple[int, str]],
    posts: list[tuple[int, str, str]],
    titled: Counter[tuple[int, str]],
) -> RosterLine:
    own = {unit_id for unit_id, _code in codes.values()}
    held = [
        (kind, title)
        for unit_id, kind, title in posts
        if unit_id in own and sum(titled[(each, title)] for each in own) == 1
    ]
    titles = [title for kind, title in held if len(held) == 1 or kind == PostKind.BRANCH_SECRETARY]
    party, admin = codes.get(Tree.PARTY, (0, "")), codes.get(Tree.ADMINISTRATIVE, (0, ""))
    return RosterLine(person, party[1], admin[1], titles[0] if len(titles) == 1 else "")
