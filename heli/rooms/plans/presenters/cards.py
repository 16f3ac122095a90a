"""A finding as a card: score and sentence, both sides slot by slot, and what a decision would start from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from heli.rooms.plans import rules
from heli.rooms.plans.enums import Choice, FindingKind
from heli.rooms.plans.presenters import groups, words
from heli.rooms.plans.presenters.values import Ask, Values, asks_of, values_of
from heli.rooms.plans.presenters.words import board_url, number_of
from heli.rooms.plans.queries.board import BoardPage, counterparts, links_of
from heli.rooms.rulebook import catalogue
from heli.ui.shapes import Slot, Threshold

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


@dataclass(frozen=True, slots=True)
class OpinionView:
    """What a model said of a pair, in words: its verdict, its reason, and which model said it when."""

    verdict: str
    reason: str
    by: str


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
    asks: Sequence[Ask] = ()
    targets: Sequence[tuple[int, str]] = ()
    decide_url: str = ""
    decision: str = ""
    decision_reason: str = ""
    result: Sequence[str] = ()
    undo_url: str = ""
    holder: str = ""
    since: str = ""
    source: str = ""
    sources: Sequence[tuple[str, str]] = ()
    previous_url: str = ""
    next_url: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    opinion: OpinionView | None = None
    opinion_url: str = ""
    pairs: Sequence[groups.PairRow] = ()
    rest: Sequence[groups.PairRow] = ()
    pair: int | None = None
    group_url: str = ""
    is_adjusting: bool = False
    carried: str = ""
    is_nobodys: bool = False
    is_of_one_line: bool = False


def short_kind(kind: str) -> str:
    """Return the kind of a finding in one short word."""
    return {
        FindingKind.DUPLICATE: pgettext("kind of finding", "Twice"),
        FindingKind.CONFLICT: pgettext("kind of finding", "Conflict"),
        FindingKind.GAP: pgettext("kind of finding", "Missing"),
        FindingKind.UPPER: pgettext("kind of finding", "Above"),
        FindingKind.RELATED: pgettext("kind of finding", "Related"),
    }[FindingKind(kind)]


def card(
    finding: Finding,
    page: BoardPage,
    held: Mapping[int, Presence],
    query: str,
    *,
    is_active: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> CardView:
    """Return a finding as a card; the active one with slots, values and everything a decision needs."""
    kind = FindingKind(finding.kind)
    pair = page.pair if is_active else None
    items = [link.item for link in links_of(finding, pair)]
    is_group = pair is None and bool(counterparts(finding))
    holder = held.get(finding.pk)
    standing = finding.standing[0] if finding.standing else None  # type: ignore[attr-defined]  # prefetched
    proposal = Values() if is_group else values_of(finding, items)
    shared: dict[str, Any] = {
        "finding": finding,
        "kind": kind.value,
        "tone": TONES[kind],
        "icon": ICONS[kind],
        "kind_text": _kind_text(finding),
        "title": words.said(finding.title),
        "places": _places(finding, items, is_group=is_group),
        "why": words.said(finding.reason),
        "url": board_url(page.plan.pk, query, finding=finding.pk),
        "number": str(finding.rank),
        "choices": [choice.value for choice in rules.ALLOWED_CHOICES[kind]],
        "values": proposal,
        "decide_url": reverse("plans:decide", args=[page.plan.pk, finding.pk]),
        "holder": str(holder.person) if holder else "",
        "since": _("has it open since %(time)s")
        % {"time": formats.date_format(timezone.localtime(holder.opened_at), "TIME_FORMAT")}
        if holder
        else "",
        "decision": _decision_words(standing) if standing else "",
        "decision_reason": standing.reason if standing else "",
        "result": words.result_of(standing.values) if standing else (),
        "undo_url": undo_url_of(standing, page.plan.pk) if standing else "",
        "source": _source(finding),
    }
    if is_active:
        shared |= _score(finding) | _carried(page)
        shared |= {"sources": _sources(page.plan.pk, items), **_turns(page, query)}
        shared |= {"slots": _slots(items, None if standing else proposal)}
        shared |= {"asks": [] if is_group else asks_of(finding, items, typed or {})}
        shared |= {"targets": [(item.pk, number_of(item)) for item in items]}
        shared |= groups.shown(finding, page, query)
        if len(items) == 2:
            left, right = (item.line for item in items)
            shared |= {"left_line": left, "right_line": right, "is_of_one_line": left == right}
        shared |= _opinion(finding, page.plan.pk, items)
    if typed:
        is_main = typed.get("choice") in (Choice.MERGE, Choice.ADD)
        kept = {name: typed[name] for name in Values.__dataclass_fields__ if name in typed and is_main}
        shared |= {"values": replace(proposal, **kept), "typed": typed, "errors": errors or {}}
        shared |= {"is_adjusting": is_main and bool(errors)}
    return CardView(**shared)


def _carried(page: BoardPage) -> dict[str, Any]:
    """Return who would carry a missing duty out if it were added: the units of which the rule asks it."""
    if page.owing is None:
        return {}
    if not page.owing.total:
        text = _("The rule asks it of no unit of this plan. If you add it, say which unit leads it.")
        return {"carried": text, "is_nobodys": True}
    names, total = _(", ").join(page.owing.names), page.owing.total
    if total > len(page.owing.names):
        text = _("Carried out by the %(total)s units of which the rule asks it: %(names)s …")
        return {"carried": text % {"names": names, "total": total}}
    return {"carried": _("Carried out by the units of which the rule asks it: %(names)s") % {"names": names}}


def _opinion(finding: Finding, plan_id: int, items: Sequence[DraftItem]) -> dict[str, Any]:
    """Return the model's opinion where there is one, else where a pair can be asked about."""
    given = getattr(finding, "second_opinion", None)
    if given is not None:
        time = formats.date_format(timezone.localtime(given.asked_at), "DATETIME_FORMAT")
        by = _("%(model)s, %(time)s") % {"model": given.model, "time": time}
        return {"opinion": OpinionView(str(given.get_verdict_display()), given.reason, by)}
    texts = len(items[:1]) + 1 if finding.upper_item is not None else len(items)
    if FindingKind(finding.kind) not in (FindingKind.DUPLICATE, FindingKind.RELATED, FindingKind.UPPER) or texts != 2:
        return {}
    return {"opinion_url": reverse("plans:opinion", args=[plan_id, finding.pk])}


