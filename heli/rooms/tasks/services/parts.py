"""A lead hands in when every part is in, or says why not. Asked by ``hand_in`` itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TaskPart
from heli.ui import punctuation


class PartsMissing(Problem):
    """Parts of co-operating units are not in yet."""

    status = 409


def require_parts(task: Task, without_parts: str) -> dict[str, object]:
    """Return what the audit entry says about missing parts; raise while some are missing and nothing is said."""
    rows = TaskPart.objects.filter(lead=task).exclude(
        part__state__in=[TaskState.HANDED_IN, TaskState.CLOSED, TaskState.CANCELED]
    )
    missing = [row.part.unit.name for row in rows.select_related("part__unit").order_by("part__unit__path", "pk")]
    if not missing:
        return {}
    if not without_parts.strip():
        raise PartsMissing(
            _("The task cannot be handed in yet."),
            _("The parts of %(units)s are not in.") % {"units": punctuation.listed(missing[:5])},
            _("Wait for them, or hand in from the list of parts and say why they are missing."),
        )
    return {"without_parts": missing, "reason": without_parts.strip()[:500]}
