"""My double duties as the page shows them: both lines side by side, done once, counted wherever it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from heli.rooms.responsibilities import rules
from heli.rooms.responsibilities.enums import Kind, Line, WorkState
from heli.rooms.responsibilities.presenters import words
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.responsibilities.queries.duties import DutyItem, DutyPage
    from heli.rooms.responsibilities.queries.record import RecordRow
    from heli.rooms.responsibilities.records import DutyWork, Proof

_SOON = 7
_ORDER = {"late": 0, "soon": 1, "run": 2, "wait": 3, "idle": 4, "done": 5}


@dataclass(frozen=True, slots=True)
class Row:
    """One item, or one piece of work that stands on no item."""

    text: str
    basis: str
    url: str
    progress: str
    tone: str
    state: str
    proofs: tuple[Proof, ...]
    counts: str
    wanted: str
    action: str
    action_url: str
    tag: str


@dataclass(frozen=True, slots=True)
class Section:
    """A line with its rows: first what is under way, then what this year is done."""

    line: str
    title: str
    sub: str
    summary: str
    rows: Sequence[Row]
    finished: Sequence[Row]


def sections(page: DutyPage, today: date) -> list[Section]:
    """Return both lines together, Party building, integrity: in this order, also where one is empty."""
    titles = {
        Line.BOTH: (_("Both lines at once"), _("done once, recorded once, counted in both lines")),
        Line.PARTY: (_("Party building"), ""),
        Line.INTEGRITY: (_("Integrity"), ""),
    }
    return [_section(page, line, title, sub, today) for line, (title, sub) in titles.items()]


def _section(page: DutyPage, line: Line, title: str, sub: str, today: date) -> Section:
    items = [item for item in page.items if item.line == line]
    rows = [_item_row(page, item, today) for item in items]
    rows.sort(key=lambda row: _ORDER[row.tone])
    open_rows = [row for row in rows if row.tone != "done"]
    works, missing = page.counted_once(line)
    due, done = len(works) + missing, sum(work.state == WorkState.DONE for work in works)
    count = npgettext("duties", "%(n)s item", "%(n)s items", len(items)) % {"n": len(items)}
    summary = _("%(items)s, %(due)s times this year, %(done)s done") % {"items": count, "due": due, "done": done}
    return Section(line.value, title, sub, summary if items else "", open_rows, [r for r in rows if r.tone == "done"])


_OTHERS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class OtherWork:
    """Work on no item of a list: what is next, what comes later, what is done; each row with its line."""

    rows: Sequence[tuple[str, Row]]
    later: Sequence[tuple[str, Row]]
    done: int


def other_work(page: DutyPage, today: date) -> OtherWork | None:
    """Return the person's work that no item asks for, soonest first; None where there is none."""
    undone = [work for work in page.others if work.state != WorkState.DONE]
    undone.sort(key=lambda work: (work.state == WorkState.WAITING, work.due_on or date.max, work.key))
    rows = [(work.line, _work_row(work, today)) for work in undone]
    if not page.others:
        return None
    return OtherWork(rows[:_OTHERS_SHOWN], rows[_OTHERS_SHOWN:], len(page.others) - len(undone))


def _item_row(page: DutyPage, item: DutyItem, today: date) -> Row:
    tone, state, acted = _state(item, today)
    frequencies = list(dict.fromkeys(words.how_often(duty) for duty in item.duties))
    parts = [words.basis_of(item.item), *frequencies[:2], _before_words(len(item.before))]
    duty_list = item.item.version.list
    done = sorted(item.done, key=lambda work: work.done_on or today, reverse=True)
    proofs = tuple(dict.fromkeys(proof for work in done for proof in work.proofs))
    action, url = _action(acted, done)
    return Row(
        text=words.text_of(item.item),
        basis=" · ".join(part for part in parts if part),
        url=_item_url(duty_list.pk, item.item.version.number, item.item.pk),
        progress=f"{len(item.done)} / {item.due_count}" if item.due_count else "—",
        tone=tone,
        state=state,
        proofs=proofs[:2],
        counts=_counts(page, done),
        wanted="" if done else words.evidence_of(item.item),
        action=action,
        action_url=url,
        tag=_tag(item),
    )


def _before_words(count: int) -> str:
    """Return how much of the post's work of the year others did before the person held it."""
    if not count:
        return ""
    return ngettext("%(n)s time before the appointment", "%(n)s times before the appointment", count) % {"n": count}


