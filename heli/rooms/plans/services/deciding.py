"""Decisions on the board: taken once, by a person, with a name and a reason; undone, never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, FindingKind, PlanState
from heli.rooms.plans.models import Decision, Finding, Plan, Presence
from heli.rooms.plans.queries.board import sides_of
from heli.rooms.plans.services.locking import plan_to_draft, require_state
from heli.rooms.plans.services.pairing import own_card

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

VALUE_NAMES = (
    "text", "line", "lead", "start", "due", "period", "quantity", "deliverable", "target",
    "when_of", "lead_of", "quantity_of",
)  # fmt: skip


class AlreadyDecided(Problem):
    """Somebody else decided first; both sides are kept for comparison."""

    status = 409

    def __init__(self, theirs: Decision, yours: Mapping[str, Any]) -> None:
        super().__init__(
            _("Your decision was not taken over."),
            _("%(name)s decided this at %(time)s: %(choice)s.")
            % {
                "name": theirs.by,
                "time": formats.date_format(timezone.localtime(theirs.at), "TIME_FORMAT"),
                "choice": theirs.get_choice_display(),
            },
            _("Undo that decision first if it should be another one."),
        )
        self.decision = theirs
        said = {name: value for name, value in yours["values"].items() if not name.endswith("_of")}
        self.yours = {"choice": yours["choice"], "reason": yours["reason"], **said}
        self.theirs = {"choice": theirs.choice, "reason": theirs.reason, **theirs.values}


class DecisionIncomplete(Problem):
    """The decision lacks something; ``missing`` names what."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            _("The decision is not complete."), _("Missing: %(what)s.") % {"what": _(", ").join(missing_words(missing))}
        )


def missing_words(missing: Sequence[str]) -> list[str]:
    """Return what is missing in words."""
    words = {
        "choice": _("a decision that this kind of finding takes"),
        "reason": _("the reason"),
        "text": _("the words of the item"),
        "lead_or_date": _("who leads, a date or an amount"),
        "two_items": _("two items to merge"),
        "when": _("which of the dates holds"),
        "lead": _("which of them leads"),
        "quantity": _("which amount holds"),
    }
    return [words[code] for code in missing]


@transaction.atomic
def decide(
    *,
    plan_id: int,
    finding_id: int,
    choice: str,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
    pair: int | None = None,
    by: Person,
    at: datetime,
) -> Decision:
    """Take the decision on a finding. Of several who decide at once exactly one wins; the others get both sides.

    ``pair``: of a conflict of many with one, decide only on that item and the shared one; the others stay open.
    """
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DECIDING)
    finding = _finding(plan, finding_id)
    kept = clean_values(values or {})
    yours = {"choice": choice, "reason": reason, "values": kept}
    _require_open(finding, yours)
    group = finding
    if pair is not None:
        finding = _finding(plan, own_card(plan, finding, pair).pk)
        _require_open(finding, yours)
    items = finding.links.count()
    missing = rules.what_is_missing(finding.kind, choice, reason=reason, values=kept, items=items)
    settled, unanswered = rules.settle(sides_of(finding) if choice == Choice.MERGE else (), kept)
    if missing or unanswered:
        raise DecisionIncomplete((*missing, *unanswered))
    kept = clean_values(settled) | {name: settled[name] for name in ("window",) if name in settled}
    decision = Decision.objects.create(
        finding=finding, choice=Choice(choice), reason=reason.strip(), values=kept, by=by, at=at
    )
    _count_up(plan)
    audit.record(
        "plan.decided",
        subject=finding,
        by=by,
        at=at,
        changes={"plan": plan.pk, "choice": choice, "reason": decision.reason, "values": kept, "out_of": group.pk},
    )
    return decision


