"""``score(standard, readings)``: a pure function, exact, the same in any order, with a line for every point.

What is not known stays open: ``total`` is certain, ``highest`` is what the unit can still reach, and the lines of
explanation add up to the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from heli.engines.scoring.amounts import Amount, amount_of
from heli.engines.scoring.readings import Known, Reading, combine
from heli.engines.scoring.standard import LINES, ZERO, Indicator, Line, ScoreRule, Standard, rounded, total

LineKind = Literal["base", "lost", "won", "nil", "ceiling", "floor", "zero", "open", "scaled", "veto", "undecided"]


@dataclass(frozen=True, slots=True)
class Explained:
    """One line: what moved ``points``, by which rule, from which reading; ``open`` is what may still change.

    ``number`` of a rule counts from 1 and is 0 for what the whole indicator does; ``code`` is "" for the whole unit.
    """

    kind: LineKind
    code: str
    points: Decimal
    number: int = 0
    rule: ScoreRule | None = None
    reading: Reading | None = None
    amount: Amount | None = None
    open: Decimal = ZERO
    missing: tuple[int, ...] = ()
    limit: Decimal | None = None

    @property
    def evidence(self) -> tuple[str, ...]:
        """Ids of the records behind the line."""
        return self.reading.evidence if self.reading else ()


@dataclass(frozen=True, slots=True)
class Item:
    """What one indicator gives: ``won`` is certain, ``open`` not yet known, ``lost`` is gone.

    For a scored indicator the three add up to its full marks. A bonus gives ``won``; a penalty takes ``lost``.
    """

    indicator: Indicator
    won: Decimal
    lost: Decimal
    open: Decimal
    lines: tuple[Explained, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """One line's part: of full marks, won, open, and beside them bonus and penalty."""

    line: Line
    full: Decimal = ZERO
    won: Decimal = ZERO
    open: Decimal = ZERO
    bonus: Decimal = ZERO
    penalty: Decimal = ZERO

    @property
    def points(self) -> Decimal:
        """What the line brings to the total before anything that holds for the whole unit."""
        return self.won + self.bonus - self.penalty


@dataclass(frozen=True, slots=True)
class Sheet:
    """The score of one unit. ``total`` is certain, ``highest`` can still be reached, between them is ``open``."""

    full: Decimal
    total: Decimal
    highest: Decimal
    items: tuple[Item, ...]
    adjustments: tuple[Explained, ...]
    vetoes: tuple[Explained, ...] = ()
    undecided: tuple[Explained, ...] = ()
    shares: tuple[Share, ...] = field(default=())

    @property
    def open(self) -> Decimal:
        """How many points are not yet known."""
        return self.highest - self.total

    @property
    def is_final(self) -> bool:
        """Whether every reading is there."""
        return not self.undecided and not any(line.missing for line in self.lines)

    @property
    def lines(self) -> tuple[Explained, ...]:
        """Every line in the order of the standard; their points add up to the total."""
        return (*(line for item in self.items for line in item.lines), *self.adjustments)


def score(standard: Standard, readings: Iterable[Reading], kind: str = "") -> Sheet:
    """Return the score of a unit of this kind. Raises ``BadReading`` for a reading that cannot be meant."""
    known = combine(standard, readings)
    applies = [each for each in standard.indicators if each.applies(kind)]
    items = tuple(_item(each, known, standard) for each in applies if each.role != "veto")
    vetoes, undecided = _vetoes([each for each in applies if each.role == "veto" or _has_veto(each)], known, standard)
    return _sheet(standard, items, vetoes, undecided)


def _has_veto(indicator: Indicator) -> bool:
    return any(rule.kind == "veto" for rule in indicator.rules)


