"""Who owes which duty, how often and by when: pure arithmetic over records, without a database or a clock."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, Protocol

from heli.rooms.rulebook.catalogue.deadlines import Deadline
from heli.rooms.rulebook.catalogue.records import Confidence, Holiday, Window

# --- The working calendar ------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkCalendar:
    """Weekends, holidays and made-up working days. Years without data know weekends alone."""

    days_off: frozenset[date]
    made_up_days: frozenset[date]
    confidence_by_year: Mapping[int, Confidence]
    first_days: Mapping[tuple[int, str], date]

    def is_working(self, day: date) -> bool:
        if day in self.made_up_days:
            return True
        return day not in self.days_off and day.weekday() < 5

    def confidence(self, year: int) -> Confidence | None:
        """Return how sure the holidays of ``year`` are; None where only weekends are known."""
        return self.confidence_by_year.get(year)

    def holidays_of(self, year: int) -> list[date]:
        """Return the first day of each known holiday of ``year``, in order."""
        return sorted(day for (at, _), day in self.first_days.items() if at == year)


def work_calendar(holidays: Iterable[Holiday]) -> WorkCalendar:
    """Return the calendar made of ``holidays``; a year is as sure as its least sure day."""
    days = sorted(holidays, key=lambda holiday: holiday.day)
    first_days: dict[tuple[int, str], date] = {}
    confidence: dict[int, Confidence] = {}
    for holiday in days:
        if holiday.kind == "off":
            first_days.setdefault((holiday.day.year, holiday.holiday), holiday.day)
        if confidence.get(holiday.day.year, "verified") == "verified":
            confidence[holiday.day.year] = holiday.confidence
    return WorkCalendar(
        days_off=frozenset(one.day for one in days if one.kind == "off"),
        made_up_days=frozenset(one.day for one in days if one.kind == "work"),
        confidence_by_year=confidence,
        first_days=first_days,
    )


def with_own_days(shipped: WorkCalendar, own: Mapping[date, str]) -> WorkCalendar:
    """Return the calendar with the enterprise's own days: ``off`` and ``work`` go before what was shipped."""
    off = {day for day, kind in own.items() if kind == "off"}
    work = {day for day, kind in own.items() if kind == "work"}
    return replace(
        shipped,
        days_off=(shipped.days_off - work) | off,
        made_up_days=(shipped.made_up_days - off) | work,
    )


# --- Deadlines -----------------------------------------------------------------------------------------


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later (or earlier); the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_working_days(day: date, count: int, days: WorkCalendar) -> date:
    """Return the ``count``-th working day after ``day`` (before it, if negative); ``day`` itself never counts."""
    step, left = (1 if count > 0 else -1), abs(count)
    while left:
        day += timedelta(days=step)
        left -= days.is_working(day)
    return day


def due_on(deadline: Deadline, event: date, days: WorkCalendar) -> date:
    """Return the last day allowed by ``deadline``, counted from the day of the event, which does not count.

    Calendar limits are not moved off a holiday: none of the instruments says so.
    """
    amount = -deadline.amount if deadline.is_before else deadline.amount
    if deadline.unit == "working_days":
        return add_working_days(event, amount, days)
    if deadline.unit == "days":
        return event + timedelta(days=amount)
    return add_months(event, amount * (12 if deadline.unit == "years" else 1))


# --- Applicability -------------------------------------------------------------------------------------


class Duty(Protocol):
    """What the arithmetic needs of a duty; a catalogue's record and the enterprise's copy both have it."""

    @property
    def code(self) -> str: ...
    @property
    def unit_kinds(self) -> tuple[str, ...]: ...
    @property
    def conditions(self) -> tuple[str, ...]: ...
    @property
    def count(self) -> int: ...
    @property
    def count_unit(self) -> str: ...
    @property
    def period(self) -> str: ...
    @property
    def trigger(self) -> str: ...
    @property
    def windows(self) -> tuple[Window, ...]: ...
    @property
    def term_months(self) -> int | None: ...
    @property
    def event_zh(self) -> str: ...
    @property
    def deadline(self) -> Deadline | None: ...


