"""A clerk of a small enterprise who uploads a roster, or confirms it, as the page would; prints the import's id."""

from __future__ import annotations

import csv
import io
import sys
import time
from typing import Any

from heli.config.supervisor.session import start_django

_ROWS = 300


def main() -> None:
    start_django()
    made = _upload() if sys.argv[1] == "upload" else _confirm()
    sys.stdout.write(str(made))


def _upload() -> int:
    from django.utils import timezone

    from heli.rooms.people import enums, services
    from heli.rooms.people.models import RosterImport
    from heli.rooms.people.services.persons import PersonDetails

    now, today = timezone.now(), timezone.localdate()
    system: dict[str, Any] = {"by": "drill", "at": now}
    unit = services.create_unit(
        kind=enums.UnitKind.COMPANY, name="K", code="K", parent_id=None, valid_from=today, **system
    )
    clerk, _member = (
        services.add_person(details=PersonDetails(number, number), unit_ids=[unit.pk], from_day=today, **system)
        for number in ("clerk", "K-1")
    )
    post = services.open_post(unit_id=unit.pk, kind=enums.PostKind.PARTY_CLERK, title="clerk", **system)
    services.appoint(person_id=clerk.pk, post_id=post.pk, from_day=today, **system)
    out = io.StringIO()
    rows = [
        [f"K-{number}", "K-1" if number == 1 else f"Name {number}", "none", "", unit.code, "138"]
        for number in range(1, _ROWS + 2)
    ]
    csv.writer(out).writerows(
        [
            [
                "Staff number",
                "Name",
                "Political status",
                "Party organization code",
                "Administrative unit code",
                "Phone",
            ],
            *rows,
        ]
    )
    made = services.upload_roster(
        file_name="k.csv", data=out.getvalue().encode(), effective_on=today, language="en", by=clerk, at=now
    )
    while made.state == enums.ImportState.READING:
        time.sleep(0.1)
        made = RosterImport.objects.get(pk=made.pk)
    if made.state != enums.ImportState.CHECKED:
        sys.exit(f"{made.state}: {made.failure} {made.faults[:1]}")
    return made.pk


def _confirm() -> int:
    from django.utils import timezone

    from heli.rooms.people import services
    from heli.rooms.people.models import RosterImport

    made = RosterImport.objects.select_related("uploaded_by").get()
    services.confirm_roster(
        import_id=made.pk, version=made.version, language="en", by=made.uploaded_by, at=timezone.now()
    )
    return made.pk


if __name__ == "__main__":
    main()
