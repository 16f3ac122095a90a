"""Persons: added, revised, placed, transferred, retired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel import audit, events
from heli.kernel.decisions import denied
from heli.kernel.periods import holds_on
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict, check_version
from heli.rooms.people import access, rules
from heli.rooms.people.access import Actor
from heli.rooms.people.enums import Permission, PoliticalStatus, Tree
from heli.rooms.people.events import AppointmentEnded, PersonLeft, PersonTransferred
from heli.rooms.people.models import Account, Appointment, Membership, Person, Unit
from heli.rooms.people.services.standing import withdraw_stand_ins

TREE_NUMBER = {Tree.PARTY: 0, Tree.ADMINISTRATIVE: 1}


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of a person beside where they belong."""

    staff_no: str
    name: str
    email: str = ""
    phone: str = ""
    political_status: PoliticalStatus = PoliticalStatus.NON_MEMBER
    joined_party_on: date | None = None

    def fields(self) -> dict[str, object]:
        """Return the model fields, cleaned."""
        name = self.name.strip()
        return {
            "staff_no": self.staff_no.strip(),
            "name": name,
            "pinyin": rules.initials(name, is_person=True),
            "email": self.email.strip().lower(),
            "phone": self.phone.strip(),
            "political_status": str(self.political_status),
            "joined_party_on": self.joined_party_on,
        }


@transaction.atomic
def add_person(*, details: PersonDetails, unit_ids: list[int], from_day: date, by: Actor, at: datetime) -> Person:
    """Add somebody who belongs to ``unit_ids`` (at most one unit a tree) from that day."""
    units = list(Unit.objects.filter(pk__in=unit_ids).order_by("pk"))
    if not units:
        raise Problem(_("A person belongs somewhere."), remedy=_("Choose a unit."))
    for unit in units:
        access.require(by, Permission.UNIT_EDIT, unit, timezone.localdate(at))
    _check_details(details, None)
    person = Person.objects.create(**details.fields())
    for unit in units:
        _place(person, unit, from_day)
    audit.record(
        "person.added", subject=person, by=by, at=at, changes={"units": [u.name for u in units], "from": from_day}
    )
    return person


@transaction.atomic
def revise_person(*, person_id: int, details: PersonDetails, version: int | None, by: Actor, at: datetime) -> Person:
    """Correct what is known of a person; asks for the right on a unit they belong to."""
    person = _locked(person_id)
    _require_on_person(by, person, timezone.localdate(at))
    new = details.fields()
    check_version(person, version, new)
    _check_details(details, person.pk)
    changes = {name: [getattr(person, name), value] for name, value in new.items() if getattr(person, name) != value}
    if not changes:
        raise Problem(_("Nothing was changed."), remedy=_("Change a field before saving."))
    for name, value in new.items():
        setattr(person, name, value)
    person.version += 1
    person.save(update_fields=[*new, "version"])
    account = Account.objects.select_for_update(no_key=True).filter(person=person).order_by("pk").first()
    if account is not None:
        account.sign_in_name, account.email = person.staff_no, person.email
        account.save(update_fields=["sign_in_name", "email"])
    changes.pop("pinyin", None)
    audit.record("person.revised", subject=person, by=by, at=at, changes=changes)
    return person


