"""A second opinion on a pair, from a model the enterprise runs itself. It is shown; it decides and changes nothing."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from heli.kernel import audit, chat
from heli.kernel.chat import Endpoint, NoAnswer
from heli.kernel.problems import Problem
from heli.rooms.plans.enums import FindingKind, OpinionVerdict, PlanState
from heli.rooms.plans.models import Finding, Plan, SecondOpinion
from heli.rooms.plans.services.locking import plan_to_draft, require_state

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

SECONDS = 20.0
REASON_LENGTH = 500
PAIRS = (FindingKind.DUPLICATE, FindingKind.RELATED, FindingKind.UPPER)


class NoOpinion(Problem):
    """There is no second opinion; nothing was stored and nothing changed."""


def is_configured() -> bool:
    """Return whether this site names a model that can be asked; without one no page offers it."""
    return _endpoint() is not None


def ask_second_opinion(*, plan_id: int, finding_id: int, by: Person, at: datetime) -> SecondOpinion:
    """Send the two texts of a pair to the configured model and keep what it says beside the finding.

    No lock and no transaction is held while the model thinks, at most ``SECONDS``. Asking about a finding that has
    an opinion returns that one.
    """
    endpoint = _endpoint()
    if endpoint is None:
        raise Http404
    with transaction.atomic():
        finding = _finding(_plan(plan_id, by, at), finding_id)
        kept = SecondOpinion.objects.filter(finding=finding).first()
        if kept is not None:
            return kept
        text_a, text_b = _texts(finding)
    words = _words()
    try:
        said = chat.ask(
            endpoint,
            instructions=words["instructions"].strip(),
            question=words["question"].format(a=text_a, b=text_b).strip(),
            seconds=SECONDS,
        )
        verdict, reason = _read(said)
    except NoAnswer as failed:
        raise _refused(failed) from failed
    return _keep(plan_id, finding_id, SecondOpinion(verdict=verdict, reason=reason, model=endpoint.model), by, at)


@transaction.atomic
def _keep(plan_id: int, finding_id: int, opinion: SecondOpinion, by: Person, at: datetime) -> SecondOpinion:
    finding = _finding(_plan(plan_id, by, at), finding_id)
    given = {"verdict": opinion.verdict, "reason": opinion.reason, "model": opinion.model}
    kept, is_new = SecondOpinion.objects.get_or_create(
        finding=finding, defaults={**given, "asked_by": by, "asked_at": at}
    )
    if is_new:
        audit.record("plan.second_opinion", subject=finding, by=by, at=at, changes={"plan": plan_id, **given})
    return kept


def _endpoint() -> Endpoint | None:
    named: Endpoint | None = settings.SECOND_OPINION
    return named if named is not None and named.is_complete else None


def _plan(plan_id: int, by: Person, at: datetime) -> Plan:
    plan = plan_to_draft(plan_id, by, at)
    require_state(plan, PlanState.DECIDING)
    return plan


def _finding(plan: Plan, finding_id: int) -> Finding:
    found = Finding.objects.filter(pk=finding_id, plan=plan, is_standing=True, kind__in=PAIRS)
    finding = found.select_related("upper_item").first()
    if finding is None:
        raise Http404
    return finding


def _texts(finding: Finding) -> tuple[str, str]:
    texts = [link.item.text for link in finding.links.select_related("item").order_by("position")]
    if finding.upper_item is not None:
        texts = [*texts[:1], finding.upper_item.text]
    if len(texts) != 2:
        raise Http404
    return texts[0], texts[1]


@cache
def _words() -> dict[str, str]:
    source = resources.files("heli.rooms.plans").joinpath("data", "second_opinion.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _read(said: str) -> tuple[str, str]:
    """Return verdict and reason of the JSON object in an answer; models like to write around it."""
    try:
        given = json.loads(said[said.index("{") : said.rindex("}") + 1])
        verdict, reason = OpinionVerdict(given["verdict"]), given["reason"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise NoAnswer("unreadable") from None
    if not isinstance(reason, str) or not reason.strip():
        raise NoAnswer("unreadable")
    # PostgreSQL holds neither NUL nor half a character
    plain = reason.encode("utf-8", "ignore").decode().replace("\x00", "")
    return verdict.value, " ".join(plain.split())[:REASON_LENGTH]


def _refused(failed: NoAnswer) -> NoOpinion:
    why = {
        "unreachable": _("The model of this site cannot be reached."),
        "slow": _("The model did not answer within %(seconds)s seconds.") % {"seconds": int(SECONDS)},
        "refused": _("The model's server answered with status %(status)s.") % {"status": failed.detail},
        "redirected": _("The model's server sends elsewhere, and the texts are sent nowhere else."),
        "too_long": _("The model's answer is longer than any opinion."),
        "unreadable": _("The model's answer is no verdict with a reason."),
    }[failed.code]
    return NoOpinion(
        _("There is no second opinion."), why, _("Decide without it; whoever runs Heli can look with “heli doctor”.")
    )
