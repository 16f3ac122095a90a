"""Two days of the rulebook in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import pgettext

from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.presenters.words import field_label, is_english, shown
from heli.rooms.rulebook.queries import EntryDifference
from heli.ui.shapes import Change as ChangeRow


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """An entry that is not the same on both days, with its page."""

    code: str
    title: str
    url: str
    kind: str
    tone: str
    changes: Sequence[ChangeRow]
    reasons: Sequence[tuple[date, str]]


def differences_by_family(found: Iterable[EntryDifference]) -> list[tuple[str, list[DifferenceRow]]]:
    """Return label of the family → its rows; families in which nothing differs are left out."""
    rows: dict[Family, list[DifferenceRow]] = {}
    for one in found:
        rows.setdefault(one.family, []).append(_row(one))
    return [(str(family.label), rows[family]) for family in Family if family in rows]


def _row(one: EntryDifference) -> DifferenceRow:
    kinds = {
        "added": (pgettext("rulebook", "New"), "done"),
        "on": (pgettext("rulebook", "Switched on again"), "done"),
        "off": (pgettext("rulebook", "Switched off since"), "late"),
        "changed": (pgettext("rulebook", "Changed"), "run"),
    }
    return DifferenceRow(
        one.code,
        one.title_en if is_english() else one.title_zh,
        _url(one),
        *kinds[one.kind],
        [ChangeRow(field_label(name), shown(name, old), shown(name, new)) for name, old, new in one.fields],
        one.reasons,
    )


def _url(one: EntryDifference) -> str:
    if one.family == Family.KEY_LINK:
        return f"{reverse('rulebook:key_links')}#{one.code}"
    return reverse("rulebook:duty" if one.family == Family.OBLIGATION else "rulebook:instrument", args=[one.code])
