"""What follows for lists from a change: items in force that rest on it, and versions under way."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import Item, ItemSupport
from heli.rooms.responsibilities.rules.states import UNDER_WAY
from heli.rooms.rulebook.records import (
    END,
    PART,
    REVISE,
    SHOW,
    TELL,
    Change,
    Group,
    Line,
    Page,
    Reader,
    Share,
    Touched,
    number,
)

if TYPE_CHECKING:
    from heli.rooms.people.models import UnitQuerySet

# Of what is closed: a new version of the list names whoever takes over.
REPLACE = "replace"
ITEMS, DRAFTS, OWN = "responsibilities.items", "responsibilities.drafts", "responsibilities.own"
KEYS = frozenset({ITEMS, DRAFTS, OWN})


def title(key: str) -> str:
    return {
        ITEMS: _("Responsibility items in force"),
        DRAFTS: _("Items of lists being drafted"),
        OWN: _("Items of its own list in force"),
    }[key]


def effect(_key: str, act: str) -> str:
    return {
        REPLACE: _(
            "Where you draft the list, a new version is drafted in which whoever takes over answers, or nobody yet; it "
            "is approved and signed as usual. Drafters of other lists are told. Declined, the items stay and the "
            "checks name them as without a holder."
        ),
        END: _("The list ends on the day and stays readable. Declined, it goes on without anybody who answers for it."),
        TELL: _("The list stays; whoever answers for them is told what changes."),
        REVISE: _("A new version of each list is drafted without this duty; it is approved and signed as usual."),
    }[act]


def groups(change: Change, reader: Reader) -> list[Group]:
    """Return the items that name the duties, counted by part of the tree (two queries)."""
    if _concerned(change) is None:
        return []
    if change.is_closing:
        own = [_counted(OWN, items_of(change, OWN, reader), END)] if change.unit_path else []
        drafts = _counted(DRAFTS, items_of(change, DRAFTS, reader), SHOW)
        return [_counted(ITEMS, items_of(change, ITEMS, reader), REPLACE), *own, drafts]
    act = (REVISE if change.ends else TELL) if change.duties else SHOW
    return [
        _counted(ITEMS, items_of(change, ITEMS, reader), act),
        _counted(DRAFTS, items_of(change, DRAFTS, reader), SHOW),
    ]


def _counted(key: str, items: QuerySet[Item], act: str) -> Group:
    parts = items.order_by().annotate(part=Left("version__list__unit__path", PART)).values("part")
    shares = tuple(Share(row["part"], row["n"]) for row in parts.annotate(n=Count("pk")).order_by("part"))
    return Group(key, sum(share.count for share in shares), act=act, shares=shares)


def items_of(change: Change, key: str, reader: Reader | None) -> QuerySet[Item]:
    """Return the items of a group: those of versions the reader may open; without a reader all."""
    items = Item.objects.filter(_concerned(change) or Q(pk__in=[]))
    if reader is not None:
        items = items.filter(version__in=access.visible_versions(reader.person, reader.today).values("pk"))
    if key == DRAFTS:
        return items.filter(version__state__in=UNDER_WAY)
    lasting = Q(version__valid_to__isnull=True) | Q(version__valid_to__gt=change.on)
    in_force = items.filter(lasting, version__state=ListState.IN_FORCE)
    if not (change.is_closing and change.unit_path):
        return in_force if key == ITEMS else in_force.none()
    own = Q(version__list__unit__path__startswith=change.unit_path)
    return in_force.filter(own) if key == OWN else in_force.exclude(own)


def _concerned(change: Change) -> Q | None:
    """Return the filter for items that a change bears on: by duty, by place in the tree, or by post."""
    if change.duties:
        return names(change.duties)
    if change.unit_path:
        path = change.unit_path
        return Q(version__list__unit__path__startswith=path) | Q(accountable__unit__path__startswith=path)
    if change.post_id is not None:
        supported = ItemSupport.objects.filter(post=change.post_id).values("item")
        return Q(accountable=change.post_id) | Q(pk__in=supported)
    return None


def names(duties: Iterable[str]) -> Q:
    """Return the filter for items that name one of the duties; an index answers it."""
    condition = Q(pk__in=[])
    for code in sorted(duties):
        condition |= Q(obligations__contains=[code])
    return condition


def lines(change: Change, reader: Reader, page: Page) -> list[Line]:
    """Return items of a group, each with who holds the post that answers (three queries)."""
    if page.group not in KEYS:
        return []
    rows = items_of(change, page.group, reader).select_related("version__list__unit", "accountable")
    if page.only:
        rows = rows.filter(pk__in=[number(key) for key in page.only])
    if page.after:
        rows = rows.filter(pk__gt=number(page.after))
    items = list(rows.order_by("pk")[: page.limit])
    posts = {item.accountable_id for item in items if item.accountable_id is not None}
    held = people_queries.holders_by_post(posts, reader.today)
    return [_line(item, [person.name for person in held.get(item.accountable_id or 0, ())]) for item in items]


def _line(item: Item, holders: list[str]) -> Line:
    in_english = (get_language() or "").startswith("en") and item.text_en
    version, post = item.version, item.accountable.title if item.accountable else ""
    return Line(
        key=str(item.pk), title=item.text_en if in_english else item.text_zh,
        url=reverse("responsibilities:version", args=[version.list_id, version.number]),
        unit=f"{version.list.unit.name} · {post}" if post else version.list.unit.name, holders=tuple(holders),
        line=item.line, state=str(ListState(version.state).label), tone="run",
    )  # fmt: skip


def touched(change: Change, group: str, left_out: Collection[str], today: date) -> Touched:
    """Return the units whose lists name the duties, who answers for the items, and, for new versions, who drafts."""
    if group not in (ITEMS, OWN):
        return Touched()
    out = [number(key) for key in left_out]
    items = items_of(change, group, None).exclude(pk__in=out).order_by()
    pairs = set(items.values_list("version__list__unit_id", "accountable_id"))
    held = people_queries.holders_by_post({post for _unit, post in pairs if post is not None}, today)
    persons = {person.pk for holders in held.values() for person in holders}
    units = frozenset(unit for unit, _post in pairs)
    if change.ends or change.is_closing:
        kinds = people.post_kinds_with(Permission.DUTY_DRAFT)
        drafters = people.holders_of({(unit, kind) for unit in units for kind in kinds}, today)
        persons |= {person_id for holders in drafters.values() for person_id in holders}
    return Touched(units, frozenset(persons))


def outside(change: Change, reach: UnitQuerySet) -> Collection[int]:
    """Return the units beyond ``reach`` whose lists in force name the duties (one query)."""
    items = items_of(change, ITEMS, None).exclude(version__list__unit__in=reach.values("pk"))
    return set(items.order_by().values_list("version__list__unit_id", flat=True))
