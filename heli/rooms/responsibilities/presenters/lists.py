"""Lists and versions as pages show them; findings of the checks in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.rooms.people import access as people_access
from heli.rooms.people.enums import Permission
from heli.rooms.responsibilities.enums import Confidence, Kind, Line, ListState, Reach
from heli.rooms.responsibilities.presenters import words
from heli.ui.shapes import Option

if TYPE_CHECKING:
    from datetime import date

    from heli.rooms.people.models import Person, Post
    from heli.rooms.responsibilities import rules
    from heli.rooms.responsibilities.models import Item, ListVersion
    from heli.rooms.responsibilities.queries.checks import Checks
    from heli.rooms.responsibilities.queries.lists import Group

_CONFIDENCE_TONES = {
    Confidence.VERIFIED: "done",
    Confidence.VERIFIED_SECONDARY: "run",
    Confidence.MEMORY: "soon",
    Confidence.MEMORY_LOW: "late",
    Confidence.PRACTICE: "idle",
    Confidence.OWN: "idle",
}


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item of a version."""

    item: Item
    text: str
    other_text: str
    kind: str
    basis: str
    evidence: str
    supporting: str
    confidence: str
    confidence_tone: str
    edit_url: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """The items of one post, who holds it, and who signed."""

    post: Post | None
    title: str
    where: str
    holders: Sequence[tuple[Person, str]]
    vacant: str
    signed: Sequence[str]
    unsigned: Sequence[str]
    items: Sequence[ItemView]
    commitment_url: str


def group_views(groups: Sequence[Group], version: ListVersion, open_to: Collection[int]) -> list[GroupView]:
    """Return the posts with their items; the names in ``open_to`` lead to what these persons answer for."""
    return [_group(group, version, open_to) for group in groups]


def _group(group: Group, version: ListVersion, open_to: Collection[int]) -> GroupView:
    address = [version.list_id, version.number]
    post = group.post
    everybody = group.reach != Reach.POST
    title = post.title if post else str(Reach(group.reach).label) if everybody else _("No post yet")
    signing = version.state in (ListState.IN_FORCE, ListState.REPLACED)
    return GroupView(
        post=post,
        title=title,
        where=post.unit.name if post and post.unit_id != version.list.unit_id else "",
        holders=[
            (person, reverse("responsibilities:person", args=[person.pk]) if person.pk in open_to else "")
            for person in group.holders
        ],
        vacant=_("vacant: nobody holds this post today") if post and not group.holders else "",
        signed=[f"{row.person} {words.long_day(row.signed_at.date())}" for row in group.signatures] if post else [],
        unsigned=[str(person) for person in group.unsigned] if signing else [],
        items=[_item(item, version) for item in group.items],
        commitment_url=reverse("responsibilities:commitment", args=[*address, post.pk]) if post else "",
    )


def _item(item: Item, version: ListVersion) -> ItemView:
    address = [version.list_id, version.number, item.pk]
    return ItemView(
        item=item,
        text=words.text_of(item),
        other_text="" if not words.is_english() or item.text_en else item.text_zh,
        kind=words.kind_word(item.kind),
        basis=words.basis_of(item),
        evidence=words.evidence_of(item),
        supporting=words.joined(row.post.title for row in item.supports.all()),
        confidence=str(Confidence(item.confidence).label),
        confidence_tone=_CONFIDENCE_TONES[Confidence(item.confidence)],
        edit_url=reverse("responsibilities:item", args=address),
        remove_url=reverse("responsibilities:remove_item", args=address),
    )


def hint(version: ListVersion) -> str:
    """Return what stands between this version and taking effect."""
    hints = {
        ListState.DRAFT: _("Check every item, then submit it. Somebody who had no hand in it approves."),
        ListState.RETURNED: _("Mend what was asked for, then submit it again."),
        ListState.SUBMITTED: _("Nothing can be changed until it is approved or returned."),
        ListState.APPROVED: _("Approved. It holds once it is issued; then every holder is asked to sign."),
        ListState.IN_FORCE: _("Who answers follows from the post and the day; a change is a new version."),
        ListState.REPLACED: _("Kept as it was; a newer version is in force."),
    }
    return hints[ListState(version.state)]