@dataclass
class _Sums:
    """What the rules of an indicator move: by what is known, and at most by what is not."""

    lines: list[Explained] = field(default_factory=list)
    earned: Decimal = ZERO
    taken: Decimal = ZERO
    may_earn: Decimal = ZERO
    may_take: Decimal = ZERO
    is_zero: bool = False
    may_be_zero: bool = False
    missing: list[int] = field(default_factory=list)
    together: dict[int, _Together] = field(default_factory=dict)

    def move(self, rule: ScoreRule, known: Decimal, may: Decimal) -> None:
        """Count what a rule moves, and at most moves."""
        if rule.together:
            group = self.together.setdefault(rule.together, _Together(rule))
            group.known, group.may = group.known + known, group.may + may
        elif rule.takes:
            self.taken, self.may_take = self.taken + known, self.may_take + may
        else:
            self.earned, self.may_earn = self.earned + known, self.may_earn + may

    def close(self, code: str) -> None:
        """Bound what rules move together."""
        for group in self.together.values():
            limit = group.rule.limit if group.rule.limit is not None else group.known + group.may
            known, most = min(group.known, limit), min(group.known + group.may, limit)
            if group.known > known:
                points = (group.known - known) * (1 if group.rule.takes else -1)
                self.lines.append(Explained("ceiling", code, points, limit=limit))
            self.move(replace(group.rule, together=0), known, most - known)


@dataclass
class _Together:
    """What rules with one bound move by what is known, and at most by what is not."""

    rule: ScoreRule
    known: Decimal = ZERO
    may: Decimal = ZERO


def _item(indicator: Indicator, known: Known, standard: Standard) -> Item:
    sums = _Sums()
    bound = _bound(indicator, standard)
    for number, rule in enumerate(indicator.rules, 1):
        if rule.kind != "veto":
            _add(sums, indicator, number, rule, known.get((indicator.code, number)), bound)
    sums.close(indicator.code)
    if indicator.role == "bonus":
        return _beside(indicator, sums, sums.earned, sums.may_earn, bound, gives=1)
    if indicator.role == "penalty":
        return _beside(indicator, sums, sums.taken, sums.may_take, bound, gives=-1)
    return _scored(indicator, sums)


def _bound(indicator: Indicator, standard: Standard) -> Decimal:
    """Return how much an indicator moves at most."""
    if indicator.role == "scored":
        return indicator.points
    own = indicator.limit
    of_all = standard.bonus_limit if indicator.role == "bonus" else standard.penalty_limit
    bounds = [each for each in (own, of_all) if each is not None]
    return min(bounds) if bounds else total(rule.most or ZERO for rule in indicator.rules if rule.moves)


def _add(
    sums: _Sums, indicator: Indicator, number: int, rule: ScoreRule, reading: Reading | None, bound: Decimal
) -> None:
    if reading is None:
        sums.missing.append(number)
        if rule.kind == "zero":
            sums.may_be_zero = True
        else:
            sums.move(rule, ZERO, bound if rule.most is None else min(rule.most, bound))
        return
    if rule.kind == "zero":
        sums.is_zero = sums.is_zero or bool(reading.happened)
        kind: LineKind = "zero" if reading.happened else "nil"
        sums.lines.append(Explained(kind, indicator.code, ZERO, number, rule, reading))
        return
    amount = amount_of(rule, reading)
    kind = "nil" if not amount.points else "lost" if rule.takes else "won"
    points = amount.points.copy_negate() if rule.takes and amount.points else amount.points
    sums.lines.append(Explained(kind, indicator.code, points, number, rule, reading, amount))
    sums.move(rule, amount.points, ZERO)


def _scored(indicator: Indicator, sums: _Sums) -> Item:
    full, code = indicator.points, indicator.code
    base = sums.earned if indicator.is_earned else full
    lines = [] if indicator.is_earned else [Explained("base", code, full)]
    lines += sums.lines
    if base > full:
        lines.append(Explained("ceiling", code, full - base, limit=full))
    now = min(base, full) - sums.taken
    if now < 0:
        lines.append(Explained("floor", code, now.copy_negate()))
    now = max(now, ZERO)
    if sums.is_zero and now:
        lines.append(Explained("zero", code, now.copy_negate()))
    now = ZERO if sums.is_zero else now
    highest_base = min(full, base + sums.may_earn)
    highest = ZERO if sums.is_zero else max(ZERO, highest_base - sums.taken)
    lowest = max(ZERO, min(base, full) - sums.taken - sums.may_take)
    lowest = ZERO if sums.is_zero or sums.may_be_zero else lowest
    if sums.missing:
        missing = tuple(sums.missing)
        lines.append(Explained("open", code, lowest - now, open=highest - lowest, missing=missing))
    return Item(indicator, lowest, full - highest, highest - lowest, tuple(lines))


