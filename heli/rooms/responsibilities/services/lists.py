"""Lists begun, drafted from the catalogue, written by hand, imported: all on a draft, nothing in force yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from heli.kernel import audit
from heli.kernel.problems import Problem
from heli.kernel.versions import check_version
from heli.rooms.people import queries as people
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities import access, catalogue, rules
from heli.rooms.responsibilities.enums import Confidence, Reach
from heli.rooms.responsibilities.models import Item, ItemSupport, ListVersion, ResponsibilityList
from heli.rooms.responsibilities.services.locking import day_of, draft_of, note_hand
from heli.rooms.rulebook import queries as rulebook
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Unit


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What a person writes about an item. ``accountable`` and ``supporting`` are posts; ``obligations`` are codes."""

    text_zh: str
    kind: str
    line: str
    text_en: str = ""
    reach: str = Reach.POST
    accountable: int | None = None
    supporting: Sequence[int] = ()
    evidence_zh: str = ""
    evidence_en: str = ""
    obligations: Sequence[str] = ()
    source_zh: str = ""
    source_en: str = ""
    article: str = ""
    needs: str = ""
    confidence: str = Confidence.OWN
    origin: str = field(default="")


@transaction.atomic
def begin_list(*, unit_id: int, year: int, title: str, from_catalogue: bool, by: Person, at: datetime) -> ListVersion:
    """Begin the list of a unit for a year; with ``from_catalogue`` it comes filled with the shipped items."""
    unit = _unit_to_draft_for(unit_id, by, at)
    try:
        with transaction.atomic():
            duty_list = ResponsibilityList.objects.create(
                unit=unit, year=year, title=title.strip()[:160], begun_at=at, begun_by=by
            )
    except IntegrityError as error:
        raise Problem(
            _("%(unit)s already has a list for %(year)s.") % {"unit": unit.name, "year": year},
            _("A unit has one list a year."),
            _("Open it and begin a new version to change it."),
        ) from error
    version = ListVersion.objects.create(
        list=duty_list,
        number=1,
        drafted_at=at,
        drafted_by=by,
        valid_from=date(year, 1, 1),
        valid_to=date(year + 1, 1, 1),
    )
    note_hand(version, by, at)
    count = _draft_from_catalogue(version, unit) if from_catalogue else 0
    changes = {"unit": unit, "year": year, "items_from_catalogue": count}
    audit.record("duties.list_begun", subject=duty_list, by=by, at=at, changes=changes)
    return version


def _unit_to_draft_for(unit_id: int, by: Person, at: datetime) -> Unit:
    unit = access.units_to_draft_for(by, day_of(at)).filter(pk=unit_id).order_by("pk").first()
    if unit is None:
        raise Problem(
            _("The list was not begun."),
            _("You draft no lists for this unit, or it is closed."),
            _("Choose one of the units offered."),
        )
    return unit


@transaction.atomic
def draft_from_catalogue(*, list_id: int, by: Person, at: datetime) -> int:
    """Add the shipped items for this kind of unit that the draft does not hold yet; return how many."""
    version = draft_of(list_id, by, at)
    count = _draft_from_catalogue(version, version.list.unit)
    if not count:
        raise Problem(
            _("Nothing was added."),
            _("The catalogue holds no further items for this kind of unit."),
            _("Write items by hand, or import a list."),
        )
    note_hand(version, by, at)
    audit.record("duties.drafted_from_catalogue", subject=version, by=by, at=at, changes={"items": count})
    return count


def _draft_from_catalogue(version: ListVersion, unit: Unit) -> int:
    posts = [rules.PostFacts(post.pk, post.kind, post.title) for post in people.posts_serving(unit)]
    there = set(version.items.exclude(origin="").values_list("origin", flat=True))
    edits = []
    for shipped, role in catalogue.load().items_for(unit.kind):
        if shipped.code in there:
            continue
        chosen = rules.posts_for(role, posts) if role.reach == Reach.POST else [(None, ())]
        edits += [_edit_of(shipped, role.reach, accountable, supporting) for accountable, supporting in chosen]
    _add(version, edits)
    return len(edits)


def _edit_of(
    shipped: catalogue.ShippedItem, reach: str, accountable: int | None, supporting: Sequence[int]
) -> ItemEdit:
    return ItemEdit(
        text_zh=shipped.text_zh, text_en=shipped.text_en, kind=shipped.kind, line=shipped.line, reach=reach,
        accountable=accountable, supporting=supporting, evidence_zh=shipped.evidence_zh,
        evidence_en=shipped.evidence_en, obligations=shipped.obligations, source_zh=shipped.source_zh,
        source_en=shipped.source_en, article=shipped.article, needs=shipped.needs, confidence=shipped.confidence,
        origin=shipped.code,
    )  # fmt: skip


@transaction.atomic
def add_items(*, list_id: int, edits: Sequence[ItemEdit], source: str = "", by: Person, at: datetime) -> list[Item]:
    """Add items, written by hand or taken from a file (``source`` is its name), all or none."""
    version = draft_of(list_id, by, at)
    for edit in edits:
        _check(edit, version.list.unit, at)
    items = _add(version, edits)
    note_hand(version, by, at)
    audit.record(
        "duties.items_imported" if source else "duties.item_added",
        subject=version, by=by, at=at,
        changes={"items": [item.number for item in items], **({"file": source} if source else {})},
    )  # fmt: skip
    return items


