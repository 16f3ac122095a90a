"""The enterprise's copy as it holds on a day, and how it came to be so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import Q

from heli.kernel.periods import holds_on
from heli.rooms.rulebook import catalogue
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import (
    ENTRIES,
    WORDINGS,
    Edition,
    InstrumentWording,
    KeyLinkWording,
    ObligationWording,
    Wording,
)
from heli.rooms.rulebook.queries.records import Change, Duty, InstrumentNow, KeyLinkNow


def is_installed() -> bool:
    """Return whether the enterprise has a copy at all."""
    return Edition.objects.exists()


def instruments_in_force(on: date) -> list[InstrumentNow]:
    """Return the instruments with what the enterprise changed about them, by code (one query)."""
    worded = InstrumentWording.objects.filter(holds_on(on)).select_related("entry").order_by("entry__code")
    return [
        InstrumentNow(
            record=catalogue.instrument_from({"code": wording.entry.code, **wording.cells()}),
            version=wording.entry.version,
            catalogue_version=wording.entry.catalogue_version,
            edited_fields=tuple(wording.edited_fields),
            valid_from=wording.valid_from,
            is_on=wording.is_on,
        )
        for wording in worded
    ]


def instrument_on(code: str, on: date) -> InstrumentNow | None:
    """Return one instrument as worded on that day, or None where it did not exist."""
    return next((one for one in instruments_in_force(on) if one.code == code), None)


def key_links_on(on: date) -> tuple[catalogue.KeyLink, ...]:
    """Return the key links switched on that day, in the catalogue's order (one query)."""
    return tuple(
        catalogue.KeyLink(one.code, one.name_zh, one.name_en, one.line, one.obligations)  # type: ignore[arg-type]  # line was checked on the way in
        for one in key_links(on)
        if one.is_on
    )


def key_links(on: date) -> list[KeyLinkNow]:
    """Return the key links as worded on that day, switched off ones included, in order (one query)."""
    worded = KeyLinkWording.objects.filter(holds_on(on)).select_related("entry").order_by("entry__code")
    return [
        KeyLinkNow(
            code=wording.entry.code,
            name_zh=wording.name_zh,
            name_en=wording.name_en,
            line=wording.line,
            obligations=tuple(wording.obligations.split(";")),
            is_on=wording.is_on,
            version=wording.entry.version,
            edited_fields=tuple(wording.edited_fields),
        )
        for wording in worded
    ]


def duties_on(on: date) -> list[Duty]:
    """Return the duties as worded on that day, switched off ones included, by code.

    One small query; four after a change of the rulebook or on a day not asked for lately.
    """
    return list(_duties_on(_state(), on))


def duties_during(start: date, end: date) -> list[Duty]:
    """Return every wording of a duty that holds on a day of ``[start, end)`` and is switched on (as ``duties_on``)."""
    return list(_duties_during(_state(), start, end))


_State = tuple[int | None, ...]


def _state() -> _State:
    """Return a mark that differs after every change: wordings and editions are only ever added, under new ids."""
    latest = [f"(SELECT max(id) FROM {model._meta.db_table})" for model in (*WORDINGS.values(), Edition)]  # noqa: S608 - our own tables
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(latest)}")
        state: _State = cursor.fetchone()
    return state


@lru_cache(maxsize=64)
def _duties_on(_state: _State, on: date) -> tuple[Duty, ...]:
    worded = ObligationWording.objects.filter(holds_on(on)).select_related("entry").order_by("entry__code")
    return tuple(_as_duties(worded, on))


@lru_cache(maxsize=16)
def _duties_during(_state: _State, start: date, end: date) -> tuple[Duty, ...]:
    worded = ObligationWording.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=start), valid_from__lt=end, is_on=True
    )
    return tuple(_as_duties(worded.select_related("entry").order_by("entry__code", "valid_from"), end))


def duty_on(code: str, on: date) -> Duty | None:
    """Return one duty as worded on that day, or None where it did not exist (as ``duties_on``)."""
    return next((duty for duty in duties_on(on) if duty.code == code), None)


def _as_duties(worded: Iterable[ObligationWording], on: date) -> list[Duty]:
    wordings = list(worded)
    instruments = latest_instruments(on)
    titles = {one.code: (one.code, one.title_zh, one.title_en) for one in instruments}
    records = catalogue.obligations_from(
        ({"code": wording.entry.code, **wording.cells()} for wording in wordings),
        instruments=instruments,
        key_links=key_links_on(on),
    )
    return [_as_duty(wording, record, titles) for wording, record in zip(wordings, records, strict=True)]


