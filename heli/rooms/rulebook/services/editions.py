"""Taking over the shipped catalogue: the first edition whole, later ones difference by difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.rulebook import access, catalogue, rules
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import ENTRIES, WORDINGS, Edition, Entry
from heli.rooms.rulebook.queries.editions import EntryUpdate, pending_update
from heli.rooms.rulebook.services.wordings import Rewording, check_content, last_wording, new_wording, reword

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def install_catalogue(
    *, by: Person | str, at: datetime, valid_from: date | None = None, edition: catalogue.Catalogue | None = None
) -> Edition:
    """Take over the shipped catalogue, in force from ``valid_from`` (default: the first day of this year).

    Once anything is installed this changes nothing and returns the edition in use; a newer edition comes in
    through ``accept_update``. ``by`` is a person or the name of a system actor (a new installation).
    """
    shipped = edition or catalogue.load()
    if not isinstance(by, str):
        access.can_edit(by, timezone.localdate(at)).require()
    _lock()
    installed = Edition.objects.order_by("-accepted_at", "-pk").first()
    if installed is not None:
        return installed
    since = valid_from or timezone.localdate(at).replace(month=1, day=1)
    taken = Edition.objects.create(catalogue_version=shipped.version, accepted_at=at, accepted_by=str(by))
    counts = {}
    for family in Family:
        counts[str(family)] = _install_family(family, shipped, by=str(by), at=at, since=since)
    audit.record(
        "rulebook.installed",
        subject=taken,
        by=by,
        at=at,
        changes={"version": shipped.version, "since": since, **counts},
    )
    return taken


def _lock() -> None:
    """Let one edition come in at a time; the table is tiny and read by plain selects."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE rulebook_edition IN SHARE ROW EXCLUSIVE MODE")


def _install_family(family: Family, shipped: catalogue.Catalogue, *, by: str, at: datetime, since: date) -> int:
    written = shipped.written[family]
    entries = ENTRIES[family].objects.bulk_create(
        [
            ENTRIES[family](code=code, shipped=_content(family, cells), catalogue_version=shipped.version)
            for code, cells in written.items()
        ]
    )
    WORDINGS[family].objects.bulk_create(
        [
            new_wording(family, entry, entry.shipped, {}, edited=[], reason="", by=by, at=at, valid_from=since)
            for entry in entries
        ]
    )
    return len(entries)


def _content(family: Family, cells: Mapping[str, str]) -> dict[str, str]:
    return {column: cells[column] for column in WORDINGS[family].COLUMNS}


@dataclass(frozen=True, slots=True)
class _Taking:
    """One taking-over: what all its steps share."""

    shipped: catalogue.Catalogue
    accepted: Mapping[str, bool]
    valid_from: date
    reason: str
    by: str
    at: datetime


@transaction.atomic
def accept_update(
    *,
    accepted: Mapping[str, bool],
    valid_from: date,
    reason: str,
    by: Person,
    at: datetime,
    expected: str,
    edition: catalogue.Catalogue | None = None,
) -> Edition:
    """Take over a newer edition, all of it or nothing.

    ``accepted`` maps keys of ``EntryUpdate`` and its differences to True (take over) or False (keep ours).
    What is not named is taken over, unless the enterprise had changed it: then a person has to choose.
    ``expected`` is the edition the person looked at. Raises ``Problem`` when it is not the pending one any
    more, when a choice is missing, or when an accepted value cannot take effect on ``valid_from``.
    """
    access.can_edit(by, timezone.localdate(at)).require()
    _lock()
    update = pending_update(edition)
    if update is None or update.shipped.version != expected:
        raise Problem(
            _("The update was not taken over."),
            _("This edition is already in use, or another one has come."),
            _("Open the update page again and look at what it changes now."),
        )
    _check_choices(update.entries, accepted)
    taking = _Taking(update.shipped, accepted, valid_from, reason, str(by), at)
    changed = {entry.key: changes for entry in update.entries if (changes := _take_over(entry, taking))}
    _keep_bases(update.shipped)
    taken = Edition.objects.create(catalogue_version=update.shipped.version, accepted_at=at, accepted_by=str(by))
    audit.record(
        "rulebook.update_accepted", subject=taken, by=by, at=at,
        changes={"from": update.installed_version, "to": update.shipped.version, "reason": reason, "entries": changed},
    )  # fmt: skip
    return taken


def _check_choices(entries: tuple[EntryUpdate, ...], accepted: Mapping[str, bool]) -> None:
    missing = [key for entry in entries for key in entry.keys_to_decide if key not in accepted]
    if missing:
        raise Problem(
            _("The update was not taken over."),
            _("You had changed %(count)s of these values yourselves.") % {"count": len(missing)},
            _("Choose for each of them: take over or keep ours."),
        )


def _take_over(entry: EntryUpdate, taking: _Taking) -> dict[str, Any]:
    """Write what this entry becomes; returns what changed, for the audit entry."""
    if entry.kind == "added":
        return _add(entry, taking)
    stored = ENTRIES[entry.family].objects.select_for_update(no_key=True).get(code=entry.code)
    before = last_wording(entry.family, stored)
    if entry.kind == "withdrawn":
        switches = {"is_on": False} if taking.accepted.get(entry.key, True) else {}
        change, base = Rewording(switches=switches), stored.shipped
    else:
        cells = {one.column: one.shipped for one in entry.differences if taking.accepted.get(entry.key_of(one), True)}
        change, base = Rewording(cells), _content(entry.family, taking.shipped.written[entry.family][entry.code])
    _wording, changes = reword(
        entry.family, stored, before, change,
        valid_from=taking.valid_from, reason=taking.reason, by=taking.by, at=taking.at, base=base,
    )  # fmt: skip
    return changes


def _add(entry: EntryUpdate, taking: _Taking) -> dict[str, Any]:
    content = _content(entry.family, taking.shipped.written[entry.family][entry.code])
    is_on = taking.accepted.get(entry.key, True)
    stored = ENTRIES[entry.family].objects.create(
        code=entry.code, shipped=content, catalogue_version=taking.shipped.version
    )
    if entry.family != Family.KEY_LINK:  # a key link may name duties that this update adds after it
        check_content(entry.family, entry.code, content, taking.valid_from)
    new_wording(
        entry.family, stored, content, {"is_on": is_on},
        edited=[], reason=taking.reason, by=taking.by, at=taking.at, valid_from=taking.valid_from,
    ).save(force_insert=True)  # fmt: skip
    return {"added": True, "is_on": is_on}


def _keep_bases(shipped: catalogue.Catalogue) -> None:
    """Make the new edition the base of every entry it holds, and say what now differs from it."""
    for family in Family:
        for stored, content in _held(family, shipped):
            stored.shipped, stored.catalogue_version = content, shipped.version
            stored.save(update_fields=["shipped", "catalogue_version"])
            wording = last_wording(family, stored)
            wording.edited_fields = rules.edited(content, wording.cells())
            wording.save(update_fields=["edited_fields"])


def _held(family: Family, shipped: catalogue.Catalogue) -> Iterator[tuple[Entry, dict[str, str]]]:
    written = shipped.written[family]
    for stored in ENTRIES[family].objects.filter(code__in=written).order_by("code").select_for_update(no_key=True):
        yield stored, _content(family, written[stored.code])