def list_rows(lists: Sequence[Any], today: date) -> list[dict[str, Any]]:
    return [
        {
            "list": each,
            "url": reverse("responsibilities:list", args=[each.pk]),
            **dict(zip(("tone", "state"), words.state_of(each.state, each.begins, today), strict=True)),
            "who": _("%(unit)s · version %(number)s · %(items)s items")
            % {"unit": each.unit.name, "number": each.number, "items": each.item_count or 0},
        }
        for each in lists
    ]


def year_options(years: Sequence[int], chosen: int | None) -> list[Option]:
    names = [("", _("All years")), *((str(year), str(year)) for year in years)]
    return [Option(value, label, selected=value == str(chosen or "")) for value, label in names]


@dataclass(frozen=True, slots=True)
class FaultView:
    """A finding: what, where, and how to mend it."""

    tone: str
    text: str
    remedy: str
    url: str = ""
    links: Sequence[tuple[str, str]] = ()


def fault_views(found: Checks, version: ListVersion, *, can_change: bool) -> list[FaultView]:
    """Return the findings in words: first what stands in the way, then what is only shown."""
    views = [_fault(fault, found.items, version, can_change=can_change) for fault in found.faults]
    views.sort(key=lambda view: view.tone != "late")
    views += [_barred(person, post) for person, post in found.barred]
    views += [_overload(person, count, found.limit) for person, count in found.overloaded]
    if found.unlisted:
        text = ngettext(
            "%(n)s duty that the rulebook asks of this unit stands on no item.",
            "%(n)s duties that the rulebook asks of this unit stand on no item.",
            len(found.unlisted),
        )
        remedy = _("Add each to an item, write one, or leave it to the tasks alone.")
        links = [(f"{duty.code} {duty.title}", reverse("rulebook:duty", args=[duty.code])) for duty in found.unlisted]
        views.append(FaultView("soon", text % {"n": len(found.unlisted)}, remedy, links=links))
    if found.demands:
        text = ngettext(
            "%(n)s item of a plan for this unit stands on no item of the list.",
            "%(n)s items of plans for this unit stand on no item of the list.",
            len(found.demands),
        )
        plan_links = [(demand.title, demand.url) for demand in found.demands]
        views.append(
            FaultView("soon", text % {"n": len(found.demands)}, _("Say who answers for it."), links=plan_links)
        )
    if found.nobody_asks:
        numbers = words.joined(str(item.number) for item in found.nobody_asks)
        text = ngettext(
            "Item %(numbers)s carries no duty that the rulebook or a plan asks of this unit.",
            "Items %(numbers)s carry no duty that the rulebook or a plan asks of this unit.",
            len(found.nobody_asks),
        )
        views.append(FaultView("idle", text % {"numbers": numbers}, _("Name the duty they fulfill, or drop them.")))
    return views


def _barred(person: Person, post: Post) -> FaultView:
    """Somebody in a post that asks for another political status: appointed before that was asked, or since changed."""
    text = _("%(person)s holds %(post)s.") % {"person": person.name, "post": post.title}
    return FaultView(
        "soon",
        f"{text} {people_access.can_hold(person, post).reason}",
        _("Correct the political status, or let a Party member follow in the post."),
        reverse("people:person", args=[person.pk]),
    )


def _fault(fault: rules.Finding, items: dict[int, Item], version: ListVersion, *, can_change: bool) -> FaultView:
    item = items[fault.item_id or 0]
    post = item.accountable.title if item.accountable else ""
    params = {"number": item.number, "post": post, "count": fault.count, "right": _right(fault.detail)}
    texts = {
        "no_accountable": (
            _("Item %(number)s has no accountable post."),
            _("Choose the one post that answers for it."),
        ),
        "no_holder": (
            _("Item %(number)s: nobody holds “%(post)s” today."),
            _("Appoint somebody, or let another post answer."),
        ),
        "several_holders": (
            _("Item %(number)s: %(count)s persons hold “%(post)s”."),
            _("Exactly one answers: give each a post of their own."),
        ),
        "no_means": (
            _("Item %(number)s: “%(post)s” lacks the means (%(right)s)."),
            _("Let a post answer that may do it, or give the post the means."),
        ),
        "supports_itself": (
            _("Item %(number)s: “%(post)s” is accountable and supports itself."),
            _("Take it off the supporting posts."),
        ),
    }
    text, remedy = texts[fault.kind]
    url = reverse("responsibilities:item", args=[version.list_id, version.number, item.pk]) if can_change else ""
    return FaultView("late" if fault.is_blocking else "soon", text % params, remedy, url or f"#item-{item.pk}")


