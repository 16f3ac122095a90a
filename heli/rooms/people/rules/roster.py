"""What a roster file must look like: its columns, how a cell is read, and what is wrong with a row."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from heli.rooms.people.enums import PoliticalStatus
from heli.rooms.people.rules import is_plain

_DATA = Path(__file__).parents[1] / "data"
_DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?(?:[ T]00:00(?::00)?)?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_EMAIL = re.compile(r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
_SHORTEST_PHONE = 3  # numbers inside a house are short
_LONGEST = {"staff_no": 32, "name": 60, "email": 254, "phone": 32, "party_unit": 40, "admin_unit": 40, "post": 80}
# What a spreadsheet makes of a long number when it saves it as text: its last digits are gone.
_ROUNDED = re.compile(r"^\d(\.\d+)?[Ee]\+\d{2}$")
_FORMULA = {"staff_no": "=+-@", "name": "=+-@", "phone": "=@", "email": "=+-@", "post": "=+-@"}


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """One column: its key, its head in both languages, other heads it goes by, and how to fill it in."""

    key: str
    heads: Mapping[str, str]
    is_required: bool
    aliases: tuple[str, ...]
    examples: Mapping[str, str]
    notes: Mapping[str, str]

    def other_heads(self, language: str) -> tuple[str, ...]:
        return (*self.aliases, *(head for name, head in self.heads.items() if name != language))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell. ``code`` names the sentence; ``other`` is a row, a unit or a day it speaks of."""

    row: int
    column: str
    code: str
    value: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row as understood; unit and post by the words of the file."""

    row: int
    staff_no: str
    name: str
    email: str
    phone: str
    political_status: str
    joined_party_on: date | None
    party_unit: str
    admin_unit: str
    post: str


@lru_cache(maxsize=1)
def columns() -> tuple[RosterColumn, ...]:
    """Return the columns of a roster, in the order of the template."""
    with (_DATA / "roster_columns.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            RosterColumn(
                key=row["key"],
                heads={"zh": row["zh"], "en": row["en"]},
                is_required=row["required"] == "yes",
                aliases=tuple(part for part in row["aliases"].split("|") if part),
                examples={"zh": row["example_zh"], "en": row["example_en"]},
                notes={"zh": row["note_zh"], "en": row["note_en"]},
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _values() -> dict[str, str]:
    with (_DATA / "roster_values.csv").open(encoding="utf-8", newline="") as file:
        return {row["text"].casefold(): row["value"] for row in csv.DictReader(file)}


def status_words(status: str, language: str) -> str:
    """Return how a political status is written in a roster: the first of its words in that language."""
    words = [text for text, value in _values().items() if value == status]
    return next(text for text in words if text.isascii() == (language == "en"))


def day_of(text: str) -> date | None:
    """Return the date that a cell means, or None where it means none: 2011-07-01, 2011/7/1, 20110701 and the like."""
    found = _DATE.match(text) or _COMPACT_DATE.match(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def is_example(cells: Mapping[str, str]) -> bool:
    """Return whether the row is the template's example, left standing."""
    given = {key: (cells.get(key) or "").strip() for key in (column.key for column in columns())}
    return any(given == {column.key: column.examples[language] for column in columns()} for language in ("zh", "en"))


def understand(row: int, cells: Mapping[str, str], today: date) -> tuple[RosterRow, list[Fault]]:
    """Return the row as far as it was understood, and its faults. ``cells`` maps a key to a text."""
    given = {key: (cells.get(key) or "").strip() for key in (column.key for column in columns())}
    faults = [
        Fault(row, key, "too_long", text[:60]) for key, text in given.items() if len(text) > _LONGEST.get(key, 99)
    ]
    faults += [
        Fault(row, key, "formula", given[key]) for key, starts in _FORMULA.items() if given[key][:1] in tuple(starts)
    ]
    faults += [
        Fault(row, key, "odd")
        for key in ("staff_no", "name", "phone", "post")
        if not is_plain(given[key]) or (key == "staff_no" and "@" in given[key][1:])
    ]
    faults += [Fault(row, key, "rounded", given[key]) for key in ("staff_no", "phone") if _ROUNDED.match(given[key])]
    faults += [Fault(row, key, "missing") for key in ("staff_no", "name", "admin_unit") if not given[key]]
    if given["email"] and not _EMAIL.match(given["email"]):
        faults.append(Fault(row, "email", "email", given["email"]))
    if given["phone"] and sum(sign.isdigit() for sign in given["phone"]) < _SHORTEST_PHONE:
        faults.append(Fault(row, "phone", "phone", given["phone"]))
    status = _values().get(given["political_status"].casefold(), "")
    if not status:
        code = "status" if given["political_status"] else "missing"
        faults.append(Fault(row, "political_status", code, given["political_status"]))
    faults += _party_faults(row, given, status, today)
    return RosterRow(
        row=row,
        staff_no=given["staff_no"],
        name=given["name"],
        email=given["email"].lower(),
        phone=given["phone"],
        political_status=status,
        joined_party_on=day_of(given["joined_party_on"]),
        party_unit=given["party_unit"],
        admin_unit=given["admin_unit"],
        post=given["post"],
    ), faults


def _party_faults(row: int, given: Mapping[str, str], status: str, today: date) -> list[Fault]:
    faults = []
    text, unit = given["joined_party_on"], given["party_unit"]
    joined = day_of(text)
    if text and joined is None:
        faults.append(Fault(row, "joined_party_on", "date", text))
    elif joined is not None and not date(1921, 7, 1) <= joined <= today:
        faults.append(Fault(row, "joined_party_on", "date_range", text))
    if status == PoliticalStatus.NON_MEMBER:
        if text:
            faults.append(Fault(row, "joined_party_on", "not_member", text))
        if unit:
            faults.append(Fault(row, "party_unit", "not_member", unit))
    elif status and not unit:
        faults.append(Fault(row, "party_unit", "member_without_unit"))
    return faults


def is_other_name(on_file: str, given: str) -> bool:
    """Return whether two names differ in more than blanks, widths and case, so that they may be two persons'."""
    return _bare(on_file) != _bare(given)


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def doubles(rows: list[RosterRow]) -> list[Fault]:
    """Return a fault for every staff number and e-mail that an earlier row already has."""
    faults = []
    for key in ("staff_no", "email"):
        first: dict[str, int] = {}
        for row in rows:
            value = getattr(row, key)
            if value and value in first:
                faults.append(Fault(row.row, key, "double", value, str(first[value])))
            elif value:
                first[value] = row.row
    return faults
