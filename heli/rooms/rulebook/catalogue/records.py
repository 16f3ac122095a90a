"""What the catalogue holds, as frozen records. Texts come in Chinese (``_zh``) and English (``_en``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from heli.rooms.rulebook.catalogue.deadlines import Deadline

Line = Literal["party", "integrity", "both"]
PeriodName = Literal["month", "quarter", "half", "year", "term", "event"]
CountUnit = Literal["times", "hours"]
Trigger = Literal["calendar", "event", "holidays"]
Confidence = Literal["verified", "verified-secondary", "memory", "memory-low", "practice"]
Binding = Literal["must", "general", "applied-by-reference", "practice"]
SubjectKind = Literal["unit", "post", "person", "role"]
InstrumentKind = Literal["party", "law", "practice"]
ConditionOrigin = Literal["derived", "declared"]
DayKind = Literal["off", "work"]
YearState = Literal["published", "expected"]

# How an unknown and an inapplicable article are written, in ``Source.article``.
ARTICLE_UNKNOWN = "n/k"
ARTICLE_NONE = "n/a"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A regulation, law or practice that duties come from. Dates are None, or short (``2018-07``), where unknown."""

    code: str
    title_zh: str
    title_en: str
    year: int | None
    edition_zh: str
    edition_en: str
    issued_on: str
    effective_on: str
    kind: InstrumentKind
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Who owes a duty, and which kinds of units and posts that means in the trees."""

    code: str
    title_zh: str
    title_en: str
    kind: SubjectKind
    unit_kinds: tuple[str, ...]
    post_kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact about a unit that a duty depends on; ``declared`` ones are entered by the enterprise."""

    code: str
    title_zh: str
    title_en: str
    origin: ConditionOrigin
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a duty is written. ``~`` before an article means about; see also ``ARTICLE_UNKNOWN``."""

    instrument: str
    article: str


@dataclass(frozen=True, slots=True)
class Window:
    """Months, both included, in which a calendar duty falls; may run over the turn of the year (11–1)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty: who, how often, what proves it, where it is written and how sure that is.

    ``count`` is per ``period`` and in ``count_unit``. ``windows`` is empty where the period itself is the window.
    ``is_proposed`` marks a limit or interval that no rule states. ``source``/``source_en`` and ``article`` are
    the sources for reading. ``key_link`` is the Chinese name of the first key link, ``key_links`` all of them.
    """

    code: str
    title_zh: str
    title_en: str
    line: Line
    subjects: tuple[str, ...]
    supporting: tuple[str, ...]
    unit_kinds: tuple[str, ...]
    count: int
    count_unit: CountUnit
    period: PeriodName
    trigger: Trigger
    windows: tuple[Window, ...]
    term_months: int | None
    event_zh: str
    event_en: str
    deadline: Deadline | None
    is_proposed: bool
    evidence_zh: tuple[str, ...]
    evidence_en: tuple[str, ...]
    sources: tuple[Source, ...]
    source: str
    source_en: str
    article: str
    confidence: Confidence
    binding: Binding
    conditions: tuple[str, ...]
    note_zh: str
    note_en: str
    key_links: tuple[str, ...]

    @property
    def key_link(self) -> str | None:
        return self.key_links[0] if self.key_links else None


@dataclass(frozen=True, slots=True)
class KeyLink:
    """A step that no yearly plan should lack. ``name_zh`` is the name others script against."""

    code: str
    name_zh: str
    name_en: str
    line: Line
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that departs from the week: ``off`` on a working day, or ``work`` on a weekend."""

    day: date
    kind: DayKind
    holiday: str
    name_zh: str
    name_en: str
    confidence: Confidence
    basis: str


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """Where the holidays of a year are written. ``expected``: the notice was not out, statutory days alone."""

    year: int
    state: YearState
    basis: str
    title_zh: str
    title_en: str
    number: str
    issued_on: str
    confidence: Confidence
    note_zh: str
    note_en: str


@dataclass(frozen=True)
class Catalogue:
    """One edition of everything the product ships about duties.

    ``written`` holds the rows as they stand in the files: family (``instrument``, ``obligation``, ``key_link``)
    → code → column → text. An enterprise's copy begins with them.
    """

    version: str
    released_on: date
    note_zh: str
    note_en: str
    instruments: tuple[Instrument, ...]
    subjects: tuple[Subject, ...]
    conditions: tuple[Condition, ...]
    obligations: tuple[Obligation, ...]
    key_links: tuple[KeyLink, ...]
    holidays: tuple[Holiday, ...]
    holiday_years: tuple[HolidayYear, ...]
    written: Mapping[str, Mapping[str, Mapping[str, str]]]

    @cached_property
    def obligation_by_code(self) -> dict[str, Obligation]:
        return {obligation.code: obligation for obligation in self.obligations}

    @cached_property
    def subject_by_code(self) -> dict[str, Subject]:
        return {subject.code: subject for subject in self.subjects}

    @cached_property
    def condition_by_code(self) -> dict[str, Condition]:
        return {condition.code: condition for condition in self.conditions}