def _right(code: str) -> str:
    return str(Permission(code).label) if code in Permission.values else code


def _overload(person: Person, count: int, limit: int) -> FaultView:
    text = _("%(name)s answers for %(count)s items, more than %(limit)s.")
    params = {"name": person.name, "count": count, "limit": limit}
    return FaultView("soon", text % params, _("Shown, not forbidden: spread the items over more posts."))


FIELD_NAMES = {
    "text_zh": lambda: _("Text (Chinese)"),
    "text_en": lambda: _("Text (English)"),
    "kind": lambda: _("Kind"),
    "line": lambda: _("Line"),
    "accountable": lambda: _("Accountable"),
    "supporting": lambda: _("Supporting"),
    "evidence_zh": lambda: pgettext("duties", "What proves it"),
    "obligations": lambda: _("Duties of the rulebook"),
    "source_zh": lambda: _("Source"),
    "article": lambda: _("Article"),
}


@dataclass(frozen=True, slots=True)
class DifferenceView:
    kind_text: str
    tone: str
    number: int
    text: str
    fields: Sequence[tuple[str, str, str]]


def difference_views(found: Sequence[rules.Difference]) -> list[DifferenceView]:
    kinds = {
        "added": (pgettext("change of a list", "Added"), "done"),
        "removed": (pgettext("change of a list", "Removed"), "late"),
        "changed": (pgettext("change of a list", "Changed"), "run"),
    }
    return [
        DifferenceView(
            *kinds[one.kind], one.number, one.text,
            [(FIELD_NAMES[name](), _value(name, old), _value(name, new)) for name, old, new in one.fields],
        )
        for one in found
    ]  # fmt: skip


def _value(name: str, value: str) -> str:
    if not value:
        return "–"
    if name == "kind":
        return words.kind_word(value)
    if name == "line":
        return words.line_word(value)
    if name == "accountable" and value in Reach.values:
        return str(Reach(value).label)
    return value


def doubt_words(doubt: str) -> str:
    """Return what a person has to look at in an imported row."""
    return {
        "heading": _("a heading, no item"),
        "too_short": _("too short for an item"),
        "line_guessed": _("line guessed from the words"),
        "kind_guessed": _("kind not said: taken as double duty"),
        "post_unknown": _("the post named was not found in this unit"),
        "support_unknown": _("a supporting post was not found in this unit"),
        "post_missing": _("no post named"),
        "obligation_unknown": _("a duty code the rulebook does not hold was left out"),
    }[doubt]


@dataclass(frozen=True, slots=True)
class ReadView:
    """A row of an imported file, as it was understood."""

    row: rules.ReadRow
    kind: str
    line: str
    accountable: str
    supporting: str
    doubts: str
    tone: str


def read_views(rows: Sequence[rules.ReadRow], titles: dict[int, str]) -> list[ReadView]:
    return [
        ReadView(
            row=row,
            kind=str(Kind(row.kind).label) if row.kind else "",
            line=row.line or Line.BOTH,
            accountable=titles.get(row.accountable or 0, ""),
            supporting=words.joined(titles.get(pk, "") for pk in row.supporting),
            doubts=words.joined(doubt_words(doubt) for doubt in row.doubts),
            tone="idle" if not row.is_item else "soon" if row.doubts else "done",
        )
        for row in rows
    ]


def tenancy_words(start: date, end: date | None, person: Person | None) -> tuple[str, str]:
    """Return the days and the name of who answered then."""
    days = f"{start} – {end}" if end else _("from %(day)s") % {"day": start}
    return days, person.name if person is not None else _("nobody: the post was vacant")