def latest_instruments(on: date) -> tuple[catalogue.Instrument, ...]:
    """Return the instruments of that day; before the first, and for later ones, as they are worded last."""
    worded = InstrumentWording.objects.select_related("entry").order_by("entry__code", "valid_from")
    chosen: dict[str, InstrumentWording] = {}
    for wording in worded:
        if wording.entry.code not in chosen or wording.valid_from <= on:
            chosen[wording.entry.code] = wording
    return tuple(catalogue.instrument_from({"code": code, **wording.cells()}) for code, wording in chosen.items())


def _as_duty(
    wording: ObligationWording, record: catalogue.Obligation, titles: Mapping[str, tuple[str, str, str]]
) -> Duty:
    return Duty(
        record=record,
        instruments=tuple(titles[source.instrument] for source in record.sources),
        is_on=wording.is_on,
        enforcement=wording.enforcement,
        version=wording.entry.version,
        catalogue_version=wording.entry.catalogue_version,
        edited_fields=tuple(wording.edited_fields),
        valid_from=wording.valid_from,
        valid_to=wording.valid_to,
    )


def history_of(family: Family, code: str) -> list[Change]:
    """Return the wordings of an entry, newest first, each with what it changed: column, before, after."""
    entry = ENTRIES[family].objects.get(code=code)
    worded = list(WORDINGS[family].objects.filter(entry=entry).order_by("valid_from"))
    before: Wording | None = None
    history = []
    for wording in worded:
        history.append(Change(wording, _changes(before, wording)))
        before = wording
    return history[::-1]


def _changes(before: Wording | None, after: Wording) -> tuple[tuple[str, str, str], ...]:
    if before is None:
        return ()
    old, new = shown_columns(before), shown_columns(after)
    return tuple((column, old[column], new[column]) for column in new if old[column] != new[column])


def shown_columns(wording: Wording) -> dict[str, str]:
    """Return the content and the switches of a wording as text, column by column."""
    switches = {"is_on": str(int(wording.is_on))}
    if isinstance(wording, ObligationWording):
        switches["enforcement"] = wording.enforcement
    return {**wording.cells(), **switches}


def find_duties(
    on: date,
    *,
    line: str = "",
    unit_kind: str = "",
    period: str = "",
    confidence: str = "",
    state: str = "",
    text: str = "",
) -> list[Duty]:
    """Return the duties of that day that fit all filters, by code; empty filters let everything through.

    ``state`` is ``on``, ``off``, ``edited`` or ``block``; ``text`` is looked for in code, titles, notes, subjects
    and sources of both languages, without regard to case.
    """
    wanted = text.strip().casefold()
    return [
        duty
        for duty in duties_on(on)
        if (not line or duty.line == line)
        and (not unit_kind or unit_kind in duty.unit_kinds)
        and (not period or duty.period == period)
        and (not confidence or duty.record.confidence == confidence)
        and _is_in_state(duty, state)
        and (not wanted or wanted in _searched(duty))
    ]


def _is_in_state(duty: Duty, state: str) -> bool:
    if state == "edited":
        return bool(duty.edited_fields)
    if state == "block":
        return duty.is_on and duty.enforcement == "block"
    return not state or duty.is_on == (state == "on")


def _searched(duty: Duty) -> str:
    record, subjects = duty.record, catalogue.load().subject_by_code
    named = [subjects[code] for code in (*record.subjects, *record.supporting)]
    texts = [
        record.code,
        record.title_zh,
        record.title_en,
        record.note_zh,
        record.note_en,
        record.source,
        record.source_en,
    ]
    texts += [title for subject in named for title in (subject.title_zh, subject.title_en)]
    return " ".join([*texts, *record.key_links]).casefold()


def latest_duty(code: str) -> Duty:
    """Return a duty as it is worded last, even where that begins later or the duty is switched off."""
    worded = ObligationWording.objects.filter(entry__code=code).select_related("entry").order_by("-valid_from")[:1]
    return _as_duties(worded, date.max)[0]


def own_and_shipped(family: Family, code: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns of an entry as the enterprise words them last, and as its base has them."""
    entry = ENTRIES[family].objects.get(code=code)
    latest: Wording = WORDINGS[family].objects.filter(entry=entry).order_by("-valid_from")[:1].get()
    return latest.cells(), dict(entry.shipped)


def is_switched_on(family: Family, code: str) -> bool:
    """Return whether the last wording of an entry is switched on."""
    latest: Wording = WORDINGS[family].objects.filter(entry__code=code).order_by("-valid_from")[:1].get()
    return latest.is_on


def first_free_day(family: Family, code: str, day: date) -> date:
    """Return ``day``, or the day after the entry's last change where that is later: a change starts after it."""
    latest: Wording = WORDINGS[family].objects.filter(entry__code=code).order_by("-valid_from")[:1].get()
    return max(day, latest.valid_from + timedelta(days=1))


def duties_by_instrument(on: date) -> dict[str, int]:
    """Return instrument → how many duties of that day name it."""
    return dict(Counter(source.instrument for duty in duties_on(on) for source in duty.record.sources))
