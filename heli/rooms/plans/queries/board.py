"""The board: the same number of queries for ten items and for ten thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from heli.rooms.plans import rules
from heli.rooms.plans.enums import DocumentState, FindingKind, Line, RowKind
from heli.rooms.plans.models import Decision, DraftItem, Finding, FindingItem, Plan, PlanDocument, Presence
from heli.rooms.plans.models.board import FindingQuerySet
from heli.rooms.plans.queries.directories import takes_effect_on
from heli.rooms.plans.rules.proposals import shares_an_item
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

# How many items of a line stand on the board at once; the rest is one click away.
WINDOW = 40
CARDS = 12
# So many units are named of which a rule asks a missing duty.
OWING = 3


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many findings of a kind there are, and how many are still open."""

    kind: str
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What a finding says of an item on the board."""

    finding_id: int
    kind: str
    choice: str
    position: int


@dataclass(frozen=True, slots=True)
class Side:
    """One draft: its papers, the items shown, and how many come before and after them."""

    line: str
    documents: Sequence[PlanDocument]
    items: Sequence[DraftItem]
    total: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Owing:
    """Of which units a rule asks a missing duty: the first by name, and how many there are."""

    names: Sequence[str]
    total: int


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything the board shows at one moment."""

    plan: Plan
    counts: Sequence[KindCount]
    cards: Sequence[Finding]
    active: Finding | None
    more: int
    sides: Mapping[str, Side]
    marks: Mapping[int, Sequence[ItemMark]]
    others: Sequence[Presence]
    last: Decision | None
    previous: int | None = None
    # Of a conflict of many with one: the counterpart that is looked at by itself.
    pair: int | None = None
    # Of the active card, where it is about a duty that rules ask of units; None where it is not.
    owing: Owing | None = None

    @property
    def links(self) -> list[FindingItem]:
        """The items of the active card that are looked at."""
        return links_of(self.active, self.pair) if self.active is not None else []

    @property
    def total(self) -> int:
        return sum(count.total for count in self.counts)

    @property
    def open(self) -> int:
        return sum(count.open for count in self.counts)


def _stands() -> QuerySet[Decision]:
    return Decision.objects.filter(finding=OuterRef("pk"), undone_at__isnull=True)


def _cards(plan: Plan) -> FindingQuerySet:
    """Findings with their items and the decision that stands, ready to be shown."""
    links = FindingItem.objects.select_related("item").order_by("position")
    standing = Decision.objects.filter(undone_at__isnull=True).select_related("by").order_by("pk")
    return (
        Finding.objects.filter(plan=plan)
        .select_related("upper_item__version__plan__unit", "second_opinion")
        .prefetch_related(
            Prefetch("links", queryset=links), Prefetch("decisions", queryset=standing, to_attr="standing")
        )
    )


def board(
    plan: Plan,
    person: Person | None,
    at: datetime,
    *,
    kind: str = "",
    chosen: int | None = None,
    pair: int | None = None,
    is_done: bool = False,
    starts: Mapping[str, int] | None = None,
) -> BoardPage:
    """Return the board with the chosen finding active, else the first open one of the kind.

    ``pair`` looks at one counterpart of a conflict of many with one.
    ``is_done`` lists the decided cards instead of the open ones; ``starts`` moves the window of a line.
    """
    listed = _cards(plan).filter(is_standing=True)
    listed = listed.filter(Exists(_stands())) if is_done else listed.exclude(Exists(_stands()))
    if kind in FindingKind.values:
        listed = listed.filter(kind=kind)
    active = _cards(plan).filter(pk=chosen).order_by("pk").first() if chosen else None
    rank = active.rank if active is not None and not is_done else 0
    cards = list(listed.filter(rank__gte=rank).in_order()[: CARDS + 1])
    if active is None and cards:
        active = cards[0]
    cards = [card for card in cards if active is None or card.pk != active.pk][:CARDS]
    pair = pair if active is not None and pair in counterparts(active) else None
    sides = _sides(plan, links_of(active, pair) if active else [], starts or {})
    earlier = _before(listed, active.rank) if active else None
    shown = [item.pk for side in sides.values() for item in side.items]
    counts = kind_counts(plan)
    wanted = [count for count in counts if not kind or count.kind == kind]
    number = sum(count.total - count.open if is_done else count.open for count in wanted)
    return BoardPage(
        plan=plan,
        counts=counts,
        cards=cards,
        active=active,
        more=max(number - len(cards) - 1, 0),
        sides=sides,
        marks=_marks(shown),
        others=others(plan, person, at),
        last=last_decision(plan, person),
        previous=earlier,
        pair=pair,
        owing=_owing(plan, active, timezone.localdate(at)) if active else None,
    )


def _owing(plan: Plan, finding: Finding, on: date) -> Owing | None:
    day = takes_effect_on(plan, on)
    duty = rulebook.duty_on(finding.obligation, day) if finding.kind == FindingKind.GAP else None
    if duty is None or not duty.unit_kinds:
        return None
    units = rulebook.units_owing(plan.unit, [finding.obligation], day)
    return Owing(list(units.values_list("name", flat=True)[:OWING]), units.count())


def counterparts(finding: Finding) -> list[int]:
    """Return the items that conflict with the one they share, where the finding is such a group (no query)."""
    links = list(finding.links.all())
    is_above = finding.upper_item_id is not None
    if not shares_an_item(finding.kind, finding.subkind, len(links) + is_above):
        return []
    return [link.item_id for link in (links if is_above else links[1:])]


def links_of(finding: Finding, pair: int | None = None) -> list[FindingItem]:
    """Return the items of a finding in order; with ``pair`` only that one and what it shares with the others."""
    links = list(finding.links.all())
    if pair is None:
        return links
    shared = [] if finding.upper_item_id is not None else links[:1]
    return [*shared, *(link for link in links if link.item_id == pair)]


