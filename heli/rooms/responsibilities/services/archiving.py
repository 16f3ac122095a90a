"""The duty record put on file: exact text and its SHA-256, never changed."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.models import DutyArchive, DutyLimit
from heli.rooms.responsibilities.queries import record
from heli.rooms.responsibilities.services.locking import day_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_LONGEST_YEARS = 6


@transaction.atomic
def archive_record(*, person_id: int, first_day: date, last_day: date, by: Person, at: datetime) -> DutyArchive:
    """Put the record of a person on file as it is now, as far as ``by`` may see it."""
    person = access.holder_for(by, person_id, day_of(at))
    if last_day < first_day or last_day.year - first_day.year >= _LONGEST_YEARS:
        raise Problem(
            _("The record was not put on file."),
            _("A period ends after it begins and spans at most %(n)s years.") % {"n": _LONGEST_YEARS},
            _("Choose other days."),
        )
    found = record.duty_record(by, person, first_day, last_day, day_of(at))
    if not found.rows:
        raise Problem(
            _("The record was not put on file."),
            _("Nothing finished is recorded in this period."),
            _("Choose a longer period."),
        )
    content = canonical(_content(found, by, at))
    digest = hashlib.sha256(content.encode()).hexdigest()
    archive = DutyArchive.objects.create(
        person=person, first_day=first_day, last_day=last_day, made_at=at, made_by=by, content=content, sha256=digest
    )
    changes = {"person": person, "from": first_day, "to": last_day, "rows": len(found.rows), "sha256": digest}
    audit.record("duties.record_archived", subject=archive, by=by, at=at, changes=changes)
    return archive


def canonical(content: dict[str, Any]) -> str:
    """Return the text that is hashed: JSON with sorted keys, without needless space, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _content(found: record.DutyRecord, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "form": "heli.duty-record.1",
        "person": {"staff_no": found.person.staff_no, "name": found.person.name},
        "posts": record.posts_during(found.person, found.first_day, found.last_day),
        "from": found.first_day.isoformat(),
        "to": found.last_day.isoformat(),
        "made_at": at.isoformat(timespec="seconds"),
        "made_by": str(by),
        "rows": [
            {
                "key": row.work.key,
                "happened_on": row.work.done_on.isoformat() if row.work.done_on else "",
                "recorded_on": row.work.recorded_on.isoformat() if row.work.recorded_on else "",
                "what": row.work.title,
                "line": row.work.line,
                "unit": row.work.unit,
                "counts_for": [{"list": item.version.list.title, "number": item.number} for item in row.items],
                "proof": [proof.title for proof in row.work.proofs],
                "state": row.work.state,
                "checked_by": row.work.checked_by,
            }
            for row in found.rows
        ],
    }


def is_intact(archive: DutyArchive) -> bool:
    """Return whether the stored text still has the stored hash."""
    return hashlib.sha256(archive.content.encode()).hexdigest() == archive.sha256


@transaction.atomic
def set_limit(*, items: int, reason: str, by: Person, at: datetime) -> DutyLimit:
    """Say from how many items on a holder is shown as overloaded."""
    access.can_set_limit(by, day_of(at)).require()
    if not 1 <= items <= 200 or not reason.strip():
        raise Problem(
            _("The limit was not changed."),
            _("It is a number from 1 to 200 and has a reason."),
            _("Fill in both."),
        )
    limit = DutyLimit.objects.create(items=items, reason=reason.strip()[:300], set_at=at, set_by=by)
    audit.record("duties.limit_set", subject=limit, by=by, at=at, changes={"items": items, "reason": limit.reason})
    return limit
