"""What follows for tasks from a change: open work that it touches, work that goes on, finished work, templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.translation import gettext as _

from heli.rooms.people import access as people
from heli.rooms.rulebook.records import (
    CANCEL,
    END,
    FORWARD,
    MOVE,
    PART,
    SHOW,
    TELL,
    Change,
    Group,
    Line,
    Page,
    Reader,
    Share,
    Touched,
    number,
)
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState, TemplateState
from heli.rooms.tasks.models import FurtherDuty, Task, TaskQuerySet, TaskTemplate
from heli.rooms.tasks.queries import closing, surplus
from heli.rooms.tasks.queries.duties import begun, serves_besides
from heli.rooms.tasks.queries.surplus import SURPLUS

if TYPE_CHECKING:
    from heli.rooms.people.models import UnitQuerySet

OPEN, BEGUN, SHARED = "tasks.open", "tasks.begun", "tasks.shared"
BEFORE, WAITING = "tasks.before", "tasks.waiting"
DONE, TEMPLATES, DUE = "tasks.done", "tasks.templates", "tasks.due"
KEYS = frozenset({OPEN, BEGUN, SURPLUS, SHARED, BEFORE, WAITING, DONE, TEMPLATES, DUE, *closing.KEYS})
_TO_DO = (TaskState.OPEN, TaskState.ACCEPTED, TaskState.RETURNED)
_Row = TypeVar("_Row", bound=Model)


def title(key: str) -> str:
    return {
        OPEN: _("Open tasks due from that day on"),
        BEGUN: _("Tasks begun, due from that day on"),
        SURPLUS: _("Open tasks beyond what is asked from that day on"),
        SHARED: _("Open tasks that meet another duty as well"),
        BEFORE: _("Open tasks due before that day"),
        WAITING: _("Handed in and awaiting review"),
        DONE: _("Tasks done this year"),
        TEMPLATES: _("Task templates in force"),
        DUE: _("Open tasks due on that day"),
        closing.LEFT: _("Open tasks that it has in hand"),
        closing.HELD: _("Work handed in, and answers to follow-ups and rectifications"),
        closing.ASKED: _("Work of other units that it asked for"),
    }[key]


def effect(key: str, act: str) -> str:
    return {
        (OPEN, CANCEL): _("Nobody has begun them. They are withdrawn with the reason of the change."),
        (BEGUN, CANCEL): _(
            "Somebody accepted them or recorded something for them. Kept, they are brought to their end as they are; "
            "withdrawn, whoever holds them is told why. What is begun after the decision, or awaits review when it is "
            "made, is kept."
        ),
        (OPEN, TELL): _("They go on as they are; whoever has them in hand is told what changes."),
        (SHARED, TELL): _("They go on for the other duty; whoever has them in hand is told what changes."),
        (SURPLUS, CANCEL): _(
            "They are withdrawn with the reason of the change, and whoever holds them is told. Work that somebody "
            "accepted or did counts towards what is asked and stays; declined, they all go on."
        ),
        (DUE, MOVE): _(
            "They get the other day, and whoever has them in hand is told. Declined, they keep the day. Answers to "
            "follow-ups and rectifications are not among them: whoever asked grants a later date."
        ),
        (closing.LEFT, FORWARD): _(
            "Whoever takes over gets them with the evidence recorded so far; where it already has the same task, that "
            "one stays. Not passed on, they are withdrawn with your reason. A line you leave out goes the other way."
        ),
        (closing.HELD, FORWARD): _(
            "They pass to whoever takes over, so that nothing somebody waits for is lost; whoever asked decides on "
            "them as before."
        ),
        (closing.ASKED, FORWARD): _(
            "Whoever takes over asks for it from now on: it closes the follow-ups and crosses off the rectifications, "
            "which get a number of its own."
        ),
        (TEMPLATES, END): _("They end: nothing more is issued from them. Tasks that are out are counted above."),
        (TEMPLATES, TELL): _("Their owners are told, so that they change them."),
    }[(key, act)]


def groups(change: Change, reader: Reader) -> list[Group]:
    """Return the tasks and templates that rest on the duties, counted by part of the tree; always as many queries."""
    if concerned(change) is None:
        return []
    if change.is_closing:
        return _closing(change, reader)
    if change.moved_to is not None:
        return [_counted(DUE, tasks_of(change, DUE, reader), MOVE)]
    act, of_templates = _acts(change)
    return [
        *_open(change, reader, act),
        *([_counted(SHARED, tasks_of(change, SHARED, reader), TELL)] if change.duties else []),
        Group(TEMPLATES, templates_of(change, reader).count(), act=of_templates),
        _counted(BEFORE, tasks_of(change, BEFORE, reader), SHOW),
        _counted(WAITING, tasks_of(change, WAITING, reader), SHOW, is_done=True),
        _counted(DONE, tasks_of(change, DONE, reader), SHOW, is_done=True),
    ]


def _closing(change: Change, reader: Reader) -> list[Group]:
    """Return what is left with nobody once a unit or post is closed, and the templates of a unit."""
    keys = (closing.LEFT, closing.HELD, closing.ASKED)
    found = [_counted(key, tasks_of(change, key, reader), FORWARD) for key in keys]
    if change.unit_path:
        found.append(Group(TEMPLATES, templates_of(change, reader).count(), act=END))
    done = _counted(DONE, tasks_of(change, DONE, reader), SHOW, is_done=True)
    return [*(replace(group, is_fixed=group.key != closing.LEFT and group.act == FORWARD) for group in found), done]


def _open(change: Change, reader: Reader, act: str) -> list[Group]:
    """Return the open work from the day on; apart from it what is begun, or what goes beyond what is asked then."""
    every = _counted(OPEN, tasks_of(change, OPEN, reader), act)
    if change.ends:
        return [every, replace(_counted(BEGUN, tasks_of(change, BEGUN, reader), CANCEL), is_begun=True)]
    beyond = surplus.tasks_beyond(change)
    if beyond is None:
        return [every]
    apart = _counted(SURPLUS, tasks_of(change, SURPLUS, reader), CANCEL)
    counts = {share.path: share.count for share in apart.shares}
    rest = [Share(share.path, share.count - counts.get(share.path, 0)) for share in every.shares]
    shares = tuple(share for share in rest if share.count)
    return [apart, Group(OPEN, every.count - apart.count, act=act, shares=shares)]


def _acts(change: Change) -> tuple[str, str]:
    """Return what would be done with open tasks and with templates; a unit, post or day changes on its own page."""
    if not change.duties:
        return SHOW, SHOW
    return (CANCEL, END) if change.ends else (TELL, TELL)


def concerned(change: Change) -> Q | None:
    """Return the filter for tasks that a change bears on: by duty, by place in the tree, by post, or by day."""
    if change.duties:
        return Q(obligation__in=change.duties)
    if change.unit_path:
        return Q(unit__path__startswith=change.unit_path)
    if change.addresses:
        wanted = Q(pk__in=[])
        for unit_id, kind in sorted(change.addresses):
            wanted |= Q(unit_id=unit_id, post_kind=kind)
        return wanted
    return Q(due_on=change.on) if change.is_day else None


def _counted(key: str, tasks: TaskQuerySet, act: str, *, is_done: bool = False) -> Group:
    parts = tasks.order_by().annotate(part=Left("unit__path", PART)).values("part")
    rows = parts.annotate(n=Count("pk")).order_by("part")
    shares = tuple(Share(row["part"], row["n"]) for row in rows)
    return Group(key, sum(share.count for share in shares), act=act, is_done=is_done, shares=shares)


def tasks_of(change: Change, key: str, reader: Reader | None) -> TaskQuerySet:
    """Return the tasks of a group that the reader may open; without a reader all."""
    seen = access.visible_tasks(reader.person, reader.today) if reader is not None else Task.objects.all()
    later = Q(due_on__gte=change.on) | Q(due_on__isnull=True)
    if key in closing.KEYS:
        return closing.tasks_of(change, key, seen)
    if key == SHARED:
        return seen.filter(later, pk__in=_shared(change), state__in=_TO_DO)
    tasks = seen.filter(concerned(change) or Q(pk__in=[]))
    if key == DUE:
        return tasks.filter(state__in=_TO_DO).exclude(closing.waited_for()) if change.moved_to else seen.none()
    if key == SURPLUS:
        beyond = surplus.tasks_beyond(change)
        return seen.none() if beyond is None else tasks.filter(pk__in=beyond)
    if key in (OPEN, BEGUN):
        tasks = tasks.filter(later, state__in=_TO_DO)
        if not change.ends:
            return tasks if key == OPEN else seen.none()
        own = tasks.exclude(serves_besides(change.duties))
        return own.filter(begun()) if key == BEGUN else own.exclude(begun())
    if key == BEFORE:
        return tasks.filter(due_on__lt=change.on, state__in=_TO_DO)
    if key == WAITING:
        return tasks.filter(state=TaskState.HANDED_IN)
    return tasks.filter(due_on__gte=date(change.on.year, 1, 1), state=TaskState.CLOSED)


def _shared(change: Change) -> QuerySet[FurtherDuty, int]:
    """Return the tasks that meet a duty of the change beside another one, or, where it ends, another beside it."""
    first, further = Q(task__obligation__in=change.duties), Q(code__in=change.duties)
    beside = FurtherDuty.objects.filter(further & ~first).values_list("task", flat=True)
    if not change.ends:
        return beside
    return beside.union(FurtherDuty.objects.filter(first & ~further).values_list("task", flat=True))


def templates_of(change: Change, reader: Reader | None) -> QuerySet[TaskTemplate]:
    """Return the templates in force that ask for the duties, those the reader may see; without one all."""
    seen = access.visible_templates(reader.person, reader.today) if reader is not None else TaskTemplate.objects.all()
    wanted = Q(obligation__in=change.duties)
    if change.unit_path:
        wanted = Q(root__path__startswith=change.unit_path) | Q(unit__path__startswith=change.unit_path)
    return seen.filter(wanted, state=TemplateState.APPROVED, ends_on__gte=change.on)


def lines(change: Change, reader: Reader, page: Page) -> list[Line]:
    """Return tasks or templates of a group, oldest first, each with who has it in hand (three queries)."""
    if page.group == TEMPLATES:
        templates = _page_of(templates_of(change, reader).select_related("root", "owner"), page)
        return [_template_line(template) for template in templates]
    if page.group not in KEYS:
        return []
    tasks = tasks_of(change, page.group, reader).select_related("unit")
    beyond = surplus.tasks_beyond(change) if page.group == OPEN else None
    if beyond is not None:
        tasks = tasks.exclude(pk__in=beyond)
    return _task_lines(_page_of(tasks, page), reader.today)


def _page_of(rows: QuerySet[_Row], page: Page) -> list[_Row]:
    if page.only:
        rows = rows.filter(pk__in=[number(key) for key in page.only])
    if page.after:
        rows = rows.filter(pk__gt=number(page.after))
    return list(rows.order_by("pk")[: page.limit])


def _task_lines(tasks: Iterable[Task], today: date) -> list[Line]:
    rows = list(tasks)
    held = people.names_at({(task.unit_id, task.post_kind) for task in rows}, today)
    return [
        Line(
            key=str(task.pk), title=task.title, url=reverse("tasks:task", args=[task.pk]), unit=task.unit.name,
            holders=tuple(held.get((task.unit_id, task.post_kind), ())), due_on=task.due_on, line=task.line,
            state=str(TaskState(task.state).label), tone=TaskState(task.state).tone,
        )
        for task in rows
    ]  # fmt: skip


def _template_line(template: TaskTemplate) -> Line:
    return Line(
        key=str(template.pk), title=template.title, url=reverse("tasks:template", args=[template.pk]),
        unit=template.root.name, holders=(template.owner.name,), due_on=template.ends_on, line=template.line,
        state=str(TemplateState(template.state).label), tone="run",
    )  # fmt: skip


def touched(change: Change, group: str, left_out: Collection[str], today: date) -> Touched:
    """Return the units that have such tasks in hand, and the owners of such templates."""
    out = [number(key) for key in left_out]
    if group == TEMPLATES:
        owners = templates_of(change, None).exclude(pk__in=out).values_list("owner_id", flat=True)
        return Touched(persons=frozenset(owners))
    if group in closing.KEYS:
        return closing.touched(change, group)
    if group not in (OPEN, BEGUN, SURPLUS, SHARED, DUE):
        return Touched()
    addresses = set(
        tasks_of(change, group, None).exclude(pk__in=out).order_by().values_list("unit_id", "post_kind").distinct()
    )
    held = people.holders_of({address for address in addresses if address[1]}, today)
    persons = frozenset(person_id for holders in held.values() for person_id in holders)
    return Touched(frozenset(unit_id for unit_id, _kind in addresses), persons)


def outside(change: Change, reach: UnitQuerySet) -> Collection[int]:
    """Return the units beyond ``reach`` with tasks that the change withdraws or tells of, or templates for them."""
    within, found = reach.values("pk"), set[int]()
    for key in (DUE,) if change.moved_to is not None else (OPEN, BEGUN, SURPLUS, SHARED):
        tasks = tasks_of(change, key, None).exclude(unit__in=within)
        found.update(tasks.order_by().values_list("unit_id", flat=True).distinct())
    templates = templates_of(change, None).exclude(root__in=within)
    return found | set(templates.order_by().values_list("root_id", flat=True))
