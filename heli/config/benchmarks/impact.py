"""What follows from a change of a duty that touches 40,000 units: the page of the change, beside plain grouped counts.

The duty is to be asked of every Party organization of the site; 40,000 units of both trees have an open task for it,
and every branch's list in force names it. The floor is the same counts in four statements: no access rules, nobody
to tell, no page.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.duties import issue_everywhere
from heli.config.benchmarks.measuring import Figure, beside
from heli.config.benchmarks.pages import client_of, get, holder, unit
from heli.rooms.rulebook import services
from heli.rooms.rulebook.enums import Family

NEEDS_SITE = True
_CODE, _SOURCE, _UNITS = "A04", "benchmark.impact:1", 40_000
_SUBJECTS = "committee;general_branch;branch;group"
_KINDS = ["group_committee", "party_committee", "general_branch", "branch", "party_group"]

_TASKS = """
INSERT INTO tasks_task (title, line, unit_id, post_kind, deliverable, due_on, state, source, obligation, opened_at,
    opened_by_id, return_reason, cancel_reason, version)
SELECT 'benchmark', 'party', id, '', '', %(due)s, 'open', %(source)s, %(code)s, %(at)s, %(by)s, '', '', 1
FROM people_unit ORDER BY id LIMIT %(units)s
ON CONFLICT DO NOTHING"""

_OPEN = """
SELECT left(u.path, 26), count(*), count(DISTINCT t.unit_id) FROM tasks_task t JOIN people_unit u ON u.id = t.unit_id
WHERE t.obligation = %s AND t.state IN ('open', 'accepted', 'returned') AND (t.due_on >= %s OR t.due_on IS NULL)
GROUP BY 1"""
_DONE = """
SELECT left(u.path, 26), count(*) FROM tasks_task t JOIN people_unit u ON u.id = t.unit_id
WHERE t.obligation = %s AND t.state = 'closed' AND t.due_on >= %s GROUP BY 1"""
_ITEMS = """
SELECT left(u.path, 26), count(*) FROM responsibilities_item i
JOIN responsibilities_listversion v ON v.id = i.version_id
JOIN responsibilities_responsibilitylist l ON l.id = v.list_id JOIN people_unit u ON u.id = l.unit_id
WHERE i.obligations @> jsonb_build_array(%s::text) AND v.state = 'in_force' GROUP BY 1"""
_ASKED = "SELECT left(path, 26), count(*) FROM people_unit WHERE kind = ANY(%s) AND valid_to IS NULL GROUP BY 1"


def impact() -> Figure:
    """The page of a drafted change, for the clerk who drafted it."""
    top = unit("G-P", "group_committee")
    clerk, secretary = holder(top, "party_clerk"), holder(top, "secretary")
    now = timezone.localtime()
    if not apps.get_model("rulebook.Edition").objects.exists():
        services.install_catalogue(by=clerk, at=now)
    issue_everywhere(secretary, clerk)
    day = now.date() + timedelta(days=1)
    with connection.cursor() as cursor:
        values = {"due": day, "source": _SOURCE, "code": _CODE, "at": now, "by": clerk.pk, "units": _UNITS}
        cursor.execute(_TASKS, values)
    change = _change(clerk, now, day)
    open_tasks = apps.get_model("tasks.Task").objects.filter(obligation=_CODE, due_on__gte=day)
    shown = open_tasks.filter(state__in=["open", "accepted", "returned"]).count()
    page = get(client_of(clerk), reverse("rulebook:adjustment", args=[change.pk]), f">{shown}</b>")
    return beside(page, _floor(day))


MEASURES: dict[str, Callable[[], Figure]] = {"impact.40k_units": impact}


def _change(clerk: Any, now: Any, day: Any) -> Any:
    kept = apps.get_model("rulebook.Adjustment").objects.filter(code=_CODE, state="draft").order_by("pk")
    if kept:
        return kept[0]
    entry = apps.get_model("rulebook.Obligation").objects.get(code=_CODE)
    return services.draft_adjustment(
        family=Family.OBLIGATION, code=_CODE, cells={"subjects": _SUBJECTS}, reason="benchmark", valid_from=day,
        by=clerk, at=now, version=entry.version,
    )  # fmt: skip


def _floor(day: Any) -> Callable[[], object]:
    def count() -> object:
        found = []
        with connection.cursor() as cursor:
            for statement, values in (
                (_OPEN, [_CODE, day]),
                (_DONE, [_CODE, day.replace(month=1, day=1)]),
                (_ITEMS, [_CODE]),
                (_ASKED, [_KINDS]),
            ):
                cursor.execute(statement, values)
                found.append(cursor.fetchall())
        return found

    return count
