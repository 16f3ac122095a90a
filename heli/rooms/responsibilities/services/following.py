"""What an accepted change of the rulebook does to lists: a new version is drafted, and goes its usual way."""

from __future__ import annotations

from collections import defaultdict

from django.db import transaction

from heli.kernel import audit
from heli.rooms.responsibilities.enums import ListState
from heli.rooms.responsibilities.models import Item, ItemSupport, ListContributor, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.queries import following
from heli.rooms.responsibilities.rules.states import UNDER_WAY
from heli.rooms.rulebook.records import REVISE, Act, Change, number

_AT_ONCE = 500


@transaction.atomic
def apply(change: Change, act: Act) -> int:
    """Draft a new version of each list in force that names the duties, from the day on; returns how many.

    Each is a copy in which the duties are struck from the items, those left out excepted; whoever drafts for the
    unit works on the wording, another approves. Lists of which a version is under way are left to it, and so are
    lists that begin on that day or later. One audit entry names all.
    """
    if (act.group, act.act) != (following.ITEMS, REVISE):
        return 0
    out = {number(key) for key in act.left_out}
    items = following.items_of(change, following.ITEMS, None).exclude(pk__in=out)
    wanted = items.order_by().values_list("version__list_id", flat=True).distinct()
    lists = list(ResponsibilityList.objects.select_for_update(no_key=True).filter(pk__in=list(wanted)).order_by("pk"))
    busy = set(ListVersion.objects.filter(list__in=lists, state__in=UNDER_WAY).values_list("list_id", flat=True))
    current = ListVersion.objects.filter(
        list__in=[one for one in lists if one.pk not in busy], state=ListState.IN_FORCE, valid_from__lt=change.on
    )
    versions = list(current.order_by("pk"))
    for start in range(0, len(versions), _AT_ONCE):
        _begin(versions[start : start + _AT_ONCE], change, act, out)
    if versions:
        changes = {"lists": [one.list_id for one in versions], "reason": act.reason, "from": change.on}
        audit.record(
            "duties.versions_begun", subject=("rulebook.change", change.code), by=act.by, at=act.at, changes=changes
        )
    return len(versions)


def _begin(current: list[ListVersion], change: Change, act: Act, out: set[int]) -> None:
    drafts = ListVersion.objects.bulk_create(
        [
            ListVersion(
                list_id=one.list_id, number=one.number + 1, reason=act.reason, drafted_at=act.at, drafted_by=act.by,
                valid_from=change.on, valid_to=one.valid_to,
            )
            for one in current
        ]
    )  # fmt: skip
    draft_of = {one.pk: draft for one, draft in zip(current, drafts, strict=True)}
    ListContributor.objects.bulk_create([ListContributor(version=draft, person=act.by) for draft in drafts])
    fields = [
        field.attname
        for field in Item._meta.concrete_fields
        if field.name not in ("id", "version", "row_version", "is_settled", "obligations")
    ]
    items = list(Item.objects.filter(version__in=draft_of).order_by("version_id", "number"))
    copies = Item.objects.bulk_create(
        [
            Item(
                version=draft_of[item.version_id], obligations=_kept(item, change, out),
                **{name: getattr(item, name) for name in fields},
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
            for post in supports[item.pk]
        ],
        batch_size=1000,
    )


def _kept(item: Item, change: Change, out: set[int]) -> list[str]:
    return [code for code in item.obligations if item.pk in out or code not in change.duties]
