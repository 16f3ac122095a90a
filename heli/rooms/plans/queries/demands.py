"""What plans in force ask of a unit: told to the room that says who answers for it."""

from __future__ import annotations

from django.urls import reverse

from heli.rooms.plans.enums import VersionState
from heli.rooms.plans.models import PlanItem
from heli.rooms.responsibilities.records import Demand


def demands_on(unit_id: int, year: int) -> list[Demand]:
    """Return the items of plans in force that name the unit and fulfill an obligation (one query)."""
    items = PlanItem.objects.filter(
        version__state=VersionState.PUBLISHED, version__plan__year=year, left_out_reason="", units__unit_id=unit_id
    )
    rows = items.exclude(obligations=[]).select_related("version").order_by("version_id", "number").distinct()
    return [
        Demand(
            title=item.text[:200],
            line=item.line,
            url=reverse("plans:version", args=[item.version.plan_id, item.version.number]) + f"#item-{item.pk}",
            obligations=tuple(item.obligations),
        )
        for item in rows
    ]
