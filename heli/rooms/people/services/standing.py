"""Who stands in for the holder of a post, from–to: arranged by the holder or whoever fills the post."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import access
from heli.rooms.people.access import Actor
from heli.rooms.people.events import StandInEnded, StandInGiven
from heli.rooms.people.models import Account, Appointment, Person, StandIn

MOST_DAYS = 183  # whoever is away longer is replaced


@transaction.atomic
def give_stand_in(
    *, appointment_id: int, person_id: int, from_day: date, to_day: date, reason: str, by: Person, at: datetime
) -> StandIn:
    """Let somebody act for the holder from a day on; ``to_day`` is the first day on which it no longer holds.

    Days that are over cannot be given: nobody acted on them. One stands in at a time, never the holder and never
    whoever arranges it for somebody else.
    """
    today = timezone.localdate(at)
    appointment = (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("post__unit", "post__acts_for", "person")
        .get(pk=appointment_id)
    )
    access.can_arrange(by, appointment, today).require()
    person = Person.objects.get(pk=person_id)
    access.can_view_person(by, person, today).require()
    if person.pk == appointment.person_id or person.pk in access.counts_as(by, today):
        raise Problem(
            _("Nobody was named."),
            _("Nobody stands in for themselves, or gives themselves the rights of another."),
            _("Choose somebody else."),
        )
    _require_days(appointment, from_day, to_day, today)
    _require_reason(reason)
    if person.left_on is not None and person.left_on <= from_day:
        raise Problem(_("Nobody was named."), _("The person has left."), _("Choose somebody else."))
    access.require_membership(person, appointment.post, _("Nobody was named."))
    try:
        with transaction.atomic():
            stand_in = StandIn.objects.create(
                appointment=appointment,
                person=person,
                valid_from=from_day,
                valid_to=to_day,
                reason=reason.strip()[:200],
            )
    except IntegrityError as error:
        raise Problem(
            _("Nobody was named."),
            _("On some of these days somebody stands in already."),
            _("Choose other days, or end what stands first."),
        ) from error
    changes = {
        "post": appointment.post, "stand_in": person, "from": from_day, "to": to_day, "reason": stand_in.reason,
    }  # fmt: skip
    audit.record("person.stand_in_given", subject=appointment.person, by=by, at=at, changes=changes)
    events.publish(
        StandInGiven(**_named(stand_in), first=stand_in.valid_from, last=stand_in.last_day, by_id=by.pk, at=at)
    )
    return stand_in


@transaction.atomic
def end_stand_in(*, stand_in_id: int, version: int | None, by: Person, at: datetime) -> StandIn:
    """End it at once: from this day on it carries nothing. The stand-in may end it as well."""
    today = timezone.localdate(at)
    stand_in = (
        StandIn.objects.select_for_update(no_key=True, of=("self",))
        .select_related("appointment__post__unit", "appointment__post__acts_for", "appointment__person", "person")
        .get(pk=stand_in_id)
    )
    if stand_in.person_id != by.pk:
        access.can_arrange(by, stand_in.appointment, today).require()
    check_version(stand_in, version, {"valid_to": today})
    if stand_in.valid_to <= today:
        raise Problem(
            _("Nothing was ended."),
            _("It ended already on %(day)s.") % {"day": stand_in.valid_to},
            _("Open the page again to see who stands in."),
        )
    stand_in.valid_to, stand_in.version = max(today, stand_in.valid_from), stand_in.version + 1
    stand_in.save(update_fields=["valid_to", "version"])
    changes = {"post": stand_in.appointment.post, "stand_in": stand_in.person, "on": today}
    audit.record("person.stand_in_ended", subject=stand_in.appointment.person, by=by, at=at, changes=changes)
    events.publish(StandInEnded(**_named(stand_in), by_id=by.pk, at=at))
    return stand_in


def withdraw_stand_ins(appointment: Appointment, by: Actor, at: datetime) -> None:
    """Take back whoever was to stand in on an appointment that is cancelled before it begins; they held on no day.

    Those taken back before were told of it then. The caller deletes the appointment, on which they rest.
    """
    own = by.person if isinstance(by, Account) else by
    by_id = own.pk if isinstance(own, Person) else None
    rows = appointment.stand_ins.select_for_update(no_key=True, of=("self",)).order_by("pk")
    for stand_in in rows.select_related("appointment__post__unit", "appointment__person", "person"):
        if stand_in.valid_to > stand_in.valid_from:
            changes = {
                "post": stand_in.appointment.post, "stand_in": stand_in.person, "on": timezone.localdate(at),
            }  # fmt: skip
            audit.record("person.stand_in_ended", subject=stand_in.appointment.person, by=by, at=at, changes=changes)
            events.publish(StandInEnded(**_named(stand_in), by_id=by_id, at=at))
        stand_in.delete()


def _named(stand_in: StandIn) -> dict[str, Any]:
    held = stand_in.appointment
    return {
        "appointment_id": held.pk, "holder_id": held.person_id, "holder": held.person.name,
        "person_id": stand_in.person_id, "person": stand_in.person.name, "post": held.post.full_title,
    }  # fmt: skip


def _require_days(appointment: Appointment, from_day: date, to_day: date, today: date) -> None:
    what = _("Nobody was named.")
    if from_day < today:
        raise Problem(what, _("The first day is over."), _("Choose today or a later day."))
    if to_day <= from_day:
        raise Problem(
            what,
            _("Whoever stands in would have to end before they begin."),
            _("Choose the first day or a later one as the last."),
        )
    if to_day > from_day + timedelta(days=MOST_DAYS):
        raise Problem(
            what,
            _("Somebody stands in for 1 to %(days)s days.") % {"days": MOST_DAYS},
            _("Choose another last day; whoever is away longer is replaced in the post."),
        )
    if from_day < appointment.valid_from or (appointment.valid_to is not None and to_day > appointment.valid_to):
        raise Problem(
            what, _("The holder does not hold the post on all of these days."), _("Choose days on which they do.")
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Problem(_("Nobody was named."), _("Whoever looks later needs to know why."), _("Write the reason."))
