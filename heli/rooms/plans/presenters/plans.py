"""The list of plans and the workshop's page in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.engines.alignment.dates import WITHIN_A_YEAR
from heli.engines.alignment.occasions import cuts, rhythms_of
from heli.rooms.plans import rules
from heli.rooms.plans.enums import FindingKind, Line, PlanState, RowKind, RunState, RunStep
from heli.rooms.plans.forms import MAX_ITEM
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.board import next_words
from heli.rooms.plans.presenters.cards import moment
from heli.rooms.plans.queries.plans import PlanPage
from heli.ui import punctuation
from heli.ui.shapes import Option, Step

if TYPE_CHECKING:
    from heli.rooms.plans.models import AlignmentRun, DraftItem, Plan, PlanDocument


@dataclass(frozen=True, slots=True)
class ListRow:
    """A plan as the list shows it."""

    plan: Plan
    url: str
    tone: str
    facts: str
    verb: str


def list_rows(plans: Iterable[Any]) -> list[ListRow]:
    return [
        ListRow(
            plan=plan,
            url=reverse("plans:plan", args=[plan.pk]),
            tone=words.STATE_TONES[PlanState(plan.state)],
            facts=_list_facts(plan),
            verb=_verb(plan),
        )
        for plan in plans
    ]


def _list_facts(plan: Any) -> str:
    if plan.state == PlanState.DECIDING and plan.open_cards:
        return ngettext("%(n)s card to decide", "%(n)s cards to decide", plan.open_cards) % {"n": plan.open_cards}
    if plan.published_number:
        return _("version %(number)s in force") % {"number": plan.published_number}
    return _("%(papers)s papers, %(items)s items") % {"papers": plan.papers, "items": plan.items}


def _verb(plan: Plan) -> str:
    verbs = {
        PlanState.DRAFTING: _("Add papers"),
        PlanState.DECIDING: pgettext("findings", "Decide"),
        PlanState.CONCLUDED: _("Check"),
        PlanState.IN_REVIEW: _("Review"),
        PlanState.PUBLISHED: pgettext("verb", "Read"),
        PlanState.REVISING: _("Revise"),
    }
    return verbs[PlanState(plan.state)]


def state_options(states: Iterable[tuple[str, str]], chosen: str) -> list[Option]:
    return [Option("", _("All states"), selected=not chosen)] + [
        Option(value, label, selected=value == chosen) for value, label in states
    ]


def year_options(years: Iterable[int], chosen: int | None) -> list[Option]:
    return [Option("", _("All years"), selected=chosen is None)] + [
        Option(str(year), str(year), selected=year == chosen) for year in years
    ]


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as its line's panel shows it."""

    document: PlanDocument
    name: str
    split_url: str
    remove_url: str
    original_url: str
    facts: str
    failure: str
    remedy: str
    notes: tuple[str, ...]
    open_times: str = ""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the workshop: its papers and how many items they hold."""

    line: str
    name: str
    papers: tuple[PaperView, ...]
    items: int
    # What was typed into a form that was refused, and what is wrong with it, by field.
    typed: Mapping[str, Any]
    errors: Mapping[str, str]


def lines(page: PlanPage, typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[LineView]:
    """Return both lines with their papers; ``typed`` and ``errors`` are of the form that was refused."""
    names = words.paper_names([row.document for rows in page.papers.values() for row in rows])
    return [
        LineView(
            line=line.value,
            name=str(line.label),
            papers=tuple(_paper(page.plan, row, names[row.document.pk]) for row in page.papers[line]),
            items=page.items[line],
            typed=typed if typed.get("line") == line.value else {},
            errors=errors if typed.get("line") == line.value else {},
        )
        for line in (Line.PARTY, Line.INTEGRITY)
    ]


def _paper(plan: Plan, row: Any, name: str) -> PaperView:
    document = row.document
    failure = words.said({k: v["what"] for k, v in document.failure.items()})
    address = [plan.pk, document.pk]
    return PaperView(
        document=document,
        name=name,
        split_url=reverse("plans:split", args=address),
        remove_url=reverse("plans:remove_paper", args=address),
        original_url=reverse("plans:original", args=address) if document.stored_as else "",
        facts=_("%(items)s items, %(headings)s headings, %(left)s left out")
        % {"items": row.items, "headings": row.headings, "left": row.left_out},
        failure=failure,
        remedy=words.said({k: v["remedy"] for k, v in document.failure.items()}),
        notes=tuple(words.said(note) for note in document.notes),
        open_times=ngettext("%(n)s time to fill in", "%(n)s times to fill in", row.open_times) % {"n": row.open_times}
        if row.open_times
        else "",
    )


def steps(page: PlanPage) -> list[Step]:
    """Return the way from two drafts to tasks, with where this plan stands."""
    state = PlanState(page.plan.state)
    order = {
        PlanState.DRAFTING: 1, PlanState.DECIDING: 2, PlanState.CONCLUDED: 3, PlanState.IN_REVIEW: 4,
        PlanState.PUBLISHED: 5, PlanState.REVISING: 3,
    }  # fmt: skip
    at = order[state]
    papers = sum(len(rows) for rows in page.papers.values())
    decided = page.cards - page.open_cards
    texts = [
        (
            _("Papers of both lines"),
            _("%(papers)s papers, %(items)s items") % {"papers": papers, "items": sum(page.items.values())},
        ),
        (
            _("Decide the board"),
            _("%(done)s of %(all)s decided") % {"done": decided, "all": page.cards} if page.cards else "",
        ),
        (_("One plan"), ""),
        (_("Approved by somebody else"), ""),
        (_("In force, as tasks"), ""),
    ]
    return [Step(text, note=note, is_now=number == at) for number, (text, note) in enumerate(texts, start=1)]


@dataclass(frozen=True, slots=True)
class KindRow:
    """How far the cards of a kind are, and where they stand."""

    kind: str
    done: int
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class Deciding:
    """How far the board is: what is next, each kind, and what was decided last."""

    next: str
    kinds: tuple[KindRow, ...]
    last: str


def deciding(page: PlanPage, today: date) -> Deciding | None:
    """Return how far the decisions are; None where nothing was aligned."""
    if not page.kinds:
        return None
    address, last = reverse("plans:board", args=[page.plan.pk]), page.last_decision
    said = _("%(time)s %(name)s: %(title)s · %(choice)s")
    return Deciding(
        next=next_words(page.kinds),
        kinds=tuple(
            KindRow(
                str(FindingKind(each.kind).label), each.total - each.open, each.total,
                f"{address}?kind={each.kind}" + ("" if each.open else "&done=1"),
            )
            for each in page.kinds
        ),
        last=said % {
            "time": moment(last.at, today), "name": last.by, "title": words.said(last.finding.title),
            "choice": last.get_choice_display(),
        } if last else "",
    )  # fmt: skip


def foreign_years(page: PlanPage) -> list[tuple[str, str]]:
    """Return the papers that name years in title or file name, and not the plan's, each with those years."""
    found = []
    for row in (row for rows in page.papers.values() for row in rows):
        named = sorted(set(_YEAR.findall(f"{row.document.title} {row.document.filename}")))
        if named and str(page.plan.year) not in named:
            found.append((row.document.title, punctuation.listed(named)))
    return found


