"""The shipped catalogue: the first edition is taken over whole, of later ones what is taken becomes changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import access as people
from heli.rooms.rulebook import access, catalogue, records, rules
from heli.rooms.rulebook.enums import AdjustmentState, Family, UpdateKind
from heli.rooms.rulebook.models import ENTRIES, WORDINGS, Adjustment, Edition, EditionChoice, Entry
from heli.rooms.rulebook.queries.adjusting import change_of, groups_of
from heli.rooms.rulebook.queries.editions import EntryUpdate, pending_update
from heli.rooms.rulebook.services.adjusting import check_note, draft_adjustment, hand_in, locked_entry
from heli.rooms.rulebook.services.deciding import Choice, decide_adjustment, decline_adjustment
from heli.rooms.rulebook.services.wordings import last_wording, new_wording
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def install_catalogue(
    *, by: Person | str, at: datetime, valid_from: date | None = None, edition: catalogue.Catalogue | None = None
) -> Edition:
    """Take over the shipped catalogue, in force from ``valid_from`` (default: the first day of this year).

    Once anything is installed this changes nothing and returns the edition in use; a newer edition comes in
    through ``draft_edition``. ``by`` is a person or the name of a system actor (a new installation).
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
class _Drafting:
    """One going-through of an edition: what all its steps share."""

    edition: Edition
    shipped: catalogue.Catalogue
    accepted: Mapping[str, bool]
    reasons: Mapping[str, str]
    reason: str
    valid_from: date
    by: Person
    at: datetime


@transaction.atomic
def draft_edition(
    *,
    accepted: Mapping[str, bool],
    reasons: Mapping[str, str],
    kept_reason: str = "",
    valid_from: date,
    reason: str,
    by: Person,
    at: datetime,
    expected: str,
    edition: catalogue.Catalogue | None = None,
) -> Edition:
    """Go through a newer edition: what is taken of an entry becomes a draft of its change, all of it or nothing.

    ``accepted`` maps keys of ``EntryUpdate`` and its differences to True (take) or False (keep ours). What is not
    named is taken, unless the enterprise had changed it: then a person has to choose. ``reasons`` maps keys of
    entries to why something of theirs is kept; where an entry has none, ``kept_reason`` stands for it. ``expected``
    is the edition the person looked at.

    Nothing takes effect: the base of later comparisons becomes this edition, new entries come in switched off.
    Raises ``Problem`` when the edition is not the pending one any more, when a choice or its reason is missing, or
    when a change cannot be drafted.
    """
    access.can_edit(by, timezone.localdate(at)).require()
    _lock()
    update = pending_update(edition)
    if update is None or update.shipped.version != expected:
        raise Problem(
            _("Nothing was drafted."),
            _("Somebody has gone through this edition already, or another one has come."),
            _("Open the page of editions again and look at what it changes now."),
        )
    reasons = {entry.key: reasons.get(entry.key, "").strip() or kept_reason.strip() for entry in update.entries}
    _check_choices(update.entries, accepted)
    _check_reasons(update.entries, accepted, reasons)
    taken = Edition.objects.create(catalogue_version=update.shipped.version, accepted_at=at, accepted_by=str(by))
    drafting = _Drafting(taken, update.shipped, accepted, reasons, reason.strip(), valid_from, by, at)
    for entry in update.entries:
        if entry.kind == UpdateKind.ADDED:
            _add_switched_off(entry, drafting)
    _keep_bases(update.shipped)
    chosen = EditionChoice.objects.bulk_create([_choice(entry, drafting) for entry in update.entries])
    entries = {
        f"{one.family}:{one.code}": {"taken": one.taken, "kept": one.kept, "reason": one.reason} for one in chosen
    }
    audit.record(
        "rulebook.update_accepted", subject=taken, by=by, at=at,
        changes={"from": update.installed_version, "to": update.shipped.version, "reason": reason, "entries": entries},
    )  # fmt: skip
    return taken


@transaction.atomic
def propose_edition(*, edition_id: int, by: Person, at: datetime, version: int | None) -> int:
    """Propose every change of an edition that is still a draft, or none; returns how many.

    Whoever decides gets one notice, not one for each. ``version`` is what ``queries.version_of`` gave the page.
    """
    today = timezone.localdate(at)
    access.can_edit(by, today).require()
    edition = access.edition_for(by, edition_id, today)
    drafts = [one for one in _held_changes(edition, version) if one.state == AdjustmentState.DRAFT]
    handed_in = [hand_in(one, by, at) for one in drafts]
    hands = {pk for one in handed_in for pk in one.hands}
    if handed_in:
        information.notify(
            persons=people.without(access.deciders(today), hands, today),
            kind=NotificationKind.RULE,
            title=gettext_noop("Edition %(version)s of the catalogue changes entries: decide on them"),
            reason=gettext_noop("You decide on changes of the rulebook and had no hand in these."),
            params={"version": edition.catalogue_version},
            url=reverse("rulebook:edition", args=[edition.pk]),
            at=at,
        )
    return len(handed_in)


