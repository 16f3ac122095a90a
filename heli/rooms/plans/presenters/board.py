"""The board in words: two drafts with marked text, the ribbons between them, the cards, who else is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heli.rooms.plans.enums import Choice, FindingKind, Line, PlanState
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.cards import (
    ICONS,
    CardView,
    card,
    moment,
    short_kind,
    undo_url_of,
)
from heli.rooms.plans.presenters.words import board_url, number_of
from heli.rooms.plans.queries.board import BoardPage, ItemMark, KindCount, Side, counterparts
from heli.ui.shapes import Face, Tab

if TYPE_CHECKING:
    from heli.rooms.plans.models import Decision, DraftItem, Plan, Presence

RIBBONS = {FindingKind.CONFLICT: "bad"}


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item in its draft: marked text, who and when, and what the findings say."""

    item: DraftItem
    text: SafeString
    owner: str
    when: str
    is_active: bool
    owner_differs: bool
    when_differs: bool
    status: str
    status_tone: str
    url: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One draft with its head and what lies outside the window."""

    line: str
    title: str
    sub: str
    items: Sequence[ItemView]
    before: str
    before_url: str
    after: str
    after_url: str


@dataclass(frozen=True, slots=True)
class BoardView:
    """The whole board."""

    party: SideView
    integrity: SideView
    active: CardView | None
    cards: Sequence[CardView]
    tabs: Sequence[Tab]
    done: int
    total: int
    waiting: str
    missing: str
    more: str
    links: Sequence[tuple[str, str, str]]
    faces: Sequence[Face]
    presence: Sequence[tuple[str, str, str]]
    last: str
    undo_url: str
    address: str


def marked(text: str, marks: Sequence[Sequence[Any]]) -> SafeString:
    """Return the text with its evidence in ``<mark>``: same = what both say, near = what is close to it."""
    parts: list[SafeString] = []
    at = 0
    for start, end, kind in sorted((int(a), int(b), str(k)) for a, b, k in marks):
        if start < at or end > len(text) or end <= start:
            continue
        parts.append(format_html("{}", text[at:start]))
        parts.append(format_html('<mark class="{}">{}</mark>', "same" if kind == "same" else "near", text[start:end]))
        at = end
    parts.append(format_html("{}", text[at:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def nothing_left(*, decides: bool, plan: Plan) -> str:
    """Return what comes next where no card is open."""
    if decides:
        return _("Draft the one plan, or look at what was decided.")
    if plan.published_number:
        return _("The one plan is published; what was decided can be looked at here.")
    return _("The one plan is drafted; what was decided can be looked at here.")


def board_view(
    page: BoardPage,
    query: str,
    today: date,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> BoardView:
    """Return the board in words; ``query`` is the filter part of the address, kept in links.

    ``typed`` is what somebody had filled in on the active card when the decision was refused: it stays there.
    """
    held = {presence.finding_id: presence for presence in page.others if presence.decides and presence.finding_id}
    active = card(page.active, page, held, query, is_active=True, typed=typed, errors=errors) if page.active else None
    cards = [card(finding, page, held, query) for finding in page.cards]
    differs = _differences(page)
    party = _side(page.sides[Line.PARTY], page, differs, query)
    integrity = _side(page.sides[Line.INTEGRITY], page, differs, query)
    return BoardView(
        party=party,
        integrity=integrity,
        active=active,
        cards=cards,
        tabs=_tabs(page, query),
        done=page.total - page.open,
        total=page.total,
        waiting=_waiting(page),
        missing=_missing(page),
        more=ngettext("%(n)s more card", "%(n)s more cards", page.more) % {"n": page.more} if page.more else "",
        links=_links(page),
        faces=[Face(str(presence.person)) for presence in page.others],
        presence=[present(presence) for presence in page.others[:3]],
        last=_last(page.last, today),
        undo_url=undo_url_of(page.last, page.plan.pk) if page.last else "",
        address=board_url(page.plan.pk, query, **({"finding": page.active.pk} if page.active else {})),
    )


def present(presence: Presence) -> tuple[str, str, str]:
    if presence.decides and presence.finding is not None:
        return str(presence.person), _("is on card %(rank)s") % {"rank": presence.finding.rank}, "t-run"
    return str(presence.person), _("is reading"), ""


def _tabs(page: BoardPage, query: str) -> list[Tab]:
    chosen = next((part.partition("=")[2] for part in query.split("&") if part.startswith("kind=")), "")
    done = "done=1" in query.split("&")
    base = "done=1" if done else ""
    tabs = [Tab(_("All"), board_url(page.plan.pk, base), page.total - page.open if done else page.open, not chosen)]
    for count in page.counts:
        number = count.total - count.open if done else count.open
        link = board_url(page.plan.pk, base, kind=count.kind)
        label = short_kind(count.kind)
        tabs.append(Tab(label, link, number, chosen == count.kind, icon=ICONS[FindingKind(count.kind)]))
    return tabs


def _waiting(page: BoardPage) -> str:
    """Return what is left and in which order: the kind that is at hand, then the others, then the plan itself."""
    return next_words(page.counts) if page.plan.state == PlanState.DECIDING else ""


def next_words(counts: Sequence[KindCount]) -> str:
    """Return what a clerk does next on a board, and what after that; empty where nothing is left."""
    left = [f"{short_kind(count.kind)} {count.open}" for count in counts if count.open]
    if not left:
        return _("Everything is decided: draft the one plan.") if counts else ""
    if len(left) == 1:
        return _("Left: %(now)s, then draft the one plan.") % {"now": left[0]}
    return _("Now: %(now)s. Then: %(then)s, last draft the one plan.") % {
        "now": left[0],
        "then": _(", ").join(left[1:]),
    }


def _missing(page: BoardPage) -> str:
    if page.plan.is_out_of_date:
        return _("align again first")
    if page.open:
        return ngettext("%(n)s card to go", "%(n)s cards to go", page.open) % {"n": page.open}
    return ""


def _side(side: Side, page: BoardPage, differs: set[str], query: str) -> SideView:
    names_of = words.paper_names([document for each in page.sides.values() for document in each.documents])
    names = [names_of[document.pk] for document in side.documents]
    issuers = [document.issuer for document in side.documents if document.issuer]
    title = names[0] if names else str(Line(side.line).label)
    count = ngettext("%(n)s item", "%(n)s items", side.total) % {"n": side.total}
    papers = ngettext("%(n)s paper", "%(n)s papers", len(names)) % {"n": len(names)} if len(names) > 1 else ""
    active = {link.item_id: link for link in page.links}
    first = side.items[0].number if side.items else 1
    last = side.items[-1].number if side.items else 0
    chosen = {"finding": page.active.pk} if page.active else {}
    return SideView(
        line=side.line,
        title=title,
        sub=" · ".join(part for part in (*dict.fromkeys(issuers), papers, count) if part),
        items=[_item(item, active.get(item.pk), page, differs, query) for item in side.items],
        before=_("Items 1–%(last)s") % {"last": (first or 1) - 1} if side.before else "",
        before_url=board_url(page.plan.pk, query, **chosen, **{side.line: max((first or 1) - 40, 1)}),
        after=_("Items %(first)s–%(last)s") % {"first": (last or 0) + 1, "last": side.total} if side.after else "",
        after_url=board_url(page.plan.pk, query, **chosen, **{side.line: (last or 0) + 1}),
    )


def _item(item: DraftItem, link: Any, page: BoardPage, differs: set[str], query: str) -> ItemView:
    marks = page.marks.get(item.pk, ())
    status, tone, target = _status(marks)
    return ItemView(
        item=item,
        text=marked(item.text, link.marks if link else ()),
        owner=item.owner,
        when=words.row_when(item, page.plan.year),
        is_active=link is not None,
        owner_differs=link is not None and "owner" in differs,
        when_differs=link is not None and "when" in differs,
        status=status,
        status_tone=tone,
        url=board_url(page.plan.pk, query, finding=target) if target else "",
    )


def _status(marks: Sequence[ItemMark]) -> tuple[str, str, int | None]:
    """Return the most pressing word about an item: an open conflict before an open pair before what is decided."""
    open_ones = [mark for mark in marks if not mark.choice]
    if open_ones:
        mark = min(open_ones, key=lambda mark: list(FindingKind).index(FindingKind(mark.kind)))
        tone = "t-late" if mark.kind == FindingKind.CONFLICT else "t-todo"
        return _("%(kind)s · to decide") % {"kind": short_kind(mark.kind)}, tone, mark.finding_id
    for choice in (Choice.MERGE, Choice.ASSIGN, Choice.KEEP_BOTH):
        for mark in marks:
            if mark.choice == choice:
                return str(Choice(choice).label), "t-done", mark.finding_id
    return "", "", None


def _differences(page: BoardPage) -> set[str]:
    items = [link.item for link in page.links]
    if page.active is None or len(items) < 2:
        is_date = page.active is not None and page.active.subkind == "date"
        return {"when"} if is_date else set()
    if page.pair is None and _is_group(page):
        return set()
    found = set()
    if len({item.owner for item in items}) > 1:
        found.add("owner")
    if len({(item.start, item.end, item.period, words.row_when(item)) for item in items}) > 1:
        found.add("when")
    return found


def _links(page: BoardPage) -> list[tuple[str, str, str]]:
    """Return the ribbons: from which item to which, and how they are drawn."""
    shown = {item.pk: item for side in page.sides.values() for item in side.items}
    ends: dict[int, list[int]] = {}
    kinds: dict[int, ItemMark] = {}
    for pk, marks in page.marks.items():
        for mark in marks:
            ends.setdefault(mark.finding_id, []).append(pk)
            kinds[mark.finding_id] = mark
    drawn = []
    for finding_id, pks in ends.items():
        mark = kinds[finding_id]
        is_on = page.active is not None and page.active.pk == finding_id
        css = "on" if is_on else ("ok" if mark.choice else RIBBONS.get(FindingKind(mark.kind), ""))
        ordered = [link.item_id for link in page.links if link.item_id in shown] if is_on else pks
        for a, b in _ribbon_ends([shown[pk] for pk in ordered], fans=is_on and _is_group(page)):
            drawn.append((f"it-{a.pk}", f"it-{b.pk}", css))
    return sorted(drawn, key=lambda link: link[2] == "on")


def _is_group(page: BoardPage) -> bool:
    return page.active is not None and bool(counterparts(page.active))


def _ribbon_ends(items: Sequence[DraftItem], *, fans: bool) -> list[tuple[DraftItem, DraftItem]]:
    """Return what a finding joins across the drafts, Party building first; what many share fans out while it is looked
    at."""
    if len(items) != 2 and not fans:
        return []
    pairs = [sorted((items[0], other), key=lambda item: item.line != Line.PARTY) for other in items[1:]]
    return [(a, b) for a, b in pairs if a.line != b.line]


def _last(decision: Decision | None, today: date) -> str:
    if decision is None:
        return ""
    places = _(", ").join(number_of(link.item) for link in decision.finding.links.all())
    return _("%(time)s you: %(title)s · %(choice)s") % {
        "time": moment(decision.at, today),
        "choice": decision.get_choice_display(),
        "title": " ".join(
            part
            for part in (words.said(decision.finding.title), _("(%(items)s)") % {"items": places} if places else "")
            if part
        ),
    }