def missing_for_alignment(page: PlanPage) -> str:
    """Return what still lacks before the drafts can be aligned; empty = they can."""
    missing = [str(line.label) for line in (Line.PARTY, Line.INTEGRITY) if not page.items[line]]
    return _("no item yet of: %(lines)s") % {"lines": _(", ").join(missing)} if missing else ""


@dataclass(frozen=True, slots=True)
class SplitRow:
    """A line of the split review: what stood in the paper, and what it became."""

    row: DraftItem
    kind: str
    tone: str
    place: str
    why: str
    when: str
    cuts: tuple[tuple[int, str], ...]
    # What a person has to say of the time, and how many items its times would make.
    hint: str
    times: int
    # What else to look at: it stops nothing.
    remark: str
    edit_url: str
    kinds: tuple[tuple[str, str], ...]


TONES = {RowKind.ITEM: "done", RowKind.HEADING: "run", RowKind.LEFT_OUT: "idle"}
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


def split_rows(rows: Iterable[DraftItem], year: int) -> list[SplitRow]:
    kinds = [(kind.value, str(kind.label)) for kind in RowKind]
    return [
        SplitRow(
            row=row,
            kind=words.kind_word(row.kind),
            tone=TONES[RowKind(row.kind)],
            place=words.place_text(row.place),
            why=words.left_out_text(row.reason) if row.kind == RowKind.LEFT_OUT else "",
            when=words.row_when(row, year),
            cuts=places_to_cut(row.source) if row.kind == RowKind.ITEM else (),
            hint=words.time_hint(row, year) if row.kind == RowKind.ITEM else "",
            times=_times(row, year),
            remark=_remark(row) if row.kind == RowKind.ITEM else "",
            edit_url=reverse("plans:row", args=[row.plan_id, row.pk]),
            kinds=tuple(pair for pair in kinds if pair[0] != row.kind),
        )
        for row in rows
    ]


def _times(row: DraftItem, year: int) -> int:
    asked = rules.open_time(rules.Time(row.start, row.end, row.period, row.when_words), year)
    return len(asked.windows) if asked is not None and row.kind == RowKind.ITEM else 0


def _remark(row: DraftItem) -> str:
    """Return that an item says more than one rhythm, or is too long to be one."""
    if len(row.text) > MAX_ITEM:
        return _("%(n)s characters are too many for one item: cut it.") % {"n": len(row.text)}
    rhythms = rhythms_of(row.text) if row.period in WITHIN_A_YEAR else ()
    if not rhythms:
        return ""
    return _("Two rhythms in one item (%(words)s): only the first is kept. Cut it, and each has its own.") % {
        "words": punctuation.listed(rhythms)
    }


def places_to_cut(source: str) -> tuple[tuple[int, str], ...]:
    """Return the places at which a source can be cut: the offset and the words that would begin the second item."""
    return tuple((at, " ".join(source[at:].split())[:24]) for at in cuts(source))


@dataclass(frozen=True, slots=True)
class RunView:
    """An alignment that runs, as its progress shows it."""

    state: str
    note: str
    is_over: bool


def run_view(run: AlignmentRun) -> RunView:
    states = {
        RunState.QUEUED: "waiting", RunState.RUNNING: "running", RunState.DONE: "done", RunState.FAILED: "failed",
    }  # fmt: skip
    stays = _("You can leave this page; the board is there when it is done.")
    at = RunStep(run.step).label if run.step else ""
    note = run.failure or " · ".join(str(part) for part in (at, stays) if part)
    return RunView(states[RunState(run.state)], "" if run.state == RunState.DONE else note, run.ended_at is not None)
