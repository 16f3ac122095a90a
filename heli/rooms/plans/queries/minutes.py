"""How long the items of plans take whoever does them, each time: as far as a plan says so."""

from __future__ import annotations

from heli.rooms.plans.models import PlanVersion


def without_minutes(version: PlanVersion) -> int:
    """Return how many items of a version state no minutes."""
    return version.items.filter(left_out_reason="", minutes__isnull=True).count()
