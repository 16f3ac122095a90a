"""My double duties: what a person answers for, what is due, what proves it, what is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.responsibilities import access, records, rules
from heli.rooms.responsibilities.enums import ListState, Reach, WorkState
from heli.rooms.responsibilities.models import Item, ItemSupport, Signature
from heli.rooms.responsibilities.models.lists import ISSUED
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Appointment, Person, Post, Unit
    from heli.rooms.responsibilities.records import DutyWork


@dataclass(frozen=True, slots=True)
class DutyItem:
    """An item a person answers for or supports, with the work that counts for it.

    ``asked`` is what the rulebook asks for by it in the year, ``required`` how often in all; ``before`` is work of
    the post that others finished before the person held it: the post's, and not theirs.
    """

    item: Item
    role: str
    works: tuple[DutyWork, ...]
    duties: tuple[rulebook.Duty, ...]
    asked: tuple[rulebook.OwnSpan, ...]
    before: tuple[DutyWork, ...] = ()

    @property
    def required(self) -> int:
        return sum(span.times for span in self.asked)

    @property
    def id(self) -> int:
        return self.item.pk

    @property
    def unit_id(self) -> int:
        return self.item.version.list.unit_id

    @property
    def line(self) -> str:
        return self.item.line

    @property
    def obligations(self) -> tuple[str, ...]:
        return tuple(self.item.obligations)

    @property
    def done(self) -> list[DutyWork]:
        return [work for work in self.works if work.state == WorkState.DONE]

    @property
    def undone(self) -> list[DutyWork]:
        return [work for work in self.works if work.state != WorkState.DONE]

    @property
    def due_count(self) -> int:
        return max(len(self.works), self.required - len(self.before))


@dataclass(frozen=True, slots=True)
class ToSign:
    """Items in force of a post that the holder has not signed. ``post_id`` is None for items of everybody."""

    version_id: int
    list_id: int
    number: int
    title: str
    post_id: int | None
    post: str
    count: int


@dataclass(frozen=True, slots=True)
class DutyPage:
    """One person's duties on a day: posts, items with their work, work on no item, and what is to be signed."""

    person: Person
    day: date
    appointments: Sequence[Appointment]
    party: Unit | None
    items: Sequence[DutyItem]
    works: Sequence[DutyWork]
    others: Sequence[DutyWork]
    required: int
    to_sign: Sequence[ToSign]
    before: Sequence[DutyWork] = ()

    def counted_once(self, line: str) -> tuple[list[DutyWork], int]:
        """Return the work that serves items of a line, each piece once, and how much more the rulebook asks."""
        items = [item for item in self.items if item.line == line]
        return list({work.key: work for item in items for work in item.works}.values()), _missing(items)

    def items_counted(self, key: str) -> list[DutyItem]:
        """Return the items for which a piece of work counts."""
        return [item for item in self.items if any(work.key == key for work in item.works)]


def duty_page(viewer: Person | None, person: Person, day: date, today: date) -> DutyPage:
    """Return what the person answers for on ``day`` as far as the viewer sees it, with the work of that year.

    A fixed number of queries for each unit of a list, beside those of the rooms that tell about work.
    """
    start, end = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    year = [one for one in people.appointments_of(person.pk, start, end) if _seen(viewer, person, one.post, today)]
    current = [one for one in year if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)]
    party, _office = people.party_and_office(person.pk, day)
    held = {one.post_id for one in current}
    found = _items(person, held, day)
    items = [(item, role) for item, role in found if _item_seen(viewer, person, item, today)]
    told = collect(person, year, [item for item, role in items if role != "everybody"], start, end, today)
    before = {work.key: work for work in told if _is_before(work, person, year)}
    works = [work for work in told if work.key not in before]
    by_key = {work.key: work for work in works}
    counted = _counted(person, items, told)
    asked = _asked(items, day.year)
    duties = {duty.code: duty for duty in rulebook.duties_on(min(max(day, start), today))}
    lines = [
        DutyItem(
            item=item,
            role=role,
            works=tuple(by_key[key] for key in counted[item.pk] if key in by_key),
            before=tuple(before[key] for key in counted[item.pk] if key in before),
            duties=tuple(duties[code] for code in item.obligations if code in duties),
            asked=_asked_by(item, role, asked),
        )
        for item, role in items
    ]
    on_items = {key for keys in counted.values() for key in keys}
    return DutyPage(
        person=person,
        day=day,
        appointments=current,
        party=party,
        items=lines,
        works=works,
        others=[work for work in works if work.key not in on_items],
        required=len(works) + _missing(lines),
        to_sign=_to_sign(person, items),
        before=list(before.values()),
    )


