"""Two days of the rulebook in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.rooms.people import queries as people
from heli.rooms.people.enums import UnitKind
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.presenters.words import field_label, is_english, shown
from heli.rooms.rulebook.queries import EntryDifference
from heli.ui import punctuation
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


def unit_differences(found: Iterable[people.UnitDifference]) -> list[DifferenceRow]:
    """Return units that are not the same on both days: new, ended, renamed, moved or of another kind."""
    return [_unit_row(one) for one in found]


def _unit_row(one: people.UnitDifference) -> DifferenceRow:
    url, last = reverse("people:unit", args=[one.unit_id]), one.now or one.then
    name, kind = (last.name, str(UnitKind(last.kind).label)) if last is not None else ("", "")
    if one.then is None or one.now is None:
        words = (pgettext("unit", "New"), "done") if one.then is None else (pgettext("unit", "Closed since"), "late")
        return DifferenceRow(kind, name, url, *words, (), one.reasons)
    rows = [
        ChangeRow(_("Name"), one.then.name, one.now.name),
        ChangeRow(_("Kind"), UnitKind(one.then.kind).label, UnitKind(one.now.kind).label),
        ChangeRow(_("Unit above"), one.then.above, one.now.above),
    ]
    differing = [row for row in rows if not row.is_same]
    return DifferenceRow(kind, name, url, pgettext("rulebook", "Changed"), "run", differing, one.reasons)


def holder_differences(found: Iterable[people.HolderDifference]) -> list[DifferenceRow]:
    """Return posts that other persons hold on the second day, with who held them on each."""
    return [
        DifferenceRow(
            one.post.unit.name, one.post.title, reverse("people:unit", args=[one.post.unit_id]),
            pgettext("post", "Other holder"), "run",
            [ChangeRow(_("Held by"), _names(one.then), _names(one.now))], (),
        )
        for one in found
    ]  # fmt: skip


def _names(names: Sequence[str]) -> str:
    return punctuation.listed(names) if names else _("vacant")


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
