"""The board and the plan as workbooks, the plan as an official document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from heli.engines.officedocs.writing import (
    Column,
    OfficialDocument,
    OfficialTable,
    Section,
    Sheet,
    write_docx,
    write_xlsx,
)
from heli.rooms.plans.enums import FindingKind, Line, Period, Reach
from heli.rooms.plans.presenters import words
from heli.rooms.plans.presenters.cards import articles, obligation_words, short_kind, subkind_words
from heli.rooms.plans.presenters.words import number_of
from heli.ui import punctuation

if TYPE_CHECKING:
    from heli.rooms.plans.models import DraftItem, Finding, PlanVersion

_PAIRS = (FindingKind.DUPLICATE, FindingKind.RELATED, FindingKind.UPPER)


def board_workbook(findings: Sequence[Finding], items: Iterable[DraftItem]) -> bytes:
    """Return the board as a workbook: alignment, items, what is missing, conflicts; decisions beside each."""
    pairs = [_pair_row(finding) for finding in findings if finding.kind in _PAIRS]
    gaps = [_gap_row(finding) for finding in findings if finding.kind == FindingKind.GAP]
    conflicts = [_conflict_row(finding) for finding in findings if finding.kind == FindingKind.CONFLICT]
    return write_xlsx(
        [
            Sheet(_("Alignment"), _pair_columns(), pairs),
            Sheet(_("Items"), _item_columns(), [_item_row(item) for item in items]),
            Sheet(_("Missing"), _gap_columns(), gaps),
            Sheet(_("Conflicts"), _conflict_columns(), conflicts),
        ]
    )


def _duties(codes: Iterable[str]) -> str:
    return "；".join(obligation_words(code) for code in codes)


def _decision_columns() -> list[Column]:
    return [
        Column(_("Decision"), 14),
        Column(_("What comes out"), 40, wrap=True),
        Column(_("Reason of the decision"), 30, wrap=True),
        Column(_("Decided by"), 12),
        Column(_("When"), 18),
    ]


def _decision(finding: Any) -> list[object]:
    standing = finding.standing[0] if finding.standing else None
    if standing is None:
        return ["", "", "", "", ""]
    moment = formats.date_format(timezone.localtime(standing.at), "SHORT_DATETIME_FORMAT")
    result = "\n".join(words.result_of(standing.values))
    return [standing.get_choice_display(), result, standing.reason, str(standing.by), moment]


def _pair_columns() -> list[Column]:
    sides = [Column(_("No."), 8), Column(_("Item"), 40, wrap=True), Column(_("Who"), 16), Column(_("When"), 18)]
    return [
        Column(_("Finding"), 10),
        Column(_("Score"), 8),
        *sides,
        *sides,
        Column(_("Reason"), 44, wrap=True),
        *_decision_columns(),
    ]


def _pair_row(finding: Any) -> list[object]:
    links = [link.item for link in finding.links.all()]
    cells = [cell for item in links[:2] for cell in _side(item)]
    if finding.upper_item is not None:
        upper = finding.upper_item
        when = words.when_text(upper.start, upper.due, upper.period)
        cells += [upper.version.plan.unit.name, upper.text, upper.lead, when]
    cells += [""] * (8 - len(cells))
    return [short_kind(finding.kind), finding.score, *cells, words.said(finding.reason), *_decision(finding)]


def _side(item: DraftItem) -> list[object]:
    return [number_of(item), item.text, item.owner, words.row_when(item)]


def _item_columns() -> list[Column]:
    return [
        Column(_("No."), 8), Column(_("Line"), 10), Column(_("Item"), 48, wrap=True), Column(_("Paper"), 26, wrap=True),
        Column(_("Place"), 16), Column(_("Who"), 18), Column(_("From"), 12), Column(_("Until"), 12),
        Column(_("How often"), 12), Column(_("Amount"), 16), Column(_("What proves it"), 30, wrap=True),
        Column(_("Obligations"), 14),
    ]  # fmt: skip


def _item_row(item: DraftItem) -> list[object]:
    return [
        number_of(item), item.get_line_display(), item.text, item.document.title, words.place_text(item.place),
        item.owner, item.start, item.end, item.get_period_display() if item.period else "", item.quantity,
        item.deliverable, _duties(item.obligations),
    ]  # fmt: skip


def _gap_columns() -> list[Column]:
    return [
        Column(_("Key link"), 22), Column(_("Obligation"), 12), Column(_("What is missing"), 28),
        Column(_("Rule"), 34, wrap=True), Column(_("Reason"), 44, wrap=True), *_decision_columns(),
    ]  # fmt: skip


def _gap_row(finding: Finding) -> list[object]:
    article = articles(finding.source.get("article", ""))
    rule = " · ".join(part for part in (finding.source.get("zh", ""), article) if part)
    return [
        finding.key_link, obligation_words(finding.obligation), words.said(finding.title), rule,
        words.said(finding.reason), *_decision(finding),
    ]  # fmt: skip


def _conflict_columns() -> list[Column]:
    return [
        Column(_("Kind"), 12),
        Column(_("Items"), 44, wrap=True),
        Column(_("Reason"), 44, wrap=True),
        *_decision_columns(),
    ]


def _conflict_row(finding: Any) -> list[object]:
    links = list(finding.links.all())
    items = "\n".join(f"{number_of(link.item)} {link.item.text}" for link in links)
    beside = [f"{number_of(link.item)} {words.said(link.reason)}" for link in links if link.reason]
    reason = "\n".join([words.said(finding.reason), *beside])
    return [subkind_words(finding.subkind), items, reason, *_decision(finding)]


def plan_workbook(version: PlanVersion, rows: Iterable[Any]) -> bytes:
    """Return a version as a workbook of one sheet, as clerks hand it round."""
    columns = [
        Column(_("No."), 6),
        Column(_("Line"), 10),
        Column(_("Item"), 50, wrap=True),
        Column(_("Asked by"), 22, wrap=True),
        Column(_("Lead"), 18),
        Column(_("Helping"), 18, wrap=True),
        Column(_("Carried out by"), 18),
        Column(_("From"), 12),
        Column(_("Due"), 12),
        Column(_("How often"), 12),
        Column(_("Amount"), 16),
        Column(_("What proves it"), 30, wrap=True),
        Column(_("Minutes each time"), 12),
        Column(_("Obligations"), 14),
        Column(_("Reasons"), 30, wrap=True),
        Column(_("Left out because"), 26, wrap=True),
    ]
    title = _("Version %(number)s") % {"number": version.number}
    return write_xlsx([Sheet(title, columns, [_plan_row(row) for row in rows])])


def _plan_row(row: Any) -> list[object]:
    asked = punctuation.listed(named.unit.name for named in row.named if named.role == "requester")
    return [
        row.number, str(Line(row.line).label), row.text, asked, row.lead, punctuation.listed(row.helpers),
        str(Reach(row.reach).label), row.start, row.due, str(Period(row.period).label) if row.period else "",
        row.quantity, row.deliverable, row.minutes, _duties(row.obligations), "\n".join(row.reasons),
        row.left_out_reason,
    ]  # fmt: skip


def plan_document(version: PlanVersion, rows: Sequence[Any]) -> bytes:
    """Return a version as an official document. It speaks Chinese in any language: a paper to issue."""
    with translation.override("zh-hans"):
        sections: list[Section | OfficialTable] = []
        if version.reason:
            sections.append(
                Section(0, _("This version replaces the one before it: %(reason)s") % {"reason": version.reason})
            )
        for line in (Line.BOTH, Line.PARTY, Line.INTEGRITY):
            of_line = [row for row in rows if row.line == line and not row.left_out_reason]
            if of_line:
                sections.append(Section(1, str(line.label)))
                sections += [Section(2, _sentence(row.text), _facts(row)) for row in of_line]
        return write_docx(
            OfficialDocument(
                title=version.plan.title,
                content=sections,
                issuer=version.plan.unit.name,
                date=timezone.localdate(version.approved_at) if version.approved_at else None,
                free_fonts=True,
            )
        )


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith(("。", "；", ".", "！")) else f"{plain}。"


def _facts(row: Any) -> str:
    """Return what stands in brackets after an item: its number on the page first, so that both are talked of alike."""
    asked = punctuation.listed(named.unit.name for named in row.named if named.role == "requester")
    facts = [
        (_("No."), row.number),
        (_("Asked by"), asked if row.line == Line.BOTH else ""),
        (_("Lead"), row.lead),
        (_("Helping"), punctuation.listed(row.helpers)),
        (_("Carried out by"), "" if row.reach == Reach.LEAD else str(Reach(row.reach).label)),
        (_("Due"), words.when_text(row.start, row.due, row.period)),
        (_("Amount"), row.quantity),
        (_("What proves it"), row.deliverable),
    ]
    said = [f"{name}：{value}" for name, value in facts if value]
    return f"（{'；'.join(said)}）" if said else ""
