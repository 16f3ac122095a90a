"""Two invented drafts for the coming year and a board on which both departments have begun to decide.

The Party-work department's draft is a Word document, the discipline office's a workbook, built here from the data
files so that the demo takes the same way as a clerk's upload.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from heli.engines.officedocs.writing import Column, OfficialDocument, Section, Sheet, write_docx, write_xlsx
from heli.rooms.people import queries as people
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Person, Unit
from heli.rooms.plans.enums import Choice, FindingKind, Line
from heli.rooms.plans.models import Finding, Plan
from heli.rooms.plans.services import aligning, deciding, papers
from heli.rooms.plans.services.readings import NewPaper

UNIT = "P-HZ"
_DATA = Path(__file__).parent / "data"
_SET_ASIDE = 3  # how many missing duties are set aside already when a visitor opens the board


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((_DATA / "plan_words.toml").read_text(encoding="utf-8"))


def load(at: datetime) -> None:
    """Hand in both drafts for the year after ``at``, align them and decide a few cards; once."""
    unit = Unit.objects.filter(code=UNIT).order_by("pk").first()
    if unit is None or Plan.objects.filter(unit=unit).exists():
        return
    with translation.override("zh-hans"):
        _load(unit, at)


def _load(unit: Unit, at: datetime) -> None:
    clerk, other = _clerk(unit, PostKind.PARTY_CLERK, at), _clerk(unit, PostKind.DISCIPLINE_CLERK, at)
    year = at.year + 1
    begun = at - timedelta(days=3)
    plan = papers.begin_plan(
        unit_id=unit.pk,
        year=year,
        title=_words()["title"].format(year=year),
        by=clerk,
        at=begun,
    )
    drafts = (
        (Line.PARTY, NewPaper(_words()["party_file"].format(year=year), party_draft(year)), clerk),
        (Line.INTEGRITY, NewPaper(_words()["integrity_file"].format(year=year), integrity_draft()), other),
    )
    for line, paper, by in drafts:
        desk = people.posts_of(by, at.date())[0].post.unit.name
        papers.add_paper(plan_id=plan.pk, line=line, paper=paper, by=by, at=begun, issuer=desk)
    aligning.align_now(plan_id=plan.pk, by=clerk, at=at - timedelta(days=2))
    _decide(plan, clerk, other, at)


def _clerk(unit: Unit, kind: PostKind, at: datetime) -> Person:
    return people.holders(unit.pk, kind, at.date())[0]


def party_draft(year: int) -> bytes:
    """Return the Party-work department's draft as a Word document."""
    lines = (_DATA / "plan_party.txt").read_text(encoding="utf-8").replace("{year}", str(year)).splitlines()
    heading = re.compile(_words()["heading"])
    sections = [
        Section(1, heading.sub("", line)) if heading.match(line) else Section(0, line) for line in lines[1:] if line
    ]
    return write_docx(OfficialDocument(title=lines[0], content=sections, free_fonts=True))


def integrity_draft() -> bytes:
    """Return the discipline office's draft as a workbook."""
    with (_DATA / "plan_integrity.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    return write_xlsx([Sheet(_words()["sheet"], [Column(name, wrap=True) for name in head], rows)])


def _decide(plan: Plan, clerk: Person, other: Person, at: datetime) -> None:
    """Settle the pairs of the data file and set aside what does not apply, by turns, with the reasons people give."""
    moment = at - timedelta(hours=5)
    for number, settled in enumerate(_words()["decided"]):
        finding = _card(plan, settled["of"])
        items = [link.item for link in finding.links.select_related("item").order_by("position")]
        values = {
            "text": settled.get("text", ""),
            "lead": items[0].owner,
            "when_of": str(items[0].pk),
            "quantity": settled.get("quantity", ""),
        }
        deciding.decide(
            plan_id=plan.pk,
            finding_id=finding.pk,
            choice=settled["choice"],
            reason=settled.get("reason", ""),
            values=values if settled["choice"] == Choice.MERGE else None,
            by=clerk if number % 2 else other,
            at=moment + timedelta(minutes=7 * number),
        )
    gaps = Finding.objects.filter(plan=plan, kind=FindingKind.GAP).in_order().reverse()
    for number, finding in enumerate(gaps[:_SET_ASIDE]):
        deciding.decide(
            plan_id=plan.pk,
            finding_id=finding.pk,
            choice=Choice.NOT_APPLICABLE,
            reason=_words()["not_applicable"],
            by=clerk if number % 2 else other,
            at=moment + timedelta(minutes=40 + 5 * number),
        )


def _card(plan: Plan, beginnings: Sequence[str]) -> Finding:
    """The one card on two items, by how they begin."""
    cards = Finding.objects.filter(plan=plan)
    for words in beginnings:
        cards = cards.filter(links__item__text__startswith=words)
    return cards.get()
