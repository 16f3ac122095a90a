"""What a list lacks: faults of its items, overload, duties on no list, items nobody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from heli.kernel.periods import holds_on
from heli.rooms.people import access as people_access
from heli.rooms.people import queries as people
from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, PostKind
from heli.rooms.responsibilities import records, rules
from heli.rooms.responsibilities.enums import ListState, Reach
from heli.rooms.responsibilities.models import DutyLimit, Item, ListVersion
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post, Unit

DEFAULT_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Checks:
    """Everything the checks found about a version, ready to be put into words."""

    faults: Sequence[rules.Finding]
    items: dict[int, Item]
    overloaded: Sequence[tuple[Person, int]]
    limit: int
    unlisted: Sequence[rulebook.Duty]
    demands: Sequence[records.Demand]
    nobody_asks: Sequence[Item]
    barred: Sequence[tuple[Person, Post]] = ()

    @property
    def blocking(self) -> list[rules.Finding]:
        return [fault for fault in self.faults if fault.is_blocking]


def checks_of(version: ListVersion, items: Sequence[Item], on: date) -> Checks:
    """Return what the checks find on that day (a fixed number of queries beside those of registered rooms)."""
    unit = version.list.unit
    posts = {item.accountable_id: item.accountable for item in items if item.accountable is not None}
    reach = people.posts_by_id(pk for pk in posts if pk is not None)
    held = people.holders_by_post(reach, on)
    facts = [item_facts(item) for item in items]
    means = {pk: _means(post, unit) for pk, post in reach.items()}
    holders = {pk: [person.pk for person in persons] for pk, persons in held.items()}
    duties = {duty.code: duty for duty in rulebook.obligations_for(unit, on)}
    demands = records.collect_demands(unit.pk, version.list.year)
    demanded = {code for demand in demands for code in demand.obligations}
    listed = {code for fact in facts for code in fact.obligations}
    quiet = set(rules.items_nobody_asks(facts, {*duties, *demanded}))
    limit = current_limit()
    return Checks(
        faults=rules.find_faults(facts, holders, means),
        items={item.pk: item for item in items},
        overloaded=_overloaded(version, held, limit, on),
        limit=limit,
        unlisted=[duties[code] for code in rules.unlisted(duties, facts)],
        demands=[demand for demand in demands if not listed.intersection(demand.obligations)],
        nobody_asks=[item for item in items if item.pk in quiet],
        barred=[
            (person, reach[pk])
            for pk, persons in held.items()
            for person in persons
            if not people_access.can_hold(person, reach[pk])
        ],
    )


def item_facts(item: Item) -> rules.ItemFacts:
    """Return the item as the checks see it; supporting posts must be prefetched."""
    return rules.ItemFacts(
        id=item.pk,
        accountable=(item.accountable_id,) if item.accountable_id else (),
        supporting=tuple(row.post_id for row in item.supports.all()),
        everybody=item.reach != Reach.POST,
        needs=item.needs,
        obligations=tuple(item.obligations),
    )


def _means(post: Post, unit: Unit) -> rules.MeansFacts:
    """A post covers its unit, the unit it acts for, those they serve, and all below; or it stands where ours serves."""
    places = [place for each in (post.unit, post.acts_for) if each for place in (each, each.serves) if place]
    covers = any(unit.path.startswith(place.path) for place in places)
    if not covers and unit.serves_id is not None and unit.serves is not None:
        covers = post.unit.path.startswith(unit.serves.path)
    rights = ROLE_PERMISSIONS[ROLE_OF_POST[PostKind(post.kind)]]
    return rules.MeansFacts(frozenset(str(right) for right in rights), covers)


def _overloaded(version: ListVersion, held: dict[int, list[Person]], limit: int, on: date) -> list[tuple[Person, int]]:
    """Return the holders who answer for more than the limit over all lists: this version and what else is in force."""
    persons = {person.pk: person for holders in held.values() for person in holders}
    day = max(on, version.valid_from)
    elsewhere = (
        Item.objects.filter(version__state=ListState.IN_FORCE, accountable_id__in=held)
        .filter(holds_on(day, "version__"))
        .exclude(version__list=version.list_id)
    )
    answered = [*elsewhere.values_list("accountable_id", flat=True)]
    answered += list(version.items.exclude(accountable=None).values_list("accountable_id", flat=True))
    by_person = [person.pk for post in answered if post is not None for person in held.get(post, ())]
    return [(persons[pk], count) for pk, count in rules.overloaded(by_person, limit).items()]


def current_limit() -> int:
    """Return from how many items on a holder is overloaded (one query)."""
    newest = DutyLimit.objects.order_by("-pk").first()
    return newest.items if newest is not None else DEFAULT_LIMIT
