"""Lists, their versions, and who answers for what on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

from django.db.models import Count, OuterRef, Subquery

from heli.kernel.periods import holds_on
from heli.rooms.people import queries as people
from heli.rooms.responsibilities import access, rules
from heli.rooms.responsibilities.enums import ListState, Reach
from heli.rooms.responsibilities.models import Item, ListQuerySet, ListVersion, Signature
from heli.rooms.responsibilities.rules.comparison import Wording
from heli.rooms.responsibilities.rules.states import UNDER_WAY

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post, Unit
    from heli.rooms.responsibilities.models import ResponsibilityList


def lists_for_list(
    person: Person | None, on: date, *, year: int | None = None, text: str = "", unit_id: int | None = None
) -> ListQuerySet:
    """Return the lists the person may open, newest year first, each with number and state of its newest version."""
    newest = access.visible_versions(person, on).filter(list=OuterRef("pk")).order_by("-number")
    lists = access.visible_lists(person, on).select_related("unit")
    if year:
        lists = lists.filter(year=year)
    if text:
        lists = lists.filter(title__icontains=text) | lists.filter(unit__name__icontains=text)
    if unit_id:
        lists = lists.filter(unit_id=unit_id)
    items = Item.objects.filter(version_id=OuterRef("newest_id")).order_by().values("version")
    return (
        lists.annotate(
            newest_id=Subquery(newest.values("pk")[:1]),
            number=Subquery(newest.values("number")[:1]),
            state=Subquery(newest.values("state")[:1]),
            begins=Subquery(newest.values("valid_from")[:1]),
        )
        .annotate(item_count=Subquery(items.annotate(n=Count("pk")).values("n")))
        .newest_first()
    )


def years(person: Person | None, on: date) -> list[int]:
    """Return the years for which the person may open lists, newest first."""
    return list(access.visible_lists(person, on).order_by("-year").values_list("year", flat=True).distinct())


def versions_of(person: Person | None, duty_list: ResponsibilityList, on: date) -> list[ListVersion]:
    """Return the versions of a list that the person may open, newest first."""
    return list(access.visible_versions(person, on).filter(list=duty_list).order_by("-number"))


def newest_number(person: Person | None, duty_list: ResponsibilityList, on: date) -> int:
    """Return the version to open first: the one under way for those who work on it, else the newest issued."""
    return max(version.number for version in versions_of(person, duty_list, on))


def version_under_way(list_id: int) -> ListVersion | None:
    return ListVersion.objects.filter(list_id=list_id, state__in=UNDER_WAY).order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Group:
    """The items of one post in a version, who holds it on the day asked, and who signed them. No post: everybody, or
    items that still lack one."""

    post: Post | None
    reach: str
    items: tuple[Item, ...]
    holders: tuple[Person, ...]
    signatures: tuple[Signature, ...]

    @property
    def unsigned(self) -> list[Person]:
        """Those who hold the post and have not signed."""
        signed = {signature.person_id for signature in self.signatures}
        return [person for person in self.holders if person.pk not in signed]


def items_of(version: ListVersion) -> list[Item]:
    """Return the items in order, with posts, units and supporting posts (two queries)."""
    rows = version.items.select_related("accountable__unit", "accountable__acts_for")
    return list(rows.prefetch_related("supports__post__unit").order_by("number"))


def stamp_of(version: ListVersion) -> int:
    """Return a number that any change of the version or its items alters: what a page of it was opened with."""
    rows = version.items.order_by("pk").values_list("pk", "row_version")
    return crc32(repr((version.version, list(rows))).encode()) % 10**9


def groups_of(version: ListVersion, items: Sequence[Item], on: date) -> list[Group]:
    """Return the items by the post that answers for them, in the order of their first items (two queries)."""
    holders = people.holders_by_post([item.accountable_id for item in items if item.accountable_id], on)
    signed: dict[int | None, list[Signature]] = {}
    for signature in version.signatures.select_related("person").order_by("signed_at", "pk"):
        signed.setdefault(signature.post_id, []).append(signature)
    by_post: dict[tuple[int | None, str], list[Item]] = {}
    for item in items:
        by_post.setdefault((item.accountable_id, item.reach), []).append(item)
    return [
        Group(
            post=own[0].accountable,
            reach=reach,
            items=tuple(own),
            holders=tuple(holders.get(post_id, ())) if post_id else (),
            signatures=tuple(signed.get(post_id, ())) if post_id or reach != Reach.POST else (),
        )
        for (post_id, reach), own in by_post.items()
    ]


def items_of_post(version: ListVersion, post_id: int | None) -> list[Item]:
    """Return the items a post answers for in a version; without a post those of everybody."""
    items = version.items.filter(accountable_id=post_id) if post_id else version.items.exclude(reach=Reach.POST)
    return list(items.select_related("accountable__unit").order_by("number"))


def contributors(version: ListVersion) -> list[str]:
    """Return the names of those who had a hand in the version."""
    names = version.contributors.select_related("person").order_by("pk")
    return list(dict.fromkeys([str(row.person) for row in names]))


def wordings(items: Iterable[Item]) -> list[Wording]:
    """Return the items as words, for comparing versions."""
    return [
        Wording(
            lineage=str(item.lineage),
            number=item.number,
            text=item.text_zh,
            values={
                "text_zh": item.text_zh,
                "text_en": item.text_en,
                "kind": item.kind,
                "line": item.line,
                "accountable": item.accountable.title if item.accountable else item.reach,
                "supporting": "、".join(sorted(row.post.title for row in item.supports.all())),
                "evidence_zh": item.evidence_zh,
                "obligations": ", ".join(item.obligations),
                "source_zh": item.source_zh,
                "article": item.article,
            },
        )
        for item in items
    ]


def differences(before: ListVersion, after: ListVersion) -> list[rules.Difference]:
    """Return what differs between two versions (four queries)."""
    return rules.compare(wordings(items_of(before)), wordings(items_of(after)))


def version_before(version: ListVersion) -> ListVersion | None:
    """Return the version that this one replaces or replaced."""
    return ListVersion.objects.filter(list=version.list_id, number=version.number - 1).order_by("pk").first()


@dataclass(frozen=True, slots=True)
class Answerable:
    """Who answers for an item on a day: the wording then, the post, and who held it; empty = vacant."""

    item: Item
    version: ListVersion
    holders: tuple[Person, ...]


def who_answers(lineage: str, on: date) -> Answerable | None:
    """Return who answered for an item on any day, or None where it stood in no list in force then (two queries)."""
    item = (
        Item.objects.filter(lineage=lineage, version__state__in=(ListState.IN_FORCE, ListState.REPLACED))
        .filter(holds_on(on, "version__"))
        .select_related("version__list__unit", "accountable__unit")
        .order_by("-version__number")
        .first()
    )
    if item is None:
        return None
    post = item.accountable_id
    holders = people.holders_by_post([post], on).get(post, []) if post else []
    return Answerable(item, item.version, tuple(holders))


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A stretch of days during which one person, or nobody, answered."""

    start: date
    end: date | None
    person: Person | None


