"""Changes of the enterprise's copy: each ends one wording and begins the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import ENTRIES, WORDINGS, Entry, Obligation, Wording, as_cell
from heli.rooms.rulebook.queries.entries import key_links_on, latest_instruments
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_NUMBERS = frozenset({"count", "term_months", "year"})


def take_back(family: Family, entry: Entry, begins: date) -> bool:
    """Take the last wording of an entry back, which begins on that day and never held; False where it is not the last.

    The wording before is written anew, without an end: what is kept in memory notices new rows alone. The caller
    holds the lock of the entry and writes the audit entry.
    """
    last = last_wording(family, entry)
    if last.valid_from != begins:
        return False
    before = WORDINGS[family].objects.filter(entry=entry, valid_to=begins).order_by("pk").get()
    WORDINGS[family].objects.filter(pk__in=[last.pk, before.pk]).delete()
    before.pk, before.valid_to = None, None
    before.save(force_insert=True)
    entry.version += 1
    entry.save(update_fields=["version"])
    return True


@dataclass(frozen=True)
class Rewording:
    """What a change sets: content as the catalogue writes it, and switches that the catalogue does not know."""

    cells: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, Any] = field(default_factory=dict)


def check_wording(*, code: str, cells: Mapping[str, str], on: date) -> None:
    """Raise ``Problem`` unless ``cells`` can be read as a duty; writes nothing."""
    check_content(Family.OBLIGATION, code, cells, on)


@transaction.atomic
def change_entry(
    family: Family,
    code: str,
    change: Rewording,
    reason: str,
    valid_from: date,
    by: Person,
    at: datetime,
    version: int | None,
    drafted_by: Person | None = None,
) -> Wording:
    """Write what ``change`` makes of an entry from ``valid_from`` on; the wording before stays readable.

    The caller has decided that ``by`` may; the log names ``drafted_by`` beside.
    """
    if not reason.strip():
        raise Problem(
            _("The change was not saved."), _("A change of the rulebook needs its reason."), _("Write why it changes.")
        )
    entry = ENTRIES[family].objects.select_for_update(no_key=True).get(code=code)
    before = last_wording(family, entry)
    if version != entry.version:
        yours = {**change.cells, **change.switches}
        raise VersionConflict(yours=yours, theirs=_held(before, change), version=entry.version)
    after, changes = reword(family, entry, before, change, valid_from=valid_from, reason=reason, by=str(by), at=at)
    if not changes:
        raise Problem(
            _("Nothing was changed."), _("All values are as they were."), _("Change a value, or leave the page.")
        )
    about = {"reason": reason, **({"drafted_by": drafted_by.name} if drafted_by is not None else {})}
    audit.record(f"rulebook.{family}_changed", subject=entry, by=by, at=at, changes={**changes, **about})
    return after


def _held(wording: Wording, change: Rewording) -> dict[str, Any]:
    """Return what is stored where ``change`` wanted something else."""
    cells = wording.cells()
    return {
        **{column: cells[column] for column in change.cells},
        **{name: getattr(wording, name) for name in change.switches},
    }


def last_wording(family: Family, entry: Entry) -> Wording:
    """Return the latest wording of an entry locked by the caller: in force, or beginning later."""
    worded = WORDINGS[family].objects.filter(entry=entry).order_by("-valid_from")
    latest: Wording = worded.select_for_update(no_key=True)[:1].get()
    return latest


def reword(
    family: Family,
    entry: Entry,
    before: Wording,
    change: Rewording,
    *,
    valid_from: date,
    reason: str,
    by: str,
    at: datetime,
) -> tuple[Wording, dict[str, list[Any]]]:
    """End ``before`` and begin the wording that ``change`` makes of it; returns it with what changed.

    Nothing is written when nothing changes. Raises the entry's version. The caller holds the lock and writes the
    audit entry.
    """
    own = {**before.cells(), **change.cells}
    changes: dict[str, list[Any]] = {
        column: [before.cells()[column], text] for column, text in own.items() if before.cells()[column] != text
    }
    for name, value in change.switches.items():
        if getattr(before, name) != value:
            changes[name] = [as_cell(getattr(before, name)), as_cell(value)]
    if not changes:
        return before, {}
    check_day(before, valid_from)
    check_content(family, entry.code, own, valid_from)
    before.valid_to = valid_from
    before.save(update_fields=["valid_to"])
    switches = {"is_on": before.is_on, "enforcement": getattr(before, "enforcement", None)}
    after = new_wording(
        family, entry, own, {**switches, **change.switches},
        edited=rules.edited(entry.shipped, own),
        reason=reason, by=by, at=at, valid_from=valid_from,
    )  # fmt: skip
    after.save(force_insert=True)
    entry.version += 1
    entry.save(update_fields=["version"])
    return after, changes


def new_wording(
    family: Family,
    entry: Entry,
    cells: Mapping[str, str],
    switches: Mapping[str, Any],
    *,
    edited: list[str],
    reason: str,
    by: str,
    at: datetime,
    valid_from: date,
) -> Wording:
    """Return an unsaved wording with this content."""
    wording: Wording = WORDINGS[family](
        entry=entry, edited_fields=edited, reason=reason, recorded_at=at, recorded_by=by, valid_from=valid_from,
        **{name: value for name, value in switches.items() if value is not None},
    )  # fmt: skip
    for column in wording.COLUMNS:
        setattr(wording, column, _stored(column, cells[column]))
    return wording


def _stored(column: str, text: str) -> Any:
    if column in _NUMBERS:
        return int(text) if text else None
    return text == "1" if column == "proposed" else text


def check_day(before: Wording, valid_from: date) -> None:
    """Raise ``Problem`` where a change would not begin after the one before it."""
    if valid_from <= before.valid_from:
        raise Problem(
            _("The change was not saved."),
            _("The last change of this entry takes effect on %(day)s.") % {"day": before.valid_from.isoformat()},
            _("Choose a later day, so that what held before stays readable."),
        )


def check_content(family: Family, code: str, cells: Mapping[str, str], on: date) -> None:
    """Raise ``Problem`` unless the content can be read like a row of the catalogue."""
    try:
        if family == Family.OBLIGATION:
            catalogue.obligation_from(
                {"code": code, **cells}, instruments=latest_instruments(on), key_links=key_links_on(on)
            )
        elif family == Family.KEY_LINK:
            link = catalogue.key_link_from({"code": code, **cells})
            _check_known(link.obligations)
        else:
            catalogue.instrument_from({"code": code, **cells})
    except catalogue.CatalogueError as error:
        raise Problem(
            _("The change was not saved."),
            _("A value of %(code)s cannot be used: %(problem)s") % {"code": code, "problem": error.problem},
            _("Correct it and save again."),
        ) from error


def _check_known(codes: tuple[str, ...]) -> None:
    known = set(Obligation.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise Problem(
            _("The change was not saved."),
            _("The rulebook has no duty %(codes)s.") % {"codes": punctuation.listed(unknown)},
            _("Name duties by their codes, separated by semicolons."),
        )
