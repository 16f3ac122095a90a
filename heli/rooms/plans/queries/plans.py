"""The list of plans, and one plan's papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heli.rooms.plans import access
from heli.rooms.plans.enums import DocumentState, PlanState, RowKind, UnitType
from heli.rooms.plans.models import AlignmentRun, Decision, DraftItem, Finding, Plan, PlanDocument, PlanVersion
from heli.rooms.plans.models.papers import DraftItemQuerySet
from heli.rooms.plans.queries.board import KindCount, kind_counts

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


# So many rows of a paper stand on one page of the split review.
ROWS_A_PAGE = 100
# The rows whose time a person has to fill in, beside the kinds of rows.
OPEN = "open"


def _counted(rows: QuerySet) -> Coalesce:  # type: ignore[type-arg]  # any model
    per_plan = rows.order_by().values("plan").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(per_plan, output_field=IntegerField()), 0)


def undecided() -> QuerySet[Finding]:
    """Return the findings that stand and on which no decision stands."""
    standing = Decision.objects.filter(finding=OuterRef("pk"), undone_at__isnull=True)
    return Finding.objects.filter(~Exists(standing), is_standing=True)


def plans_for_list(
    person: Person | None, on: date, *, year: int | None = None, state: str = "", text: str = ""
) -> QuerySet[Plan]:
    """Return the plans the person may open, newest year first, each with ``papers``, ``items`` and ``open_cards``."""
    plans = access.visible_plans(person, on).select_related("unit")
    if year:
        plans = plans.filter(year=year)
    if state:
        plans = plans.filter(state=state)
    if text:
        plans = plans.filter(Q(title__icontains=text) | Q(unit__name__icontains=text))
    return plans.annotate(
        papers=_counted(PlanDocument.objects.filter(plan=OuterRef("pk"), state=DocumentState.READ)),
        items=_counted(DraftItem.objects.filter(plan=OuterRef("pk"), kind=RowKind.ITEM)),
        open_cards=_counted(undecided().filter(plan=OuterRef("pk"))),
    ).newest_first()


def units_for_plans(person: Person | None, on: date) -> list[Unit]:
    """Return the Party organisations for which the person may begin a plan, in tree order; 300 fill any choice."""
    units = access.units_to_draft_for(person, on).in_tree("party").filter(kind__in=UnitType.values)
    return list(units.order_by("path")[:300])


def plans_for_api(
    person: Person | None, on: date, *, year: int | None, text: str, before: int | None, limit: int
) -> list[Plan]:
    """Return up to ``limit`` plans the person may open, newest first, those begun before the plan ``before``."""
    plans = access.visible_plans(person, on)
    if year:
        plans = plans.filter(year=year)
    if text:
        plans = plans.filter(title__icontains=text)
    if before:
        plans = plans.filter(pk__lt=before)
    return list(plans.order_by("-pk")[:limit])


def years(person: Person | None, on: date) -> list[int]:
    """Return the years for which the person may open plans, newest first."""
    return list(access.visible_plans(person, on).order_by("-year").values_list("year", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper with how it was taken apart."""

    document: PlanDocument
    items: int
    headings: int
    left_out: int
    open_times: int = 0


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything the page of a plan in its workshop shows."""

    plan: Plan
    papers: dict[str, Sequence[PaperRow]]
    items: dict[str, int]
    kinds: Sequence[KindCount]
    last_decision: Decision | None
    run: AlignmentRun | None
    versions: Sequence[PlanVersion]
    twins: Sequence[Plan]

    @property
    def cards(self) -> int:
        return sum(count.total for count in self.kinds)

    @property
    def open_cards(self) -> int:
        return sum(count.open for count in self.kinds)


def plan_page(plan: Plan) -> PlanPage:
    """Return the workshop's page (six queries, whatever the number of papers)."""
    kinds = {kind: Count("rows", filter=Q(rows__kind=kind)) for kind in RowKind.values}
    no_time = Q(rows__kind=RowKind.ITEM, rows__start=None, rows__end=None, rows__period="")
    kinds[OPEN] = Count("rows", filter=no_time & ~Q(rows__when_words=""))
    documents = (
        PlanDocument.objects.filter(plan=plan)
        .annotate(**{f"number_of_{kind}": count for kind, count in kinds.items()})
        .select_related("uploaded_by")
        .order_by("line", "position", "pk")
    )
    papers: dict[str, list[PaperRow]] = {"party": [], "integrity": []}
    for document in documents:
        counts = [getattr(document, f"number_of_{kind}") for kind in ("item", "heading", "left_out", OPEN)]
        papers[document.line].append(PaperRow(document, *counts))
    return PlanPage(
        plan=plan,
        papers={line: tuple(rows) for line, rows in papers.items()},
        items={line: sum(row.items for row in rows) for line, rows in papers.items()},
        kinds=tuple(kind_counts(plan)),
        last_decision=_last_decision(plan),
        run=AlignmentRun.objects.filter(plan=plan).order_by("-pk").first(),
        twins=twins_of(plan),
        versions=tuple(plan.versions.select_related("submitted_by", "approved_by").order_by("-number")),
    )


def _last_decision(plan: Plan) -> Decision | None:
    standing = Decision.objects.filter(finding__plan=plan, finding__is_standing=True, undone_at__isnull=True)
    return standing.select_related("by", "finding").order_by("-at", "-pk").first()


def twins_of(plan: Plan) -> list[Plan]:
    """Return other plans of the same unit and year, the newest five (one query)."""
    return list(Plan.objects.filter(unit=plan.unit_id, year=plan.year).exclude(pk=plan.pk).order_by("-pk")[:5])


def rows_of(document: PlanDocument, kind: str = "") -> DraftItemQuerySet:
    """Return the rows of a paper in reading order, those of one kind if it is given."""
    rows = DraftItem.objects.filter(document=document).order_by("position", "pk")
    if kind == OPEN:
        return rows.open_times()
    return rows.filter(kind=kind) if kind in RowKind.values else rows


def counts_of(document: PlanDocument) -> dict[str, int]:
    """Return how many rows of each kind a paper has, and how many times are ``OPEN`` (two queries)."""
    rows = DraftItem.objects.filter(document=document).order_by("kind").values_list("kind").annotate(Count("pk"))
    no_time = DraftItem.objects.filter(document=document).open_times().count()
    return {**dict.fromkeys(RowKind.values, 0), **dict(rows), OPEN: no_time}


def page_with(rows: QuerySet[DraftItem], row_id: int) -> int | None:
    """Return the page on which a row stands, None where it is not among them."""
    row = rows.filter(pk=row_id).values_list("position", "pk").first()
    if row is None:
        return None
    before = rows.filter(Q(position__lt=row[0]) | Q(position=row[0], pk__lt=row[1])).count()
    return before // ROWS_A_PAGE + 1


def row_of(plan: Plan, row_id: int) -> DraftItem | None:
    return DraftItem.objects.filter(plan=plan, pk=row_id).select_related("document").order_by("pk").first()


def running(plan: Plan) -> AlignmentRun | None:
    """Return the newest run of the plan, ended or not."""
    return AlignmentRun.objects.filter(plan=plan).order_by("-pk").first()


def states() -> list[tuple[str, str]]:
    return [(state.value, str(state.label)) for state in PlanState]
