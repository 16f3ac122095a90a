"""Units: made, renamed, moved, closed. What was stays readable in ``UnitVersion``."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.decisions import denied
from heli.kernel.periods import holds_on
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import access, rules
from heli.rooms.people.access import Actor
from heli.rooms.people.enums import Permission, Tree, UnitKind
from heli.rooms.people.events import UnitClosed, UnitMoved
from heli.rooms.people.models import Appointment, Membership, Unit, UnitVersion

# One re-organization at a time: two moves that cross would tie a unit under itself.
_TREE_LOCK = 0x54524545


@transaction.atomic
def create_unit(
    *,
    kind: UnitKind,
    name: str,
    code: str,
    parent_id: int | None,
    valid_from: date,
    by: Actor,
    at: datetime,
    serves_id: int | None = None,
    has_committee: bool = False,
) -> Unit:
    """Make a unit under ``parent_id``; without a parent it is the top of its tree (the system's work alone)."""
    _one_change_at_a_time()
    parent = _locked(parent_id) if parent_id else None
    _require_place(by, parent, timezone.localdate(at))
    kind = UnitKind(kind)
    if parent is not None:
        _check_open(parent)
    _check_kind(kind, parent)
    _check_words(name, code)
    _check_code(code, None)
    _check_serves(serves_id, rules.tree_of(kind), by, timezone.localdate(at))
    unit = Unit(
        id=_next_id(),
        tree=rules.tree_of(kind),
        kind=kind,
        name=name.strip(),
        pinyin=rules.initials(name),
        code=code.strip(),
        parent=parent,
        depth=parent.depth + 1 if parent else 0,
        serves_id=serves_id,
        has_committee=has_committee,
        valid_from=valid_from,
    )
    unit.path = rules.child_path(parent.path if parent else "", unit.pk)
    unit.save(force_insert=True)
    _open_version(unit, valid_from, "")
    audit.record("unit.created", subject=unit, by=by, at=at, changes={"kind": kind, "code": code, "parent": parent})
    return unit


@transaction.atomic
def revise_unit(
    *,
    unit_id: int,
    version: int | None,
    name: str,
    kind: UnitKind,
    code: str,
    has_committee: bool,
    serves_id: int | None,
    from_day: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Unit:
    """Change what a unit is called and what it is; a new name or kind opens a new version of its history."""
    unit = _locked(unit_id)
    today = timezone.localdate(at)
    access.require(by, Permission.UNIT_EDIT, unit, today)
    new = {
        "name": name.strip(),
        "kind": str(UnitKind(kind)),
        "code": code.strip(),
        "has_committee": has_committee,
        "serves_id": serves_id,
    }
    check_version(unit, version, new)
    _check_open(unit)
    _check_kind(UnitKind(kind), unit.parent, tree=Tree(unit.tree))
    _check_words(name, code)
    _check_code(code.strip(), unit.pk)
    if serves_id != unit.serves_id:
        _check_serves(serves_id, Tree(unit.tree), by, today)
    changes = {field: [getattr(unit, field), value] for field, value in new.items() if getattr(unit, field) != value}
    if not changes:
        raise Problem(_("Nothing was changed."), remedy=_("Change a field before saving."))
    for field, value in new.items():
        setattr(unit, field, value)
    unit.pinyin = rules.initials(unit.name)
    unit.version += 1
    unit.save(update_fields=[*new, "pinyin", "version"])
    if {"name", "kind"} & set(changes):
        _check_from_day(unit, from_day, today)
        _turn_versions([unit.pk], from_day, reason)
    audit.record("unit.revised", subject=unit, by=by, at=at, changes={**changes, "from": from_day, "reason": reason})
    return unit


@transaction.atomic
def move_unit(
    *, unit_id: int, parent_id: int, version: int | None, from_day: date, reason: str, by: Actor, at: datetime
) -> Unit:
    """Put the unit with everything below it under another parent; rewrites the subtree's paths in one statement."""
    _one_change_at_a_time()
    unit, parent = _locked(unit_id), _locked(parent_id)
    today = timezone.localdate(at)
    for place in (unit, parent):
        access.require(by, Permission.UNIT_EDIT, place, today)
    check_version(unit, version, {"parent": parent})
    _check_open(unit)
    _check_open(parent)
    if rules.is_below(parent.path, unit.path):
        raise Problem(
            _("%(unit)s cannot move there.") % {"unit": unit.name},
            _("%(parent)s lies below it.") % {"parent": parent.name},
            _("Choose a unit outside of it."),
        )
    if unit.parent_id == parent.pk:
        raise Problem(_("%(unit)s already stands there.") % {"unit": unit.name}, remedy=_("Choose another unit."))
    _check_kind(UnitKind(unit.kind), parent, tree=Tree(unit.tree))
    _check_from_day(unit, from_day, today)
    old_parent, old_path, new_path = unit.parent, unit.path, rules.child_path(parent.path, unit.pk)
    shift = parent.depth + 1 - unit.depth
    moved = list(Unit.objects.filter(path__startswith=old_path).order_by("pk").values_list("pk", flat=True))
    _rewrite_paths(unit.pk, parent.pk, old_path, new_path, shift)
    Unit.objects.filter(pk=unit.pk).update(version=unit.version + 1)
    _turn_versions(moved, from_day, reason)
    unit.refresh_from_db()
    changes = {"parent": [old_parent, parent], "units": len(moved), "from": from_day, "reason": reason}
    audit.record("unit.moved", subject=unit, by=by, at=at, changes=changes)
    events.publish(UnitMoved(unit.pk, old_path, new_path))
    return unit


@transaction.atomic
def close_unit(*, unit_id: int, version: int | None, on: date, reason: str, by: Actor, at: datetime) -> Unit:
    """End a unit on ``on``; refused while it has open units below, persons or appointments."""
    _one_change_at_a_time()
    unit = _locked(unit_id)
    access.require(by, Permission.UNIT_EDIT, unit, timezone.localdate(at))
    check_version(unit, version, {"valid_to": on})
    _check_open(unit)
    if on <= unit.valid_from or on > timezone.localdate(at):
        raise Problem(
            _("%(unit)s cannot end on %(day)s.") % {"unit": unit.name, "day": on},
            _("A unit ends after its first day and not in the future."),
            _("Choose a day in between."),
        )
    after = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    left = {
        "units": Unit.objects.filter(after, parent=unit).count(),
        "persons": Membership.objects.filter(after, unit=unit).count(),
        "posts": Appointment.objects.filter(after, post__unit=unit).count(),
    }
    if any(left.values()):
        raise Problem(
            _("%(unit)s cannot be closed yet.") % {"unit": unit.name},
            _("It still has %(units)s units below, %(persons)s persons and %(posts)s appointments.") % left,
            _("Move or close the units, transfer the persons and end the appointments first."),
        )
    unit.valid_to, unit.version = on, unit.version + 1
    unit.save(update_fields=["valid_to", "version"])
    unit.posts.filter(is_closed=False).update(is_closed=True)
    UnitVersion.objects.filter(unit=unit, valid_to__isnull=True, valid_from__lt=on).update(valid_to=on)
    audit.record("unit.closed", subject=unit, by=by, at=at, changes={"on": on, "reason": reason})
    events.publish(UnitClosed(unit.pk, on))
    return unit


def _one_change_at_a_time() -> None:
    """Wait for the tree: a unit made below one that is being moved would keep the old path for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


def _locked(unit_id: int) -> Unit:
    return Unit.objects.select_for_update(no_key=True, of=("self",)).select_related("parent").get(pk=unit_id)


def _next_id() -> int:
    """Take the next id beforehand, because the path holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('people_unit', 'id'))")
        return int(cursor.fetchone()[0])


def _rewrite_paths(unit_id: int, parent_id: int, old: str, new: str, shift: int) -> None:
    """Move the subtree in one statement, because the database compares each path with its parent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_unit SET path = %s || substr(path, %s), depth = depth + %s,"
            " parent_id = CASE WHEN id = %s THEN %s ELSE parent_id END WHERE path LIKE %s",
            [new, len(old) + 1, shift, unit_id, parent_id, f"{old}%"],
        )


def _open_version(unit: Unit, from_day: date, reason: str) -> None:
    UnitVersion.objects.create(
        unit=unit,
        name=unit.name,
        kind=unit.kind,
        parent=unit.parent,
        path=unit.path,
        reason=reason,
        valid_from=from_day,
    )


def _turn_versions(unit_ids: list[int], from_day: date, reason: str) -> None:
    """End the open versions of these units and open new ones as the units are now.

    A version that began on that very day, or later, is corrected in place: it begins when it began.
    """
    open_ones = UnitVersion.objects.filter(unit_id__in=unit_ids, valid_to__isnull=True)
    began = dict(open_ones.order_by("unit_id").values_list("unit_id", "valid_from"))
    open_ones.filter(valid_from__gte=from_day).delete()
    open_ones.filter(valid_from__lt=from_day).update(valid_to=from_day)
    units = Unit.objects.filter(pk__in=began).order_by("pk")
    UnitVersion.objects.bulk_create(
        [
            UnitVersion(
                unit=unit,
                name=unit.name,
                kind=unit.kind,
                parent_id=unit.parent_id,
                path=unit.path,
                reason=reason[:200],
                valid_from=max(from_day, began[unit.pk]),
            )
            for unit in units
        ],
        batch_size=2000,
    )


def _require_place(by: Actor, parent: Unit | None, on: date) -> None:
    if parent is not None:
        access.require(by, Permission.UNIT_EDIT, parent, on)
    elif not isinstance(by, str):
        denied(_("Only the set-up of a site makes the top of a tree.")).require()


def _check_kind(kind: UnitKind, parent: Unit | None, tree: Tree | None = None) -> None:
    if tree is not None and rules.tree_of(kind) != tree:
        raise Problem(
            _("A unit does not change trees."), remedy=_("Choose a kind of the same tree, or make another unit.")
        )
    if not rules.may_stand_under(kind, UnitKind(parent.kind) if parent else None):
        raise Problem(
            _("A %(kind)s cannot stand there.") % {"kind": kind.label},
            _("%(parent)s is a %(kind)s.") % {"parent": parent.name, "kind": UnitKind(parent.kind).label}
            if parent
            else "",
            _("Choose a unit of another kind."),
        )


def _check_code(code: str, unit_id: int | None) -> None:
    others = Unit.objects.filter(code=code.strip())
    if (others if unit_id is None else others.exclude(pk=unit_id)).exists():
        raise Problem(_("The code %(code)s is taken.") % {"code": code}, remedy=_("Give the unit a code of its own."))


def _check_words(name: str, code: str) -> None:
    for text in (name, code):
        if not rules.is_plain(text.strip()):
            raise Problem(
                _("The name or the code holds a sign that cannot be seen."),
                _("Line breaks and signs that turn the direction of writing mislead whoever reads it."),
                _("Type it anew."),
            )


def _check_serves(serves_id: int | None, tree: Tree, by: Actor, on: date) -> None:
    """Ask for the right on the unit stood for: a Party organization's posts give rights there too."""
    if serves_id is None:
        return
    serves = Unit.objects.get(pk=serves_id)
    if tree != Tree.PARTY or serves.tree != Tree.ADMINISTRATIVE:
        raise Problem(
            _("%(unit)s cannot be stood for.") % {"unit": serves.name},
            _("A Party organization stands for an administrative unit, and no other way round."),
            _("Choose an administrative unit, or leave the field empty."),
        )
    access.require(by, Permission.UNIT_EDIT, serves, on)
    _check_open(serves)


def _check_open(unit: Unit) -> None:
    if unit.valid_to is not None:
        raise Problem(
            _("%(unit)s is closed since %(day)s.") % {"unit": unit.name, "day": unit.valid_to},
            remedy=_("Choose a unit that exists today."),
        )


def _check_from_day(unit: Unit, from_day: date, today: date) -> None:
    last = UnitVersion.objects.filter(holds_on(today), unit=unit).order_by("-valid_from").first()
    earliest = last.valid_from if last else unit.valid_from
    if not earliest <= from_day <= today:
        raise Problem(
            _("The change cannot take effect on %(day)s.") % {"day": from_day},
            _("It takes effect between %(first)s, the last change, and today.") % {"first": earliest},
            _("Choose a day in between."),
        )