# The condition whose first day is the day of the last election.
TERM_STARTED = "term_started"
# Conditions that a kind of unit fulfils by being what it is: a Party group exists only where there are groups.
INHERENT_CONDITIONS: dict[str, frozenset[str]] = {"party_group": frozenset({"has_groups"})}


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a duty is asked of a unit. ``wrong_kind`` or ``missing`` conditions say why not."""

    applies: bool
    wrong_kind: bool = False
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.applies


def open_conditions(duty: Duty, kind: str) -> frozenset[str]:
    """Return the conditions that a unit of ``kind`` still has to meet for ``duty``."""
    return frozenset(duty.conditions) - INHERENT_CONDITIONS.get(kind, frozenset())


def addressed(duties: Iterable[Duty]) -> list[tuple[str, frozenset[str]]]:
    """Return each kind of unit that owes one of ``duties`` with the conditions that narrow it; the weakest suffice."""
    found = {(kind, open_conditions(duty, kind)) for duty in duties for kind in duty.unit_kinds}
    weakest = [(kind, own) for kind, own in found if not any(k == kind and less < own for k, less in found)]
    return sorted(weakest, key=lambda pair: (pair[0], sorted(pair[1])))


def applicability(duty: Duty, kind: str, conditions: Collection[str]) -> Applicability:
    """Return whether ``duty`` is asked of a unit of ``kind`` for which ``conditions`` hold."""
    if kind not in duty.unit_kinds:
        return Applicability(applies=False, wrong_kind=True)
    missing = tuple(sorted(open_conditions(duty, kind) - set(conditions)))
    return Applicability(applies=not missing, missing=missing)


# --- Occurrences ---------------------------------------------------------------------------------------

_WHOLE_PERIODS: dict[str, tuple[Window, ...]] = {
    "month": tuple(Window(month, month) for month in range(1, 13)),
    "quarter": (Window(1, 3), Window(4, 6), Window(7, 9), Window(10, 12)),
    "half": (Window(1, 6), Window(7, 12)),
    "year": (Window(1, 12),),
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a duty is due. ``quantity`` is in ``count_unit``; ``times`` is what the matrix counts.

    Both days belong to the window. ``is_dated`` is false where a holiday's date is not known yet.
    """

    code: str
    number: int
    starts_on: date
    due_on: date
    quantity: int
    count_unit: str
    is_dated: bool = True

    @property
    def times(self) -> int:
        return 1 if self.count_unit == "hours" else self.quantity


def occurrences(duty: Duty, year: int, days: WorkCalendar, anchor: date | None = None) -> list[Occurrence]:
    """Return the occurrences of ``duty`` that fall due in ``year``, by due date.

    Duties of an event have none until the event happens. ``anchor`` is the day the running term began, for
    duties of a term that name the event it begins with; without it nothing is known to be due.
    """
    if duty.trigger == "event":
        return []
    if duty.trigger == "holidays":
        spans = _before_holidays(duty, year, days)
    elif duty.period == "term":
        spans = _end_of_term(duty, year, anchor)
    else:
        spans = _calendar_spans(duty, year)
    return [
        Occurrence(duty.code, number, starts_on, due, quantity, duty.count_unit, is_dated)
        for number, (starts_on, due, quantity, is_dated) in enumerate(sorted(spans, key=lambda span: span[1]), 1)
    ]


def counts_from(duty: Duty, occurrence: Occurrence) -> date:
    """Return the first day on which doing ``duty`` meets ``occurrence``.

    What is asked once a year is met by doing it earlier in that year than the rule's own months; it is never met later.
    """
    is_only = duty.period == "year" and occurrence.quantity == duty.count
    starts, year = occurrence.starts_on, occurrence.due_on.year
    return date(year, 1, 1) if is_only and starts.year == year else starts


_Span = tuple[date, date, int, bool]


def _calendar_spans(duty: Duty, year: int) -> list[_Span]:
    if duty.period != "year":
        shares = [(window, duty.count) for window in _WHOLE_PERIODS[duty.period]]
    else:
        windows = duty.windows or _WHOLE_PERIODS["year"]
        shares = list(zip(windows, share(duty.count, len(windows), duty.count_unit), strict=True))
    return [(*_days_of(window, year), quantity, True) for window, quantity in shares if quantity]


