"""The enterprise's copy as it holds on a day, and how it came to be so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Q
from django.utils.translation import get_language

from heli.kernel.periods import holds_on
from heli.rooms.rulebook import catalogue, rules
from heli.rooms.rulebook.catalogue.deadlines import Deadline
from heli.rooms.rulebook.catalogue.records import Subject, Window
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


def here(in_chinese: str, in_english: str) -> str:
    """Return the text in the reader's language."""
    return in_english if (get_language() or "").startswith("en") else in_chinese


@cache
def work_calendar() -> rules.WorkCalendar:
    """Return the shipped calendar of holidays and made-up working days."""
    return rules.work_calendar(catalogue.load().holidays)


def is_installed() -> bool:
    """Return whether the enterprise has a copy at all."""
    return Edition.objects.exists()


@dataclass(frozen=True, slots=True)
class InstrumentNow:
    """An instrument as the enterprise has it. Texts are in the language of the reader."""

    record: catalogue.Instrument
    version: int
    catalogue_version: str
    edited_fields: tuple[str, ...]
    valid_from: date

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def title(self) -> str:
        return here(self.record.title_zh, self.record.title_en)

    @property
    def note(self) -> str:
        return here(self.record.note_zh, self.record.note_en)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a duty is written, for reading; ``article`` is empty where none applies or none is known."""

    instrument: str
    title: str
    article: str
    is_about: bool
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation as the enterprise words it. ``rules`` take it as it is; texts come in the reader's language."""

    record: catalogue.Obligation
    instruments: tuple[tuple[str, str, str], ...]
    is_on: bool
    enforcement: str
    version: int
    catalogue_version: str
    edited_fields: tuple[str, ...]
    valid_from: date
    valid_to: date | None

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def line(self) -> str:
        return self.record.line

    @property
    def unit_kinds(self) -> tuple[str, ...]:
        return self.record.unit_kinds

    @property
    def conditions(self) -> tuple[str, ...]:
        return self.record.conditions

    @property
    def count(self) -> int:
        return self.record.count

    @property
    def count_unit(self) -> str:
        return self.record.count_unit

    @property
    def period(self) -> str:
        return self.record.period

    @property
    def trigger(self) -> str:
        return self.record.trigger

    @property
    def windows(self) -> tuple[Window, ...]:
        return self.record.windows

    @property
    def term_months(self) -> int | None:
        return self.record.term_months

    @property
    def event_zh(self) -> str:
        return self.record.event_zh

    @property
    def deadline(self) -> Deadline | None:
        return self.record.deadline

    @property
    def title(self) -> str:
        return here(self.record.title_zh, self.record.title_en)

    @property
    def note(self) -> str:
        return here(self.record.note_zh, self.record.note_en)

    @property
    def event(self) -> str:
        return here(self.record.event_zh, self.record.event_en)

    @property
    def evidence(self) -> tuple[str, ...]:
        in_chinese = not (get_language() or "").startswith("en")
        return self.record.evidence_zh if in_chinese else self.record.evidence_en

    @property
    def subjects(self) -> list[str]:
        return [subject_title(code) for code in self.record.subjects]

    @property
    def supporting(self) -> list[str]:
        return [subject_title(code) for code in self.record.supporting]

    @property
    def references(self) -> list[Reference]:
        titles = {code: here(title_zh, title_en) for code, title_zh, title_en in self.instruments}
        return [_reference(source, titles[source.instrument]) for source in self.record.sources]


def _reference(source: catalogue.Source, title: str) -> Reference:
    is_known = source.article not in (catalogue.ARTICLE_NONE, catalogue.ARTICLE_UNKNOWN)
    return Reference(
        instrument=source.instrument,
        title=title,
        article=source.article.replace("~", "") if is_known else "",
        is_about="~" in source.article,
        is_unknown=source.article == catalogue.ARTICLE_UNKNOWN,
    )


