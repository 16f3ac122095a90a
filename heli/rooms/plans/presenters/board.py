"""The board in words: items with marked text, cards with score, sentence, slots and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, FindingKind, Line
from heli.rooms.plans.presenters import words
from heli.rooms.plans.queries.board import BoardPage, ItemMark, Side
from heli.rooms.rulebook import catalogue
from heli.ui.shapes import Face, Slot, Tab, Threshold

if TYPE_CHECKING:
    from heli.rooms.plans.models import Decision, DraftItem, Finding, Presence

ICONS = {
    FindingKind.DUPLICATE: "pair", FindingKind.CONFLICT: "clash", FindingKind.GAP: "hole", FindingKind.RELATED: "near",
    FindingKind.UPPER: "up",
}  # fmt: skip
TONES = {
    FindingKind.DUPLICATE: "wait", FindingKind.CONFLICT: "late", FindingKind.GAP: "soon", FindingKind.RELATED: "idle",
    FindingKind.UPPER: "run",
}  # fmt: skip
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
class Values:
    """What the form of a decision is filled with: the proposal, which a person may change."""

    text: str = ""
    line: str = ""
    lead: str = ""
    start: str = ""
    due: str = ""
    period: str = ""
    quantity: str = ""
    deliverable: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """A finding as a card."""

    finding: Finding
    kind: str
    tone: str
    icon: str
    kind_text: str
    title: str
    places: str
    why: str
    url: str
    number: str
    score: str = ""
    say: str = ""
    thresholds: Sequence[Threshold] = ()
    spoken: str = ""
    slots: Sequence[Slot] = ()
    left_line: str = ""
    right_line: str = ""
    choices: Sequence[str] = ()
    values: Values = field(default_factory=Values)
    targets: Sequence[tuple[int, str]] = ()
    decide_url: str = ""
    decision: str = ""
    decision_reason: str = ""
    undo_url: str = ""
    holder: str = ""
    since: str = ""
    source: str = ""
    sources: Sequence[tuple[str, str]] = ()
    previous_url: str = ""
    next_url: str = ""
    assign_lead: str = ""


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


def line_of(line: str) -> str:
    """Return the one-character mark of a line as the board says it before a number."""
    return (
        pgettext("line before a number", "Party")
        if line == Line.PARTY
        else pgettext("line before a number", "Integrity")
    )


def number_of(item: DraftItem) -> str:
    return f"{line_of(item.line)} {item.number or '–'}"


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


def board_view(page: BoardPage, query: str) -> BoardView:
    """Return the board in words; ``query`` is the filter part of the address, kept in links."""
    held = {presence.finding_id: presence for presence in page.others if presence.decides and presence.finding_id}
    active = card(page.active, page, held, query, is_active=True) if page.active else None
    cards = [card(finding, page, held, query) for finding in page.cards]
    differs = _differences(page.active)
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
        last=_last(page.last),
        undo_url=_undo_url(page.last, page.plan.pk) if page.last else "",
        address=_board_url(page.plan.pk, query, **({"finding": page.active.pk} if page.active else {})),
    )


def present(presence: Presence) -> tuple[str, str, str]:
    if presence.decides and presence.finding is not None:
        return str(presence.person), _("is on card %(rank)s") % {"rank": presence.finding.rank}, "t-run"
    return str(presence.person), _("is reading"), ""


def _board_url(plan_id: int, query: str, **more: Any) -> str:
    extra = "&".join(part for part in (query, *(f"{name}={value}" for name, value in more.items())) if part)
    return f"{reverse('plans:board', args=[plan_id])}?{extra}" if extra else reverse("plans:board", args=[plan_id])


def _tabs(page: BoardPage, query: str) -> list[Tab]:
    chosen = next((part.partition("=")[2] for part in query.split("&") if part.startswith("kind=")), "")
    done = "done=1" in query.split("&")
    base = "done=1" if done else ""
    tabs = [Tab(_("All"), _board_url(page.plan.pk, base), page.total - page.open if done else page.open, not chosen)]
    for count in page.counts:
        number = count.total - count.open if done else count.open
        link = _board_url(page.plan.pk, base, kind=count.kind)
        label = short_kind(count.kind)
        tabs.append(Tab(label, link, number, chosen == count.kind, icon=ICONS[FindingKind(count.kind)]))
    return tabs


def short_kind(kind: str) -> str:
    """Return the kind of a finding in one short word."""
    return {
        FindingKind.DUPLICATE: pgettext("kind of finding", "Twice"),
        FindingKind.CONFLICT: pgettext("kind of finding", "Conflict"),
        FindingKind.GAP: pgettext("kind of finding", "Missing"),
        FindingKind.UPPER: pgettext("kind of finding", "Above"),
        FindingKind.RELATED: pgettext("kind of finding", "Related"),
    }[FindingKind(kind)]


def _waiting(page: BoardPage) -> str:
    parts = [f"{short_kind(count.kind)} {count.open}" for count in page.counts if count.open]
    return _("To decide: %(parts)s") % {"parts": _(", ").join(parts)} if parts else _("Everything is decided.")


def _missing(page: BoardPage) -> str:
    if page.plan.is_out_of_date:
        return _("align again first")
    if page.open:
        return ngettext("%(n)s card to go", "%(n)s cards to go", page.open) % {"n": page.open}
    return ""


def _side(side: Side, page: BoardPage, differs: set[str], query: str) -> SideView:
    names = [document.title for document in side.documents]
    issuers = [document.issuer for document in side.documents if document.issuer]
    title = names[0] if names else str(Line(side.line).label)
    count = ngettext("%(n)s item", "%(n)s items", side.total) % {"n": side.total}
    papers = ngettext("%(n)s paper", "%(n)s papers", len(names)) % {"n": len(names)} if len(names) > 1 else ""
    active = {link.item_id: link for link in page.active.links.all()} if page.active else {}
    first = side.items[0].number if side.items else 1
    last = side.items[-1].number if side.items else 0
    chosen = {"finding": page.active.pk} if page.active else {}
    return SideView(
        line=side.line,
        title=title,
        sub=" · ".join(part for part in (*dict.fromkeys(issuers), papers, count) if part),
        items=[_item(item, active.get(item.pk), page, differs, query) for item in side.items],
        before=_("Items 1–%(last)s") % {"last": (first or 1) - 1} if side.before else "",
        before_url=_board_url(page.plan.pk, query, **chosen, **{side.line: max((first or 1) - 40, 1)}),
        after=_("Items %(first)s–%(last)s") % {"first": (last or 0) + 1, "last": side.total} if side.after else "",
        after_url=_board_url(page.plan.pk, query, **chosen, **{side.line: (last or 0) + 1}),
    )


def _item(item: DraftItem, link: Any, page: BoardPage, differs: set[str], query: str) -> ItemView:
    marks = page.marks.get(item.pk, ())
    status, tone, target = _status(marks)
    return ItemView(
        item=item,
        text=marked(item.text, link.marks if link else ()),
        owner=item.owner,
        when=words.when_text(item.start, item.end, item.period, item.when_words),
        is_active=link is not None,
        owner_differs=link is not None and "owner" in differs,
        when_differs=link is not None and "when" in differs,
        status=status,
        status_tone=tone,
        url=_board_url(page.plan.pk, query, finding=target) if target else "",
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


def _differences(active: Finding | None) -> set[str]:
    if active is None:
        return set()
    items = [link.item for link in active.links.all()]
    if len(items) < 2:
        return {"when"} if active.kind == FindingKind.CONFLICT and active.subkind == "date" else set()
    found = set()
    if len({item.owner for item in items}) > 1:
        found.add("owner")
    if len({(item.start, item.end, item.period) for item in items}) > 1:
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
        pair = sorted((shown[pk] for pk in pks), key=lambda item: item.line != Line.PARTY)
        if len(pair) != 2 or pair[0].line == pair[1].line:
            continue
        mark = kinds[finding_id]
        is_on = page.active is not None and page.active.pk == finding_id
        css = "on" if is_on else ("ok" if mark.choice else RIBBONS.get(FindingKind(mark.kind), ""))
        drawn.append((f"it-{pair[0].pk}", f"it-{pair[1].pk}", css))
    return sorted(drawn, key=lambda link: link[2] == "on")


def card(
    finding: Finding, page: BoardPage, held: dict[int, Presence], query: str, *, is_active: bool = False
) -> CardView:
    """Return a finding as a card; the active one with slots, values and everything a decision needs."""
    kind = FindingKind(finding.kind)
    items = [link.item for link in finding.links.all()]
    holder = held.get(finding.pk)
    standing = finding.standing[0] if finding.standing else None  # type: ignore[attr-defined]  # prefetched
    proposal = _values(finding, items)
    shared: dict[str, Any] = {
        "finding": finding,
        "kind": kind.value,
        "tone": TONES[kind],
        "icon": ICONS[kind],
        "kind_text": _kind_text(finding),
        "title": words.said(finding.title),
        "places": _places(finding, items),
        "why": words.said(finding.reason),
        "url": _board_url(page.plan.pk, query, finding=finding.pk),
        "number": str(finding.rank),
        "choices": [choice.value for choice in rules.ALLOWED_CHOICES[kind]],
        "values": proposal,
        "decide_url": reverse("plans:decide", args=[page.plan.pk, finding.pk]),
        "holder": str(holder.person) if holder else "",
        "since": _("has it open since %(time)s") % {"time": _clock(holder.opened_at)} if holder else "",
        "decision": _decision_words(standing) if standing else "",
        "decision_reason": standing.reason if standing else "",
        "undo_url": _undo_url(standing, page.plan.pk) if standing else "",
        "source": _source(finding),
    }
    if is_active:
        shared |= _score(finding)
        shared |= {"sources": _sources(page.plan.pk, items), **_turns(page, query)}
        shared |= {"slots": _slots(items, proposal), "targets": [(item.pk, number_of(item)) for item in items]}
        if len(items) == 2:
            shared |= {"left_line": items[0].line, "right_line": items[1].line}
    return CardView(**shared)


def _sources(plan_id: int, items: Sequence[DraftItem]) -> list[tuple[str, str]]:
    return [
        (
            f"{reverse('plans:split', args=[plan_id, item.document_id])}#row-{item.pk}",
            _("%(number)s in its paper: %(place)s")
            % {"number": number_of(item), "place": words.place_text(item.place)},
        )
        for item in items[:4]
    ]


def _turns(page: BoardPage, query: str) -> dict[str, str]:
    before, after = page.previous, page.cards[0].pk if page.cards else None
    return {
        "previous_url": _board_url(page.plan.pk, query, finding=before) if before else "",
        "next_url": _board_url(page.plan.pk, query, finding=after) if after else "",
    }


def _clock(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "TIME_FORMAT")


def _kind_text(finding: Finding) -> str:
    subkinds = {
        "owner": _("who"), "date": _("date"), "quantity": _("amount"), "overload": _("too much at once"),
        "goal": _("opposite aims"), "key_link": _("key link"), "obligation": _("obligation"),
    }  # fmt: skip
    label = str(FindingKind(finding.kind).label)
    more = [subkinds[part] for part in finding.subkind.split(",") if part in subkinds]
    return f"{label} · {_(', ').join(more)}" if more else label


def _places(finding: Finding, items: Sequence[DraftItem]) -> str:
    if finding.upper_item is not None:
        above = finding.upper_item.version.plan.unit.name
        return " ↔ ".join([*(number_of(item) for item in items[:1]), above])
    if not items:
        return _("in neither draft")
    return " ↔ ".join(number_of(item) for item in items[:3]) + (" …" if len(items) > 3 else "")


def _source(finding: Finding) -> str:
    """Return the rule behind a missing duty, with its article where it is known."""
    if not finding.source:
        return ""
    obligation = catalogue.load().obligation_by_code.get(finding.obligation)
    name = finding.source.get("zh", "")
    if obligation is not None and words.language() == "en":
        name = obligation.source_en
    article = finding.source.get("article", "")
    known = article and article not in (catalogue.records.ARTICLE_UNKNOWN, catalogue.records.ARTICLE_NONE)
    return f"{name} · " + _("article %(number)s") % {"number": article} if known else name


def _score(finding: Finding) -> dict[str, Any]:
    if finding.score is None:
        return {}
    score = finding.score
    if score >= 0.9:
        say = _("Almost one and the same thing")
    elif score >= 0.8:
        say = _("The same thing in other words")
    else:
        say = _("Not the same, but it touches")
    return {
        "score": f"{score:.2f}",
        "say": say,
        "thresholds": [Threshold(0.5, _("related")), Threshold(0.8, _("twice"))],
        "spoken": _("Similarity %(score)s; 0.80 and more counts as deployed twice") % {"score": f"{score:.2f}"},
    }


def _values(finding: Finding, items: Sequence[DraftItem]) -> Values:
    """Return what a decision would start from. It is a proposal; nothing is taken over without a person."""
    if finding.kind == FindingKind.GAP:
        return _gap_values(finding)
    if not items:
        return Values()
    joined = rules.merged([
        rules.SourceItem(
            pk=item.pk, line=item.line, text=item.text, owner=item.owner, start=item.start, due=item.end,
            period=item.period, quantity=item.quantity, deliverable=item.deliverable,
        )
        for item in items
    ])  # fmt: skip
    upper = finding.upper_item
    due = min(filter(None, (joined.due, upper.due if upper else None)), default=None)
    return Values(
        text=joined.text, line=joined.line, lead=joined.lead, start=_iso(joined.start), due=_iso(due),
        period=joined.period, quantity=joined.quantity, deliverable=joined.deliverable,
    )  # fmt: skip


def _gap_values(finding: Finding) -> Values:
    """An added item speaks Chinese whatever the reader's language: it goes into a Chinese paper."""
    obligation = catalogue.load().obligation_by_code.get(finding.obligation)
    if obligation is None:
        return Values(text=finding.title.get("zh", ""), line=Line.BOTH)
    return Values(
        text=obligation.title_zh,
        line=obligation.line,
        period=obligation.period if obligation.period in ("month", "quarter", "half", "year", "term", "event") else "",
        quantity=str(obligation.count) if obligation.count_unit == "hours" or obligation.count > 1 else "",
        deliverable="、".join(obligation.evidence_zh),
        due=f"{finding.plan.year}-12-31" if obligation.period != "event" else "",
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _slots(items: Sequence[DraftItem], proposal: Values) -> list[Slot]:
    if len(items) != 2:
        return []
    a, b = items
    rows = (
        (_("When"), _when(a), _when(b), _proposed_when(proposal)),
        (_("Lead"), a.owner, b.owner, proposal.lead),
        (_("Amount"), a.quantity, b.quantity, proposal.quantity),
        (_("Proof"), a.deliverable, b.deliverable, proposal.deliverable),
    )
    return [_slot(*row) for row in rows if row[1] or row[2]]


def _slot(label: str, a: str, b: str, result: str) -> Slot:
    same = a == b
    pick = "" if same else ("a" if result and result == a else "b" if result and result == b else "")
    return Slot(label, a or "–", b or "–", "" if same else result, same=same, pick=pick)


def _when(item: DraftItem) -> str:
    return words.when_text(item.start, item.end, item.period, item.when_words)


def _proposed_when(values: Values) -> str:
    start = date.fromisoformat(values.start) if values.start else None
    due = date.fromisoformat(values.due) if values.due else None
    return words.when_text(start, due, values.period)


def _decision_words(decision: Decision) -> str:
    return _("%(choice)s by %(name)s, %(time)s") % {
        "choice": decision.get_choice_display(),
        "name": decision.by,
        "time": formats.date_format(timezone.localtime(decision.at), "SHORT_DATETIME_FORMAT"),
    }


def _last(decision: Decision | None) -> str:
    if decision is None:
        return ""
    places = ", ".join(number_of(link.item) for link in decision.finding.links.all())
    return _("%(time)s you: %(title)s · %(choice)s") % {
        "time": _clock(decision.at),
        "choice": decision.get_choice_display(),
        "title": " ".join(
            part for part in (words.said(decision.finding.title), f"({places})" if places else "") if part
        ),
    }


def _undo_url(decision: Decision, plan_id: int) -> str:
    return reverse("plans:undo", args=[plan_id, decision.pk])
