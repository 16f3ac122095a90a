"""The page of double duties on a full-size site, beside the two statements in SQL that fetch its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from heli.config.benchmarks.measuring import Figure, beside
from heli.config.benchmarks.pages import client_of, get, holder, unit
from heli.rooms.responsibilities import catalogue

NEEDS_SITE = True

# A list in force for every branch, with the items that its secretary answers for.
_LISTS = """
INSERT INTO responsibilities_responsibilitylist (unit_id, year, title, begun_at, begun_by_id, version)
SELECT id, %(year)s, name, %(at)s, %(by)s, 1 FROM people_unit WHERE kind = 'branch' AND tree = 'party'
ON CONFLICT DO NOTHING"""
_VERSIONS = """
INSERT INTO responsibilities_listversion (list_id, number, state, reason, note, drafted_at, drafted_by_id, submitted_at,
    submitted_by_id, approved_at, approved_by_id, issued_at, issued_by_id, valid_from, valid_to, version)
SELECT l.id, 1, 'in_force', '', '', %(at)s, %(by)s, %(at)s, %(by)s, %(at)s, %(other)s, %(at)s, %(by)s,
    make_date(%(year)s, 1, 1), make_date(%(year)s + 1, 1, 1), 1
FROM responsibilities_responsibilitylist l
WHERE NOT EXISTS (SELECT 1 FROM responsibilities_listversion v WHERE v.list_id = l.id)"""
_ITEM = """
INSERT INTO responsibilities_item (version_id, lineage, number, kind, line, text_zh, text_en, evidence_zh, evidence_en,
    obligations, source_zh, source_en, article, confidence, needs, origin, reach, accountable_id, is_settled,
    row_version)
SELECT v.id, gen_random_uuid(), %(number)s, %(kind)s, %(line)s, %(text_zh)s, %(text_en)s, %(evidence_zh)s,
    %(evidence_en)s, to_jsonb(%(codes)s::text[]), %(source_zh)s, %(source_en)s, %(article)s, %(confidence)s, %(needs)s,
    %(code)s, 'post', p.id, true, 1
FROM responsibilities_listversion v JOIN responsibilities_responsibilitylist l ON l.id = v.list_id
JOIN LATERAL (SELECT id FROM people_post WHERE unit_id = l.unit_id AND kind = 'branch_secretary' ORDER BY id LIMIT 1) p
    ON true
WHERE NOT EXISTS (SELECT 1 FROM responsibilities_item i WHERE i.version_id = v.id AND i.number = %(number)s)"""

# The floor: the items of the posts held today, and the tasks of their units in the year with what proves them.
_FLOOR_ITEMS = """
SELECT i.number, i.line, i.text_zh, i.obligations, p.unit_id FROM people_appointment a
JOIN people_post p ON p.id = a.post_id JOIN responsibilities_item i ON i.accountable_id = p.id
JOIN responsibilities_listversion v ON v.id = i.version_id
WHERE a.person_id = %s AND a.valid_from <= %s AND (a.valid_to IS NULL OR a.valid_to > %s) AND v.state = 'in_force'"""
_FLOOR_TASKS = """
SELECT t.id, t.title, t.line, t.due_on, t.state, t.obligation, e.title, e.happened_on, e.recorded_at
FROM tasks_task t LEFT JOIN tasks_citation c ON c.task_id = t.id LEFT JOIN tasks_evidence e ON e.id = c.evidence_id
WHERE t.unit_id = ANY(%s) AND t.due_on >= make_date(%s, 1, 1) AND t.due_on < make_date(%s + 1, 1, 1)"""


def duties() -> Figure:
    """The page of a branch secretary who answers for eight items, against two statements that fetch the same rows."""
    top = unit("G-P", "group_committee")
    approver, drafter = holder(top, "secretary"), holder(top, "party_clerk")
    secretary = _secretary(approver)
    issue_everywhere(approver, drafter)
    item = apps.get_model("responsibilities.Item").objects.filter(accountable__appointments__person=secretary)
    page = get(client_of(secretary), reverse("responsibilities:mine"), item.order_by("number")[0].text_zh)
    return beside(page, _floor(secretary))


MEASURES: dict[str, Callable[[], Figure]] = {"duties.1m_persons": duties}


def _secretary(approver: Any) -> Any:
    """Return the first secretary of a branch, where the lists are, whose work somebody else closed."""
    of_branches = {"post__kind": "branch_secretary", "post__unit__kind": "branch"}
    posts = apps.get_model("people.Appointment").objects.filter(**of_branches).exclude(person=approver)
    return posts.select_related("person").order_by("post__unit__code", "pk")[0].person


def issue_everywhere(approver: Any, drafter: Any) -> None:
    now = timezone.localtime()
    values = {"year": now.year, "at": now, "by": drafter.pk, "other": approver.pk}
    shipped = catalogue.load().items_for("branch")
    items = [item for item, role in shipped if role.reach == "post" and "branch_secretary" in role.accountable]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LISTS, values)
        cursor.execute(_VERSIONS, values)
        for number, item in enumerate(items, start=1):
            fields = {name: getattr(item, name) for name in item.__dataclass_fields__}
            cursor.execute(_ITEM, fields | {"number": number, "codes": list(item.obligations)})


def _floor(person: Any) -> Callable[[], object]:
    today = timezone.localdate()

    def fetch() -> object:
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR_ITEMS, [person.pk, today, today])
            items = cursor.fetchall()
            cursor.execute(_FLOOR_TASKS, [[row[4] for row in items], today.year, today.year])
            return items, cursor.fetchall()

    return fetch
