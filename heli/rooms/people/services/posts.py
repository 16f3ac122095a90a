"""Posts and who holds them, from–to."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import access
from heli.rooms.people.access import Actor
from heli.rooms.people.enums import Permission, PostKind
from heli.rooms.people.events import Appointed, AppointmentEnded
from heli.rooms.people.models import Account, Appointment, Person, Post, Unit

_FIRST_YEAR, _LAST_YEAR = 1921, 2100


@transaction.atomic
def open_post(
    *, unit_id: int, kind: PostKind, title: str, by: Actor, at: datetime, acts_for_id: int | None = None
) -> Post:
    """Make a post in a unit. ``acts_for_id`` extends its rights to another unit, on which the actor needs the right."""
    today = timezone.localdate(at)
    unit = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
    access.require(by, Permission.UNIT_EDIT, unit, today)
    if acts_for_id is not None:
        access.require(by, Permission.UNIT_EDIT, Unit.objects.get(pk=acts_for_id), today)
    if unit.valid_to is not None:
        raise Problem(
            _("%(unit)s is closed since %(day)s.") % {"unit": unit.name, "day": unit.valid_to},
            remedy=_("Choose a unit that exists today."),
        )
    post = Post.objects.create(unit=unit, kind=PostKind(kind), title=title.strip(), acts_for_id=acts_for_id)
    audit.record("post.opened", subject=post, by=by, at=at, changes={"unit": unit, "kind": kind})
    return post


@transaction.atomic
def revise_post(*, post_id: int, title: str, version: int | None, by: Actor, at: datetime) -> Post:
    """Give a post another title; its kind, and so its rights, stay."""
    post = _locked(post_id)
    access.require(by, Permission.UNIT_EDIT, post.unit, timezone.localdate(at))
    check_version(post, version, {"title": title})
    old, post.title, post.version = post.title, title.strip(), post.version + 1
    post.save(update_fields=["title", "version"])
    audit.record("post.revised", subject=post, by=by, at=at, changes={"title": [old, post.title]})
    return post


@transaction.atomic
def close_post(*, post_id: int, version: int | None, by: Actor, at: datetime) -> Post:
    """Close a post that nobody holds any more; its history stays."""
    post = _locked(post_id)
    today = timezone.localdate(at)
    access.require(by, Permission.UNIT_EDIT, post.unit, today)
    check_version(post, version, {"is_closed": True})
    if post.appointments.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today)).exists():
        raise Problem(
            _("%(post)s cannot be closed.") % {"post": post.title},
            _("Somebody holds it."),
            _("End the appointment first."),
        )
    post.is_closed, post.version = True, post.version + 1
    post.save(update_fields=["is_closed", "version"])
    audit.record("post.closed", subject=post, by=by, at=at)
    return post


@transaction.atomic
def appoint(
    *,
    person_id: int,
    post_id: int,
    from_day: date,
    by: Actor,
    at: datetime,
    to_day: date | None = None,
    reason: str = "",
    version: int | None = None,
) -> Appointment:
    """Put the person into the post from a day on (``to_day`` is the first day no longer held).

    ``version`` is the post's, so that nobody fills a post whose holder changed since they looked.
    """
    post = _locked(post_id)
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    access.require(by, Permission.UNIT_EDIT, post.unit, timezone.localdate(at))
    if post.acts_for is not None:
        access.require(by, Permission.UNIT_EDIT, post.acts_for, timezone.localdate(at))
    if not isinstance(by, str):
        access.can_view_person(by.person if isinstance(by, Account) else by, person, timezone.localdate(at)).require()
    access.refuse_oneself(by, person, timezone.localdate(at))
    _check_holders(post, version, by, {"holder": person.name, "from_day": from_day})
    _refuse_odd_days(from_day, to_day)
    if post.is_closed or (person.left_on is not None and person.left_on <= from_day):
        raise Problem(
            _("%(person)s cannot be appointed as %(post)s.") % {"person": person.name, "post": post.title},
            _("The post is closed.") if post.is_closed else _("The person has left."),
            _("Open a new post, or choose somebody else."),
        )
    access.require_membership(
        person, post, _("%(person)s cannot be appointed as %(post)s.") % {"person": person.name, "post": post.title}
    )
    try:
        with transaction.atomic():
            appointment = Appointment.objects.create(
                person=person, post=post, valid_from=from_day, valid_to=to_day, reason=reason[:200]
            )
    except IntegrityError as error:
        raise Problem(
            _("%(person)s cannot be appointed as %(post)s.") % {"person": person.name, "post": post.title},
            _("The person holds this post in that time, or the last day is not after the first."),
            _("Choose other days."),
        ) from error
    _raise_version(post)
    changes = {"post": post, "unit": post.unit, "from": from_day, "to": to_day, "reason": reason}
    audit.record("person.appointed", subject=person, by=by, at=at, changes=changes)
    events.publish(Appointed(appointment.pk, person.pk, post.pk, post.unit_id, from_day))
    return appointment


@transaction.atomic
def end_appointment(
    *, appointment_id: int, on: date, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Appointment:
    """Let the appointment hold until the day before ``on``; it is kept as history."""
    post = _locked(Appointment.objects.values_list("post_id", flat=True).get(pk=appointment_id))
    appointment = (
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("post__unit", "person")
        .get(pk=appointment_id)
    )
    access.require(by, Permission.UNIT_EDIT, appointment.post.unit, timezone.localdate(at))
    access.refuse_oneself(by, appointment.person, timezone.localdate(at))
    if not (version is None and isinstance(by, str)):
        now_saved = {"on": appointment.valid_to, "reason": appointment.reason}
        check_version(appointment, version, {"on": on, "reason": reason}, now_saved)
    _refuse_odd_days(on)
    if appointment.valid_to is not None and appointment.valid_to <= on:
        raise Problem(
            _("This appointment already ended on %(day)s.") % {"day": appointment.valid_to},
            remedy=_("Open the person's history to see who followed."),
        )
    if on <= appointment.valid_from:
        raise Problem(
            _("An appointment ends after it began on %(day)s.") % {"day": appointment.valid_from},
            remedy=_("Choose a later day."),
        )
    appointment.valid_to, appointment.reason = on, reason[:200]
    appointment.version += 1
    appointment.save(update_fields=["valid_to", "reason", "version"])
    _raise_version(post)
    changes = {"post": post, "on": on, "reason": reason}
    audit.record("person.appointment_ended", subject=appointment.person, by=by, at=at, changes=changes)
    events.publish(AppointmentEnded(appointment.pk, appointment.person_id, post.pk, post.unit_id, on))
    return appointment


def _locked(post_id: int) -> Post:
    return Post.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "acts_for").get(pk=post_id)


def _check_holders(post: Post, version: int | None, by: Actor, yours: dict[str, object]) -> None:
    """Refuse on a stale view of the post; the other side is who holds it since when. The system itself has no view."""
    if version is None and isinstance(by, str):
        return
    last = post.appointments.select_related("person").order_by("-valid_from", "-pk").first()
    holder, since = (last.person.name, last.valid_from) if last is not None else (None, None)
    check_version(post, version, yours, {"holder": holder, "from_day": since})


def _raise_version(post: Post) -> None:
    post.version += 1
    post.save(update_fields=["version"])


def _refuse_odd_days(*days: date | None) -> None:
    """Refuse days that nobody means: a year typed wrong would give or keep rights for centuries."""
    odd = next((day for day in days if day is not None and not _FIRST_YEAR <= day.year <= _LAST_YEAR), None)
    if odd is not None:
        raise Problem(
            _("An appointment cannot hold on %(day)s.") % {"day": odd.isoformat()},
            _("Days from %(first)s to %(last)s are taken.") % {"first": _FIRST_YEAR, "last": _LAST_YEAR},
            _("Check the year."),
        )