@transaction.atomic
def decide_edition(
    *,
    edition_id: int,
    chosen: Collection[int],
    is_accepted: bool,
    reason: str,
    by: Person,
    at: datetime,
    version: int | None,
) -> int:
    """Accept or decline several proposed changes of an edition with one reason, all or none; returns how many.

    Accepted, all that follows of each is accepted with it. Raises ``Problem`` where one of them touches begun work:
    whether that is kept is chosen on its own page. ``version`` is what ``queries.version_of`` gave the page.
    """  # fmt: skip
    today = timezone.localdate(at)
    edition = access.edition_for(by, edition_id, today)
    found = [one for one in _held_changes(edition, version) if one.pk in chosen]
    check_note(reason, _("Nothing was decided."))
    if not found:
        raise Problem(_("Nothing was decided."), _("No change is chosen."), _("Mark at least one."))
    choices = {one.pk: _accepting(one, by, at) for one in found} if is_accepted else {}
    begun = [one.code for one in found if any(group.is_begun and group.count for group in choices.get(one.pk, ()))]
    if begun:
        raise Problem(
            _("Nothing was decided."),
            _("Tasks that %(codes)s asks for are begun already.") % {"codes": punctuation.listed(begun)},
            _("Leave these out here; their own pages ask whether begun work is kept."),
        )
    for one in found:
        if is_accepted:
            accepted = {group.key: Choice(is_accepted=True) for group in choices[one.pk] if not group.is_begun}
            decide_adjustment(adjustment_id=one.pk, choices=accepted, note=reason, by=by, at=at, version=one.version)
        else:
            decline_adjustment(adjustment_id=one.pk, reason=reason, by=by, at=at, version=one.version)
    return len(found)


def _held_changes(edition: Edition, version: int | None) -> list[Adjustment]:
    """Return the changes of an edition, locked with their entries before anything is recorded."""
    rows = Adjustment.objects.select_for_update(no_key=True, of=("self",)).select_related("drafted_by", "decided_by")
    found = list(rows.filter(edition_choice__edition=edition).order_by("pk"))
    for one in found:
        locked_entry(one)
    now = sum(one.version for one in found)
    if version != now:
        raise VersionConflict(yours={}, theirs={}, version=now)
    return found


def _accepting(adjustment: Adjustment, by: Person, at: datetime) -> list[records.Group]:
    """Return the groups of a change that ask for an act."""
    groups = groups_of(change_of(adjustment), records.Reader(by, timezone.localdate(at)), is_whole=True)
    return [group for group in groups if group.act]


def _check_choices(entries: tuple[EntryUpdate, ...], accepted: Mapping[str, bool]) -> None:
    missing = [key for entry in entries for key in entry.keys_to_decide if key not in accepted]
    if missing:
        raise Problem(
            _("Nothing was drafted."),
            _("You had changed %(count)s of these values yourselves.") % {"count": len(missing)},
            _("Choose for each of them: take over or keep ours."),
        )


def _check_reasons(entries: tuple[EntryUpdate, ...], accepted: Mapping[str, bool], reasons: Mapping[str, str]) -> None:
    silent = [entry for entry in entries if _split(entry, accepted)[1] and not reasons.get(entry.key, "").strip()]
    if silent:
        raise Problem(
            _("Nothing was drafted."),
            _("No reason stands beside what is kept of %(codes)s.")
            % {"codes": punctuation.listed(one.code for one in silent)},
            _("Write in a few words why ours is kept; whoever decides reads it."),
        )


def _split(entry: EntryUpdate, accepted: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Return the columns taken and those kept; an entry that is new or withdrawn has the one column ``is_on``."""
    keys = {one.column: entry.key_of(one) for one in entry.differences} or {"is_on": entry.key}
    taken = [column for column, key in keys.items() if accepted.get(key, True)]
    return taken, [column for column in keys if column not in taken]


def _add_switched_off(entry: EntryUpdate, drafting: _Drafting) -> None:
    """Let a new entry in, asked of nobody; taking it is the change that switches it on."""
    content = _content(entry.family, drafting.shipped.written[entry.family][entry.code])
    stored = ENTRIES[entry.family].objects.create(
        code=entry.code, shipped=content, catalogue_version=drafting.shipped.version
    )
    new_wording(
        entry.family, stored, content, {"is_on": False},
        edited=[], reason=drafting.reason, by=str(drafting.by), at=drafting.at,
        valid_from=timezone.localdate(drafting.at),
    ).save(force_insert=True)  # fmt: skip


def _choice(entry: EntryUpdate, drafting: _Drafting) -> EditionChoice:
    """Draft the change of an entry where something is taken; returns the unsaved record of what was chosen."""
    taken, kept = _split(entry, drafting.accepted)
    shipped = {one.column: one.shipped for one in entry.differences}
    drafted = None
    if taken:
        drafted = draft_adjustment(
            family=entry.family, code=entry.code, cells={column: shipped[column] for column in taken if shipped},
            switches={} if shipped else {"is_on": entry.kind == UpdateKind.ADDED}, reason=drafting.reason,
            valid_from=drafting.valid_from, by=drafting.by, at=drafting.at,
            version=ENTRIES[entry.family].objects.get(code=entry.code).version,
        )  # fmt: skip
    return EditionChoice(
        edition=drafting.edition, family=entry.family, code=entry.code, title_zh=entry.title_zh,
        title_en=entry.title_en, kind=entry.kind, taken=taken, kept=kept, adjustment=drafted,
        reason=drafting.reasons.get(entry.key, "").strip()[:300] if kept else "",
    )  # fmt: skip


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
