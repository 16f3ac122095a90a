"""Whose work an item is: said by a person where the papers and the rules name nobody known here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans.enums import PlanState, Reach
from heli.rooms.plans.models import PlanItem, PlanItemUnit, PlanVersion
from heli.rooms.plans.queries.directories import directory, told_apart
from heli.rooms.plans.queries.leads import needs_lead, nobodys, open_leads, possible_leads, without_lead
from heli.rooms.plans.services.locking import (
    count_change,
    day_of,
    draft_of,
    plan_to_draft,
    require_seen,
    require_state,
)
from heli.rooms.plans.services.sides import NothingChanged
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@dataclass(frozen=True, slots=True)
class LeadChoice:
    """Which unit leads the items of a line on which these words (or none) stand, of those that need a lead or not."""

    words: str
    line: str
    unit_id: int
    is_needed: bool = True
    # The rule asks it of no unit here: whoever is named carries it out.
    is_nobodys: bool = False

    def means(self, item: PlanItem, nobodys_items: Collection[int]) -> bool:
        same_words = (item.lead.strip(), item.line) == (self.words, self.line)
        is_nobodys = item.pk in nobodys_items
        return same_words and is_nobodys == self.is_nobodys and (is_nobodys or needs_lead(item)) == self.is_needed


@transaction.atomic
def name_leads(
    *, plan_id: int, choices: Sequence[LeadChoice], version: int | None, by: Person, at: datetime
) -> PlanVersion:
    """Say which units lead items whose lead is not known here; the items carry the unit's own name from then on."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.CONCLUDED, PlanState.REVISING)
    draft = draft_of(plan)
    require_seen(draft, version)
    possible = {unit.pk: unit for unit in possible_leads(draft, day_of(at))}
    waiting = without_lead(draft)
    known = directory(plan, day_of(at), [item.lead for item in waiting])
    alone = nobodys(waiting, known)
    named: dict[str, list[Any]] = {}
    for choice in choices:
        alike = {each.pk: each for each in known.alike(choice.words)}
        unit = alike.get(choice.unit_id) or possible.get(choice.unit_id)
        items = [each for each in waiting if choice.means(each, alone)]
        if unit is None or not items:
            raise Problem(
                _("No lead was set."),
                _("The unit is none of this plan's, or no item waits for it any more."),
                _("Choose one of the units in the list."),
            )
        waiting = [each for each in waiting if each not in items]
        for item in items:
            item.lead = told_apart(unit) if unit.pk in alike else unit.name
            item.row_version += 1
            if choice.is_nobodys:
                item.reach = Reach.LEAD
        PlanItem.objects.bulk_update(items, ["lead", "reach", "row_version"], batch_size=500)
        PlanItemUnit.objects.bulk_create(
            [PlanItemUnit(item=item, unit=unit, role=PlanItemUnit.LEAD) for item in items], batch_size=500
        )
        named.setdefault(f"{choice.line}: {choice.words}", []).extend([unit.name, len(items)])
    if not named:
        raise NothingChanged
    count_change(draft)
    draft.refresh_from_db(fields=["version"])
    audit.record("plan.leads_named", subject=draft, by=by, at=at, changes={"plan": plan.pk, **named})
    return draft


def require_leads(draft: PlanVersion, at: datetime) -> None:
    """Work goes to whom the plan names, or nowhere: what is nobody's is no department's work by default."""
    waiting = [each for each in open_leads(draft, day_of(at)) if each.is_needed]
    if not waiting:
        return
    unclear = [each for each in waiting if not each.is_nobodys and not each.alike]
    unknown = punctuation.listed(dict.fromkeys(each.words or _("(no lead written)") for each in unclear))
    alike = punctuation.listed(dict.fromkeys(told_apart(unit) for each in waiting for unit in each.alike))
    alone = sorted(number for each in waiting if each.is_nobodys for number in each.numbers)
    said = [_("Not known here as a lead: %(names)s.") % {"names": unknown[:200]}] if unknown else []
    if alike:
        said.append(_("Several units bear one name: %(names)s.") % {"names": alike[:200]})
    if alone:
        numbers = punctuation.listed(alone[:12])
        said.append(_("The rule asks these of no unit here: items %(numbers)s.") % {"numbers": numbers})
    raise Problem(
        _("Some items are nobody's work yet."), " ".join(said), _("Say at the head of the plan which unit leads them.")
    )