def share(count: int, windows: int, count_unit: str = "times") -> list[int]:
    """Return ``count`` spread over ``windows`` as evenly as whole numbers allow; hours are due in the last."""
    if count_unit == "hours":
        return [0] * (windows - 1) + [count]
    return [count * (at + 1) // windows - count * at // windows for at in range(windows)]


def _days_of(window: Window, year: int) -> tuple[date, date]:
    first_year = year if window.start <= window.end else year - 1
    return date(first_year, window.start, 1), month_end(year, window.end)


def month_end(year: int, month: int) -> date:
    """Return the last day of the month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def _before_holidays(duty: Duty, year: int, days: WorkCalendar) -> list[_Span]:
    spans: list[_Span] = []
    for first_day in (*days.holidays_of(year), *days.holidays_of(year + 1)):
        due = due_on(duty.deadline, first_day, days) if duty.deadline else first_day - timedelta(days=1)
        if due.year == year:
            spans.append((due.replace(day=1), due, 1, True))
    spans = spans[: duty.count]
    if len(spans) < duty.count:
        spans.append((date(year, 1, 1), date(year, 12, 31), duty.count - len(spans), False))
    return spans


def _end_of_term(duty: Duty, year: int, anchor: date | None) -> list[_Span]:
    if anchor is None or duty.term_months is None or not duty.event_zh:
        return []
    due = add_months(anchor, duty.term_months)
    return [(add_months(due, -12), due, duty.count, True)] if due.year == year else []


def required_months(duty: Duty, year: int, days: WorkCalendar) -> dict[int, int]:
    """Return month → times due, for one unit and one year, without the duties of a term."""
    months: dict[int, int] = {}
    for one in occurrences(duty, year, days):
        months[one.due_on.month] = months.get(one.due_on.month, 0) + one.times
    return months


# --- Frequency -----------------------------------------------------------------------------------------

MONTHS_OF_PERIOD = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def per_year(duty: Duty) -> Fraction | None:
    """Return how much a year asks for, in the duty's unit of count; None for duties of an event."""
    months = duty.term_months if duty.period == "term" else MONTHS_OF_PERIOD.get(duty.period)
    return Fraction(duty.count * 12, months) if months else None


def is_at_least(offered: Duty, required: Duty) -> bool | None:
    """Return whether doing ``offered`` is enough for ``required``; None where they cannot be compared."""
    offered_rate, required_rate = per_year(offered), per_year(required)
    if offered_rate is None or required_rate is None or offered.count_unit != required.count_unit:
        return None
    return offered_rate >= required_rate


# --- The month matrix ----------------------------------------------------------------------------------

CellState = Literal["none", "done", "planned", "open", "missing", "extra"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Required, planned and done in one month of the matrix; ``open`` is what neither is done nor planned."""

    required: int
    planned: int
    done: int
    missing: int
    open: int
    state: CellState


def cell(*, required: int, planned: int, done: int, is_over: bool) -> Cell:
    """Return the cell of a month; ``planned`` counts what is planned and not yet done, ``is_over`` a past month.

    In a past month what was not done is missing, planned or not; before that only what nobody planned is open.
    """
    short = max(required - done, 0)
    missing = short if is_over else 0
    unplanned = 0 if is_over else max(short - planned, 0)
    return Cell(required, planned, done, missing, unplanned, _cell_state(required, done, short, missing, unplanned))


def _cell_state(required: int, done: int, short: int, missing: int, unplanned: int) -> CellState:
    if not required:
        return "extra" if done else "none"
    if missing:
        return "missing"
    if unplanned:
        return "open"
    return "planned" if short else "done"


# --- Key links -----------------------------------------------------------------------------------------

KeyLinkState = Literal["covered", "partly", "missing", "not_asked"]


def key_link_state(obligations: Collection[str], applicable: Collection[str], planned: Collection[str]) -> KeyLinkState:
    """Return whether a plan covers a key link: each of its duties that is asked of the unit has to be planned."""
    asked = set(obligations) & set(applicable)
    if not asked:
        return "not_asked"
    covered = asked & set(planned)
    if covered == asked:
        return "covered"
    return "partly" if covered else "missing"