def _is_before(work: DutyWork, person: Person, held: Sequence[Appointment]) -> bool:
    """Return whether somebody else finished the work before the person held a post of its unit, or any post."""
    if work.state != WorkState.DONE or work.doer_id == person.pk or not held:
        return False
    there = [one.valid_from for one in held if work.unit_id in {one.post.unit_id, one.post.acts_for_id}]
    day = work.done_on or work.due_on
    return day is not None and day < min(there or [one.valid_from for one in held])


def _counted(
    person: Person, items: Sequence[tuple[Item, str]], works: Sequence[DutyWork]
) -> dict[int, tuple[str, ...]]:
    """Return item → work that counts for it. For what everybody answers for, only a person's own work counts."""
    of_posts = [_Listed(item) for item, role in items if role != "everybody"]
    of_everybody = [_Listed(item) for item, role in items if role == "everybody"]
    own = [work for work in works if work.is_addressed or work.doer_id == person.pk]
    return rules.counted(of_posts, works) | rules.counted(of_everybody, own)


class _Listed:
    """An item as the counting sees it."""

    def __init__(self, item: Item) -> None:
        self.id, self.unit_id, self.line = item.pk, item.version.list.unit_id, item.line
        self.obligations = tuple(item.obligations)


def _seen(viewer: Person | None, person: Person, post: Post, on: date) -> bool:
    units = [unit for unit in (post.unit, post.acts_for) if unit is not None]
    return any(access.sees_unit(viewer, person, unit, on) for unit in units)


def _item_seen(viewer: Person | None, person: Person, item: Item, on: date) -> bool:
    """An item shows through its list's unit, or through the post that the viewer oversees."""
    if access.sees_unit(viewer, person, item.version.list.unit, on):
        return True
    return item.accountable is not None and _seen(viewer, person, item.accountable, on)


def _items(person: Person, post_ids: set[int], day: date) -> list[tuple[Item, str]]:
    """Return the items in force for these posts and, of everybody, those of the nearest list (four queries)."""
    of_everybody = list(_in_force(day).filter(access.binding(person, day)))
    nearest = max((item.version.list.unit.depth for item in of_everybody), default=0)
    found = [item for item in of_everybody if item.version.list.unit.depth == nearest]
    if post_ids:
        supported = ItemSupport.objects.filter(post_id__in=post_ids).values("item_id")
        found += _in_force(day).filter(accountable_id__in=post_ids)
        found += _in_force(day).filter(pk__in=supported).exclude(accountable_id__in=post_ids)
    found.sort(key=lambda item: (item.version.list.unit.depth, item.version.list_id, item.number))
    return [(item, _role(item, post_ids)) for item in found]


def _in_force(day: date) -> QuerySet[Item]:
    rows = Item.objects.filter(holds_on(day, "version__"), version__state__in=ISSUED)
    return rows.select_related("version__list__unit", "accountable__unit", "accountable__acts_for")


def _role(item: Item, post_ids: set[int]) -> str:
    if item.reach != Reach.POST:
        return "everybody"
    return "accountable" if item.accountable_id in post_ids else "supporting"