def _sources(plan_id: int, items: Sequence[DraftItem]) -> list[tuple[str, str]]:
    return [
        (
            f"{reverse('plans:split', args=[plan_id, item.document_id])}?row={item.pk}#row-{item.pk}",
            _("%(number)s in its paper: %(place)s")
            % {"number": number_of(item), "place": words.place_text(item.place)},
        )
        for item in items[:4]
    ]


def _turns(page: BoardPage, query: str) -> dict[str, str]:
    before, after = page.previous, page.cards[0].pk if page.cards else None
    return {
        "previous_url": board_url(page.plan.pk, query, finding=before) if before else "",
        "next_url": board_url(page.plan.pk, query, finding=after) if after else "",
    }


def moment(at: datetime, today: date) -> str:
    """Return the time of day, with the date where it was another day."""
    local = timezone.localtime(at)
    return formats.date_format(local, "TIME_FORMAT" if local.date() == today else "SHORT_DATETIME_FORMAT")


def _kind_text(finding: Finding) -> str:
    more = subkind_words(finding.subkind)
    label = str(FindingKind(finding.kind).label)
    return f"{label} · {more}" if more else label


def subkind_words(subkind: str) -> str:
    """Return in what the items of a finding differ, or what is missing."""
    subkinds = {
        "owner": _("who"), "date": _("date"), "quantity": _("amount"), "overload": _("too much at once"),
        "goal": _("opposite aims"), "key_link": _("key link"), "obligation": _("obligation"),
    }  # fmt: skip
    return _(", ").join(subkinds[part] for part in subkind.split(",") if part in subkinds)


def _places(finding: Finding, items: Sequence[DraftItem], *, is_group: bool) -> str:
    if is_group:
        others = len(counterparts(finding))
        first = number_of(items[0]) if finding.upper_item is None else finding.upper_item.version.plan.unit.name
        return ngettext("%(first)s ↔ %(n)s item", "%(first)s ↔ %(n)s items", others) % {"first": first, "n": others}
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
    name = re.sub(r"\s*;\s*", "；", finding.source.get("zh", ""))
    if obligation is not None and words.language() == "en":
        name = obligation.source_en
    article = articles(finding.source.get("article", ""))
    return f"{name} · {article}" if article else name


def obligation_words(code: str) -> str:
    """Return a duty by its name; the code stands behind it for those who look it up in the rulebook."""
    obligation = catalogue.load().obligation_by_code.get(code)
    if obligation is None:
        return code
    name = obligation.title_en if words.language() == "en" else obligation.title_zh
    return f"{name} ({code})"


def articles(codes: str) -> str:
    """Return the articles of a rule in words: those that are known, and which of them only roughly."""
    none = {catalogue.ARTICLE_UNKNOWN, catalogue.ARTICLE_NONE, ""}
    known = [part for part in (each.strip() for each in re.split("[;；,，]", codes)) if part not in none]
    said = []
    for is_about, parts in groupby(known, key=lambda part: part.startswith("~")):
        words_of = _("about article %(number)s") if is_about else _("article %(number)s")
        said.append(words_of % {"number": _(", ").join(part.lstrip("~") for part in parts)})
    return _("; ").join(said)


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


def _slots(items: Sequence[DraftItem], proposal: Values | None) -> list[Slot]:
    """Return what both items say and what would come out; without a proposal, because it is decided, only the first."""
    if len(items) != 2:
        return []
    a, b = items
    open_word = pgettext("slot of a merge", "to be chosen") if proposal else ""
    proposal = proposal or Values()
    rows = (
        (_("When"), _when(a), _when(b), _proposed_when(proposal) or open_word),
        (_("Lead"), a.owner, b.owner, proposal.lead or open_word),
        (_("Amount"), a.quantity, b.quantity, proposal.quantity or open_word),
        (_("Proof"), a.deliverable, b.deliverable, proposal.deliverable),
    )
    return [_slot(*row) for row in rows if row[1] or row[2]]


def _slot(label: str, a: str, b: str, result: str) -> Slot:
    same = a == b
    pick = "" if same else ("a" if result and result == a else "b" if result and result == b else "")
    return Slot(label, a or "–", b or "–", "" if same else result, same=same, pick=pick)


def _when(item: DraftItem) -> str:
    return words.row_when(item)


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


def undo_url_of(decision: Decision, plan_id: int) -> str:
    return reverse("plans:undo", args=[plan_id, decision.pk])