def _beside(indicator: Indicator, sums: _Sums, known: Decimal, may: Decimal, bound: Decimal, *, gives: int) -> Item:
    """Return what a bonus gives or a penalty takes beside the full marks."""
    lines = list(sums.lines)
    now, most = min(known, bound), min(known + may, bound)
    if known > bound:
        lines.append(Explained("ceiling", indicator.code, (bound - known) * gives, limit=bound))
    if sums.missing:
        points = ZERO if gives > 0 else now - most
        lines.append(
            Explained("open", indicator.code, points, open=most - now, missing=tuple(sums.missing), limit=bound)
        )
    won = now if gives > 0 else ZERO
    return Item(indicator, won, ZERO if gives > 0 else now, most - now, tuple(lines))


def _vetoes(
    indicators: Sequence[Indicator], known: Known, standard: Standard
) -> tuple[tuple[Explained, ...], tuple[Explained, ...]]:
    """Return the vetoes that hold, and those of which nothing is known yet."""
    hold, undecided = [], []
    for indicator in indicators:
        for number, rule in enumerate(indicator.rules, 1):
            if rule.kind != "veto":
                continue
            limit = standard.veto_limit if rule.limit is None else rule.limit
            reading = known.get((indicator.code, number))
            if reading is None:
                line = Explained("undecided", indicator.code, ZERO, number, rule, missing=(number,), limit=limit)
                undecided.append(line)
            elif reading.happened:
                hold.append(Explained("veto", indicator.code, ZERO, number, rule, reading, limit=limit))
    return tuple(hold), tuple(undecided)


def _sheet(
    standard: Standard, items: tuple[Item, ...], vetoes: tuple[Explained, ...], undecided: tuple[Explained, ...]
) -> Sheet:
    full = total(item.indicator.points for item in items if item.indicator.role == "scored")
    lowest, highest = _Ends(standard, items, full, best=False), _Ends(standard, items, full, best=True)
    value, most = lowest.value, highest.value
    adjustments = lowest.lines
    limits = [line.limit for line in vetoes if line.limit is not None]
    if limits:
        by = min(vetoes, key=lambda line: (line.limit, line.code, line.number))
        cut = min(value, *limits)
        veto = Explained("veto", by.code, cut - value, by.number, by.rule, by.reading, limit=by.limit)
        adjustments = [*adjustments, veto]
        value, most = cut, min(most, *limits)
    shares = tuple(_share(line, items) for line in LINES)
    return Sheet(full, value, most, items, tuple(adjustments), vetoes, undecided, shares)


class _Ends:
    """One end of what a unit's total can be, with the lines that lead there from its items."""

    def __init__(self, standard: Standard, items: Sequence[Item], full: Decimal, *, best: bool) -> None:
        self.lines: list[Explained] = []
        self.value: Decimal = ZERO
        won = total(self._of(item, "scored", best=best) for item in items)
        self._scale(standard, won, full)
        self._bounded(standard.bonus_limit, total(self._of(item, "bonus", best=best) for item in items), 1)
        self._bounded(standard.penalty_limit, total(self._of(item, "penalty", best=best) for item in items), -1)
        if self.value < 0:
            self.lines.append(Explained("floor", "", self.value.copy_negate()))
            self.value = ZERO

    @staticmethod
    def _of(item: Item, role: str, *, best: bool) -> Decimal:
        if item.indicator.role != role:
            return ZERO
        if role == "penalty":
            return item.lost if best else item.lost + item.open
        return item.won + item.open if best else item.won

    def _scale(self, standard: Standard, won: Decimal, full: Decimal) -> None:
        self.value = won
        if full and full != standard.full:
            self.value = rounded(Fraction(won) * Fraction(standard.full) / Fraction(full))
            self.lines.append(Explained("scaled", "", self.value - won, limit=full))

    def _bounded(self, limit: Decimal | None, amount: Decimal, sign: int) -> None:
        if limit is not None and amount > limit:
            self.lines.append(Explained("ceiling", "", (limit - amount) * sign, limit=limit))
            amount = limit
        self.value += amount * sign


def _share(line: Line, items: Sequence[Item]) -> Share:
    own = [item for item in items if item.indicator.line == line]
    scored = [item for item in own if item.indicator.role == "scored"]
    return Share(
        line,
        total(item.indicator.points for item in scored),
        total(item.won for item in scored),
        total(item.open for item in own),
        total(item.won for item in own if item.indicator.role == "bonus"),
        total(item.lost + item.open for item in own if item.indicator.role == "penalty"),
    )
