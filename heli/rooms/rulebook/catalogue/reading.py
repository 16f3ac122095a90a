"""Reads and checks the data files of the catalogue; every complaint names file, row and column."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from heli.rooms.rulebook.catalogue import records
from heli.rooms.rulebook.catalogue.deadlines import parse_deadline
from heli.rooms.rulebook.catalogue.records import (
    ARTICLE_NONE,
    ARTICLE_UNKNOWN,
    Catalogue,
    Condition,
    Holiday,
    HolidayYear,
    Instrument,
    KeyLink,
    Obligation,
    Source,
    Subject,
    Window,
)

DATA = Path(__file__).parent / "data"
Value = TypeVar("Value")


class CatalogueError(ValueError):
    """A data file cannot be used; the text is ``file:row:column: what is wrong``."""

    def __init__(self, file: str, row: int, column: str, problem: str) -> None:
        super().__init__(f"{file}:{row}:{column}: {problem}")
        self.file, self.row, self.column, self.problem = file, row, column, problem


@dataclass(frozen=True)
class _Row:
    """One line of a data file; each reader consumes a column and complains with its place."""

    file: str
    number: int
    cells: dict[str, str]

    def fail(self, column: str, problem: str) -> CatalogueError:
        return CatalogueError(self.file, self.number, column, problem)

    def text(self, column: str, *, is_required: bool = True) -> str:
        value = (self.cells.get(column) or "").strip()
        if is_required and not value:
            raise self.fail(column, "must not be empty")
        return value

    def parsed(self, column: str, parse: Callable[[str], Value]) -> Value:
        value = self.text(column, is_required=False)
        try:
            return parse(value)
        except ValueError as error:
            raise self.fail(column, str(error)) from error

    def one_of(self, column: str, accepted: Any) -> Any:
        value, names = self.text(column), get_args(accepted)
        if value not in names:
            raise self.fail(column, f"{value!r} is not one of {', '.join(names)}")
        return value

    def codes(self, column: str, known: Collection[str] | None = None, *, is_required: bool = False) -> tuple[str, ...]:
        values = tuple(part.strip() for part in self.text(column, is_required=is_required).split(";") if part.strip())
        if len(set(values)) != len(values):
            raise self.fail(column, "names the same thing twice")
        for value in values:
            if known is not None and value not in known:
                raise self.fail(column, f"{value!r} is not known")
        return values


@dataclass
class _Reader:
    """Reads one folder of data files; what is read first is known to what follows."""

    folder: Path
    known: dict[str, set[str]] = field(default_factory=dict)
    written: dict[str, dict[str, Mapping[str, str]]] = field(default_factory=dict)

    def rows(self, name: str, columns: str) -> Iterator[_Row]:
        path, expected = self.folder / name, columns.split()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                table = csv.reader(file)
                heads = next(table, [])
                if heads != expected:
                    raise CatalogueError(name, 1, ",".join(heads), f"the columns must be {','.join(expected)}")
                for cells in table:
                    if len(cells) != len(expected):
                        problem = f"has {len(cells)} cells, not {len(expected)}"
                        raise CatalogueError(name, table.line_num, expected[0], problem)
                    yield _Row(name, table.line_num, dict(zip(expected, cells, strict=True)))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CatalogueError(name, 1, "", f"cannot be read: {error}") from error

    def coded(self, name: str, columns: str, family: str) -> Iterator[_Row]:
        for row in self.rows(name, columns):
            self.code(row, family)
            yield row

    def code(self, row: _Row, family: str, column: str = "code") -> str:
        value, taken = row.text(column), self.known.setdefault(family, set())
        if value in taken:
            raise row.fail(column, f"{value!r} stands here twice")
        taken.add(value)
        self.written.setdefault(family, {})[value] = {name: cell.strip() for name, cell in row.cells.items()}
        return value


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise ValueError(f"{text!r} is no whole number above zero")
    return int(text)


def _optional_number(text: str) -> int | None:
    return _number(text) if text else None


def _loose_date(text: str) -> str:
    if text and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError(f"{text!r} is no date; write 2018, 2018-07 or 2018-07-05")
    return text


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"{text!r} is neither 0 nor 1")
    return text == "1"


def parse_windows(text: str) -> tuple[Window, ...]:
    """Return the windows written as ``1-6;7-12``; raises ``ValueError`` for anything else."""
    windows = []
    for part in filter(None, text.split(";")):
        found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", part.strip())
        if found is None or not all(1 <= int(month) <= 12 for month in found.groups()):
            raise ValueError(f"{part!r} is no window of months; write 1-3 or 11-1")
        windows.append(Window(int(found[1]), int(found[2])))
    return tuple(windows)


INSTRUMENT_COLUMNS = "code title_zh title_en year edition_zh edition_en issued_on effective_on kind note_zh note_en"


def _instrument(row: _Row) -> Instrument:
    return Instrument(
        code=row.text("code"),
        title_zh=row.text("title_zh"),
        title_en=row.text("title_en"),
        year=row.parsed("year", _optional_number),
        edition_zh=row.text("edition_zh", is_required=False),
        edition_en=row.text("edition_en", is_required=False),
        issued_on=row.parsed("issued_on", _loose_date),
        effective_on=row.parsed("effective_on", _loose_date),
        kind=row.one_of("kind", records.InstrumentKind),
        note_zh=row.text("note_zh"),
        note_en=row.text("note_en"),
    )


def instrument_from(cells: Mapping[str, str]) -> Instrument:
    """Return the instrument written in ``cells``; raises ``CatalogueError`` naming code and column."""
    return _instrument(_Row(str(cells.get("code", "")), 1, dict(cells)))


def _subjects(reader: _Reader) -> Iterator[Subject]:
    for row in reader.rows("subjects.csv", "code title_zh title_en kind unit_kinds post_kinds"):
        yield Subject(
            code=reader.code(row, "subject"),
            title_zh=row.text("title_zh"),
            title_en=row.text("title_en"),
            kind=row.one_of("kind", records.SubjectKind),
            unit_kinds=row.codes("unit_kinds", is_required=True),
            post_kinds=row.codes("post_kinds"),
        )


def _conditions(reader: _Reader) -> Iterator[Condition]:
    for row in reader.rows("conditions.csv", "code title_zh title_en origin note_zh note_en"):
        yield Condition(
            code=reader.code(row, "condition"),
            title_zh=row.text("title_zh"),
            title_en=row.text("title_en"),
            origin=row.one_of("origin", records.ConditionOrigin),
            note_zh=row.text("note_zh"),
            note_en=row.text("note_en"),
        )


def _source(row: _Row, written: str, known: Collection[str]) -> Source:
    instrument, at, article = written.partition("@")
    if instrument not in known:
        raise row.fail("sources", f"{instrument!r} is not an instrument")
    if article == "-":
        return Source(instrument, ARTICLE_NONE)
    if at and not article:
        raise row.fail("sources", f"{written!r} ends before its article")
    return Source(instrument, article or ARTICLE_UNKNOWN)


def _trigger(row: _Row) -> records.Trigger:
    trigger: records.Trigger = row.one_of("trigger", records.Trigger)
    period = row.text("period")
    if (trigger == "event") != (period == "event"):
        raise row.fail("trigger", f"{trigger!r} does not go with the period {period!r}")
    if trigger == "event" and not row.text("event_zh", is_required=False):
        raise row.fail("event_zh", "an event duty names its event")
    if row.text("windows", is_required=False) and (trigger, period) != ("calendar", "year"):
        raise row.fail("windows", "only a yearly calendar duty has windows; other periods are their own")
    if (
        period == "term"
        and not row.text("term_months", is_required=False)
        and not row.text("deadline", is_required=False)
    ):
        raise row.fail("term_months", "a duty of a term names its length or its deadline")
    return trigger


def _evidence(row: _Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    in_chinese, in_english = row.codes("evidence_zh", is_required=True), row.codes("evidence_en", is_required=True)
    if len(in_chinese) != len(in_english):
        raise row.fail("evidence_en", f"has {len(in_english)} entries beside {len(in_chinese)} in evidence_zh")
    return in_chinese, in_english


@dataclass(frozen=True)
class _Names:
    """What an obligation's row refers to."""

    instruments: dict[str, Instrument]
    subjects: Mapping[str, Subject]
    conditions: Collection[str]
    key_links: tuple[KeyLink, ...]


