"""Rosters as the tests upload and confirm them."""

from __future__ import annotations

import csv
import io
from datetime import date

from django.utils import timezone

from heli.rooms.people import services
from heli.rooms.people.models import Person, RosterImport
from heli.rooms.people.services import roster
from heli.rooms.people.tests.fixtures import Everyone

HEADS = ["工号", "姓名", "电子邮箱", "电话", "政治面貌", "入党日期", "党组织代码", "行政组织代码", "职务名称"]


def csv_of(*rows: list[str], heads: list[str] = HEADS, encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([heads, *rows])
    return target.getvalue().encode(encoding)


def row_of(everyone: Everyone, number: str = "90001", **other: str) -> list[str]:
    values = {
        "staff_no": number,
        "name": "卫清和",
        "email": "",
        "phone": "",
        "political_status": "党员",
        "joined_party_on": "2011-07-01",
        "party_unit": everyone.branch_a1.code,
        "admin_unit": everyone.workshop_a.code,
        "post": "",
        **other,
    }
    return list(values.values())


def checked_roster(
    everyone: Everyone, data: bytes, name: str = "花名册.csv", by: Person | None = None, on: date | None = None
) -> RosterImport:
    now = timezone.now()
    made = services.upload_roster(
        file_name=name,
        data=data,
        effective_on=on or timezone.localdate(now),
        language="zh",
        by=by or everyone.party_clerk,
        at=now,
    )
    roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())
    made.refresh_from_db()
    return made


def written_roster(everyone: Everyone, made: RosterImport) -> RosterImport:
    services.confirm_roster(
        import_id=made.pk, version=made.version, language="zh", by=everyone.party_clerk, at=timezone.now()
    )
    roster.write_roster(import_id=made.pk, language="zh", at=timezone.now())
    made.refresh_from_db()
    return made
