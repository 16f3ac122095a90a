"""What follows from a change in this room: the units that the duties are asked of, before or after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission, UnitKind
from heli.rooms.rulebook import catalogue, records, rules
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.queries.entries import duties_on, key_links_on, latest_instruments, own_and_shipped
from heli.rooms.rulebook.queries.matrix import Counting

if TYPE_CHECKING:
    from heli.rooms.people.models import UnitQuerySet

UNITS, BELOW = "rulebook.units", "rulebook.below"


def title(key: str) -> str:
    return _("Units of which it is asked") if key == UNITS else _("The unit and what lies below it")


def effect(_key: str, _act: str) -> str:
    return _("Their secretaries and clerks are told; each unit takes note.")


def groups(change: records.Change, reader: records.Reader) -> list[records.Group]:
    """Return the units asked before or after, counted by part of the tree (two queries); of a closing none."""
    if change.is_closing:
        return []
    units = _of(change, people.units_with(reader.person, Permission.UNIT_VIEW, reader.today))
    if units is None:
        return []
    rows = (
        units.order_by()
        .annotate(part=Left("path", records.PART))
        .values("part")
        .annotate(n=Count("pk"))
        .order_by("part")
    )
    shares = tuple(records.Share(row["part"], row["n"]) for row in rows)
    total = sum(share.count for share in shares)
    kinds = people.post_kinds_with(Permission.TASK_DO)
    persons = people_queries.count_holders(units, kinds, reader.today) if total else 0
    key, act = (BELOW, records.SHOW) if change.unit_path else (UNITS, records.TELL)
    return [records.Group(key, total, total, act, shares=shares, persons=persons)]


def lines(change: records.Change, reader: records.Reader, page: records.Page) -> list[records.Line]:
    """Return units of the group in tree order, each with who works for it (three queries)."""
    units = _of(change, people.units_with(reader.person, Permission.UNIT_VIEW, reader.today))
    if units is None:
        return []
    if page.only:
        units = units.filter(pk__in=[records.number(key) for key in page.only])
    if page.after:
        units = units.filter(pk__gt=records.number(page.after))
    chosen = list(units.order_by("pk")[: page.limit])
    held = people.names_at({(unit.pk, "") for unit in chosen}, reader.today)
    return [
        records.Line(
            key=str(unit.pk), title=unit.name, url=reverse("rulebook:unit", args=[unit.pk]),
            unit=str(UnitKind(unit.kind).label), holders=tuple(held.get((unit.pk, ""), ())),
        )
        for unit in chosen
    ]  # fmt: skip


def touched(change: records.Change, _group: str, left_out: Collection[str], _today: date) -> records.Touched:
    """Return the ids of all units asked before or after, those left out excepted."""
    units = _asked(change, people_queries.every_unit())
    ids = units.order_by().values_list("pk", flat=True) if units is not None else ()
    return records.Touched(frozenset(pk for pk in ids if str(pk) not in left_out))


def apply(_change: records.Change, _act: records.Act) -> int:
    """Return nothing: the wording itself is the change, and the units were told."""
    return 0


def outside(change: records.Change, reach: UnitQuerySet) -> Collection[int]:
    """Return the units beyond ``reach`` of which the duties are asked, before or after (one query)."""
    units = _asked(change, people_queries.every_unit())
    return list(units.exclude(pk__in=reach.values("pk")).values_list("pk", flat=True)) if units is not None else ()


FOLLOWER = records.Follower(
    "rulebook", frozenset({UNITS, BELOW}), title, effect, groups, lines, touched, apply, outside
)


def _of(change: records.Change, units: UnitQuerySet) -> UnitQuerySet | None:
    """Return the units a change bears on: of a unit itself and those below, of a duty those it is asked of."""
    if change.unit_path:
        return units.current(change.on).filter(path__startswith=change.unit_path)
    return _asked(change, units)


def _asked(change: records.Change, units: UnitQuerySet) -> UnitQuerySet | None:
    """Return the units of which one of the duties is asked on the day, as worded before or after."""
    worded: list[rules.Duty] = [*before(change), *afterwards(change)]
    return units.current(change.on).filter(_owing(worded, change, units)) if worded else None


def units_asked_no_longer(change: records.Change) -> UnitQuerySet:
    """Return the units of which the duty was asked until the day and is not from then on, though it goes on."""
    units = people_queries.every_unit()
    if not change.narrows:
        return units.none()
    owed, owing = before(change), afterwards(change)
    return units.current(change.on).filter(_owing(owed, change, units)).exclude(_owing(owing, change, units))


def _owing(worded: Iterable[rules.Duty], change: records.Change, units: UnitQuerySet) -> Q:
    counting, day = Counting(units, change.on.year), rules.month_end(change.on.year, change.on.month)
    wanted = Q(pk__in=[])
    for kind, conditions in rules.addressed(worded):
        wanted |= Q(kind=kind) & counting.meets(conditions, day)
    return wanted


def before(change: records.Change) -> list[rules.Duty]:
    """Return the duties as they are worded on the eve of the change."""
    eve = change.on - timedelta(days=1)
    return [duty for duty in duties_on(eve) if duty.code in change.duties and duty.is_on]


def afterwards(change: records.Change) -> list[rules.Duty]:
    """Return the duty as the change words it; whoever drafted it checked that it can be read."""
    if change.kind != Family.OBLIGATION or change.ends:
        return []
    own, _shipped = own_and_shipped(Family.OBLIGATION, change.code)
    return [
        catalogue.obligation_from(
            {"code": change.code, **own, **change.cells},
            instruments=latest_instruments(change.on),
            key_links=key_links_on(change.on),
        )
    ]