def subject_title(code: str) -> str:
    """Return who a subject's code means, in the reader's language."""
    subject: Subject = catalogue.load().subject_by_code[code]
    return here(subject.title_zh, subject.title_en)


def condition_title(code: str) -> str:
    """Return what a condition's code means, in the reader's language."""
    condition = catalogue.load().condition_by_code[code]
    return here(condition.title_zh, condition.title_en)


@dataclass(frozen=True, slots=True)
class KeyLinkNow:
    """A key link as the enterprise has it; ``name_zh`` is the name that others script against."""

    code: str
    name_zh: str
    name_en: str
    line: str
    obligations: tuple[str, ...]
    is_on: bool
    version: int
    edited_fields: tuple[str, ...]

    @property
    def name(self) -> str:
        return here(self.name_zh, self.name_en)


def instruments_on(on: date) -> tuple[catalogue.Instrument, ...]:
    """Return the instruments as worded on that day, by code (one query)."""
    return tuple(one.record for one in instruments_in_force(on))


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
    """Return the duties as worded on that day, switched off ones included, by code (three queries)."""
    worded = ObligationWording.objects.filter(holds_on(on)).select_related("entry").order_by("entry__code")
    return _as_duties(worded, on)


def duties_during(start: date, end: date) -> list[Duty]:
    """Return every wording of a duty that holds on a day of ``[start, end)`` and is switched on (three queries)."""
    worded = ObligationWording.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=start), valid_from__lt=end, is_on=True
    )
    return _as_duties(worded.select_related("entry").order_by("entry__code", "valid_from"), end)


def duty_on(code: str, on: date) -> Duty | None:
    """Return one duty as worded on that day, or None where it did not exist (three queries)."""
    found = _as_duties(
        ObligationWording.objects.filter(holds_on(on)).filter(entry__code=code).select_related("entry"), on
    )
    return found[0] if found else None


def _as_duties(worded: Iterable[ObligationWording], on: date) -> list[Duty]:
    instruments = latest_instruments(on)
    links = key_links_on(on)
    return [_as_duty(wording, instruments, links) for wording in worded]


def latest_instruments(on: date) -> tuple[catalogue.Instrument, ...]:
    """Return the instruments of that day; before the first, and for later ones, as they are worded last."""
    worded = InstrumentWording.objects.select_related("entry").order_by("entry__code", "valid_from")
    chosen: dict[str, InstrumentWording] = {}
    for wording in worded:
        if wording.entry.code not in chosen or wording.valid_from <= on:
            chosen[wording.entry.code] = wording
    return tuple(catalogue.instrument_from({"code": code, **wording.cells()}) for code, wording in chosen.items())


def _as_duty(
    wording: ObligationWording,
    instruments: tuple[catalogue.Instrument, ...],
    links: tuple[catalogue.KeyLink, ...],
) -> Duty:
    code = wording.entry.code
    record = catalogue.obligation_from({"code": code, **wording.cells()}, instruments=instruments, key_links=links)
    named = {source.instrument for source in record.sources}
    return Duty(
        record=record,
        instruments=tuple((one.code, one.title_zh, one.title_en) for one in instruments if one.code in named),
        is_on=wording.is_on,
        enforcement=wording.enforcement,
        version=wording.entry.version,
        catalogue_version=wording.entry.catalogue_version,
        edited_fields=tuple(wording.edited_fields),
        valid_from=wording.valid_from,
        valid_to=wording.valid_to,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One wording in an entry's history: from when, until when, by whom, why, and what it changed."""

    wording: Wording
    changes: tuple[tuple[str, str, str], ...]

    @property
    def is_first(self) -> bool:
        return not self.changes


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
    old, new = _shown(before), _shown(after)
    return tuple((column, old[column], new[column]) for column in new if old[column] != new[column])


def _shown(wording: Wording) -> dict[str, str]:
    switches = {"is_on": str(int(wording.is_on))}
    if isinstance(wording, ObligationWording):
        switches["enforcement"] = wording.enforcement
    return {**wording.cells(), **switches}
