from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.information import access, queries
from heli.rooms.information.enums import Line, NotificationKind, SuggestionState
from heli.rooms.information.models import Notification, Suggestion
from heli.rooms.people import access as people
from heli.rooms.people.enums import ResetKind
from heli.rooms.people.events import ResetConfirmed, ResetRequested, StandInEnded, StandInGiven

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def notify(
    *,
    persons: Iterable[int],
    kind: str,
    title: str,
    reason: str,
    url: str,
    at: datetime,
    line: str = Line.BOTH,
    params: Mapping[str, str | int] | None = None,
) -> int:
    """Tell each person (ids; doubles are told once) and return how many were told.

    ``title`` and ``reason`` are messages (``gettext_noop``) that each reader gets in the own language, filled
    with ``params``. ``url`` is a path on this site. Runs in the caller's transaction; the act itself carries the
    audit entry.
    """
    rows = [
        Notification(
            person_id=person_id,
            kind=kind,
            line=line,
            title=title[:300],
            reason=reason[:300],
            url=url,
            notified_at=at,
            params=dict(params or {}),
        )
        for person_id in sorted(set(persons))
    ]
    Notification.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


@transaction.atomic
def mark_read(*, notification_id: int, by: Person, at: datetime) -> Notification:
    """Mark one notification read; reading it again changes nothing. 404 when it is not the reader's own."""
    notification = access.notification_for(by, notification_id)
    if notification.read_at is None:
        notification.read_at = at
        notification.save(update_fields=["read_at"])
    return notification


@transaction.atomic
def mark_all_read(*, by: Person, at: datetime) -> int:
    """Mark everything the person has not read; return how many that were."""
    return access.visible_notifications(by).filter(read_at=None).update(read_at=at)


_ASKED_OF_OWNER = {
    ResetKind.PASSWORD: gettext_noop("A new password for your account was asked for"),
    ResetKind.SECOND_FACTOR: gettext_noop("The removal of your second factor was asked for"),
}
_ASKED_OF_CONFIRMER = {
    ResetKind.PASSWORD: gettext_noop("%(person)s needs a new password: confirm it or refuse it"),
    ResetKind.SECOND_FACTOR: gettext_noop("%(person)s needs a new second factor: confirm it or refuse it"),
}
_DONE = {
    ResetKind.PASSWORD: gettext_noop("Your password was set anew; %(person)s confirmed it"),
    ResetKind.SECOND_FACTOR: gettext_noop("Your second factor was removed; %(person)s confirmed it"),
}
_WHY_OWNER = gettext_noop("It is your sign-in. If you did not ask for this, refuse it and tell the discipline office.")
_WHY_CONFIRMER = gettext_noop("You may change the unit this person belongs to. Ask the person before you confirm.")


def on_stand_in_given(event: StandInGiven) -> None:
    """Tell whoever stands in, and the holder; not whoever arranged it."""
    _tell_of_stand_in(event, gettext_noop("%(person)s stands in for %(holder)s as %(post)s"))


def on_stand_in_ended(event: StandInEnded) -> None:
    """Tell both that it ended."""
    _tell_of_stand_in(event, gettext_noop("%(person)s no longer stands in for %(holder)s as %(post)s"))


def _tell_of_stand_in(event: StandInGiven | StandInEnded, title: str) -> None:
    notify(
        persons={event.person_id, event.holder_id} - {event.by_id},
        kind=NotificationKind.SYSTEM,
        title=title,
        reason=gettext_noop("You hold the post, or stand in for its holder."),
        params={"person": event.person, "holder": event.holder, "post": event.post},
        url=reverse("people:me"),
        at=event.at,
    )


def on_reset_requested(event: ResetRequested) -> None:
    """Tell the owner of a sign-in, and whoever may confirm, that it is to be set anew."""
    url, kind = reverse("people:reset", args=[event.reset_id]), ResetKind(event.kind)
    if event.person_id is not None:
        notify(
            persons=[event.person_id],
            kind=NotificationKind.SYSTEM,
            title=_ASKED_OF_OWNER[kind],
            reason=_WHY_OWNER,
            url=url,
            at=event.at,
        )
    notify(
        persons=event.confirmer_ids,
        kind=NotificationKind.SYSTEM,
        title=_ASKED_OF_CONFIRMER[kind],
        reason=_WHY_CONFIRMER,
        params={"person": event.person_name},
        url=url,
        at=event.at,
    )


