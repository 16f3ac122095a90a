"""The shapes of the enterprise's copy. Texts come in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from heli.rooms.rulebook import catalogue
from heli.rooms.rulebook.catalogue.deadlines import Deadline
from heli.rooms.rulebook.catalogue.records import Subject, Window
from heli.rooms.rulebook.enums import CountUnit, Period
from heli.rooms.rulebook.models import Wording


def here(in_chinese: str, in_english: str) -> str:
    """Return the text in the reader's language."""
    return in_english if (get_language() or "").startswith("en") else in_chinese


@dataclass(frozen=True, slots=True)
class InstrumentNow:
    """An instrument as the enterprise has it. Texts are in the language of the reader."""

    record: catalogue.Instrument
    version: int
    catalogue_version: str
    edited_fields: tuple[str, ...]
    valid_from: date
    is_on: bool

    @property
    def code(self) -> str:
        return self.record.code

    @property
    def title(self) -> str:
        return here(self.record.title_zh, self.record.title_en)

    @property
    def edition(self) -> str:
        return here(self.record.edition_zh, self.record.edition_en)

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
    def rhythm(self) -> tuple[str, int]:
        """The period and how many times in it: a yearly duty that falls due evenly in both halves is half-yearly."""
        halves = [(window.start, window.end) for window in self.windows] == [(1, 6), (7, 12)]
        if self.period == Period.YEAR and halves and self.count % 2 == 0 and self.count_unit == CountUnit.TIMES:
            return Period.HALF, self.count // 2
        return self.period, self.count

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


@dataclass(frozen=True, slots=True)
class Change:
    """One wording in an entry's history: from when, until when, by whom, why, and what it changed."""

    wording: Wording
    changes: tuple[tuple[str, str, str], ...]

    @property
    def is_first(self) -> bool:
        return not self.changes
