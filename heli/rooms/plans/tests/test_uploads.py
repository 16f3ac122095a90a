"""Whatever is handed in: a clear refusal or rows, never an error page, nothing half-written."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from heli.engines.officedocs.tests.corpus import CORPUS, Case
from heli.rooms.plans.enums import DocumentState, Line
from heli.rooms.plans.models import DraftItem, PlanDocument
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.papers import PARTY
from heli.rooms.plans.tests.test_pages import signed_in
from heli.rooms.plans.tests.world import World

# Large in the way another is too; the tests of the corpus itself read them.
LIKE_ANOTHER = {"csv 50,000 rows", "20,000 paragraphs"}
FILES = [case for case in CORPUS if case.name not in LIKE_ANOTHER]


@pytest.mark.slow(60)
@pytest.mark.parametrize("case", FILES, ids=lambda case: case.name)
def test_each_file_of_the_corpus_stands_or_falls_by_itself(world: World, at: datetime, case: Case) -> None:
    plan = journey.begun(world, at)
    client = signed_in(world.people["clerk"])
    good = SimpleUploadedFile("好的文稿.txt", PARTY.encode())
    bad = SimpleUploadedFile(case.filename or "无名", case.make())

    answer = client.post(
        reverse("plans:add_papers", args=[plan.pk]), {"line": Line.PARTY, "files": [bad, good]}, follow=True
    )

    assert answer.status_code == 200
    assert PlanDocument.objects.filter(filename="好的文稿.txt", state=DocumentState.READ).count() == 1
    for paper in PlanDocument.objects.all():
        has_rows = DraftItem.objects.filter(document=paper).exists()
        assert (paper.state == DocumentState.READ) is has_rows
        assert has_rows is not bool(paper.failure)


def test_a_refusal_says_what_and_how_to_mend_it(world: World, at: datetime) -> None:
    plan = journey.begun(world, at)
    client = signed_in(world.people["clerk"])

    page = client.post(
        reverse("plans:add_papers", args=[plan.pk]),
        {"line": Line.PARTY, "files": SimpleUploadedFile("空.docx", b"")},
        follow=True,
    ).content.decode()

    paper = PlanDocument.objects.get()
    assert paper.failure["zh"]["what"] in page
    assert paper.failure["zh"]["remedy"] in page


def test_pasted_text_is_a_paper_like_any_other(world: World, at: datetime) -> None:
    plan = journey.begun(world, at)

    signed_in(world.people["clerk"]).post(
        reverse("plans:add_papers", args=[plan.pk]), {"line": Line.PARTY, "pasted": PARTY, "issuer": "党群工作部"}
    )

    paper = PlanDocument.objects.get()
    assert (paper.title, paper.issuer, paper.state) == (
        "合众测试集团2027年党建工作要点",
        "党群工作部",
        DocumentState.READ,
    )


def test_the_original_comes_back_byte_by_byte(world: World, at: datetime) -> None:
    plan = journey.with_papers(world, at)
    paper = PlanDocument.objects.get(plan=plan, line=Line.PARTY)

    answer = signed_in(world.people["clerk"]).get(reverse("plans:original", args=[plan.pk, paper.pk]))

    assert b"".join(answer.streaming_content) == PARTY.encode()  # type: ignore[attr-defined]  # a file response
