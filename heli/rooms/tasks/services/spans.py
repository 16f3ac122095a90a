"""A task whose proof lies outside its time is closed only with a reason. Asked by ``close_task`` itself."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.queries import spans
from heli.ui import punctuation

_LENGTH = 500


class ReasonMissing(Problem):
    """Nothing that proves the task happened in its time, and whoever verifies does not say why that is enough."""


def require_span(task: Task, reason: str) -> dict[str, object]:
    """Return what the audit entry says of it; raise where a reason is needed and none is given."""
    found = spans.proven(task)
    said = reason.strip()
    if not found.needs_reason:
        return {"reason": said[:_LENGTH]} if said else {}
    if not said:
        days = [date_format(day) for day in found.outside]
        raise ReasonMissing(
            _("The task was not closed."),
            _("What proves it happened on %(days)s, outside the time of the task.")
            % {"days": punctuation.listed(days[:5])},
            _("Say on the page of the task why it counts all the same, or return it."),
        )
    return {"reason": said[:_LENGTH], "outside": found.outside}
