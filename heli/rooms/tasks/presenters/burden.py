"""Words of the ledger of minutes and of the burden guard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heli.engines.officedocs.sheets import Column, Sheet, write_xlsx
from heli.rooms.people.enums import UnitKind
from heli.rooms.tasks import access, queries, rules
from heli.ui.shapes import Tab

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit
    from heli.rooms.tasks.models import MonthlyLimit, TaskTemplate, TemplateJoin


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of a unit: minutes that are out and to come, its limit, and tasks that state none."""

    month: rules.Month
    name: str
    out: int
    to_come: int
    limit: int | None
    unstated: int
    is_chosen: bool

    @property
    def total(self) -> int:
        return self.out + self.to_come

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.total > self.limit

    @property
    def tone(self) -> str:
        return "late" if self.is_over else "done"

    @property
    def word(self) -> str:
        if self.limit is None:
            return ""
        if self.is_over:
            return _("%(n)s over the limit") % {"n": self.total - self.limit}
        return _("within the limit")


def month_name(month: rules.Month) -> str:
    return date_format(date(month.year, month.month, 1), "YEAR_MONTH_FORMAT")


def month_rows(ledger: queries.UnitLedger, chosen: rules.Month) -> list[MonthRow]:
    return [
        MonthRow(
            month,
            month_name(month),
            ledger.minutes(month, to_come=False),
            ledger.minutes(month, to_come=True),
            ledger.limits.get(month),
            ledger.unstated(month),
            month == chosen,
        )
        for month in queries.months_of(ledger.year)
    ]


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One month of a unit and all units below it."""

    total: queries.MonthTotal
    name: str
    hours: str


def total_rows(months: Sequence[queries.MonthTotal]) -> list[TotalRow]:
    """Return the months of which something is out."""
    return [TotalRow(each, month_name(each.month), f"{each.minutes / 60:.1f}") for each in months if each.tasks]


@dataclass(frozen=True, slots=True)
class AskerRow:
    """Who asks, over the year: minutes, and tasks that state none. Units that ask together are one row."""

    names: str
    minutes: int
    unstated: int


def asker_rows(ledger: queries.UnitLedger) -> list[AskerRow]:
    """Return the askers of the year, in the order of their names; nobody is ranked."""
    found: dict[tuple[str, ...], list[int]] = {}
    for ask in ledger.asks:
        sums = found.setdefault(tuple(sorted(ask.asked_by)), [0, 0])
        sums[0] += ask.minutes or 0
        sums[1] += ask.times if ask.minutes is None else 0
    return [AskerRow(names_of(names), *sums) for names, sums in sorted(found.items())]


def names_of(names: Sequence[str]) -> str:
    return _(", ").join(names) if names else _("not stated")


@dataclass(frozen=True, slots=True)
class AskRow:
    ask: queries.Ask
    asked_by: str
    url: str


def ask_rows(asks: Sequence[queries.Ask], readable: set[int]) -> list[AskRow]:
    """Return the asks of a month; a template the reader may open is linked."""
    return [
        AskRow(
            ask,
            names_of(ask.asked_by),
            reverse("tasks:template", args=[ask.template_id]) if ask.template_id in readable else "",
        )
        for ask in asks
    ]


@dataclass(frozen=True, slots=True)
class OthersRow:
    """What a unit asked of others: the template, over how many units, and minutes in all."""

    title: str
    url: str
    units: int
    each: str
    times: int
    minutes: int


def others_rows(asks: Sequence[queries.AskedOfOthers]) -> list[OthersRow]:
    return [
        OthersRow(
            ask.template.title,
            reverse("tasks:template", args=[ask.template.pk]),
            ask.units,
            str(ask.least) if ask.least == ask.most else f"{ask.least}–{ask.most}",
            ask.times,
            ask.minutes,
        )
        for ask in asks
    ]


def below_tabs(unit: Unit, month: rules.Month, *, over: bool) -> list[Tab]:
    address = f"?unit={unit.pk}&year={month.year}&month={month.month}"
    return [
        Tab(_("All units"), f"{address}#below", current=not over),
        Tab(_("Only over the limit"), f"{address}&over=1#below", current=over),
    ]


@dataclass(frozen=True, slots=True)
class LimitRow:
    limit: MonthlyLimit
    kind: str
    since: str
    minutes: str


def limit_rows(limits: Sequence[MonthlyLimit]) -> list[LimitRow]:
    return [
        LimitRow(
            limit,
            str(UnitKind(limit.unit_kind).label),
            month_name(rules.Month.of(limit.starts_on)),
            _("no limit") if limit.minutes is None else _("%(n)s minutes") % {"n": limit.minutes},
        )
        for limit in limits
    ]


def burden_workbook(unit: Unit, ledger: queries.UnitLedger) -> bytes:
    """Return the year of a unit as a workbook: one line for each thing asked in a month."""
    columns = [
        Column(_("Month"), 12), Column(_("What is asked"), 44, wrap=True), Column(_("Asked by"), 30, wrap=True),
        Column(_("Times"), 8), Column(_("Minutes"), 10), Column(_("To come"), 10),
    ]  # fmt: skip
    lines = [
        [
            f"{ask.month.year}-{ask.month.month:02d}",
            ask.title,
            names_of(ask.asked_by),
            ask.times,
            ask.minutes,
            _("to come") if ask.is_to_come else "",
        ]
        for ask in ledger.asks
    ]
    return write_xlsx([Sheet(unit.name, columns, lines)])


@dataclass(frozen=True, slots=True)
class SameRow:
    """Another template that asks the same: whom, when, how, and where one asks to join it."""

    template: TaskTemplate
    url: str
    units: int
    months: str
    why: str


@dataclass(frozen=True, slots=True)
class GuardView:
    """What the guard says, in words. ``over`` is one sentence and its examples."""

    same: Sequence[SameRow]
    planned: str
    over: str
    examples: Sequence[str]
    needs_reason: bool

    @property
    def is_clear(self) -> bool:
        return not (self.same or self.planned or self.over)


def guard_view(found: queries.Guard) -> GuardView:
    planned, over = found.planned, found.over
    return GuardView(
        same=[_same_row(each) for each in found.same],
        planned=_("In these months %(units)s of these units have %(tasks)s tasks of this duty, asked by %(by)s.")
        % {"units": planned.units, "tasks": planned.tasks, "by": names_of(planned.asked_by)}
        if planned
        else "",
        over=_("%(units)s units would be asked for more than their limit.") % {"units": over.units} if over else "",
        examples=[
            _("%(unit)s, %(month)s: %(minutes)s of %(limit)s minutes")
            % {"unit": name, "month": month_name(month), "minutes": minutes, "limit": limit}
            for name, month, minutes, limit in (over.examples if over else ())
        ],
        needs_reason=found.needs_reason,
    )


def _same_row(each: queries.SameAsk) -> SameRow:
    months = [month_name(month) for month in each.months]
    shown = _(", ").join(months[:3]) + (" …" if len(months) > 3 else "")
    return SameRow(
        each.template,
        reverse("tasks:template", args=[each.template.pk]),
        each.units,
        shown,
        _("the same duty of the rulebook") if each.is_same_duty else _("the same in other words"),
    )


@dataclass(frozen=True, slots=True)
class JoinRow:
    join: TemplateJoin
    tone: str
    state: str
    may_answer: bool
    may_withdraw: bool
    says_why: bool


JOIN_TONES = {"asked": "wait", "accepted": "done", "declined": "idle", "withdrawn": "idle"}


def join_rows(joins: Sequence[tuple[TemplateJoin, access.JoinSight]]) -> list[JoinRow]:
    return [
        JoinRow(
            join,
            JOIN_TONES[join.state],
            join.get_state_display(),
            join.state == "asked" and sight.may_answer,
            join.state == "asked" and sight.is_own,
            sight.is_side,
        )
        for join, sight in joins
    ]
