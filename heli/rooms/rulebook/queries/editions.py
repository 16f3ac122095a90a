"""What a newer edition of the shipped catalogue would change in the enterprise's copy, and what was chosen of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.enums import AdjustmentState, Family, UpdateKind
from heli.rooms.rulebook.models import ENTRIES, WORDINGS, Adjustment, Edition, EditionChoice, Wording

_UNDER_WAY = (AdjustmentState.DRAFT, AdjustmentState.PROPOSED)


@dataclass(frozen=True, slots=True)
class EntryUpdate:
    """What happens to one entry: it is added, withdrawn, or changed column by column."""

    family: Family
    code: str
    kind: UpdateKind
    title_zh: str
    title_en: str
    differences: tuple[rules.Difference, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.family}:{self.code}"

    def key_of(self, difference: rules.Difference) -> str:
        return f"{self.key}:{difference.column}"

    @property
    def keys_to_decide(self) -> list[str]:
        """The differences that only a person can decide: the enterprise had worded these itself."""
        return [self.key_of(one) for one in self.differences if one.is_conflict]


@dataclass(frozen=True, slots=True)
class Update:
    """A newer edition and everything it changes."""

    shipped: catalogue.Catalogue
    installed_version: str
    entries: tuple[EntryUpdate, ...]


def installed_version() -> str:
    """Return the edition in use, or an empty text before the first."""
    newest = Edition.objects.order_by("-accepted_at", "-pk").first()
    return newest.catalogue_version if newest else ""


def pending_update(edition: catalogue.Catalogue | None = None) -> Update | None:
    """Return what the shipped edition changes, or None when it is in use, or was before, or nothing is installed."""
    shipped = edition or catalogue.load()
    installed = installed_version()
    if not installed or Edition.objects.filter(catalogue_version=shipped.version).exists():
        return None
    entries = tuple(entry for family in Family for entry in _family(family, shipped))
    return Update(shipped, installed, entries)


def _family(family: Family, shipped: catalogue.Catalogue) -> Iterator[EntryUpdate]:
    written = shipped.written[family]
    stored = {entry.code: entry for entry in ENTRIES[family].objects.order_by("code")}
    latest: dict[str, Wording] = {
        wording.entry.code: wording
        for wording in WORDINGS[family].objects.select_related("entry").order_by("entry__code", "valid_from")
    }
    for code, cells in written.items():
        titles = _titles(cells)
        if code not in stored:
            yield EntryUpdate(family, code, UpdateKind.ADDED, *titles)
            continue
        content = {column: cells[column] for column in WORDINGS[family].COLUMNS}
        found = rules.differences(stored[code].shipped, latest[code].cells(), content)
        if found:
            yield EntryUpdate(family, code, UpdateKind.CHANGED, *titles, tuple(found))
    for code in stored:
        if code not in written and latest[code].is_on:
            yield EntryUpdate(family, code, UpdateKind.WITHDRAWN, *_titles(latest[code].cells()))


def _titles(cells: Mapping[str, str]) -> tuple[str, str]:
    return cells.get("title_zh") or cells["name_zh"], cells.get("title_en") or cells["name_en"]


def editions_taken() -> list[Edition]:
    """Return the editions gone through, newest first, each with ``change_count`` and ``open_count`` (one query)."""
    is_open = Q(choices__adjustment__state__in=_UNDER_WAY)
    counted = Edition.objects.annotate(
        change_count=Count("choices__adjustment"), open_count=Count("choices__adjustment", filter=is_open)
    )
    return list(counted.order_by("-accepted_at", "-pk"))


def choices_of(edition: Edition) -> list[EditionChoice]:
    """Return what was chosen of each entry with the change it became, in the order of the edition (one query)."""
    return list(edition.choices.select_related("adjustment").order_by("pk"))


def version_of(choices: Iterable[EditionChoice]) -> int:
    """Return a number that every step of a change of the edition raises: what a page of it was opened with."""
    return sum(one.adjustment.version for one in choices if one.adjustment is not None)


def edition_of(adjustment: Adjustment) -> Edition | None:
    """Return the edition that a change comes from, if it comes from one."""
    return Edition.objects.filter(choices__adjustment=adjustment).order_by("pk").first()
