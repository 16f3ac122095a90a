"""Rows: work, tables, differences, days, long jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.template import Context
from django.utils.translation import gettext as _

from heli.ui.components.marks import ICONS, LINES, STATES
from heli.ui.components.registry import Component, Prop, Values, register
from heli.ui.field_names import label, shown
from heli.ui.shapes import Change, Column, Day


def _table(values: Values, _context: Context) -> Values:
    columns = [column if isinstance(column, Column | Mapping) else Column(column) for column in values["head"]]
    css = ["table"]
    css += ["tight"] if values["tight"] else []
    css += ["stacked"] if values["stacked"] else []
    return {"columns": columns, "css": " ".join(css)}


def _diff(values: Values, _context: Context) -> Values:
    if values["mode"] == "versions":
        heads = (values["left"] or _("Your version"), values["right"] or _("Saved meanwhile"))
    else:
        heads = (values["left"] or _("Before"), values["right"] or _("After"))
    return {"heads": heads}


def _conflict(values: Values, _context: Context) -> Values:
    labels, theirs = values["labels"], values["theirs"]
    rows = [
        Change(label(name, labels), shown(value), shown(theirs.get(name))) for name, value in values["yours"].items()
    ]
    return {"rows": rows}


def calendar_weeks(start: date, weeks: int, days: Mapping[date, Day], today: date | None) -> list[list[dict[str, Any]]]:
    """Weeks from the Monday on or before ``start``; each day with its count, link and marks."""
    monday = start - timedelta(days=start.weekday())
    rows = []
    for week in range(weeks):
        row = []
        for offset in range(7):
            day = monday + timedelta(days=7 * week + offset)
            known = days.get(day)
            row.append(
                {
                    "day": day,
                    "count": known.count if known else 0,
                    "url": known.url if known else "",
                    "css": " ".join(
                        filter(
                            None,
                            (
                                "today" if day == today else "",
                                "off" if offset > 4 else "",
                                "has" if known and known.count else "",
                            ),
                        )
                    ),
                }
            )
        rows.append(row)
    return rows


def _calendar(values: Values, _context: Context) -> Values:
    days = {day.day: day for day in values["days"]}
    start: date = values["start"]
    weeks = int(values["weeks"])
    monday = start - timedelta(days=start.weekday())
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return {
        "rows": calendar_weeks(start, weeks, days, values["today"] or None),
        "names": names,
        "first": monday,
        "last": monday + timedelta(days=7 * weeks - 1),
    }


def _progress(values: Values, _context: Context) -> Values:
    marks = {
        "failed": ("late", _("Not finished")),
        "done": ("done", _("Done")),
        "waiting": ("idle", _("Waiting")),
    }
    kind, word = marks.get(values["state"], ("", ""))
    share = 0
    if values["max"]:
        share = round(100 * (values["value"] or 0) / values["max"])
    return {"mark_kind": kind, "mark_text": values["state_text"] or word, "share": share}


register(
    Component(
        "work_row",
        "A row of work: mark, title, who, state, date, one action. Stands in a <ul>.",
        {
            "title": Prop("what is to be done", required=True),
            "href": Prop("where it opens"),
            "line": Prop("the line", choices=LINES),
            "who": Prop("who or where"),
            "state_kind": Prop("tone of the state", choices=STATES),
            "state_text": Prop("words of the state"),
            "state_icon": Prop("another sign", choices=ICONS),
            "date": Prop("due date or its text", kind="any"),
            "action_text": Prop("the one action, a verb"),
            "action_href": Prop("where it leads"),
            "action_post": Prop("where it posts"),
            "action_version": Prop("hidden version of that form", kind="any", default=None),
            "id": Prop("element id"),
        },
        is_block=True,
        passes=True,
    )
)
register(
    Component(
        "table",
        "A table in its own scroll area; rows are the block.",
        {
            "head": Prop("list of Column or words; or use the part head", kind="list", default=()),
            "caption": Prop("what the table shows; spoken", required=True),
            "tight": Prop("small rows", kind="bool", default=False),
            "stacked": Prop("rows become cards on a phone; give each td data-label", kind="bool", default=False),
            "id": Prop("element id"),
            "body_id": Prop("id of the body, for htmx"),
            "cls": Prop("additional classes"),
        },
        is_block=True,
        parts=("head", "foot"),
        passes=True,
        prepare=_table,
    )
)
register(
    Component(
        "diff_table",
        "Two versions field by field.",
        {
            "rows": Prop("list of Change", kind="list", required=True),
            "mode": Prop(
                "change = before and after, versions = yours and theirs",
                choices=("change", "versions"),
                default="change",
            ),
            "left": Prop("head of the left column"),
            "right": Prop("head of the right column"),
            "caption": Prop("what is compared; spoken", required=True),
        },
        prepare=_diff,
    )
)
register(
    Component(
        "conflict",
        "Somebody else saved first: both versions.",
        {
            "yours": Prop("field name to your value", kind="map", required=True),
            "theirs": Prop("field name to the saved value", kind="map", required=True),
            "labels": Prop("field name to its label", kind="map", default={}),
        },
        prepare=_conflict,
    )
)
register(
    Component(
        "calendar",
        "A strip of weeks with what falls due.",
        {
            "start": Prop("a date in the first week", kind="any", required=True),
            "weeks": Prop("how many", kind="number", default=4),
            "days": Prop("list of Day", kind="list", default=()),
            "today": Prop("the date of today", kind="any"),
            "label": Prop("spoken name", required=True),
        },
        prepare=_calendar,
    )
)
register(
    Component(
        "progress",
        "A long job, or how far something is.",
        {
            "title": Prop("what is being done"),
            "value": Prop("done so far", kind="any", default=None),
            "max": Prop("of how many", kind="any", default=100),
            "line": Prop("colour of a line", choices=(*LINES, "done")),
            "step": Prop("which step, at the right"),
            "left": Prop("counted and time left, below"),
            "note": Prop("that one may leave; or the result"),
            "state": Prop("instead of the bar", choices=("running", "waiting", "done", "failed"), default="running"),
            "state_text": Prop("another word for that state"),
            "href": Prop("result or remedy"),
            "link_text": Prop("words of that link"),
            "poll_url": Prop("htmx asks there every two seconds while it runs"),
            "id": Prop("element id"),
        },
        passes=True,
        prepare=_progress,
    )
)
