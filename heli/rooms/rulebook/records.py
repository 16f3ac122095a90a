"""What rooms above tell this one: what of theirs follows from a change, and what they found in a half-year.

A room registers in its ``apps.py``: ``records.register(Follower("tasks", …))``. This room never learns which rooms
there are; it shows what they return, has a person decide, and lets each room act through its own services. The
shapes know no database. Counts come grouped by the database; lines come a page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, UnitQuerySet

SHOW, TELL, CANCEL, END, REVISE = "", "tell", "cancel", "end", "revise"
# Work that would be left with nobody: it passes to the heir, or is withdrawn; something is done with it in any case.
FORWARD = "forward"
# What is due on a day is due on another.
MOVE = "move"
# A path is the chain of ids, twelve digits and a dot each: a unit's part of the tree is its first two.
PART = 26


@dataclass(frozen=True, slots=True)
class Rate:
    """How many times a duty is asked in each period of so many ``months``, and the months it is best met in.

    ``times`` 4 in 12 months is four times a year; of a duty counted in hours it is once a period.
    """

    times: int
    months: int
    best: frozenset[int]

    @property
    def a_year(self) -> int:
        return self.times * 12 // self.months


@dataclass(frozen=True, slots=True)
class Heir:
    """Who takes over from what is closed: a unit, and in it a kind of post (empty = whoever may do tasks there).

    ``post_id`` is the post that answers for items from now on; None where the drafter of the list names one.
    """

    unit_id: int
    post_kind: str = ""
    post_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change from the day ``on``: ``code`` of a ``kind``.

    ``duties`` are the codes of duties it bears on. ``cells`` is the content of a duty afterwards. ``ends`` says that
    nothing of it is asked any more; ``rates`` is how often it is asked before and after, where both are known and
    differ; ``narrows`` that some units may be asked no longer. Of a unit ``unit_path`` is its place in the tree, of a
    post ``post_id`` its id and ``addresses`` where work reaches it, as (unit id, kind of post); ``is_day`` says that
    the day itself changes. ``is_closing`` says that the unit or post ends on the day, and ``heir`` who takes over;
    ``moved_to`` to which day what is due on the day moves.
    """

    kind: str
    code: str
    on: date
    duties: frozenset[str] = frozenset()
    cells: Mapping[str, str] = field(default_factory=dict)
    ends: bool = False
    rates: tuple[Rate, Rate] | None = None
    narrows: bool = False
    unit_path: str = ""
    post_id: int | None = None
    addresses: frozenset[tuple[int, str]] = frozenset()
    is_day: bool = False
    is_closing: bool = False
    heir: Heir | None = None
    moved_to: date | None = None

    @property
    def less(self) -> Rate | None:
        """The rate afterwards where the duty is asked less often than before."""
        return self.rates[1] if self.rates is not None and self.rates[1].a_year < self.rates[0].a_year else None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and on which day: a room returns only what this person may see."""

    person: Person
    today: date


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group lie in one part of the tree, by the path of its top."""

    path: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of consequence, counted: ``key`` names it for ever (``tasks.open``).

    ``act`` is what would be done: tell, cancel, end, revise, pass; empty = only shown. ``is_fixed`` says that there
    is no other way: it cannot be declined, and no line can be left out. ``is_done`` marks finished work,
    which nobody alters. ``is_begun`` marks work that somebody began: it stays unless the decider says otherwise, and
    nothing follows for what is begun later. ``persons`` is whom it would tell, where a room can count that.
    """

    key: str
    count: int
    units: int = 0
    act: str = SHOW
    is_done: bool = False
    shares: tuple[Share, ...] = ()
    persons: int | None = None
    is_begun: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a group. ``key`` is the place to go on from; ``tone`` and ``state`` say where it stands."""

    key: str
    title: str
    url: str
    unit: str = ""
    holders: tuple[str, ...] = ()
    due_on: date | None = None
    line: str = ""
    state: str = ""
    tone: str = "idle"


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom a group touches: units that acknowledge, and persons beside those who work for them."""

    units: frozenset[int] = frozenset()
    persons: frozenset[int] = frozenset()

    def __or__(self, other: Touched) -> Touched:
        return Touched(self.units | other.units, self.persons | other.persons)


@dataclass(frozen=True, slots=True)
class Page:
    """Which lines: of one group, after a key, at most so many; or ``only`` those of these keys."""

    group: str
    after: str = ""
    limit: int = 20
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done with a group, lines left out excepted, as ``by`` decided at ``decided_at``.

    ``left_out`` maps the key of a line to the reason. A declined group comes here only where its act is ``FORWARD``:
    then ``reason`` is why its work is withdrawn.
    """

    group: str
    act: str
    left_out: Mapping[str, str]
    reason: str
    by: Person
    decided_at: datetime
    at: datetime
    is_accepted: bool = True


