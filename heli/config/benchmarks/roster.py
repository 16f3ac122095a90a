"""A roster of 100,000 rows: uploaded, checked, confirmed, written; the floor reads the sheet and inserts in bulk."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from heli.config.benchmarks.measuring import Figure, figure, seconds
from heli.rooms.people.services import roster

NEEDS_SITE = True
ROWS = 100_000
_HEADS = ("Staff number", "Name", "Political status", "Administrative unit code", "Party organization code")


class ImportFailed(RuntimeError):
    """The roster was refused; its first fault is in the message."""


def import_100k() -> Figure:
    """Seconds from the upload to the last row written."""
    data, prefix = _sheet()
    floor = seconds(lambda: _bare(data))
    taken = seconds(lambda: _import(data))
    written = apps.get_model("people.Person").objects.filter(staff_no__startswith=prefix).count()
    if written != ROWS:
        raise ImportFailed(f"{written} of {ROWS} rows were written")
    return figure(taken, floor, "s")


MEASURES: dict[str, Callable[[], Figure]] = {"import.100k_rows": import_100k}


def _sheet() -> tuple[bytes, str]:
    """Return the workbook and the beginning of its staff numbers, new at each run."""
    prefix = f"R{timezone.now():%H%M%S}-"
    offices, branches = _codes("G-A", "office"), _codes("G-P", "branch")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("roster")
    sheet.append(_HEADS)
    for index in range(ROWS):
        is_member = index % 3 == 0
        place = offices[index % len(offices)], branches[index % len(branches)] if is_member else ""
        sheet.append([f"{prefix}{index:06d}", f"Name {index}", "member" if is_member else "none", *place])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), prefix


def _codes(prefix: str, kind: str) -> list[str]:
    units = apps.get_model("people.Unit").objects.filter(code__startswith=prefix, kind=kind).order_by("code")
    return list(units.values_list("code", flat=True)[:500])


def _import(data: bytes) -> None:
    now = timezone.now()
    by = _clerk()
    given = roster.upload_roster(
        file_name="roster.xlsx", data=data, effective_on=timezone.localdate(now), language="en", by=by, at=now
    )
    roster.check_roster(import_id=given.pk, language="en", at=now)
    given.refresh_from_db()
    if given.fault_count or given.state != "checked":
        raise ImportFailed(f"{given.state}: {given.failure} {given.faults[:1]}")
    roster.confirm_roster(import_id=given.pk, version=given.version, language="en", by=by, at=now)
    roster.write_roster(import_id=given.pk, language="en", at=now)


def _clerk() -> Any:
    posts = apps.get_model("people.Appointment").objects.filter(
        post__kind="party_clerk", post__unit__code__startswith="G-A"
    )
    return posts.select_related("person").order_by("pk")[0].person


def _bare(data: bytes) -> None:
    """Read the sheet and insert its rows as the ORM does, in a transaction that is undone."""
    person = apps.get_model("people.Person")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1:]
    with transaction.atomic():
        person.objects.bulk_create((person(staff_no=f"B{row[0]}", name=str(row[1])) for row in rows), batch_size=5000)
        transaction.set_rollback(True)