@transaction.atomic
def edit_item(*, list_id: int, item_id: int, edit: ItemEdit, version: int | None, by: Person, at: datetime) -> Item:
    """Change an item of the draft."""
    draft = draft_of(list_id, by, at)
    item = _item(draft, item_id)
    fields = _fields(edit)
    fields.pop("origin"), fields.pop("confidence")
    if item.text_zh != edit.text_zh.strip() or sorted(item.obligations) != sorted(edit.obligations):
        fields["confidence"] = Confidence.OWN
    _compare_versions(item, version, fields)
    _check(edit, draft.list.unit, at)
    changes: dict[str, Any] = {
        name: [getattr(item, name), value] for name, value in fields.items() if getattr(item, name) != value
    }
    for name, value in fields.items():
        setattr(item, name, value)
    item.row_version += 1
    item.save()
    supporting = set(edit.supporting) - {edit.accountable}
    before = set(item.supports.values_list("post_id", flat=True))
    item.supports.exclude(post_id__in=supporting).delete()
    ItemSupport.objects.bulk_create([ItemSupport(item=item, post_id=pk) for pk in sorted(supporting - before)])
    if before != supporting:
        changes["supporting"] = [sorted(before), sorted(supporting)]
    note_hand(draft, by, at)
    audit.record("duties.item_changed", subject=draft, by=by, at=at, changes={"item": item.number, **changes})
    return item


@transaction.atomic
def remove_item(*, list_id: int, item_id: int, version: int | None, by: Person, at: datetime) -> None:
    """Take an item off the draft."""
    draft = draft_of(list_id, by, at)
    item = _item(draft, item_id)
    _compare_versions(item, version, {"text_zh": item.text_zh})
    number, text = item.number, item.text_zh
    item.delete()
    note_hand(draft, by, at)
    changes = {"item": number, "text": text}
    audit.record("duties.item_removed", subject=draft, by=by, at=at, changes=changes)


def _item(version: ListVersion, item_id: int) -> Item:
    item = version.items.select_for_update(no_key=True, of=("self",)).filter(pk=item_id).order_by("pk").first()
    if item is None:
        raise Problem(
            _("The item is no longer in the draft."),
            _("Somebody took it off meanwhile."),
            _("Open the list again."),
        )
    return item


class _Seen:
    """An item as the check of versions wants it."""

    def __init__(self, item: Item) -> None:
        self.version, self._item = item.row_version, item

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)


def _compare_versions(item: Item, version: int | None, yours: dict[str, Any]) -> None:
    check_version(_Seen(item), version, yours)


def _check(edit: ItemEdit, unit: Unit, at: datetime) -> None:
    if not edit.text_zh.strip():
        raise Problem(_("The item has no text."), remedy=_("Write what the holder answers for."))
    named = [pk for pk in (edit.accountable, *edit.supporting) if pk is not None]
    offered = {post.pk for post in people.posts_serving(unit)} if named else set()
    if any(pk not in offered for pk in named):
        raise Problem(
            _("The item names a post that does not serve this unit."),
            _("A holder answers within the unit of the list."),
            _("Choose one of the posts offered."),
        )
    known = {duty.code for duty in rulebook.duties_on(day_of(at))}
    unknown = [code for code in edit.obligations if known and code not in known]
    if unknown:
        raise Problem(
            _("The rulebook holds no duty %(codes)s.") % {"codes": punctuation.listed(unknown)},
            remedy=_("Look the code up in the rulebook, or leave it out."),
        )


def _fields(edit: ItemEdit) -> dict[str, Any]:
    everybody = edit.reach != Reach.POST
    return {
        "text_zh": edit.text_zh.strip(),
        "text_en": edit.text_en.strip(),
        "kind": edit.kind,
        "line": edit.line,
        "reach": edit.reach,
        "accountable_id": None if everybody else edit.accountable,
        "evidence_zh": edit.evidence_zh.strip(),
        "evidence_en": edit.evidence_en.strip(),
        "obligations": list(dict.fromkeys(edit.obligations)),
        "source_zh": edit.source_zh.strip()[:300],
        "source_en": edit.source_en.strip()[:300],
        "article": edit.article.strip()[:60],
        "needs": "" if everybody else edit.needs or str(Permission.TASK_DO),
        "confidence": edit.confidence,
        "origin": edit.origin,
    }


def _add(version: ListVersion, edits: Sequence[ItemEdit]) -> list[Item]:
    first = (version.items.aggregate(last=Max("number"))["last"] or 0) + 1
    items = Item.objects.bulk_create(
        [Item(version=version, number=number, **_fields(edit)) for number, edit in enumerate(edits, start=first)]
    )
    ItemSupport.objects.bulk_create(
        [
            ItemSupport(item=item, post_id=post_id)
            for item, edit in zip(items, edits, strict=True)
            for post_id in dict.fromkeys(edit.supporting)
            if post_id != edit.accountable and edit.reach == Reach.POST
        ]
    )
    return items
