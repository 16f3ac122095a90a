"""The demo's responsibility lists: drafted, approved by another, issued, signed; one leader moves in May."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils import translation

from heli.kernel.problems import Problem
from heli.rooms.people import queries as people
from heli.rooms.people.models import Appointment, Person, Unit
from heli.rooms.people.services import posts
from heli.rooms.responsibilities.enums import Kind, Reach
from heli.rooms.responsibilities.models import HandOver, Item, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.queries import lists as queries
from heli.rooms.responsibilities.services import approving, hand_overs, lists, signing
from heli.rooms.tasks.models import Citation, Evidence, Task

_DATA = Path(__file__).parent / "data"
_UNSIGNED = 9  # every so many holders one has not signed yet
_MOVES = "P-HF"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((_DATA / "duty_words.toml").read_text(encoding="utf-8"))


def load(at: datetime) -> None:
    """Issue the lists of the year of ``at`` once."""
    if ResponsibilityList.objects.exists():
        return
    with translation.override("zh-hans"):
        clerk, head = _office("party_clerk"), _office("party_head")
        begun = datetime.combine(date(at.year, 1, 6), time(9, 30), at.tzinfo)
        begun = min(begun, at - timedelta(days=12))
        issued = [_issue(unit, clerk, head, begun, at) for unit in _units()]
        for number, version in enumerate(issued):
            _sign(version, number, begun + timedelta(days=6))
        _hand_to_leaders(at)
        _move_somebody(at)


def _office(kind: str) -> Person:
    person = Person.objects.filter(appointments__post__kind=kind, account__isnull=False).order_by("pk")[0]
    person.scopes = {}  # many acts by one person: rights are looked up once a day
    return person


def _units() -> list[Unit]:
    """Return the Party organizations whose lists are issued; the others have none yet, and their pages say so."""
    return list(Unit.objects.filter(code__in=_words()["units"]).order_by("path"))


def _issue(unit: Unit, clerk: Person, head: Person, begun: datetime, at: datetime) -> ListVersion:
    title = _words()["title"].format(unit=unit.name, year=at.year)
    version = lists.begin_list(unit_id=unit.pk, year=at.year, title=title, from_catalogue=True, by=clerk, at=begun)
    for item in version.items.filter(accountable=None, reach=Reach.POST).order_by("number"):
        lists.remove_item(list_id=version.list_id, item_id=item.pk, version=1, by=clerk, at=begun + timedelta(hours=3))
    submitted = approving.submit(list_id=version.list_id, version=1, by=clerk, at=begun + timedelta(days=1))
    approved = approving.approve(
        list_id=version.list_id, version=submitted.version, note=_words()["note"], by=head, at=begun + timedelta(days=3)
    )
    return approving.issue(list_id=version.list_id, version=approved.version, by=clerk, at=begun + timedelta(days=4))


def _sign(version: ListVersion, number: int, at: datetime) -> None:
    groups = queries.groups_of(version, queries.items_of(version), at.date())
    for index, group in enumerate(groups):
        if group.post is None or (number + index) % _UNSIGNED == _UNSIGNED - 1:
            continue
        for holder in group.holders[:1]:
            holder.scopes = {}
            signing.sign(
                list_id=version.list_id, number=version.number, post_id=group.post.pk, by=holder,
                at=at + timedelta(hours=index),
            )  # fmt: skip


def _hand_to_leaders(at: datetime) -> None:
    """Let the secretary of the group do what the list asks of the secretary in person."""
    first = Item.objects.filter(version__list__unit__code="P-HZ", kind=Kind.FIRST_PERSON).order_by("number")
    codes = {code for item in first for code in item.obligations}
    post = first[0].accountable
    holder = people.holders_by_post([post.pk], at.date())[post.pk][0] if post is not None else None
    if post is None or holder is None:
        return
    mine = Task.objects.filter(unit__code="P-HZ", obligation__in=codes)
    mine.update(post_kind=post.kind)
    done = mine.filter(handed_in_by__isnull=False).exclude(closed_by=holder)
    cited = Citation.objects.filter(task__in=done)
    Evidence.objects.filter(pk__in=cited.values("evidence_id")).update(recorded_by=holder)
    cited.update(cited_by=holder)
    done.update(accepted_by=holder, handed_in_by=holder, accepted_at=F("opened_at"))


def _move_somebody(at: datetime) -> None:
    """A member of a company's leadership team moves in May; the sheet is signed by both."""
    day = min(date(at.year, 5, 18), at.date() - timedelta(days=2))
    held = Appointment.objects.filter(post__unit__code=_MOVES, post__kind="team_member", valid_to__isnull=True)
    leaver = held.select_related("person", "post__unit__serves").order_by("pk").first()
    if leaver is None or leaver.valid_from >= day or leaver.post.unit.serves is None:
        return
    taker = _free(leaver.post.unit.serves, day)
    moment = datetime.combine(day, time(8, 30), at.tzinfo)
    posts.end_appointment(appointment_id=leaver.pk, on=day, reason=_words()["reason"], by="demo", at=moment)
    posts.appoint(
        person_id=taker.pk, post_id=leaver.post_id, from_day=day, by="demo", at=moment, reason=_words()["reason"]
    )
    for sheet in HandOver.objects.filter(post_id=leaver.post_id, to_person=taker).order_by("pk"):
        for days, person in ((1, leaver.person), (2, taker)):
            sheet.refresh_from_db()
            hand_overs.sign_hand_over(
                hand_over_id=sheet.pk, version=sheet.version, by=person, at=min(moment + timedelta(days=days), at)
            )


def _free(company: Unit, on: date) -> Person:
    """Return somebody of the company who holds no post."""
    persons = people.persons_in(company, on, with_units_below=True)
    for person in persons:
        if not people.posts_of(person, on) and person.political_status == "member":
            return person
    raise Problem(f"{company} has nobody without a post.")
