"""What changed, what would change, and both sides of a conflict, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.rooms.rulebook import queries, rules
from heli.rooms.rulebook.enums import AdjustmentState, UpdateKind
from heli.rooms.rulebook.models import Adjustment, EditionChoice
from heli.rooms.rulebook.presenters.adjusting import ADJUSTMENT_TONES
from heli.rooms.rulebook.presenters.words import field_label, is_english, shown
from heli.rooms.rulebook.queries import Change
from heli.ui.shapes import Change as ChangeRow
from heli.ui.shapes import Step


def history_steps(history: Iterable[Change], today: date) -> list[Step]:
    """Return the history of an entry, newest first, each change field by field in words."""
    steps = []
    for change in history:
        wording = change.wording
        texts = [
            _("%(field)s: %(before)s → %(after)s")
            % {"field": field_label(column), "before": shown(column, before), "after": shown(column, after)}
            for column, before, after in change.changes
        ]
        holds = wording.valid_from <= today and (wording.valid_to is None or today < wording.valid_to)
        steps.append(
            Step(
                text=pgettext("list of changes", "; ").join(texts) or _("Taken over from the catalogue"),
                when=_("from %(day)s") % {"day": date_format(wording.valid_from)},
                note=pgettext("list of changes", "; ").join(
                    part for part in (wording.recorded_by, wording.reason) if part
                ),
                is_now=holds,
            )
        )
    return steps


def own_words(columns: Iterable[str], shipped: Mapping[str, str], own: Mapping[str, str]) -> list[ChangeRow]:
    """Return where the enterprise says something else than the catalogue."""
    return [
        ChangeRow(field_label(column), shown(column, shipped[column]), shown(column, own[column])) for column in columns
    ]


def conflict_rows(yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[ChangeRow]:
    """Return both sides of a conflict, only the fields in which they differ."""
    rows = []
    for column in yours:
        mine, stored = _as_text(yours[column]), _as_text(theirs.get(column))
        if mine != stored:
            rows.append(ChangeRow(field_label(column), shown(column, mine), shown(column, stored)))
    return rows


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """One difference of a new edition as the update page shows it."""

    key: str
    label: str
    base: str
    own: str
    shipped: str
    is_conflict: bool
    chosen: str


@dataclass(frozen=True, slots=True)
class UpdateEntry:
    """One entry of a new edition as the update page shows it."""

    key: str
    code: str
    title: str
    kind: str
    kind_text: str
    chosen: str
    reason: str
    rows: tuple[UpdateRow, ...]


def edition_note(update: queries.Update) -> str:
    """Return what a new edition says about itself, in the reader's language."""
    return update.shipped.note_en if is_english() else update.shipped.note_zh


def update_entries(update: queries.Update, chosen: Mapping[str, str], reasons: Mapping[str, str]) -> list[UpdateEntry]:
    """Return what a new edition changes; ``chosen`` (``take`` or ``keep``) and ``reasons`` as posted before."""
    return [
        UpdateEntry(
            key=entry.key,
            code=entry.code,
            title=entry.title_en if is_english() else entry.title_zh,
            kind=entry.kind,
            kind_text=str(entry.kind.label),
            chosen=chosen.get(entry.key, "take"),
            reason=reasons.get(entry.key, ""),
            rows=tuple(_update_row(entry, one, chosen) for one in entry.differences),
        )
        for entry in update.entries
    ]


def _update_row(entry: queries.EntryUpdate, one: rules.Difference, chosen: Mapping[str, str]) -> UpdateRow:
    key = entry.key_of(one)
    return UpdateRow(
        key=key,
        label=field_label(one.column),
        base=shown(one.column, one.base),
        own=shown(one.column, one.own),
        shipped=shown(one.column, one.shipped),
        is_conflict=one.is_conflict,
        chosen=chosen.get(key, "" if one.is_conflict else "take"),
    )


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """What was chosen of one entry of an edition; ``url``, ``state`` and ``tone`` are those of its change."""

    code: str
    title: str
    kind: UpdateKind
    taken: str
    kept: str
    reason: str
    url: str = ""
    state: str = ""
    state_text: str = ""
    tone: str = ""
    change: int = 0
    may_decide: bool = False
    is_marked: bool = False


def choice_rows(
    choices: Iterable[EditionChoice], to_decide: Collection[int] = (), marked: Collection[int] = ()
) -> list[ChoiceRow]:
    """Return what was chosen of an edition, entry by entry, in words; what can be decided can be marked."""
    return [
        ChoiceRow(
            code=one.code, title=one.title_en if is_english() else one.title_zh, kind=UpdateKind(one.kind),
            taken=_named(one, one.taken), kept=_named(one, one.kept), reason=one.reason, **_became(one.adjustment),
            change=one.adjustment_id or 0, may_decide=one.adjustment_id in to_decide,
            is_marked=one.adjustment_id in marked,
        )
        for one in choices
    ]  # fmt: skip


def _named(choice: EditionChoice, columns: Iterable[str]) -> str:
    """Return the fields chosen; of a whole entry, what choosing it meant."""
    whole = {
        UpdateKind.ADDED: (_("switch it on"), _("leave it switched off")),
        UpdateKind.WITHDRAWN: (_("switch it off"), _("keep it as our own")),
    }
    kind = UpdateKind(choice.kind)
    if kind in whole:
        return whole[kind][0 if columns == choice.taken else 1] if columns else ""
    return pgettext("list of fields", ", ").join(field_label(column) for column in columns)


def _became(adjustment: Adjustment | None) -> dict[str, Any]:
    if adjustment is None:
        return {}
    state = AdjustmentState(adjustment.state)
    url = reverse("rulebook:adjustment", args=[adjustment.pk])
    return {"url": url, "state": state, "state_text": str(state.label), "tone": ADJUSTMENT_TONES[state]}
