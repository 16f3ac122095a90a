"""Rows of tasks: the work, what proves it, and the follow-ups and rectifications that ask for it."""

from heli.rooms.tasks.models.burden import (
    MonthlyLimit,
    TemplateJoin,
)
from heli.rooms.tasks.models.evidence import (
    Citation,
    Evidence,
)
from heli.rooms.tasks.models.follow_ups import (
    Extension,
    FollowUp,
    FollowUpUnit,
    NumberSeries,
)
from heli.rooms.tasks.models.joints import (
    TaskOrder,
    TaskPart,
)
from heli.rooms.tasks.models.rectifications import (
    Measure,
    Problem,
    Rectification,
)
from heli.rooms.tasks.models.reminders import (
    DayReminded,
    QuietHours,
)
from heli.rooms.tasks.models.templates import (
    TaskTemplate,
    TemplateIssue,
)
from heli.rooms.tasks.models.work import (
    FurtherDuty,
    Task,
    TaskHand,
    TaskQuerySet,
    TaskRequester,
)

__all__ = [
    "Citation",
    "DayReminded",
    "Evidence",
    "Extension",
    "FollowUp",
    "FollowUpUnit",
    "FurtherDuty",
    "Measure",
    "MonthlyLimit",
    "NumberSeries",
    "Problem",
    "QuietHours",
    "Rectification",
    "Task",
    "TaskHand",
    "TaskOrder",
    "TaskPart",
    "TaskQuerySet",
    "TaskRequester",
    "TaskTemplate",
    "TemplateIssue",
    "TemplateJoin",
]