@dataclass(frozen=True, slots=True)
class Follower:
    """A room that has something to follow. ``title`` and ``effect`` put a group's key and act into words.

    ``apply`` does what was accepted through the room's own services and returns how many it changed; doing it again
    changes nothing. It locks before it records. ``outside`` returns the units beyond a person's reach in which
    something lies that the change alters or tells of. ``keys`` are the groups it can name. ``leaves`` says whether a
    closing leaves something with nobody unless it passes on, whoever may see that, and whether or not it has a line.
    """

    name: str
    keys: frozenset[str]
    title: Callable[[str], str]
    effect: Callable[[str, str], str]
    groups: Callable[[Change, Reader], Sequence[Group]]
    lines: Callable[[Change, Reader, Page], Sequence[Line]]
    touched: Callable[[Change, str, Collection[str], date], Touched]
    apply: Callable[[Change, Act], int]
    outside: Callable[[Change, UnitQuerySet], Collection[int]]
    leaves: Callable[[Change], bool] = lambda _change: False


_followers: dict[str, Follower] = {}


def register(follower: Follower) -> None:
    """Let a room tell what follows from a change; the same name again replaces it."""
    _followers[follower.name] = follower


def followers() -> Iterator[Follower]:
    """Yield the registered rooms by name."""
    for name in sorted(_followers):
        yield _followers[name]


def follower_of(group: str) -> Follower | None:
    """Return whose group this is; None where no room names such a group."""
    follower = _followers.get(group.partition(".")[0])
    return follower if follower is not None and group in follower.keys else None


def number(key: str) -> int:
    """Return the id that a key stands for, 0 (no row) where it is no number that the database can hold."""
    return int(key) if key.isdecimal() and len(key) < 19 else 0


@dataclass(frozen=True, slots=True)
class HalfYear:
    """The days looked back on, from ``start`` up to, not including, ``end``."""

    year: int
    half: int

    @property
    def start(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> date:
        return date(self.year, 7, 1) if self.half == 1 else date(self.year + 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a half-year shows: ``kind`` names the room and what it is (``tasks.unmet``), ``key`` the thing.

    Titles are kept in both languages; ``params`` fill the sentences that the room's ``words`` give in the reader's.
    """

    kind: str
    key: str
    title_zh: str
    title_en: str
    params: Mapping[str, str | int]
    url: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A room that looks back. ``words`` returns what was found and what is proposed, with the reason."""

    name: str
    find: Callable[[HalfYear], Sequence[Finding]]
    words: Callable[[str, Mapping[str, str | int]], tuple[str, str]]


_reviewers: dict[str, Reviewer] = {}
_uses: dict[str, Callable[[HalfYear], Collection[str]]] = {}


def register_review(reviewer: Reviewer) -> None:
    """Let a room look back on each half-year; the same name again replaces it."""
    _reviewers[reviewer.name] = reviewer


def register_use(name: str, used: Callable[[HalfYear], Collection[str]]) -> None:
    """Let a room tell which duties (codes) work of a half-year carried; the same name again replaces it."""
    _uses[name] = used


def reviewers() -> Iterator[Reviewer]:
    """Yield the registered rooms by name."""
    for name in sorted(_reviewers):
        yield _reviewers[name]


def reviewer_of(kind: str) -> Reviewer | None:
    """Return whose finding this is."""
    return _reviewers.get(kind.partition(".")[0])


def duties_used(half: HalfYear) -> frozenset[str]:
    """Return the codes of the duties that any room's work of the half-year carried."""
    return frozenset(code for name in sorted(_uses) for code in _uses[name](half))
