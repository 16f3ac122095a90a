"""The duty record: it writes itself from finished work; and what was put on file of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from heli.rooms.people import queries as people
from heli.rooms.responsibilities import access, rules
from heli.rooms.responsibilities.enums import WorkState
from heli.rooms.responsibilities.models import DutyArchive, Item
from heli.rooms.responsibilities.queries import duties

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.responsibilities.records import DutyWork


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Something done, and the items it counts for."""

    work: DutyWork
    items: tuple[Item, ...]

    @property
    def entered_later(self) -> bool:
        return rules.was_entered_later(self.work)


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """What a person did in the period, newest first; work still awaiting review is among it and says so."""

    person: Person
    first_day: date
    last_day: date
    rows: Sequence[RecordRow]

    @property
    def later(self) -> int:
        return sum(row.entered_later for row in self.rows)


def duty_record(viewer: Person | None, person: Person, first_day: date, last_day: date, today: date) -> DutyRecord:
    """Return the record of a person from ``first_day`` to ``last_day`` (both included), as far as the viewer sees it.

    It holds what the person did: from posts held then, whoever holds them now.
    """
    rows: dict[str, RecordRow] = {}
    for year in range(first_day.year, last_day.year + 1):
        day = min(max(today, date(year, 1, 1)), date(year, 12, 31), last_day)
        page = duties.duty_page(viewer, person, day, today)
        for row in rows_of(page):
            if row.work.done_on is not None and first_day <= row.work.done_on <= last_day:
                rows.setdefault(row.work.key, row)
    found = sorted(rows.values(), key=lambda row: (row.work.done_on or first_day, row.work.key), reverse=True)
    return DutyRecord(person, first_day, last_day, found)


def rows_of(page: duties.DutyPage) -> list[RecordRow]:
    """Return what the person of the page did, newest first."""
    done = [
        work
        for work in page.works
        if work.doer_id == page.person.pk and work.done_on is not None and work.state != WorkState.TO_DO
    ]
    done.sort(key=lambda work: (work.done_on or page.day, work.key), reverse=True)
    return [RecordRow(work, tuple(line.item for line in page.items_counted(work.key))) for work in done]


def archives_of(viewer: Person | None, person: Person, on: date) -> list[DutyArchive]:
    """Return the records of the person on file that the viewer may open, newest first."""
    rows = access.visible_archives(viewer, on).filter(person=person).select_related("made_by")
    return list(rows.order_by("-made_at", "-pk"))


def archive_with_hash(viewer: Person | None, sha256: str, on: date) -> DutyArchive | None:
    """Return the record on file with that hash, if the viewer may open it."""
    return access.visible_archives(viewer, on).filter(sha256=sha256).select_related("person").order_by("pk").first()


def posts_during(person: Person, first_day: date, last_day: date) -> list[str]:
    """Return the posts held in the period, in words: post, unit, from."""
    held = people.appointments_of(person.pk, first_day, last_day + timedelta(days=1))
    return [one.post.full_title for one in held]