def _tag(item: DutyItem) -> str:
    tags = {"supporting": _("supporting"), "everybody": _("everybody")}
    return tags.get(item.role, "")


def _item_url(list_id: int, number: int, item_id: int) -> str:
    return reverse("responsibilities:version", args=[list_id, number]) + f"#item-{item_id}"


def _state(item: DutyItem, today: date) -> tuple[str, str, DutyWork | None]:
    """Return tone, words and the work the state speaks of."""
    undone = sorted(item.undone, key=lambda work: (work.due_on or date.max, work.key))
    waiting = [work for work in undone if work.state == WorkState.WAITING]
    to_do = [work for work in undone if work.state == WorkState.TO_DO]
    if to_do and (to_do[0].due_on or date.max) <= (waiting[0].due_on or date.max if waiting else date.max):
        return *due_state(to_do[0].due_on, today), to_do[0]
    if waiting:
        return "wait", _("awaiting review"), waiting[0]
    if item.done and len(item.done) >= item.due_count:
        newest = max(item.done, key=lambda work: work.done_on or date.min)
        return "done", _("done %(day)s") % {"day": words.short_day(newest.done_on, today)}, newest
    if item.done:
        return "run", _("next not planned yet"), None
    if item.before and not item.due_count:
        return "idle", _("done before the appointment"), None
    return "idle", _("no record yet"), None


def due_state(due: date | None, today: date) -> tuple[str, str]:
    """Return tone and words of a due day: late by days, today, days left, or by when."""
    if due is None:
        return "run", _("no date")
    left = (due - today).days
    if left < 0:
        return "late", ngettext("%(days)s day late", "%(days)s days late", -left) % {"days": -left}
    if left == 0:
        return "soon", _("due today")
    if left <= _SOON:
        return "soon", ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
    return "run", _("by %(day)s") % {"day": words.short_day(due, today)}


def _action(acted: DutyWork | None, done: Sequence[DutyWork]) -> tuple[str, str]:
    if acted is not None and acted.state == WorkState.TO_DO and acted.is_addressed:
        return _("Record"), acted.url
    shown = acted or (done[0] if done else None)
    return (_("Open"), shown.url) if shown is not None and shown.url else ("", "")


def _counts(page: DutyPage, done: Sequence[DutyWork]) -> str:
    """Return how what was done counts: in both lines, or for how many items."""
    if not done:
        return ""
    newest = done[0]
    items = page.items_counted(newest.key)
    if len(rules.lines_served(newest, items)) > 1:
        return _("counts in both lines")
    if len(items) > 1:
        return ngettext("counts for %(n)s item", "counts for %(n)s items", len(items)) % {"n": len(items)}
    return ""


def _work_row(work: DutyWork, today: date) -> Row:
    if work.state == WorkState.WAITING:
        tone, state = "wait", _("awaiting review")
    else:
        tone, state = due_state(work.due_on, today)
    return Row(
        text=work.title,
        basis=work.unit,
        url=work.url,
        progress="",
        tone=tone,
        state=state,
        proofs=work.proofs[:2],
        counts="",
        wanted="" if work.proofs else work.wanted_proof,
        action=_("Record") if work.state == WorkState.TO_DO and work.is_addressed else _("Open"),
        action_url=work.url,
        tag="",
    )


@dataclass(frozen=True, slots=True)
class YearCell:
    month: int
    word: str
    tone: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class YearRow:
    line: str
    name: str
    cells: Sequence[YearCell]


MONTHS = range(1, 13)


def year_rows(page: DutyPage, today: date) -> list[YearRow]:
    """Return the months of the year, a row a line, in which each piece of work stands once."""
    grid = rules.month_grid(page.works, page.day.year)
    return [
        YearRow(line.value, str(line.label), [_cell(grid, line, page.day.year, month, today) for month in MONTHS])
        for line in (Line.BOTH, Line.PARTY, Line.INTEGRITY)
    ]


def _cell(
    grid: Mapping[tuple[str, int], rules.MonthOfWork], line: Line, year: int, month: int, today: date
) -> YearCell:
    of_month = grid.get((line.value, month), rules.MonthOfWork())
    due, done = of_month.due, of_month.done
    is_now = (year, month) == (today.year, today.month)
    word, tone = "", ""
    if due and is_now:
        word, tone = f"{done}/{due}", "run"
    elif due and done >= due:
        word, tone = str(done), "ok"
    elif due and (year, month) < (today.year, today.month):
        word, tone = _in_the_past(of_month)
    elif due:
        word = _("due %(n)s") % {"n": due}
    return YearCell(month, word, tone, is_now)