def on_reset_confirmed(event: ResetConfirmed) -> None:
    """Tell the owner of a sign-in that it was set anew, and by whom it was confirmed."""
    if event.person_id is not None:
        notify(
            persons=[event.person_id],
            kind=NotificationKind.SYSTEM,
            title=_DONE[ResetKind(event.kind)],
            reason=_WHY_OWNER,
            params={"person": event.confirmer_name},
            url=reverse("people:reset", args=[event.reset_id]),
            at=event.at,
        )


class NobodyAnswers(Problem):
    """No post answers for a page, or nobody but the asker holds it."""


@transaction.atomic
def suggest(*, page: str, text: str, by: Person, at: datetime) -> Suggestion:
    """Say how a page, a form or a task could be less work, to the post that answers for it; its holders are told."""
    if queries.own_page(page) != page:
        raise Problem(
            _("Nothing was sent."), _("The page is none of this site."), _("Open the page and use its own link.")
        )
    if not text.strip():
        raise Problem(_("Nothing was sent."), _("The suggestion is empty."), _("Write what could be less work."))
    desk = queries.desk_for(by, page.partition("?")[0], at.date())
    if desk is None:
        raise NobodyAnswers(
            _("Nothing was sent."),
            _("Nobody holds a post that answers for this page."),
            _("Tell the clerk of the Party-work department, or ask that the post be filled."),
        )
    suggestion = Suggestion.objects.create(
        page=page,
        about=desk.owner.about[:200],
        text=text.strip()[:1000],
        unit_id=desk.owner.unit_id,
        post_kind=desk.owner.post_kind,
        suggested_at=at,
        suggested_by=by,
    )
    audit.record("suggestion.made", subject=suggestion, by=by, at=at, changes={"page": page})
    address = (suggestion.unit_id, suggestion.post_kind)
    notify(
        persons=set(people.holders_of({address}, at.date()).get(address, ())) - people.one_with([by.pk], at.date()),
        kind=NotificationKind.SYSTEM,
        title=gettext_noop("A suggestion how something could be less work"),
        reason=gettext_noop("You hold the post that answers for the page."),
        url=f"/suggestions/{suggestion.pk}/",
        at=at,
    )
    return suggestion


@transaction.atomic
def answer_suggestion(
    *, suggestion_id: int, taken: bool, answer: str, by: Person, at: datetime, version: int | None
) -> Suggestion:
    """Answer with words what was done, or why not; never one's own. Whoever made it is told."""
    access.suggestion_for(by, suggestion_id, at.date())
    suggestion = Suggestion.objects.select_for_update(no_key=True).get(pk=suggestion_id)
    check_version(suggestion, version, {"answer": answer})
    access.can_answer(by, suggestion, at.date()).require()
    if suggestion.state != SuggestionState.OPEN:
        raise Problem(_("Nothing was answered."), _("It is answered already."), _("Open it again to read the answer."))
    if not answer.strip():
        raise Problem(
            _("Nothing was answered."),
            _("Whoever suggested it needs to know what follows."),
            _("Write what was changed, or why it stays."),
        )
    suggestion.state = SuggestionState.TAKEN if taken else SuggestionState.DECLINED
    suggestion.answer, suggestion.answered_at, suggestion.answered_by = answer.strip()[:1000], at, by
    suggestion.version += 1
    suggestion.save()
    audit.record("suggestion.answered", subject=suggestion, by=by, at=at, changes={"state": suggestion.state})
    notify(
        persons=[suggestion.suggested_by_id],
        kind=NotificationKind.SYSTEM,
        title=gettext_noop("Your suggestion was answered"),
        reason=gettext_noop("You made it."),
        url=f"/suggestions/{suggestion.pk}/",
        at=at,
    )
    return suggestion
