"""Words of follow-ups: their number, who has the ball and since when, the ladder, the history, the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from heli.engines.officedocs.sheets import Column, Sheet, write_xlsx
from heli.rooms.tasks import access, queries, rules
from heli.rooms.tasks.enums import FollowUpState, Line, Rung, TaskState, UnitRole
from heli.rooms.tasks.presenters.working import ACTS, due_words
from heli.rooms.tasks.rules.follow_ups import Ladder
from heli.ui import punctuation
from heli.ui.shapes import Option, Step

if TYPE_CHECKING:
    from heli.kernel.decisions import Decision
    from heli.kernel.models import AuditEntry
    from heli.rooms.people.models import Person
    from heli.rooms.tasks.models import FollowUp, FollowUpUnit, Task

_WORDS = {
    TaskState.OPEN: gettext_lazy("No answer yet"),
    TaskState.ACCEPTED: gettext_lazy("Answer in work"),
    TaskState.HANDED_IN: gettext_lazy("Answered"),
    TaskState.RETURNED: gettext_lazy("To be answered again"),
    TaskState.CLOSED: gettext_lazy("Answer accepted"),
    TaskState.CANCELED: gettext_lazy("Withdrawn"),
}
_RUNG_TONES = {Rung.NONE: "idle", Rung.REMIND: "soon", Rung.URGE: "late", Rung.LIST: "late"}
_STATES = (
    ("running", pgettext_lazy("follow-up", "Running")),
    ("answered", gettext_lazy("Answered, to be closed")),
    ("late", gettext_lazy("Overdue")),
    ("listed", gettext_lazy("Listed")),
    ("closed", gettext_lazy("Closed")),
    ("withdrawn", gettext_lazy("Withdrawn")),
)
_ACTS = {
    **ACTS,
    "follow_up.issued": gettext_lazy("Issued"),
    "follow_up.closed": gettext_lazy("Follow-up closed"),
    "follow_up.reopened": gettext_lazy("Opened again"),
    "follow_up.withdrawn": gettext_lazy("Withdrawn"),
    "follow_up.extension_requested": gettext_lazy("Asked for a later date"),
    "follow_up.extension_granted": gettext_lazy("Later date granted"),
    "follow_up.extension_refused": gettext_lazy("Later date refused"),
    "task.closed": gettext_lazy("Answer accepted"),
    "task.handed_in": gettext_lazy("Answered"),
}


def number_words(follow_up: FollowUp) -> str:
    """Return the number as papers write it: who issues it, the year, and its place among that unit's of the year."""
    parts = {"unit": follow_up.unit.name, "year": follow_up.year, "number": follow_up.number}
    return _("%(unit)s, follow-up [%(year)s] No. %(number)s") % parts


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger."""

    follow_up: FollowUp
    number: str
    url: str
    lead: str
    helpers: int
    due_on: date
    answered: str
    tone: str
    state: str
    ball: str
    since: date | None
    rung: Rung
    rung_tone: str


def ledger_rows(follow_ups: Iterable[Any], today: date) -> list[LedgerRow]:
    """Return the lines; what they say of units comes from those the reader may see."""
    found = list(follow_ups)
    returned = queries.returned_since(row.task for one in found for row in one.seen)
    return [_ledger_row(one, returned, today) for one in found]


def _ledger_row(one: Any, returned: Mapping[int, datetime], today: date) -> LedgerRow:
    seen: list[FollowUpUnit] = one.seen
    leads = [row.unit.name for row in seen if row.role == UnitRole.LEAD]
    done = [row for row in seen if row.task.state in {TaskState.HANDED_IN, TaskState.CLOSED}]
    waiting = [row for row in seen if row not in done and row.task.state != TaskState.CANCELED]
    due = min((row.task.due_on for row in waiting if row.task.due_on), default=one.due_on)
    tone, words = _state(one, waiting, due, today)
    ball, since = _ball(one, seen, waiting, returned)
    rung = Rung(max((row.rung for row in waiting), default=0)) if one.state == FollowUpState.RUNNING else Rung.NONE
    return LedgerRow(
        follow_up=one,
        number=number_words(one),
        url=reverse("tasks:follow_up", args=[one.pk]),
        lead=punctuation.listed(leads) or seen[0].unit.name,
        helpers=len(seen) - len(leads),
        due_on=due,
        answered=f"{len(done)}/{len(seen)}",
        tone=tone,
        state=words,
        ball=ball,
        since=since,
        rung=rung,
        rung_tone=_RUNG_TONES[rung],
    )


def _state(one: FollowUp, waiting: list[FollowUpUnit], due: date, today: date) -> tuple[str, str]:
    """Return tone and words: closed and withdrawn as they are, else how much time is left, or that it is answered."""
    if one.state == FollowUpState.CLOSED:
        return "done", str(FollowUpState.CLOSED.label)
    if one.state == FollowUpState.WITHDRAWN:
        return "idle", str(FollowUpState.WITHDRAWN.label)
    if not waiting:
        return "wait", _("Answered, to be closed")
    return due_words(rules.days_left(due, today))


def _ball(
    one: FollowUp, seen: list[FollowUpUnit], waiting: list[FollowUpUnit], returned: Mapping[int, datetime]
) -> tuple[str, date | None]:
    """Return who has the ball and since when; nobody once it is over."""
    if one.state != FollowUpState.RUNNING:
        return "", None
    rows = waiting or seen
    moments = [moment for row in rows if (moment := since(row.task, returned)) is not None]
    pick = min if waiting else max
    day = timezone.localdate(pick(moments)) if moments else None
    if not waiting:
        return one.unit.name, day
    first = waiting[0].unit.name
    if len(waiting) == 1:
        return first, day
    more = ngettext("%(unit)s and %(count)s more", "%(unit)s and %(count)s more", len(waiting) - 1)
    return more % {"unit": first, "count": len(waiting) - 1}, day


def since(task: Task, returned: Mapping[int, datetime]) -> datetime | None:
    """Return since when whoever has the task has it."""
    return {
        TaskState.OPEN: task.opened_at,
        TaskState.ACCEPTED: task.accepted_at,
        TaskState.HANDED_IN: task.handed_in_at,
        TaskState.RETURNED: returned.get(task.pk),
        TaskState.CLOSED: task.closed_at,
        TaskState.CANCELED: None,
    }[TaskState(task.state)]


@dataclass(frozen=True, slots=True)
class AskedView:
    """One asked unit on the page, and what this person can do about it."""

    asked: queries.Asked
    tone: str
    state: str
    due_tone: str
    due: str
    rung: Rung
    rung_tone: str
    ball: str
    since: datetime | None
    can_answer: bool
    can_review: Decision
    can_climb: bool
    open_request: Any
    task_url: str

    @property
    def field_id(self) -> str:
        return f"decision-{self.asked.row.pk}"


def asked_views(page: queries.FollowUpPage, person: Person | None, today: date, *, can_direct: bool) -> list[AskedView]:
    return [_asked_view(one, page, person, today, can_direct=can_direct) for one in page.asked]


def _asked_view(
    one: queries.Asked, page: queries.FollowUpPage, person: Person | None, today: date, *, can_direct: bool
) -> AskedView:
    task, rung = one.row.task, Rung(one.row.rung)
    is_running = page.follow_up.state == FollowUpState.RUNNING
    waits = task.state in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}
    due_tone, due = due_words(rules.days_left(task.due_on, today))
    holders = punctuation.listed(one.holders)
    with_unit = f"{one.row.unit.name} · {holders}" if holders else one.row.unit.name
    return AskedView(
        asked=one,
        tone=TaskState(task.state).tone,
        state=str(_WORDS[TaskState(task.state)]),
        due_tone=due_tone if waits else "",
        due=due if waits else "",
        rung=rung,
        rung_tone=_RUNG_TONES[rung],
        ball=with_unit if waits else page.follow_up.unit.name if task.state == TaskState.HANDED_IN else "",
        since=since(task, page.returned),
        can_answer=is_running and waits and bool(access.can_do(person, task, today)),
        can_review=access.can_review(person, task, today),
        can_climb=is_running and waits and can_direct and rung < Rung.LIST,
        open_request=next((each for each in one.extensions if each.decided_at is None), None),
        task_url=reverse("tasks:task", args=[task.pk]),
    )


def page_state(page: queries.FollowUpPage, today: date) -> dict[str, Any]:
    """Return the state of the whole, who has the ball and since when."""
    seen = [one.row for one in page.asked]
    waiting = [row for row in seen if row.task.state in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}]
    due = min((row.task.due_on for row in waiting if row.task.due_on), default=page.follow_up.due_on)
    tone, words = _state(page.follow_up, waiting, due, today)
    ball, day = _ball(page.follow_up, seen, waiting, page.returned)
    return {"tone": tone, "state": words, "ball": ball, "since": day, "is_answered": not waiting}


def ladder_steps(follow_up: FollowUp) -> list[dict[str, Any]]:
    """Return the ladder in words: each step with its day for the original due date."""
    ladder = Ladder(follow_up.remind_days, follow_up.urge_days, follow_up.list_days)
    return [
        {"name": name, "day": ladder.day_of(rung.value, follow_up.due_on)}
        for rung, name in ((Rung.REMIND, _("Remind")), (Rung.URGE, _("Urge")), (Rung.LIST, _("List")))
    ]


def steps(page: queries.FollowUpPage) -> list[Step]:
    """Return what happened, newest first; what concerns one unit names it."""
    by_task = {str(one.row.task_id): one.row.unit.name for one in page.asked}
    by_row = {str(one.row.pk): one.row.unit.name for one in page.asked}
    return [_step(entry, by_task, by_row) for entry in reversed(page.history)]


def _step(entry: AuditEntry, by_task: dict[str, str], by_row: dict[str, str]) -> Step:
    unit = {"tasks.task": by_task, "tasks.followupunit": by_row}.get(entry.subject_kind, {}).get(entry.subject_id, "")
    act = str(_ACTS.get(entry.action, entry.action))
    if entry.action == "follow_up.climbed":
        act = str(Rung(entry.changes["rung"]).label)
    who = _("by the ladder") if entry.actor_kind == "system" else entry.actor_label
    note = str(entry.changes.get("reason") or entry.changes.get("note") or "")
    return Step(text=" · ".join(part for part in (act, unit, who) if part), when=entry.at, note=note)


def state_choices(chosen: str) -> list[Option]:
    return [Option(value, label, selected=value == chosen) for value, label in (("", _("All states")), *_STATES)]


def asker_options(*, mine: bool) -> list[Option]:
    return [Option("", _("Any unit"), selected=not mine), Option("1", _("Asked by my unit"), selected=mine)]


def workbook(rows: Iterable[LedgerRow], today: date) -> bytes:
    """Return the ledger as a workbook: one line a unit that is asked and that the reader may see."""
    columns = [
        Column(_("Number"), 20), Column(_("Line"), 10), Column(_("Subject"), 30, wrap=True),
        Column(_("Instruction"), 44, wrap=True), Column(_("Issuing unit"), 20), Column(_("Assigned on"), 12),
        Column(_("Unit"), 22), Column(_("Role"), 10), Column(_("Due"), 12), Column(_("Answer"), 16),
        Column(_("Ladder"), 12), Column(_("State"), 16), Column(_("Closed by"), 12), Column(_("Closed on"), 12),
    ]  # fmt: skip
    lines = [_line(row, asked, today) for row in rows for asked in row.follow_up.seen]  # type: ignore[attr-defined]  # prefetched
    return write_xlsx([Sheet(_("Follow-up ledger"), columns, lines)])


def _line(row: LedgerRow, asked: FollowUpUnit, today: date) -> list[object]:
    one, task = row.follow_up, asked.task
    left = rules.days_left(task.due_on, today)
    is_waiting = task.state in {TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED}
    late = due_words(left)[1] if is_waiting and left is not None and left < 0 else str(_WORDS[TaskState(task.state)])
    return [
        row.number, str(Line(one.line).label), one.subject, one.text, one.unit.name, timezone.localdate(one.asked_at),
        asked.unit.name, str(UnitRole(asked.role).label), task.due_on, late, str(Rung(asked.rung).label), row.state,
        str(one.closed_by) if one.closed_by else "", timezone.localdate(one.closed_at) if one.closed_at else None,
    ]  # fmt: skip