def _in_the_past(of_month: rules.MonthOfWork) -> tuple[str, str]:
    """Return word and tone of a month that is over with work undone: missing, or waiting for its reviewer."""
    if of_month.missing:
        return _("missing %(n)s") % {"n": of_month.missing}, "late"
    return _("in review %(n)s") % {"n": of_month.waiting}, "run"


def month_names() -> list[str]:
    return [
        _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"), _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"),
        _("Dec"),
    ]  # fmt: skip


def kinds_of(page: DutyPage) -> list[str]:
    """Return the kinds of responsibility the person carries, in words."""
    kinds = {item.item.kind for item in page.items if item.role == "accountable"}
    return [str(kind.label) for kind in Kind if kind in kinds]


def posts_of(page: DutyPage) -> str:
    """Return the posts with their units and since when; where none is held, where the person belongs."""
    if page.appointments:
        return punctuation.clauses(_post(one) for one in page.appointments)
    return page.party.name if page.party else _("holds no post")


def _post(appointment: Any) -> str:
    return _("%(post)s, since %(day)s") % {
        "post": appointment.post.full_title,
        "day": appointment.valid_from.strftime("%Y-%m"),
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the duty record."""

    happened: str
    recorded: str
    entered_later: bool
    title: str
    url: str
    line: str
    counts: str
    proofs: tuple[Proof, ...]
    tone: str
    checked: str


def entries(rows: Sequence[RecordRow], today: date) -> list[Entry]:
    return [_entry(row, today) for row in rows]


def _entry(row: RecordRow, today: date) -> Entry:
    work = row.work
    is_done = work.state == WorkState.DONE
    served = rules.lines_served(work, row.items)
    checked = _("reviewed by %(name)s") % {"name": work.checked_by} if work.checked_by else _("done")
    if work.is_outside:
        checked = punctuation.clauses([checked, _("what proves it is of another time")])
    numbers = [f"{item.number}" for item in row.items]
    return Entry(
        happened=words.short_day(work.done_on, today),
        recorded=words.short_day(work.recorded_on, today),
        entered_later=row.entered_later,
        title=work.title,
        url=work.url,
        line=Line.BOTH if len(served) > 1 else work.line,
        counts=ngettext("item %(numbers)s", "items %(numbers)s", len(numbers)) % {"numbers": words.joined(numbers)}
        if numbers
        else "",
        proofs=work.proofs,
        tone="done" if is_done else "wait",
        checked=checked if is_done else _("awaiting review"),
    )


@dataclass(frozen=True, slots=True)
class DueParts:
    """What the figure of the year is made of: due in its months, asked but not planned, and without a day in it."""

    dated: int
    unplanned: int
    undated: int
    before: int = 0

    def words(self) -> str:
        """Return how the figures of the page go together."""
        parts = [_("%(n)s in the months beside") % {"n": self.dated}]
        if self.unplanned:
            parts.append(_("%(n)s that the rulebook asks and nobody planned yet") % {"n": self.unplanned})
        if self.undated:
            parts.append(_("%(n)s without a day in this year") % {"n": self.undated})
        said = _("Due this year, each piece of work once: %(parts)s. Below it counts once for each line it serves.") % {
            "parts": punctuation.listed(parts)
        }
        if not self.before:
            return said
        older = ngettext(
            "Not counted: %(n)s piece of work of the post that others did before this appointment.",
            "Not counted: %(n)s pieces of work of the post that others did before this appointment.",
            self.before,
        )
        return f"{said} " + older % {"n": self.before}


def due_parts(page: DutyPage, today: date) -> DueParts:
    """Return the parts of what is due in the year, which together are its figure."""
    dated = sum(month.due for month in rules.month_grid(page.works, page.day.year).values())
    unplanned = page.required - len(page.works)
    undated = tally_of(page, today).due - dated - unplanned
    return DueParts(dated, unplanned, undated, len(page.before))


def tally_of(page: DutyPage, today: date) -> rules.Tally:
    """Return the figures at the top of the page; what the rulebook asks beyond what is planned is due as well."""
    return rules.tally(page.works, today, page.day.year, page.required)