OBLIGATION_COLUMNS = (
    "code title_zh title_en line subjects supporting count count_unit period trigger windows term_months event_zh "
    "event_en deadline proposed evidence_zh evidence_en sources confidence binding conditions note_zh note_en"
)


def _obligation(row: _Row, names: _Names) -> Obligation:
    subjects = row.codes("subjects", names.subjects, is_required=True)
    sources = tuple(_source(row, part, names.instruments) for part in row.codes("sources", is_required=True))
    evidence_zh, evidence_en = _evidence(row)
    if bool(row.text("event_zh", is_required=False)) != bool(row.text("event_en", is_required=False)):
        raise row.fail("event_en", "an event stands in both languages or in neither")
    return Obligation(
        code=row.text("code"),
        title_zh=row.text("title_zh"),
        title_en=row.text("title_en"),
        line=row.one_of("line", records.Line),
        subjects=subjects,
        supporting=row.codes("supporting", names.subjects),
        unit_kinds=tuple(dict.fromkeys(kind for name in subjects for kind in names.subjects[name].unit_kinds)),
        count=row.parsed("count", _number),
        count_unit=row.one_of("count_unit", records.CountUnit),
        period=row.one_of("period", records.PeriodName),
        trigger=_trigger(row),
        windows=row.parsed("windows", parse_windows),
        term_months=row.parsed("term_months", _optional_number),
        event_zh=row.text("event_zh", is_required=False),
        event_en=row.text("event_en", is_required=False),
        deadline=row.parsed("deadline", parse_deadline),
        is_proposed=row.parsed("proposed", _flag),
        evidence_zh=evidence_zh,
        evidence_en=evidence_en,
        sources=sources,
        source="; ".join(names.instruments[one.instrument].title_zh for one in sources),
        source_en="; ".join(names.instruments[one.instrument].title_en for one in sources),
        article="; ".join(one.article for one in sources),
        confidence=row.one_of("confidence", records.Confidence),
        binding=row.one_of("binding", records.Binding),
        conditions=row.codes("conditions", names.conditions),
        note_zh=row.text("note_zh"),
        note_en=row.text("note_en"),
        key_links=tuple(link.name_zh for link in names.key_links if row.text("code") in link.obligations),
    )


