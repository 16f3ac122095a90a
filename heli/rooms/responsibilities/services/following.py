"""What an accepted change of the rulebook does to lists: a new version is drafted, and goes its usual way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.utils import timezone

from heli.kernel import audit
from heli.rooms.people import access as people
from heli.rooms.people import queries as people_queries
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import Item, ItemSupport, ListContributor, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.queries import following
from heli.rooms.responsibilities.rules.states import UNDER_WAY
from heli.rooms.rulebook.records import END, REVISE, Act, Change, number

_AT_ONCE = 500


@transaction.atomic
def apply(change: Change, act: Act) -> int:
    """Draft a new version of each list in force that names the duties, from the day on; returns how many.

    Each is a copy in which the duties are struck from the items, those left out excepted; whoever drafts for the
    unit works on the wording, another approves. Lists of which a version is under way are left to it, and so are
    lists that begin on that day or later. One audit entry names all. A closing names whoever
    takes over instead, from today on at the earliest.
    """
    if (act.group, act.act) == (following.OWN, END):
        return _end(change, act)
    if (act.group, act.act) not in ((following.ITEMS, REVISE), (following.ITEMS, following.REPLACE)):
        return 0
    out = {number(key) for key in act.left_out}
    items = following.items_of(change, following.ITEMS, None).exclude(pk__in=out)
    if act.act == following.REPLACE:  # other lists are revised by those who draft them, who are told
        drafted = people.units_with(act.by, Permission.DUTY_DRAFT, timezone.localdate(act.at))
        items = items.filter(version__list__unit__in=drafted.order_by().values("pk"))
    wanted = items.order_by().values_list("version__list_id", flat=True).distinct()
    starts = max(change.on, timezone.localdate(act.at)) if change.is_closing else change.on
    lists = list(ResponsibilityList.objects.select_for_update(no_key=True).filter(pk__in=list(wanted)).order_by("pk"))
    busy = set(ListVersion.objects.filter(list__in=lists, state__in=UNDER_WAY).values_list("list_id", flat=True))
    current = ListVersion.objects.filter(
        list__in=[one for one in lists if one.pk not in busy], state=ListState.IN_FORCE, valid_from__lt=starts
    )
    versions = list(current.order_by("pk"))
    for start in range(0, len(versions), _AT_ONCE):
        _begin(versions[start : start + _AT_ONCE], starts, _Rewriting(change, act, out))
    if versions:
        changes = {"lists": [one.list_id for one in versions], "reason": act.reason, "from": starts}
        audit.record(
            "duties.versions_begun", subject=("rulebook.change", change.code), by=act.by, at=act.at, changes=changes
        )
    return len(versions)


class _Rewriting:
    """What becomes of an item in the copy: its duties struck, or whoever takes over in the place of a closed post."""

    def __init__(self, change: Change, act: Act, out: set[int]) -> None:
        self.act, self._change, self._out = act, change, out
        closed = {change.post_id} if change.post_id is not None else set()
        if change.unit_path:
            closed = people_queries.post_ids_below(change.unit_path)
        self._closed = closed if change.is_closing else set()
        self._heir = change.heir.post_id if change.heir is not None else None

    def obligations(self, item: Item) -> list[str]:
        return [code for code in item.obligations if item.pk in self._out or code not in self._change.duties]

    def accountable(self, item: Item) -> int | None:
        return self._instead(item, item.accountable_id)

    def supporting(self, item: Item, posts: list[int]) -> list[int]:
        """Return who supports, without whoever answers; nobody twice."""
        kept = dict.fromkeys(self._instead(item, post) for post in posts)
        return [post for post in kept if post is not None and post != self.accountable(item)]

    def _instead(self, item: Item, post: int | None) -> int | None:
        return self._heir if post in self._closed and item.pk not in self._out else post


def _begin(current: list[ListVersion], starts: date, rewriting: _Rewriting) -> None:
    act = rewriting.act
    drafts = ListVersion.objects.bulk_create(
        [
            ListVersion(
                list_id=one.list_id, number=one.number + 1, reason=act.reason, drafted_at=act.at, drafted_by=act.by,
                valid_from=starts, valid_to=one.valid_to,
            )
            for one in current
        ]
    )  # fmt: skip
    draft_of = {one.pk: draft for one, draft in zip(current, drafts, strict=True)}
    ListContributor.objects.bulk_create([ListContributor(version=draft, person=act.by) for draft in drafts])
    apart = ("id", "version", "row_version", "is_settled", "obligations", "accountable")
    fields = [field.attname for field in Item._meta.concrete_fields if field.name not in apart]
    items = list(Item.objects.filter(version__in=draft_of).order_by("version_id", "number"))
    copies = Item.objects.bulk_create(
        [
            Item(
                version=draft_of[item.version_id], obligations=rewriting.obligations(item),
                accountable_id=rewriting.accountable(item), **{name: getattr(item, name) for name in fields},
            )
            for item in items
        ],
        batch_size=1000,
    )  # fmt: skip
    supports: dict[int, list[int]] = defaultdict(list)
    for row in ItemSupport.objects.filter(item__in=items).order_by("pk"):
        supports[row.item_id].append(row.post_id)
    ItemSupport.objects.bulk_create(
        [
            ItemSupport(item=copy, post_id=post)
            for item, copy in zip(items, copies, strict=True)
            for post in rewriting.supporting(item, supports[item.pk])
        ],
        batch_size=1000,
    )


@transaction.atomic
def _end(change: Change, act: Act) -> int:
    """End the lists in force of a closed unit on its day; one of which an item is left out goes on."""
    out = {number(key) for key in act.left_out}
    kept = Item.objects.filter(pk__in=out).values("version")
    wanted = following.items_of(change, following.OWN, None).order_by().values("version")
    rows = ListVersion.objects.select_for_update(no_key=True).filter(pk__in=wanted, valid_from__lt=change.on)
    versions = list(rows.exclude(pk__in=kept).order_by("pk"))
    for one in versions:
        one.valid_to, one.version = change.on, one.version + 1
    ListVersion.objects.bulk_update(versions, ["valid_to", "version"])
    if versions:
        changes = {"lists": [one.list_id for one in versions], "reason": act.reason, "on": change.on}
        audit.record(
            "duties.versions_ended", subject=("rulebook.change", change.code), by=act.by, at=act.at, changes=changes
        )
    return len(versions)
