"""How long items take whoever does them: said once for all that say nothing yet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans.enums import PlanState
from heli.rooms.plans.services.locking import count_change, draft_of, plan_to_draft, require_seen, require_state

if TYPE_CHECKING:
    from heli.rooms.people.models import Person
    from heli.rooms.plans.models import PlanVersion


@transaction.atomic
def state_minutes(*, plan_id: int, minutes: int, version: int | None, by: Person, at: datetime) -> PlanVersion:
    """State the same minutes for every item of the version under way that states none."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED, PlanState.REVISING)
    draft = draft_of(plan)
    require_seen(draft, version)
    silent = draft.items.filter(left_out_reason="", minutes__isnull=True)
    numbers = list(silent.order_by("number").values_list("number", flat=True))
    if not numbers:
        raise Problem(
            _("No minutes were set."),
            _("Every item states its minutes already."),
            _("Change one where it stands."),
        )
    silent.update(minutes=minutes, row_version=F("row_version") + 1)
    count_change(draft)
    audit.record(
        "plan.minutes_stated", subject=draft, by=by, at=at,
        changes={"plan": plan.pk, "minutes": minutes, "items": numbers},
    )  # fmt: skip
    return draft