def obligations_from(
    rows: Iterable[Mapping[str, str]], *, instruments: Iterable[Instrument], key_links: Iterable[KeyLink]
) -> list[Obligation]:
    """Return the obligations written in ``rows``, which name the columns of the file of obligations.

    Subjects and conditions are those of the shipped catalogue; instruments and key links may be an enterprise's
    own. Raises ``CatalogueError`` naming the code and the column.
    """
    shipped = load()
    names = _Names(
        instruments={one.code: one for one in instruments},
        subjects=shipped.subject_by_code,
        conditions=frozenset(shipped.condition_by_code),
        key_links=tuple(key_links),
    )
    return [_obligation(_Row(str(cells.get("code", "")), 1, dict(cells)), names) for cells in rows]


def obligation_from(
    cells: Mapping[str, str], *, instruments: Iterable[Instrument], key_links: Iterable[KeyLink]
) -> Obligation:
    """Return the one obligation written in ``cells``; see ``obligations_from``."""
    return obligations_from([cells], instruments=instruments, key_links=key_links)[0]


KEY_LINK_COLUMNS = "code name_zh name_en line obligations"


def _key_link(row: _Row) -> KeyLink:
    return KeyLink(
        code=row.text("code"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        line=row.one_of("line", records.Line),
        obligations=row.codes("obligations", is_required=True),
    )


def key_link_from(cells: Mapping[str, str]) -> KeyLink:
    """Return the key link written in ``cells``; raises ``CatalogueError`` naming code and column."""
    return _key_link(_Row(str(cells.get("code", "")), 1, dict(cells)))


def _holidays(reader: _Reader) -> Iterator[Holiday]:
    for row in reader.rows("holidays.csv", "day kind holiday name_zh name_en confidence basis"):
        reader.code(row, "day", "day")
        yield Holiday(
            day=row.parsed("day", date.fromisoformat),
            kind=row.one_of("kind", records.DayKind),
            holiday=row.text("holiday"),
            name_zh=row.text("name_zh"),
            name_en=row.text("name_en"),
            confidence=row.one_of("confidence", records.Confidence),
            basis=row.text("basis"),
        )


def _holiday_years(reader: _Reader) -> Iterator[HolidayYear]:
    columns = "year state basis title_zh title_en number issued_on confidence note_zh note_en"
    for row in reader.rows("holiday_years.csv", columns):
        reader.code(row, "year", "year")
        yield HolidayYear(
            year=row.parsed("year", int),
            state=row.one_of("state", records.YearState),
            basis=row.text("basis"),
            title_zh=row.text("title_zh"),
            title_en=row.text("title_en"),
            number=row.text("number", is_required=False),
            issued_on=row.text("issued_on"),
            confidence=row.one_of("confidence", records.Confidence),
            note_zh=row.text("note_zh"),
            note_en=row.text("note_en"),
        )


def _heading(folder: Path) -> tuple[str, date, str, str]:
    path = folder / "catalogue.toml"
    try:
        heading = tomllib.loads(path.read_text(encoding="utf-8"))
        version, released_on, note = heading["version"], heading["released_on"], heading["note"]
        if not isinstance(version, str) or not version or not isinstance(released_on, date):
            raise ValueError("version must be a text and released_on a date")
        return version, released_on, str(note["zh"]), str(note["en"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CatalogueError(path.name, 1, "version", f"cannot be read: {error}") from error


def read(folder: Path = DATA) -> Catalogue:
    """Return the catalogue in ``folder``, checked; raises ``CatalogueError`` (``file:row:column: problem``)."""
    reader = _Reader(folder)
    version, released_on, note_zh, note_en = _heading(folder)
    instruments = tuple(_instrument(row) for row in reader.coded("instruments.csv", INSTRUMENT_COLUMNS, "instrument"))
    subjects, conditions = tuple(_subjects(reader)), tuple(_conditions(reader))
    link_rows = list(reader.coded("key_links.csv", KEY_LINK_COLUMNS, "key_link"))
    names = _Names(
        instruments={one.code: one for one in instruments},
        subjects={one.code: one for one in subjects},
        conditions=frozenset(one.code for one in conditions),
        key_links=tuple(_key_link(row) for row in link_rows),
    )
    rows = reader.coded("obligations.csv", OBLIGATION_COLUMNS, "obligation")
    obligations = tuple(_obligation(row, names) for row in rows)
    for row in link_rows:
        row.codes("obligations", reader.known.get("obligation", set()))
    return Catalogue(
        version=version,
        released_on=released_on,
        note_zh=note_zh,
        note_en=note_en,
        instruments=instruments,
        subjects=subjects,
        conditions=conditions,
        obligations=obligations,
        key_links=names.key_links,
        holidays=tuple(_holidays(reader)),
        holiday_years=tuple(_holiday_years(reader)),
        written=reader.written,
    )


@cache
def load() -> Catalogue:
    """Return the shipped catalogue, read and checked once per process."""
    return read()