def collect(
    person: Person, appointments: Iterable[Appointment], items: Iterable[Item], start: date, end: date, today: date
) -> list[DutyWork]:
    """Return the work of the year for the posts held in it and for the units of the items."""
    holdings = tuple(
        records.Holding(unit_id, one.post.kind, one.valid_from, one.valid_to)
        for one in appointments
        for unit_id in dict.fromkeys((one.post.unit_id, one.post.acts_for_id))
        if unit_id is not None
    )
    listed = list(items)
    query = records.WorkQuery(
        person_id=person.pk,
        holdings=holdings,
        units=tuple(sorted({item.version.list.unit_id for item in listed})),
        obligations=frozenset(code for item in listed for code in item.obligations),
        start=start,
        end=end,
        today=today,
    )
    return records.collect_work(query)


_Asked = Mapping[int, Sequence[rulebook.OwnSpan]]


def _asked(items: Iterable[tuple[Item, str]], year: int) -> _Asked:
    """Return unit of a list → what the rulebook asks of it in the year by its items (some queries for each unit).

    What it asks of a unit it does not ask of everybody in it.
    """
    units: dict[int, Unit] = {}
    codes: dict[int, set[str]] = defaultdict(set)
    for item, role in items:
        if role != "everybody":
            unit = item.version.list.unit
            units[unit.pk] = unit
            codes[unit.pk].update(item.obligations)
    return {pk: rulebook.own_spans(unit, codes[pk], year) for pk, unit in units.items()}


def _asked_by(item: Item, role: str, asked: _Asked) -> tuple[rulebook.OwnSpan, ...]:
    if role == "everybody":
        return ()
    return tuple(span for span in asked[item.version.list.unit_id] if span.code in item.obligations)


def _missing(lines: Iterable[DutyItem]) -> int:
    """Return how many times more the rulebook asks than there is work, each duty of a unit once."""
    return sum(missing_by_duty(lines).values())


def missing_by_duty(lines: Iterable[DutyItem]) -> dict[tuple[int, str], int]:
    """Return unit and duty → how many times more the rulebook asks than there is work.

    Which work meets what is asked is one rule for this page and for the month matrix.
    """
    seen: dict[tuple[int, str], int] = {}
    for line in lines:
        for code in {span.code for span in line.asked}:
            spans = [span for span in line.asked if span.code == code]
            works = [
                (work.due_on, 1)
                for work in (*line.works, *line.before)
                if work.due_on is not None and code in work.obligations
            ]
            seen[line.unit_id, code] = sum(span.times for span in spans) - sum(rulebook.times_met(spans, works))
    return seen


def _to_sign(person: Person, items: Sequence[tuple[Item, str]]) -> list[ToSign]:
    """Return what of the items in force the person has not signed (one query)."""
    own = [(item, role) for item, role in items if role != "supporting" and item.version.state == ListState.IN_FORCE]
    versions = {item.version_id for item, _role in own}
    rows = Signature.objects.filter(person=person, version_id__in=versions).order_by("pk")
    signed = set(rows.values_list("version_id", "post_id"))
    open_ones: dict[tuple[int, int | None], list[Item]] = {}
    for item, _role in own:
        if (item.version_id, item.accountable_id) not in signed:
            open_ones.setdefault((item.version_id, item.accountable_id), []).append(item)
    return [
        ToSign(
            version_id=version_id,
            list_id=group[0].version.list_id,
            number=group[0].version.number,
            title=group[0].version.list.title,
            post_id=post_id,
            post=group[0].accountable.title if group[0].accountable else "",
            count=len(group),
        )
        for (version_id, post_id), group in open_ones.items()
    ]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whose page stands beside this one: a holder of a post in the same unit."""

    person: Person
    post: str


def colleagues(viewer: Person | None, unit: Unit, on: date, limit: int = 24) -> list[Colleague]:
    """Return who holds posts that serve the unit, as far as the viewer may open their duties (three queries)."""
    posts = people.posts_serving(unit)[:limit]
    held = people.holders_by_post([post.pk for post in posts], on)
    ids = {person.pk for persons in held.values() for person in persons}
    open_to = set(access.visible_holders(viewer, on).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    return [Colleague(person, post.title) for post in posts for person in held.get(post.pk, ()) if person.pk in open_to]
