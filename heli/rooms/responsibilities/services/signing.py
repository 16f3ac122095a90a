"""Signing: the holder of a post acknowledges what the post answers for, once, with time and the hash of the text."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.problems import Problem
from heli.rooms.responsibilities import access
from heli.rooms.responsibilities.enums import ListState, Reach
from heli.rooms.responsibilities.events import DutiesSigned
from heli.rooms.responsibilities.models import Item, ListVersion, Signature
from heli.rooms.responsibilities.queries import duties, lists
from heli.rooms.responsibilities.services.locking import StateRefused, day_of

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


@transaction.atomic
def sign(*, list_id: int, number: int, post_id: int | None, by: Person, at: datetime) -> Signature:
    """Sign the items of a post held today, or without a post those of everybody. Signed once; the second is told so."""
    version = access.version_for(by, list_id, number, day_of(at))
    locked = ListVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=version.pk)
    if locked.state != ListState.IN_FORCE:
        raise StateRefused(
            _("There is nothing to sign here."),
            _("This version is “%(state)s”.") % {"state": locked.get_state_display()},
            _("Sign the version in force."),
        )
    if post_id is not None:
        access.can_sign(by, post_id, day_of(at)).require()
    items = lists.items_of_post(version, post_id)
    if not items or (post_id is None and not _is_asked(by, items, at)):
        raise Problem(
            _("There is nothing to sign here."),
            _("The list asks nothing of this post, or of you."),
            _("Open “My double duties”: it shows what waits for you."),
        )
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                version=locked, post_id=post_id, person=by, signed_at=at, item_count=len(items),
                text_sha256=text_hash(items),
            )  # fmt: skip
    except IntegrityError as error:
        raise StateRefused(
            _("You have signed this already."), _("A holder signs a version once."), _("Nothing more is to be done.")
        ) from error
    changes = {"post": post_id, "items": len(items), "sha256": signature.text_sha256}
    audit.record("duties.signed", subject=version, by=by, at=at, changes=changes)
    events.publish(DutiesSigned(version.pk, post_id, by.pk))
    return signature


def text_hash(items: list[Item]) -> str:
    """Return the SHA-256 (hex) of the items as they are signed: number, kind, line and text, a line each."""
    lines = [f"{item.number}\t{item.kind}\t{item.line}\t{item.text_zh}\t{item.evidence_zh}" for item in items]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _is_asked(by: Person, items: list[Item], at: datetime) -> bool:
    """Return whether items of everybody reach this person."""
    wanted = {item.pk for item in items if item.reach != Reach.POST}
    page = duties.duty_page(by, by, day_of(at), day_of(at))
    return any(line.item.pk in wanted for line in page.items)
