"""When a post changes hands, what it answers for goes over by rule, with a sheet that both sign."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import services as information
from heli.rooms.information.enums import NotificationKind
from heli.rooms.people import queries as people
from heli.rooms.people.events import Appointed, AppointmentEnded, PersonLeft, PersonTransferred
from heli.rooms.responsibilities import access, rules
from heli.rooms.responsibilities.events import DutiesHandedOver
from heli.rooms.responsibilities.models import HandOver, HandOverItem
from heli.rooms.responsibilities.queries import hand_overs as queries
from heli.rooms.responsibilities.services.locking import StateRefused, day_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person

_SYSTEM = "responsibilities"


def on_appointment_ended(event: AppointmentEnded) -> None:
    """Open a sheet for whoever leaves a post that answers for items; the heir is who holds the post that day."""
    held = [rules.Tenure(person, start, end) for person, start, end in queries.tenures(event.post_id)]
    if not any(one.person_id == event.person_id and one.end == event.on for one in held):
        return  # an appointment that never took effect leaves nothing behind
    open_sheet(event.post_id, event.person_id, event.on, rules.heir(held, event.person_id, event.on))


def on_appointed(event: Appointed) -> None:
    """Give the sheets of the vacant post to whoever takes it."""
    sheets = HandOver.objects.select_for_update(no_key=True, of=("self",)).filter(
        post_id=event.post_id, to_person__isnull=True, on__lte=event.valid_from
    )
    at = timezone.now()
    for sheet in sheets.exclude(from_person_id=event.person_id).select_related("post").order_by("pk"):
        sheet.to_person_id = event.person_id
        sheet.version += 1
        sheet.save(update_fields=["to_person", "version"])
        audit.record("duties.hand_over_taken", subject=sheet, by=_SYSTEM, at=at, changes={"to": event.person_id})
        _tell(sheet, [event.person_id], at)


def on_person_left(event: PersonLeft) -> None:
    """Drop a leaver as the taker of sheets that nobody signed: the post is vacant again, or goes to the next."""
    _release(event.person_id, event.on)


def on_person_transferred(event: PersonTransferred) -> None:
    """A transfer may end posts; sheets taken for a post the person no longer holds go on to the next."""
    _release(event.person_id, event.on)


def _release(person_id: int, on: date) -> None:
    at = timezone.now()
    sheets = HandOver.objects.select_for_update(no_key=True, of=("self",)).filter(
        to_person_id=person_id, to_signed_at__isnull=True
    )
    for sheet in sheets.order_by("pk"):
        held = [rules.Tenure(person, start, end) for person, start, end in queries.tenures(sheet.post_id)]
        today = max(on, sheet.on)
        if any(one.person_id == person_id and one.covers(today) for one in held):
            continue
        others = [one for one in held if one.person_id != sheet.from_person_id]
        sheet.to_person_id = rules.heir(others, person_id, today)
        sheet.version += 1
        sheet.save(update_fields=["to_person", "version"])
        changes = {"to": [person_id, sheet.to_person_id]}
        audit.record("duties.hand_over_passed_on", subject=sheet, by=_SYSTEM, at=at, changes=changes)
        if sheet.to_person_id is not None:
            _tell(sheet, [sheet.to_person_id], at)


@transaction.atomic
def open_sheet(post_id: int, from_id: int, on: date, to_id: int | None) -> HandOver | None:
    """Write the sheet with the items in force and the open work; None where the post answers for nothing."""
    items = queries.items_of_post_on(post_id, on)
    if not items:
        return None
    at = timezone.now()
    post = people.posts_by_id([post_id])[post_id]
    work = [_kept(work) for work in queries.open_work_of(post, from_id, on, day_of(at))]
    sheet, made = HandOver.objects.get_or_create(
        post_id=post_id, from_person_id=from_id, on=on,
        defaults={"to_person_id": to_id, "opened_at": at, "work": work},
    )  # fmt: skip
    if not made:
        return sheet
    HandOverItem.objects.bulk_create([HandOverItem(hand_over=sheet, item=item) for item in items])
    changes = {"post": post.title, "items": len(items), "work": len(work), "to": to_id}
    audit.record("duties.hand_over_opened", subject=sheet, by=_SYSTEM, at=at, changes=changes)
    _tell(sheet, [from_id, *([to_id] if to_id else [])], at)
    return sheet


def _kept(work: Any) -> dict[str, str]:
    return {
        "key": work.key, "title": work.title, "line": work.line, "unit": work.unit, "url": work.url,
        "due_on": work.due_on.isoformat() if work.due_on else "", "state": work.state,
    }  # fmt: skip


@transaction.atomic
def sign_hand_over(*, hand_over_id: int, version: int | None, by: Person, at: datetime) -> HandOver:
    """Sign as who hands over or as who takes over. The first signature fixes the open work as it stands now."""
    sheet = _locked(hand_over_id, by, at)
    check_version(sheet, version, {"on": sheet.on})
    is_leaver = by.pk == sheet.from_person_id
    if not is_leaver and by.pk != sheet.to_person_id:
        raise Problem(
            _("You do not sign this sheet."),
            _("It is signed by who leaves the post and by who takes it."),
            _("Ask one of the two."),
        )
    if (sheet.from_signed_at if is_leaver else sheet.to_signed_at) is not None:
        raise StateRefused(_("You have signed this already."), _("Each of the two signs once."))
    if sheet.from_signed_at is None and sheet.to_signed_at is None and sheet.witnessed_at is None:
        post = sheet.post
        fresh = queries.open_work_of(post, sheet.from_person_id, sheet.on, day_of(at))
        sheet.work = [_kept(work) for work in fresh]
    if is_leaver:
        sheet.from_signed_at = at
    else:
        sheet.to_signed_at = at
    return _saved(sheet, "duties.hand_over_signed", by, at, {"as": "leaver" if is_leaver else "taker"})


@transaction.atomic
def witness_hand_over(*, hand_over_id: int, version: int | None, reason: str, by: Person, at: datetime) -> HandOver:
    """Witness for a leaver who cannot sign any more, with the reason."""
    sheet = _locked(hand_over_id, by, at)
    check_version(sheet, version, {"on": sheet.on})
    access.can_witness(by, sheet, day_of(at)).require()
    if sheet.from_signed_at is not None or sheet.witnessed_at is not None:
        raise StateRefused(_("The leaver's side is signed already."), _("There is nothing to witness."))
    if not reason.strip():
        raise Problem(
            _("A reason is missing."),
            _("The sheet says why the leaver does not sign."),
            _("Write it down."),
        )
    sheet.witnessed_at, sheet.witnessed_by, sheet.witness_reason = at, by, reason.strip()[:300]
    return _saved(sheet, "duties.hand_over_witnessed", by, at, {"reason": sheet.witness_reason})


def _locked(hand_over_id: int, by: Person, at: datetime) -> HandOver:
    access.hand_over_for(by, hand_over_id, day_of(at))
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("post__unit", "post__acts_for", "from_person", "to_person").get(pk=hand_over_id)


def _saved(sheet: HandOver, action: str, by: Person, at: datetime, changes: dict[str, str]) -> HandOver:
    sheet.version += 1
    sheet.save()
    audit.record(action, subject=sheet, by=by, at=at, changes=changes)
    is_handed = sheet.from_signed_at is not None or sheet.witnessed_at is not None
    if is_handed and sheet.to_signed_at is not None and sheet.to_person_id is not None:
        events.publish(DutiesHandedOver(sheet.pk, sheet.post_id, sheet.from_person_id, sheet.to_person_id))
    return sheet


def _tell(sheet: HandOver, persons: list[int], at: datetime) -> None:
    information.notify(
        persons=persons,
        kind=NotificationKind.TASK,
        title=gettext_noop("Hand-over of “%(post)s”: read the sheet and sign it"),
        reason=gettext_noop("You leave or take the post."),
        params={"post": sheet.post.title},
        url=reverse("responsibilities:hand_over", args=[sheet.pk]),
        at=at,
    )