@transaction.atomic
def transfer_person(
    *,
    person_id: int,
    unit_ids: list[int],
    ends_posts: bool,
    from_day: date,
    version: int | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Person:
    """Move the person to ``unit_ids`` (at most one a tree), ending the posts they hold elsewhere if asked to.

    Needs the right on the unit they leave and on the one they enter. The version decides between two transfers.
    """
    person = _locked(person_id)
    today = timezone.localdate(at)
    units = list(Unit.objects.filter(pk__in=unit_ids).order_by("tree"))
    access.refuse_oneself(by, person, today)
    _require_on_person(by, person, today)
    for unit in units:
        access.require(by, Permission.UNIT_EDIT, unit, today)
    before = list(person.memberships.filter(holds_on(from_day)).select_related("unit").order_by("tree"))
    if person.version != version:
        yours, theirs = [unit.name for unit in units], [place.unit.name for place in before]
        raise VersionConflict(yours={"units": yours}, theirs={"units": theirs}, version=person.version)
    if not units or len({unit.tree for unit in units}) != len(units):
        raise Problem(_("A transfer names one unit in a tree."), remedy=_("Choose one unit, or one in each tree."))
    for unit in units:
        _place(person, unit, from_day)
    ended = _end_posts(person, from_day, reason, by, at) if ends_posts else _NO_POSTS
    person.version += 1
    person.save(update_fields=["version"])
    changes = {
        "units": [[place.unit.name for place in before], [unit.name for unit in units]],
        "from": from_day,
        **ended,
        "reason": reason,
    }
    audit.record("person.transferred", subject=person, by=by, at=at, changes=changes)
    events.publish(PersonTransferred(person.pk, from_day))
    return person


@transaction.atomic
def retire_person(*, person_id: int, on: date, version: int | None, reason: str, by: Actor, at: datetime) -> Person:
    """End the person's memberships and posts on ``on`` and close their account."""
    person = _locked(person_id)
    today = timezone.localdate(at)
    access.refuse_oneself(by, person, today)
    _require_on_person(by, person, today)
    check_version(person, version, {"left_on": on})
    if on > today:
        raise Problem(_("A person leaves today or left earlier."), remedy=_("Come back on the day itself."))
    open_places = person.memberships.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    _refuse_to_undo(person, open_places.filter(valid_from__gte=on, valid_from__lte=today), on)
    planned = list(open_places.filter(valid_from__gt=today).select_related("unit").order_by("pk"))
    Membership.objects.filter(pk__in=[place.pk for place in planned]).delete()  # they have not begun
    open_places.filter(valid_from__lt=on).update(valid_to=on)
    changes = {
        "on": on,
        "reason": reason,
        "cancelled_units": [place.unit.name for place in planned],
        **_end_posts(person, on, reason, by, at),
    }
    person.left_on, person.version = on, person.version + 1
    person.save(update_fields=["left_on", "version"])
    changes["closed_account"] = bool(Account.objects.filter(person=person, is_active=True).update(is_active=False))
    audit.record("person.left", subject=person, by=by, at=at, changes=changes)
    events.publish(PersonLeft(person.pk, on))
    return person


def _locked(person_id: int) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def _require_on_person(by: Actor, person: Person, on: date) -> None:
    """Ask for the right on one of the units the person belongs to."""
    if isinstance(by, str):
        return
    places = person.memberships.filter(holds_on(on)).select_related("unit").order_by("tree")
    decisions = [access.has(_person_of(by), Permission.UNIT_EDIT, place.unit, on) for place in places]
    if not any(decisions):
        denied(_("This needs the right to change a unit the person belongs to.")).require()


def _person_of(by: Actor) -> Person | None:
    if isinstance(by, Account):
        return by.person
    return by if isinstance(by, Person) else None


def _place(person: Person, unit: Unit, from_day: date) -> Membership:
    """Open a membership; the one that held on the day before ends, later ones in that tree are refused."""
    if unit.valid_to is not None and unit.valid_to <= from_day:
        raise Problem(
            _("%(unit)s is closed since %(day)s.") % {"unit": unit.name, "day": unit.valid_to},
            remedy=_("Choose a unit that exists today."),
        )
    number = TREE_NUMBER[Tree(unit.tree)]
    same_tree = Membership.objects.filter(person=person, tree_number=number)
    if same_tree.filter(valid_from__gt=from_day).exists():
        raise Problem(
            _("%(person)s already has a later place in this tree.") % {"person": person.name},
            remedy=_("Choose a day after the last transfer."),
        )
    same_tree.filter(valid_from=from_day).delete()  # corrected on its own first day
    same_tree.filter(holds_on(from_day)).update(valid_to=from_day)
    return Membership.objects.create(person=person, unit=unit, tree=unit.tree, tree_number=number, valid_from=from_day)


_NO_POSTS: dict[str, list[str]] = {"ended_posts": [], "cancelled_posts": []}


def _end_posts(person: Person, on: date, reason: str, by: Actor, at: datetime) -> dict[str, list[str]]:
    """End what the person holds on ``on``; returns the names for the audit entry.

    What was really held is never undone; a post that begins after today has not begun and is cancelled,
    with whoever was to stand in.
    """
    today = timezone.localdate(at)
    after = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    held = list(
        Appointment.objects.select_for_update(no_key=True, of=("self",))
        .filter(after, person=person)
        .select_related("post")
        .order_by("pk")
    )
    _refuse_to_undo(person, [each for each in held if on <= each.valid_from <= today], on)
    names: dict[str, list[str]] = {"ended_posts": [], "cancelled_posts": []}
    for appointment in held:
        pk, has_begun = appointment.pk, appointment.valid_from < on
        names["ended_posts" if has_begun else "cancelled_posts"].append(str(appointment.post))
        if has_begun:
            appointment.valid_to, appointment.reason = on, reason[:200]
            appointment.version += 1
            appointment.save(update_fields=["valid_to", "reason", "version"])
        else:
            withdraw_stand_ins(appointment, by, at)
            appointment.delete()
        events.publish(AppointmentEnded(pk, person.pk, appointment.post_id, appointment.post.unit_id, on))
    return names


def _refuse_to_undo(person: Person, begun: Iterable[Membership | Appointment], on: date) -> None:
    """Refuse a day before something that the person has really held since: history is not deleted."""
    last = max((each.valid_from for each in begun), default=None)
    if last is not None:
        raise Problem(
            _("%(day)s is too early for %(person)s.") % {"day": on, "person": person.name},
            _("A place or a post was taken up on %(day)s and has really been held since.") % {"day": last},
            _("Choose a later day."),
        )


def _check_details(details: PersonDetails, person_id: int | None) -> None:
    fields = details.fields()
    for name, label in (("staff_no", _("staff number")), ("email", _("e-mail address"))):
        taken = Person.objects.filter(**{name: fields[name]})
        if person_id is not None:
            taken = taken.exclude(pk=person_id)
        if fields[name] and taken.exists():
            raise Problem(
                _("The %(field)s %(value)s belongs to somebody else.") % {"field": label, "value": fields[name]},
                remedy=_("Check the number, or open the person who has it."),
            )
    if (
        not rules.is_plain(str(fields["name"]))
        or not rules.is_plain(str(fields["staff_no"]))
        or "@" in details.staff_no
    ):
        raise Problem(
            _("The name or the staff number cannot be written so."),
            _("They hold no @, no line break and no sign that cannot be seen."),
            _("Type them anew."),
        )
    foreign = Account.objects.filter(sign_in_name=fields["staff_no"])
    if foreign.exclude(person_id=person_id).exists() if person_id is not None else foreign.exists():
        raise Problem(
            _("Somebody else signs in with %(number)s.") % {"number": fields["staff_no"]},
            remedy=_("Check the number, or choose another one."),
        )
    if details.political_status == PoliticalStatus.NON_MEMBER and details.joined_party_on:
        raise Problem(
            _("Somebody who is not a Party member has no day of joining."),
            remedy=_("Clear the day, or choose the political status."),
        )
