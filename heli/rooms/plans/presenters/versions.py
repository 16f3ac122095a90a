"""Versions in words: items, changes, whom they touch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Line, Period, PlanState, Reach, VersionState
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.words import number_of
from heli.rooms.plans.presenters.work import ProgressView, progress
from heli.rooms.plans.queries.directories import told_apart
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.plans.models import PlanItem, PlanVersion
    from heli.rooms.plans.queries.leads import OpenLead
    from heli.rooms.plans.queries.progress import PlanProgress
    from heli.rooms.plans.queries.shortfalls import Shortfall
    from heli.rooms.plans.queries.versions import Impact
    from heli.rooms.plans.queries.work import ItemWork
    from heli.rooms.tasks.models import Task


@dataclass(frozen=True, slots=True)
class VersionItem:
    """An item as the version's page shows it."""

    item: PlanItem
    when: str
    who: str
    requesters: str
    helpers: str
    carriers: str
    origin: str
    decided: str
    edit_url: str
    leave_url: str
    above: Sequence[str]
    progress: ProgressView | None


def items(rows: Iterable[Any], version: PlanVersion, found: PlanProgress) -> list[VersionItem]:
    return [_item(row, version, found) for row in rows]


def _item(row: Any, version: PlanVersion, found: PlanProgress) -> VersionItem:
    by_role: dict[str, list[str]] = {}
    for named in row.named:
        by_role.setdefault(named.role, []).append(named.unit.name)
    sources = [origin.draft_item for origin in row.origins if origin.draft_item is not None]
    decisions = [origin.decision for origin in row.origins if origin.decision is not None]
    who = row.lead or punctuation.listed(by_role.get("lead", []))
    reach = "" if row.reach == Reach.LEAD else str(Reach(row.reach).label)
    carried = ngettext("%(n)s unit", "%(n)s units", row.carriers) % {"n": row.carriers} if row.carriers > 1 else ""
    return VersionItem(
        item=row,
        when=words.when_text(row.start, row.due, row.period, year=version.plan.year),
        who=who,
        requesters=punctuation.listed(by_role.get("requester", [])),
        helpers=punctuation.listed(row.helpers) or punctuation.listed(by_role.get("helper", [])),
        carriers=" · ".join(part for part in (reach, carried) if part),
        origin=_(", ").join(number_of(source) for source in sources) or _("added"),
        decided=punctuation.clauses(
            dict.fromkeys(
                _("%(choice)s by %(name)s") % {"choice": decision.get_choice_display(), "name": decision.by}
                for decision in decisions
            )
        ),
        edit_url=reverse("plans:item", args=[version.plan_id, version.number, row.pk]),
        leave_url=reverse("plans:leave_out", args=[version.plan_id, version.number, row.pk]),
        above=[
            _("One task with %(unit)s: %(text)s")
            % {"unit": link.upper_item.version.plan.unit.name, "text": link.upper_item.text}
            for link in row.with_above
        ],
        progress=progress(found.of(row), reverse("plans:item_tasks", args=[version.plan_id, version.number, row.pk])),
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a task comes from, as its page shows it."""

    plan: str
    number: int
    url: str
    facts: Sequence[tuple[str, str]]


def origin(item: PlanItem) -> Origin:
    facts = [(_("Lead"), item.lead), (_("Helping"), punctuation.listed(item.helpers)), (_("Amount"), item.quantity)]
    address = reverse("plans:version", args=[item.version.plan_id, item.version.number])
    return Origin(
        plan=item.version.plan.title,
        number=item.number,
        url=f"{address}#item-{item.pk}",
        facts=[(name, value) for name, value in facts if value],
    )


FIELD_NAMES = {
    "text": lambda: _("What is to be done"),
    "line": lambda: _("Line"),
    "lead": lambda: _("Lead"),
    "helpers": lambda: _("Helping"),
    "reach": lambda: _("Carried out by"),
    "start": lambda: _("From"),
    "due": lambda: _("Due"),
    "period": lambda: _("How often"),
    "quantity": lambda: _("Amount"),
    "deliverable": lambda: _("What proves it"),
    "minutes": lambda: _("Minutes each time"),
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change in words: what kind, on which item, and field by field before and after."""

    kind: str
    kind_text: str
    tone: str
    number: int
    text: str
    fields: Sequence[tuple[str, str, str]]
    work: Sequence[str] = ()


def changes(found: Iterable[rules.ItemChange], impact: Impact | None = None) -> list[ChangeView]:
    """Return changes in words; with an ``impact``, each says which tasks it amends, ends, opens and leaves done."""
    work = {each.change.facts.lineage: _work(each) for each in impact.work} if impact else {}
    kinds = {
        "added": (pgettext("change of a plan", "Added"), "done"),
        "removed": (_("Removed"), "late"),
        "changed": (_("Changed"), "run"),
    }
    return [
        ChangeView(
            kind=change.kind,
            kind_text=kinds[change.kind][0],
            tone=kinds[change.kind][1],
            number=change.facts.number,
            text=change.facts.text,
            fields=[(FIELD_NAMES[name](), _value(name, old), _value(name, new)) for name, old, new in change.fields],
            work=work.get(change.facts.lineage, ()),
        )
        for change in found
    ]


def _work(each: ItemWork) -> list[str]:
    """Return the tasks of one item by unit and day: amended with their state, withdrawn, replaced, opened, done."""
    amended = [f"{_at(task, stretch.due)} ({task.get_state_display()})" for task, stretch in each.amended]
    parts = [
        (_("Amended, work goes on"), amended),
        (_("Withdrawn tasks"), [_at(task) for task in each.withdrawn]),
        (_("Replaced, goes to another unit"), [_at(task) for task in each.replaced]),
        (_("New tasks"), [f"{unit.name} {stretch.due}" for unit, _post, stretch in each.opened]),
        (_("Done, stays as it is"), [_at(task) for task in each.done]),
    ]
    return [_sentence(label, names) for label, names in parts if names]


def _at(task: Task, due: date | None = None) -> str:
    """Return unit and due day of a task, and the new day where it moves."""
    moved = f" → {due}" if due is not None and due != task.due_on else ""
    return f"{task.unit.name} {task.due_on or '–'}{moved}"


def _sentence(label: str, names: Sequence[str]) -> str:
    params = {"label": label, "n": len(names), "names": _(", ").join(names[:12]), "more": len(names) - 12}
    if len(names) > 12:
        return _("%(label)s (%(n)s): %(names)s and %(more)s more") % params
    return _("%(label)s (%(n)s): %(names)s") % params


def _value(name: str, value: str) -> str:
    if not value:
        return "–"
    if name in ("start", "due"):
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    tables: dict[str, Any] = {"line": Line, "reach": Reach, "period": Period}
    return str(tables[name](value).label) if name in tables else value


def changes_summary(found: Sequence[rules.ItemChange]) -> str:
    counts = {kind: sum(1 for change in found if change.kind == kind) for kind in ("added", "changed", "removed")}
    parts = []
    if counts["added"]:
        parts.append(ngettext("%(n)s added", "%(n)s added", counts["added"]) % {"n": counts["added"]})
    if counts["changed"]:
        parts.append(ngettext("%(n)s changed", "%(n)s changed", counts["changed"]) % {"n": counts["changed"]})
    if counts["removed"]:
        parts.append(ngettext("%(n)s removed", "%(n)s removed", counts["removed"]) % {"n": counts["removed"]})
    return _(", ").join(parts) if parts else _("no difference")


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One line of the impact table: what is touched, how much of it, and each one by name."""

    label: str
    number: int
    names: Sequence[str]
    more: int


_NAMED = 200


def impact(found: Impact) -> list[ImpactRow]:
    """Return whom and what a change touches: units, persons, tasks by what becomes of them, days."""
    days = [
        f"{formats.date_format(day, 'DATE_FORMAT')} · {ngettext('%(n)s task', '%(n)s tasks', number) % {'n': number}}"
        for day, number in found.days
    ]
    rows = [
        (_("Units"), len(found.units), found.units),
        (_("Persons"), found.persons, found.named),
        *_task_rows(found),
        (_("Due days"), len(days), days),
    ]
    return [
        ImpactRow(label, number, names[:_NAMED], max(number - len(names[:_NAMED]), 0)) for label, number, names in rows
    ]


def _task_rows(found: Impact) -> list[tuple[str, int, list[str]]]:
    """Return the tasks by what becomes of them; what is none is not said."""
    labels = {
        "amended": _("Tasks amended, work goes on"),
        "withdrawn": _("Withdrawn tasks"),
        "replaced": _("Tasks that go to another unit"),
        "opened": _("New tasks"),
        "done": _("Done tasks, stay as they are"),
    }
    rows = []
    for part, label in labels.items():
        number = found.total(part)
        if number:
            rows.append((label, number, [name for each in found.work for name in _names(each, part)][:_NAMED]))
    return rows


def _names(each: ItemWork, part: str) -> list[str]:
    if part == "opened":
        return [f"{unit.name} {stretch.due}" for unit, _post, stretch in each.opened]
    if part == "amended":
        return [_at(task, stretch.due) for task, stretch in each.amended]
    return [_at(task) for task in getattr(each, part)]


def submit_hint(version: PlanVersion) -> str:
    """Return what stands between this version and taking effect."""
    states = {
        VersionState.DRAFT: _("Check every item, then submit it. Somebody who had no hand in it approves."),
        VersionState.SUBMITTED: _("Nothing can be changed until it is approved or returned."),
        VersionState.PUBLISHED: _("Items are tasks of the units that carry them out."),
        VersionState.SUPERSEDED: _("Kept as it was; a newer version is in force."),
    }
    return states[VersionState(version.state)]


def state_tone(version: PlanVersion) -> str:
    return words.VERSION_TONES[VersionState(version.state)]


def can_change(version: PlanVersion) -> bool:
    plan_open = version.plan.state in (PlanState.CONCLUDED, PlanState.REVISING)
    return version.state == VersionState.DRAFT and plan_open


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One question about a lead, and the unit that is chosen in its list: what was sent, else the suggestion."""

    lead: OpenLead
    need: str
    chosen: str
    # Units of the name that stands there, each with its parent's.
    alike: Sequence[tuple[int, str]]


def lead_rows(leads: Sequence[OpenLead], sent: Mapping[tuple[str, str, str], str]) -> list[LeadRow]:
    """Return what is to be said about leads, with what somebody chose before it was refused."""
    rows = []
    for lead in leads:
        need = "rule" if lead.is_nobodys else "must" if lead.is_needed else "may"
        suggested = str(lead.suggested.pk) if lead.suggested else ""
        alike = [(unit.pk, told_apart(unit)) for unit in lead.alike]
        rows.append(LeadRow(lead, need, sent.get((lead.words, lead.line.value, need), suggested), alike))
    return rows


def shortfall_words(each: Shortfall) -> str:
    """Return in a sentence where the plan asks less than the rule."""
    said = {
        "reach": _("The rule asks it of each unit below; the plan, in no. %(numbers)s, of its lead alone."),
        "times": _("The rule asks it %(asked)s times a year; the plan, in no. %(numbers)s, %(planned)s times."),
        "gone": _("The version before deployed it; this one does not."),
    }[each.kind]
    numbers = punctuation.listed(each.numbers)
    return said % {"numbers": numbers, "asked": each.asked, "planned": each.planned}


def lead_choices(units: Sequence[Unit]) -> list[tuple[str, str, str]]:
    """Return units as a field suggests them: what is filled in, the words shown, and what tells them apart."""
    times = Counter(unit.name for unit in units)
    named = [(told_apart(unit) if times[unit.name] > 1 else unit.name, unit) for unit in units]
    return [(name, unit.name, unit.parent.name if unit.parent else unit.code) for name, unit in named]