def tenancies(item: Item, start: date, end: date) -> list[Tenancy]:
    """Return who answered for the item through ``[start, end)``, vacancies included (one query)."""
    if item.accountable_id is None:
        return []
    appointments = people.appointments_to([item.accountable_id])
    persons = {appointment.person_id: appointment.person for appointment in appointments}
    held = [rules.Tenure(one.person_id, one.valid_from, one.valid_to) for one in appointments]
    changes = rules.successors(held, start, end)
    ends = [day for day, _person in changes[1:]]
    return [
        Tenancy(day, until, persons.get(person) if person is not None else None)
        for (day, person), until in zip(changes, [*ends, None], strict=True)
    ]


def lists_of_unit(person: Person | None, unit: Unit, on: date, limit: int = 4) -> list[ResponsibilityList]:
    """Return the newest lists of a unit that the person may open."""
    return list(lists_for_list(person, on, unit_id=unit.pk)[:limit])


def signed_count(groups: Iterable[Group]) -> tuple[int, int]:
    """Return how many of those who hold a named post have signed, and how many hold one."""
    asked = [group for group in groups if group.post is not None]
    return sum(len(g.holders) - len(g.unsigned) for g in asked), sum(len(group.holders) for group in asked)


@dataclass(frozen=True, slots=True)
class HolderToSign:
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class StillToSign:
    """Who holds a named post and has not signed; ``everybody`` is how many signed what everybody answers for."""

    holders: tuple[HolderToSign, ...]
    everybody: int | None


def still_to_sign(groups: Iterable[Group]) -> StillToSign:
    """Return who still has to sign a version in force, as its page and the page of each holder ask for it."""
    every = list(groups)
    of_posts = [(group.post.title, group.unsigned) for group in every if group.post is not None]
    names = tuple(HolderToSign(str(person), title) for title, unsigned in of_posts for person in unsigned)
    own = [group for group in every if group.post is None and group.reach != Reach.POST]
    signed = {signature.person_id for group in own for signature in group.signatures}
    return StillToSign(names, len(signed) if own else None)


def item_of(version: ListVersion, item_id: int) -> Item | None:
    rows = version.items.select_related("accountable__unit").prefetch_related("supports__post")
    return rows.filter(pk=item_id).order_by("pk").first()


def posts_to_choose(unit: Unit) -> list[Post]:
    """Return the posts that can answer for items of the unit."""
    return people.posts_serving(unit)


def group_of_post(version: ListVersion, post_id: int, on: date) -> Group | None:
    """Return the items of one post with holders and signatures, or None where the version names no such post."""
    groups = groups_of(version, items_of(version), on)
    return next((group for group in groups if group.post is not None and group.post.pk == post_id), None)


def signer_of(group: Group) -> tuple[Person | None, Signature | None]:
    """Return who holds the post today and their signature; else the newest signature there is."""
    by_person = {signature.person_id: signature for signature in group.signatures}
    holder = group.holders[0] if group.holders else None
    if holder is not None:
        return holder, by_person.get(holder.pk)
    newest = group.signatures[-1] if group.signatures else None
    return (newest.person, newest) if newest is not None else (None, None)
