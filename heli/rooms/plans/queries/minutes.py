"""How long the items of plans take whoever does them, each time: as far as a plan says so."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.models import PlanItem, PlanVersion
from heli.rooms.plans.queries.work import source_of


def without_minutes(version: PlanVersion) -> int:
    """Return how many items of a version state no minutes."""
    return version.items.filter(left_out_reason="", minutes__isnull=True).count()


def stated_minutes(sources: Collection[str]) -> dict[str, int]:
    """Return the minutes of each source that is an item of a plan, as its newest version in force said (one query)."""
    prefix = source_of("")
    named = [source.removeprefix(prefix) for source in sources if source.startswith(prefix)]
    lineages = [lineage for lineage in named if _is_lineage(lineage)]
    in_force = (VersionState.PUBLISHED, VersionState.SUPERSEDED)
    rows = PlanItem.objects.filter(lineage__in=lineages, version__state__in=in_force, left_out_reason="")
    newest = rows.order_by("lineage", "-version__number", "pk").distinct("lineage").values_list("lineage", "minutes")
    return {source_of(lineage): minutes for lineage, minutes in newest if minutes is not None}


def _is_lineage(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
