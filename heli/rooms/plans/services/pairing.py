"""A pair taken out of a conflict of many with one: it gets a card of its own, so that it can be decided by itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.rooms.plans.models import Finding, FindingItem, Plan
from heli.rooms.plans.rules.proposals import conflict_signature, numbered_signature, shares_an_item


class NoSuchPair(Problem):
    """The item is not, or no longer, one of those in conflict with the shared one."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Your decision was not taken over."),
            _("This pair is no longer on the card, perhaps somebody decided on it a moment ago."),
            _("Look at the card as it is now."),
        )


def own_card(plan: Plan, group: Finding, item_id: int) -> Finding:
    """Move one pair of a group to a card of its own and return it. The caller holds the plan and the group locked.

    The card has the name the pair would have had alone, so that aligning again finds it. A group of which one pair is
    left is that pair's card from then on.
    """
    links = sorted(group.links.all(), key=lambda link: link.position)
    above = group.upper_item
    shared, counterparts = (None, links) if above is not None else (links[0], links[1:])
    is_group = shares_an_item(group.kind, group.subkind, len(links) + (above is not None))
    moved = next((link for link in counterparts if link.item_id == item_id), None)
    if not is_group or moved is None:
        raise NoSuchPair
    first = above.text if above is not None else links[0].item.text
    card = _card(plan, group, [first, moved.item.text], moved)
    if shared is not None:
        FindingItem.objects.create(finding=card, item=shared.item, position=0, marks=shared.marks)
    moved.finding, moved.position, moved.reason = card, int(shared is not None), {}
    moved.save(update_fields=["finding", "position", "reason"])
    _shrink(plan, group, first, [link for link in counterparts if link is not moved])
    return card


def _card(plan: Plan, group: Finding, texts: Sequence[str], moved: FindingItem) -> Finding:
    """Return the pair's card: a new one, or the one it had before, now standing again."""
    signature = conflict_signature(group.subkind, texts, is_shared=False)
    card = Finding.objects.filter(plan=plan, signature=signature, is_standing=False).order_by("pk").first()
    if card is None:
        card = Finding(plan=plan, signature=_free(plan, signature, group))
    card.kind, card.subkind, card.is_standing = group.kind, group.subkind, True
    card.title, card.upper_item, card.reason = group.title, group.upper_item, moved.reason
    card.rank = (Finding.objects.filter(plan=plan).aggregate(last=Max("rank"))["last"] or 0) + 1
    card.save()
    FindingItem.objects.filter(finding=card).delete()
    return card


def _shrink(plan: Plan, group: Finding, first: str, left: Sequence[FindingItem]) -> None:
    is_shared = len(left) > 1
    texts = [first, *(link.item.text for link in left)]
    group.signature = _free(plan, conflict_signature(group.subkind, texts, is_shared=is_shared), group)
    if not is_shared:
        (last,) = left
        group.reason, last.reason = last.reason, {}
        last.save(update_fields=["reason"])
    group.save(update_fields=["signature", "reason"])


def _free(plan: Plan, signature: str, own: Finding) -> str:
    """Return the name, or the name with a number where another card bears it (equal texts, or a card of before)."""
    taken = set(Finding.objects.filter(plan=plan).exclude(pk=own.pk).values_list("signature", flat=True))
    number = 1
    while (name := signature if number == 1 else numbered_signature(signature, number)) in taken:
        number += 1
    return name