def _before(listed: FindingQuerySet, rank: int) -> int | None:
    """Return the finding that comes before this rank in the list."""
    return listed.filter(rank__lt=rank).order_by("-rank", "-pk").values_list("pk", flat=True).first()


def kind_counts(plan: Plan) -> list[KindCount]:
    """Return how many findings of each kind stand and are open, in the order in which they are decided (one query)."""
    rows = (
        Finding.objects.filter(plan=plan, is_standing=True)
        .annotate(is_decided=Exists(_stands()))
        .values("kind")
        .annotate(total=Count("pk"), open=Count("pk", filter=Q(is_decided=False)))
    )
    known = {row["kind"]: KindCount(row["kind"], row["total"], row["open"]) for row in rows.order_by("kind")}
    return [known[kind] for kind in FindingKind.values if kind in known]


def _sides(plan: Plan, links: Sequence[FindingItem], starts: Mapping[str, int]) -> dict[str, Side]:
    totals = dict(
        DraftItem.objects.filter(plan=plan, number__isnull=False, kind=RowKind.ITEM)
        .order_by("line")
        .values_list("line")
        .annotate(last=Max("number"))
    )
    spans = {}
    for line in (Line.PARTY, Line.INTEGRITY):
        total = totals.get(line, 0)
        spans[line] = _window(total, _number_on(links, line), starts.get(line))
    within = Q(pk__in=[])
    for line, (first, last) in spans.items():
        within |= Q(line=line, number__gte=first, number__lte=last)
    items: dict[str, list[DraftItem]] = {Line.PARTY: [], Line.INTEGRITY: []}
    for item in DraftItem.objects.filter(within, plan=plan, kind=RowKind.ITEM).order_by("line", "number"):
        items[item.line].append(item)
    documents: dict[str, list[PlanDocument]] = {Line.PARTY: [], Line.INTEGRITY: []}
    for document in PlanDocument.objects.filter(plan=plan, state=DocumentState.READ).order_by("line", "position"):
        documents[document.line].append(document)
    return {
        line.value: Side(
            line=line.value,
            documents=documents[line],
            items=items[line],
            total=totals.get(line, 0),
            before=spans[line][0] - 1,
            after=max(totals.get(line, 0) - spans[line][1], 0),
        )
        for line in (Line.PARTY, Line.INTEGRITY)
    }


def _number_on(links: Sequence[FindingItem], line: str) -> int | None:
    return next((link.item.number for link in links if link.item.line == line and link.item.number), None)


def _window(total: int, centre: int | None, start: int | None) -> tuple[int, int]:
    """Return the first and last number shown: all of a short draft, else a stretch around the active item."""
    if total <= WINDOW:
        return 1, total
    first = start if start is not None else (centre or 1) - WINDOW // 4
    first = min(max(first, 1), max(total - WINDOW + 1, 1))
    return first, min(first + WINDOW - 1, total)


def _marks(item_ids: Iterable[int]) -> dict[int, list[ItemMark]]:
    rows = (
        FindingItem.objects.filter(item__in=list(item_ids), finding__is_standing=True)
        .annotate(
            choice=Max("finding__decisions__choice", filter=Q(finding__decisions__undone_at__isnull=True)),
        )
        .order_by("finding__rank", "position")
        .values_list("item_id", "finding_id", "finding__kind", "choice", "position")
    )
    found: dict[int, list[ItemMark]] = {}
    for item_id, finding_id, kind, choice, position in rows:
        found.setdefault(item_id, []).append(ItemMark(finding_id, kind, choice or "", position))
    return found


def others(plan: Plan, person: Person | None, at: datetime) -> list[Presence]:
    """Return who else is on the board right now, longest first."""
    here = Presence.objects.filter(plan=plan, seen_at__gt=at - rules.HOLDS_FOR).select_related("person", "finding")
    if person is not None:
        here = here.exclude(person=person)
    return list(here.order_by("opened_at", "pk"))


def last_decision(plan: Plan, person: Person | None) -> Decision | None:
    """Return the person's newest decision that stands: what Z takes back."""
    if person is None:
        return None
    rows = Decision.objects.filter(finding__plan=plan, by=person, undone_at__isnull=True)
    return rows.select_related("finding").prefetch_related("finding__links__item").order_by("-at", "-pk").first()


def sides_of(finding: Finding) -> list[rules.Side]:
    """Return what each item of a finding says of its lead, window and amount (one query, unless prefetched).

    Of the item above only the window counts: its lead is a department of the unit above, its amount that unit's.
    """
    sides = [
        rules.Side(str(item.pk), item.owner, item.start, item.end, item.period, item.quantity, item.when_words)
        for item in (link.item for link in finding.links.all())
    ]
    upper = finding.upper_item
    if upper is not None:
        sides.append(rules.Side(rules.ABOVE, start=upper.start, due=upper.due, period=upper.period))
    return sides


def every_finding(plan: Plan) -> list[Finding]:
    """Return all findings of the board with items and decisions, for the workbook."""
    return list(_cards(plan).filter(is_standing=True).in_order())


def findings_after(plan: Plan, rank: int, limit: int) -> list[Finding]:
    """Return up to ``limit`` findings of the board that come after this rank, with items and decisions."""
    return list(_cards(plan).filter(is_standing=True, rank__gt=rank).in_order()[:limit])


def every_item(plan: Plan) -> QuerySet[DraftItem]:
    """Return all items of both drafts in board order, for the workbook."""
    return DraftItem.objects.filter(plan=plan).items().select_related("document").in_order()
