"""Cleaned input of the pages of tasks."""

from heli.rooms.tasks.forms.burden import (
    BurdenFilter,
    LimitForm,
)
from heli.rooms.tasks.forms.follow_ups import (
    AnswerForm,
    ExtensionForm,
    LedgerFilter,
    NewFollowUpForm,
)
from heli.rooms.tasks.forms.joints import (
    BulkForm,
    PartForm,
)
from heli.rooms.tasks.forms.rectifications import (
    CloseProblemForm,
    MeasureForm,
    NewRectificationForm,
    ProblemForm,
    ProblemListForm,
)
from heli.rooms.tasks.forms.reminders import (
    QuietHoursForm,
)
from heli.rooms.tasks.forms.templates import (
    EventForm,
    TemplateFilter,
    TemplateForm,
    fresh_initial,
    initial_of,
)
from heli.rooms.tasks.forms.working import (
    ACCEPTED,
    MAX_FILE_BYTES,
    EvidenceForm,
    ListFilter,
    content_type_of,
)

__all__ = [
    "ACCEPTED",
    "MAX_FILE_BYTES",
    "AnswerForm",
    "BulkForm",
    "BurdenFilter",
    "CloseProblemForm",
    "EventForm",
    "EvidenceForm",
    "ExtensionForm",
    "LedgerFilter",
    "LimitForm",
    "ListFilter",
    "MeasureForm",
    "NewFollowUpForm",
    "NewRectificationForm",
    "PartForm",
    "ProblemForm",
    "ProblemListForm",
    "QuietHoursForm",
    "TemplateFilter",
    "TemplateForm",
    "content_type_of",
    "fresh_initial",
    "initial_of",
]
