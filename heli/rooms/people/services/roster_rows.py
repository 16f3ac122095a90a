"""Roster rows out of a file and into the tables: one COPY and a few statements, whatever the size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from types import TracebackType
from typing import Any

from django.db import connection

from heli.engines.officedocs.limits import Limits
from heli.engines.officedocs.sheets import Table, read_table
from heli.rooms.people.rules import roster as rules

MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class RosterTable:
    """The file's rows by key, and where each column stood."""

    records: tuple[tuple[int, dict[str, str]], ...]
    heads: dict[str, str]
    letters: dict[str, str]
    examples: tuple[int, ...] = ()

    def described(self, fault: rules.Fault) -> dict[str, Any]:
        """Return the fault with the cell's name and head, as it is kept for the page."""
        letters = self.letters.get(fault.column, "")
        return {**asdict(fault), "cell": f"{letters}{fault.row}" if letters else str(fault.row)}


def read(data: bytes, file_name: str, language: str) -> RosterTable:
    """Read the table, the template's example set apart; raises ``Unreadable`` naming cell and remedy."""
    columns = rules.columns()
    heads = {column.key: column.heads[language] for column in columns}
    table: Table = read_table(
        data,
        file_name,
        required=[heads[column.key] for column in columns if column.is_required],
        aliases={heads[column.key]: column.other_heads(language) for column in columns},
        limits=Limits(rows=MOST_ROWS),
    )
    keys = {head: key for key, head in heads.items()}
    places = [(keys[head], index) for index, head in enumerate(table.headers) if head in keys]
    rows = [(row.number, {key: row.cells[index] for key, index in places}) for row in table.rows]
    examples = tuple(number for number, cells in rows if rules.is_example(cells))
    records = tuple(row for row in rows if row[0] not in examples)
    return RosterTable(records, heads, {key: table.columns[index] for key, index in places}, examples)


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row to write, everything resolved to ids. ``person_id`` None is somebody new."""

    person_id: int | None
    staff_no: str
    name: str
    pinyin: str
    email: str
    phone: str
    political_status: str
    joined_party_on: date | None
    party_unit_id: int | None
    admin_unit_id: int
    post_id: int | None


class Progress:
    """Says how far the writing is, on a connection of its own, because the writing itself is not yet visible."""

    def __init__(self, import_id: int) -> None:
        self._import_id = import_id

    def __enter__(self) -> Progress:
        self._beside = connection.copy()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beside.close()

    def say(self, rows_done: int) -> None:
        with self._beside.cursor() as cursor:
            cursor.execute("UPDATE people_rosterimport SET rows_done = %s WHERE id = %s", [rows_done, self._import_id])


def write(rows: Sequence[PlannedRow], effective_on: date, progress: Progress) -> None:
    """Write the rows inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        columns = "person_id, staff_no, name, pinyin, email, phone, status, joined, party_unit, admin_unit, post"
        with cursor.copy(f"COPY roster_row ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(_values(row))
        cursor.execute("CREATE INDEX ON roster_row (person_id); ANALYZE roster_row")
        for number, statement in enumerate(_STATEMENTS, start=1):
            cursor.execute(statement, {"day": effective_on})
            progress.say(len(rows) * number // (len(_STATEMENTS) + 1))
        cursor.execute("DROP TABLE roster_row")


def _values(row: PlannedRow) -> tuple[Any, ...]:
    return (
        row.person_id, row.staff_no, row.name, row.pinyin, row.email, row.phone, row.political_status,
        row.joined_party_on, row.party_unit_id, row.admin_unit_id, row.post_id,
    )  # fmt: skip


_TEMPORARY = """
DROP TABLE IF EXISTS roster_row;
CREATE TEMPORARY TABLE roster_row (
    person_id bigint, staff_no text, name text, pinyin text, email text, phone text, status text, joined date,
    party_unit bigint, admin_unit bigint, post bigint
) ON COMMIT DROP
"""
_PLACES = """
SELECT person_id, 0 AS tree_number, 'party' AS tree, party_unit AS unit FROM roster_row
UNION ALL SELECT person_id, 1, 'admin', admin_unit FROM roster_row
"""
_HOLDS = "valid_from <= %(day)s AND (valid_to IS NULL OR valid_to > %(day)s)"
_STATEMENTS = (
    # E-mails first go away where they change, so that two persons may exchange theirs.
    """UPDATE people_account a SET email = '' FROM roster_row r
       WHERE a.person_id = r.person_id AND a.email <> r.email AND a.email <> ''""",
    """UPDATE people_person p SET email = '' FROM roster_row r
       WHERE p.id = r.person_id AND p.email <> r.email AND p.email <> ''""",
    """INSERT INTO people_person
           (staff_no, name, pinyin, email, phone, political_status, joined_party_on, left_on, version)
       SELECT staff_no, name, pinyin, email, phone, status, joined, NULL, 1 FROM roster_row
       WHERE person_id IS NULL ORDER BY staff_no""",
    """UPDATE roster_row r SET person_id = p.id FROM people_person p
       WHERE r.person_id IS NULL AND p.staff_no = r.staff_no""",
    """UPDATE people_person p
       SET name = r.name, pinyin = r.pinyin, email = r.email, phone = r.phone, political_status = r.status,
           joined_party_on = r.joined, left_on = NULL, version = p.version + 1
       FROM roster_row r WHERE p.id = r.person_id
         AND (p.name, p.pinyin, p.email, p.phone, p.political_status, p.joined_party_on, p.left_on)
             IS DISTINCT FROM (r.name, r.pinyin, r.email, r.phone, r.status, r.joined, NULL::date)""",
    """UPDATE people_account a SET email = r.email FROM roster_row r
       WHERE a.person_id = r.person_id AND a.email <> r.email""",
    f"""DELETE FROM people_membership m USING ({_PLACES}) r
        WHERE m.person_id = r.person_id AND m.tree_number = r.tree_number
          AND m.unit_id IS DISTINCT FROM r.unit AND m.valid_from = %(day)s""",  # noqa: S608 - constants of this module
    f"""UPDATE people_membership m SET valid_to = %(day)s FROM ({_PLACES}) r
        WHERE m.person_id = r.person_id AND m.tree_number = r.tree_number
          AND m.unit_id IS DISTINCT FROM r.unit AND {_HOLDS}""",  # noqa: S608 - constants of this module
    f"""INSERT INTO people_membership (person_id, unit_id, tree, tree_number, valid_from)
        SELECT r.person_id, r.unit, r.tree, r.tree_number, %(day)s FROM ({_PLACES}) r
        WHERE r.unit IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM people_membership m
            WHERE m.person_id = r.person_id AND m.tree_number = r.tree_number AND {_HOLDS})
        ORDER BY r.person_id""",  # noqa: S608 - constants of this module
    f"""INSERT INTO people_appointment (person_id, post_id, valid_from, reason)
        SELECT r.person_id, r.post, %(day)s, '' FROM roster_row r
        WHERE r.post IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM people_appointment a
            WHERE a.person_id = r.person_id AND a.post_id = r.post AND {_HOLDS})""",  # noqa: S608 - constants of this module
)