@transaction.atomic
def decide_rest(*, plan_id: int, kind: str, choice: str, reason: str, by: Person, at: datetime) -> int:
    """Take one decision, that needs but a reason, on every open finding of a kind; return how many."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DECIDING)
    if choice not in rules.ALLOWED_CHOICES[FindingKind(kind)] or not rules.needs_reason(choice):
        raise DecisionIncomplete(("choice",))
    if not reason.strip():
        raise DecisionIncomplete(("reason",))
    standing = Decision.objects.filter(undone_at__isnull=True).values("finding_id")
    rows = Finding.objects.select_for_update(no_key=True).filter(plan=plan, kind=kind, is_standing=True)
    left = list(rows.exclude(pk__in=standing).order_by("pk"))
    if not left:
        raise Problem(
            _("No card of this kind is open."),
            _("Each of them is decided, perhaps by somebody else a moment ago."),
            _("Look at the decided cards."),
        )
    Decision.objects.bulk_create(
        [Decision(finding=finding, choice=choice, reason=reason.strip(), by=by, at=at) for finding in left],
        batch_size=500,
    )
    _count_up(plan)
    audit.record(
        "plan.decided_rest",
        subject=plan,
        by=by,
        at=at,
        changes={"kind": kind, "choice": choice, "reason": reason, "findings": [finding.pk for finding in left]},
    )
    return len(left)


@transaction.atomic
def undo_decision(*, plan_id: int, decision_id: int, by: Person, at: datetime) -> Decision:
    """Take a decision back. Of two who undo it at once one wins, the other learns that it is open again."""
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DECIDING)
    rows = Decision.objects.select_for_update(no_key=True, of=("self",)).select_related("finding")
    decision = rows.filter(pk=decision_id, finding__plan=plan).first()
    if decision is None:
        raise Http404
    if decision.undone_at is not None:
        raise Problem(
            _("This decision was already undone."),
            _("The card is open again."),
            _("Decide it anew if you like."),
        )
    decision.undone_by, decision.undone_at = by, at
    decision.save(update_fields=["undone_by", "undone_at"])
    _count_up(plan)
    audit.record(
        "plan.undone", subject=decision.finding, by=by, at=at, changes={"plan": plan.pk, "choice": decision.choice}
    )
    return decision


@transaction.atomic
def be_present(*, plan_id: int, finding_id: int | None, decides: bool, by: Person, at: datetime) -> None:
    """Note which card a person has open. It runs out by itself; it is no record of work and nobody counts it."""
    presence = Presence.objects.filter(plan_id=plan_id, person=by).first()
    if finding_id is not None and not Finding.objects.filter(pk=finding_id, plan_id=plan_id).exists():
        finding_id = None
    stays = presence is not None and presence.finding_id == finding_id and presence.seen_at > at - rules.HOLDS_FOR
    opened_at = presence.opened_at if stays and presence else at
    Presence.objects.update_or_create(
        plan_id=plan_id,
        person=by,
        defaults={"finding_id": finding_id, "opened_at": opened_at, "seen_at": at, "decides": decides},
    )


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the known, filled-in values as plain data; days as ISO text. Raises ``Problem`` for an impossible pair."""
    kept: dict[str, Any] = {}
    for name in VALUE_NAMES:
        value = values.get(name)
        if isinstance(value, date):
            kept[name] = value.isoformat()
        elif value not in (None, ""):
            kept[name] = value.strip() if isinstance(value, str) else value
    if kept.get("start") and kept.get("due") and kept["due"] < kept["start"]:
        raise Problem(
            _("The end lies before the start."),
            _("An item ends on or after the day it starts."),
            _("Change one of both days."),
        )
    return kept


def ruling_of(decision: Decision, items: tuple[int, ...]) -> rules.Ruling:
    """Return a decision as the arithmetic of ``rules`` takes it."""
    days = {name: date.fromisoformat(decision.values[name]) for name in ("start", "due") if decision.values.get(name)}
    return rules.Ruling(
        pk=decision.pk,
        kind=FindingKind(decision.finding.kind),
        choice=Choice(decision.choice),
        items=items,
        values={**decision.values, **days},
        reason=decision.reason,
        obligation=decision.finding.obligation,
        upper_item=decision.finding.upper_item_id,
    )


def _finding(plan: Plan, finding_id: int) -> Finding:
    rows = Finding.objects.select_for_update(no_key=True, of=("self",)).select_related("upper_item")
    finding = rows.prefetch_related("links__item").filter(pk=finding_id, plan=plan).first()
    if finding is None:
        raise Http404
    return finding


def _require_open(finding: Finding, yours: Mapping[str, Any]) -> None:
    standing = finding.decisions.filter(undone_at__isnull=True).select_related("by").order_by("pk").first()
    if standing is not None:
        raise AlreadyDecided(standing, yours)


def _count_up(plan: Plan) -> None:
    plan.stamp += 1
    plan.save(update_fields=["stamp"])
