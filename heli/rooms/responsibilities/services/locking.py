"""The locks under every act: the list first, then what hangs on it, so that no two acts wait for each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.people import access as people
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities import access, rules
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import ListContributor, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.rules.states import EDITABLE, UNDER_WAY
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person


class StateRefused(Problem):
    """The version is not in a state in which this can be done."""

    status = 409


def day_of(at: datetime) -> date:
    """Return the local day of an act."""
    return timezone.localdate(at)


def locked_list(list_id: int, by: Person, at: datetime) -> ResponsibilityList:
    """Return the list, seen through the person's door and locked until the transaction ends."""
    access.list_for(by, list_id, day_of(at))
    rows = ResponsibilityList.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    return rows.get(pk=list_id)


def under_way(list_id: int, by: Person, at: datetime) -> ListVersion:
    """Return the version under way with its list, both locked. Raises ``StateRefused`` where there is none."""
    duty_list = locked_list(list_id, by, at)
    version = (
        access.visible_versions(by, day_of(at))
        .filter(list=duty_list, state__in=UNDER_WAY)
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
        .first()
    )
    if version is None:
        newest = duty_list.versions.order_by("-number").first()
        if newest is None:
            raise Http404
        raise refused(newest, _("No version is under way. Begin a new one to change the list."))
    version.list = duty_list
    return version


def draft_of(list_id: int, by: Person, at: datetime) -> ListVersion:
    """Return the draft under way for somebody who may draft it, locked."""
    version = under_way(list_id, by, at)
    access.can_draft(by, version.list.unit, day_of(at)).require()
    if version.state not in EDITABLE:
        raise refused(version, _("Only a draft, or a list that was returned, can be changed."))
    return version


def move(version: ListVersion, state: ListState) -> None:
    """Set the state if the table allows the step; the caller saves."""
    if not rules.can_move(version.state, state):
        names = sorted(str(ListState(one).label) for one in rules.TRANSITIONS[version.state])
        remedy = _("From here it can become: %(states)s.") % {"states": punctuation.listed(names)} if names else ""
        raise refused(version, remedy)
    version.state, version.version = state, version.version + 1


def refused(version: ListVersion, remedy: str) -> StateRefused:
    """Return the refusal for a version in the wrong state."""
    return StateRefused(
        _("This cannot be done now."),
        _("Version %(number)s of the list is in the state “%(state)s”.")
        % {"number": version.number, "state": version.get_state_display()},
        remedy,
    )


def note_hand(version: ListVersion, by: Person, at: datetime) -> None:
    """Remember that the person, and in whose name the person acts, had a hand in the version."""
    hands = people.hands_of(by, Permission.DUTY_DRAFT, [version.list.unit], day_of(at))
    rows = [ListContributor(version=version, person_id=pk) for pk in sorted(hands)]
    ListContributor.objects.bulk_create(rows, ignore_conflicts=True)
