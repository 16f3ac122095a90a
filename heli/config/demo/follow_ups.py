"""Two follow-ups: one that climbed the ladder while a co-operating unit answered, one with a later date asked for.

They take the way of the product itself, on the days on which each step would have happened.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import translation

from heli.rooms.people import access as people
from heli.rooms.people.models import Person, Unit
from heli.rooms.tasks import services
from heli.rooms.tasks.models import FollowUp, FollowUpUnit
from heli.rooms.tasks.services import NewEvidence, NewFollowUp

_DATA = Path(__file__).parent / "data" / "follow_ups.toml"


def load(at: datetime) -> None:
    """Issue the follow-ups once; a site without the demo's units, or with follow-ups, is left alone."""
    if FollowUp.objects.exists() or not Unit.objects.filter(code="HZ-JJ").exists():
        return
    drafts = tomllib.loads(_DATA.read_text(encoding="utf-8"))["follow_ups"]
    with translation.override("zh-hans"):
        for draft in drafts:
            _issue(draft, at)
        first = min(draft["asked"] for draft in drafts)
        for day in range(first, 0):
            services.climb_ladders(at=at + timedelta(days=day))


def _issue(draft: dict[str, Any], at: datetime) -> None:
    asked_at, due_on = at + timedelta(days=draft["asked"]), (at + timedelta(days=draft["due"])).date()
    units = {
        unit.code: unit for unit in Unit.objects.filter(code__in=[draft["unit"], draft["lead"], *draft["helpers"]])
    }
    new = NewFollowUp(
        unit_id=units[draft["unit"]].pk,
        subject=draft["subject"],
        text=draft["text"],
        line=draft["line"],
        due_on=due_on,
        lead=units[draft["lead"]],
        helpers=[units[code] for code in draft["helpers"]],
    )
    by = Person.objects.filter(appointments__post__kind=draft["asked_by"], account__isnull=False).order_by("pk")[0]
    follow_up = services.issue_follow_up(new=new, by=by, at=asked_at)
    for answer in draft.get("answers", ()):
        _answer(follow_up, answer, at + timedelta(days=answer["day"]))
    if "later" in draft:
        _ask_later(follow_up, draft["later"], at)


def _asked(follow_up: FollowUp, code: str) -> tuple[FollowUpUnit, Person]:
    """Return the asked unit and who answers for it."""
    asked = FollowUpUnit.objects.select_related("task").get(follow_up=follow_up, unit__code=code)
    holders = people.holders_of({(asked.unit_id, "")}, follow_up.asked_at.date())[asked.unit_id, ""]
    return asked, Person.objects.get(pk=holders[0])


def _answer(follow_up: FollowUp, answer: dict[str, Any], at: datetime) -> None:
    asked, person = _asked(follow_up, answer["unit"])
    evidence = NewEvidence(title=follow_up.subject, happened_on=at.date(), text=answer["text"])
    services.answer_follow_up(
        asked_id=asked.pk, answer=evidence, cited=(), by=person, at=at, version=asked.task.version
    )


def _ask_later(follow_up: FollowUp, later: dict[str, Any], at: datetime) -> None:
    asked, person = _asked(follow_up, later["unit"])
    services.ask_extension(
        asked_id=asked.pk,
        until=(at + timedelta(days=later["until"])).date(),
        reason=later["reason"],
        by=person,
        at=at + timedelta(days=later["day"]),
    )
