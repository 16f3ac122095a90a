"""Who asks, and about which unit: what the pages of tasks have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heli.rooms.people import access as people
from heli.rooms.people.access import PersonRequest
from heli.rooms.people.enums import Permission

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


def rail(request: PersonRequest) -> dict[str, bool]:
    """Whether the person oversees any unit: pages of units are offered to nobody else."""
    return {"oversees": bool(people.has_somewhere(request.person, Permission.TASK_VIEW, request.now.date()))}


def chosen_unit(request: PersonRequest, pk: Any) -> Unit | None:
    """The unit a filter names, through the person's door; None where it names none."""
    if not pk:
        return None
    return people.unit_for(request.person, Permission.TASK_VIEW, pk, request.now.date())
