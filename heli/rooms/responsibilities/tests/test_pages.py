"""The pages: what they say, to whom, at what cost; the same 404 for missing and forbidden."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.engines.officedocs.writing import Column, Sheet, write_xlsx
from heli.rooms.people.models import Person
from heli.rooms.people.services import posts as people_posts
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.responsibilities.models import DutyArchive, DutyLimit, HandOver, ListVersion, Signature
from heli.rooms.responsibilities.queries import duties, lists
from heli.rooms.responsibilities.services.lists import begin_list
from heli.rooms.responsibilities.tests import world
from heli.rooms.rulebook.services import install_catalogue

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Person], Client]


@pytest.fixture
def at() -> datetime:
    """Pages read the clock; so do these tests."""
    return timezone.localtime()


def get(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(f"responsibilities:{name}", args=args), query, headers={"accept-language": "en"})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def post(client: Client, name: str, *args: Any, status: int = 302, **values: Any) -> str:
    answer = client.post(reverse(f"responsibilities:{name}", args=args), values, headers={"accept-language": "en"})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.headers.get("Location", "") or answer.content.decode()


def test_my_duties_show_both_lines_what_is_due_and_what_is_done(
    everyone: Everyone, at: datetime, client_of: ClientOf
) -> None:
    install_catalogue(by="test", at=at)
    edits = [
        world.edit("专题研究", world.post_of(everyone.secretary), obligations=["B01"], line="both"),
        world.edit("讲党课", world.post_of(everyone.secretary), obligations=["B01"], line="party"),
        world.edit("约谈", world.post_of(everyone.secretary), line="integrity"),
    ]
    world.issued(everyone, at, edits=edits)
    world.task(
        everyone.group, everyone.party_clerk, at, kind="secretary", obligation="B01", line="both",
        done_by=everyone.secretary, reviewer=everyone.party_head, title="上半年研究",
    )  # fmt: skip

    page = get(client_of(everyone.secretary), "mine")

    assert "My double duties" in page
    assert page.index("专题研究") < page.index("讲党课") < page.index("约谈")
    assert page.count("counts in both lines") == 2
    assert "上半年研究记录" in page
    assert f"reviewed by {everyone.party_head.name}" in page
    assert "Read and sign what you answer for" in page


def test_who_holds_nothing_sees_an_honest_empty_page(everyone: Everyone, client_of: ClientOf) -> None:
    page = get(client_of(everyone.non_member), "mine")

    assert "No list names a post of this person" in page


def test_another_s_duties_are_open_to_who_oversees_and_missing_to_others(
    everyone: Everyone, at: datetime, client_of: ClientOf
) -> None:
    world.issued(everyone, at)

    assert "抓好党建和廉政各项工作" in get(client_of(everyone.party_clerk), "person", everyone.secretary.pk)
    get(client_of(everyone.branch_secretary_a1), "person", everyone.secretary.pk, status=404)
    get(client_of(everyone.branch_secretary_a1), "person", 10**9, status=404)
    assert "answers for" not in get(client_of(everyone.member_a1), "of_person", everyone.secretary.pk)


def test_names_of_holders_lead_only_where_the_reader_may_go(
    everyone: Everyone, at: datetime, client_of: ClientOf
) -> None:
    secretary = everyone.branch_secretary_a1
    edits = [world.edit("支部工作", world.post_of(secretary)), world.edit("如实登记", None, reach="members")]
    version = world.issued(everyone, at, everyone.branch_a1, edits)
    link = f'<a href="/duties/{secretary.pk}/">'

    for reader, leads in ((everyone.party_clerk, True), (everyone.member_a1, False)):
        page = get(client_of(reader), "version", version.list_id, version.number)
        assert secretary.name in page
        assert (link in page) is leads


def test_duties_of_a_past_day_are_those_of_the_post_then(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    version = world.issued(everyone, at)

    page = get(client_of(everyone.secretary), "mine", on=f"{version.valid_from.year - 1}-06-01")

    assert "You look at another day." in page
    assert "抓好党建和廉政各项工作" not in page


@pytest.mark.parametrize("kind", ["duties", "lists", "version", "record"])
def test_pages_cost_the_same_for_one_row_and_for_five(
    everyone: Everyone, at: datetime, client_of: ClientOf, kind: str
) -> None:
    install_catalogue(by="test", at=at)
    browser, counts = client_of(everyone.secretary), []
    holder = world.post_of(everyone.secretary)
    for round_, size in enumerate((1, 5)):
        unit = (everyone.group, everyone.committee_a)[round_] if kind == "lists" else everyone.group
        if round_ and kind != "lists":
            ListVersion.objects.all().update(state="replaced", valid_from=date(2001, 1, 1), valid_to=date(2002, 1, 1))
            ListVersion.objects.get().list.versions.update(number=9)
            version = ListVersion.objects.get()
            version.list.year, version.list.title = 2001, "旧清单"
            version.list.save()
        answers = holder if unit == everyone.group else world.post_of(everyone.secretary_a)
        edits = [world.edit(f"第{number}件事情", answers, obligations=["B01"]) for number in range(size)]
        version = world.issued(everyone, at, unit, edits)
        for number in range(size):
            world.task(
                everyone.group, everyone.party_clerk, at, kind="secretary", obligation="B01",
                done_by=everyone.secretary, reviewer=everyone.party_head, title=f"第{round_}{number}次",
            )  # fmt: skip
        path = {
            "duties": reverse("responsibilities:mine"),
            "lists": reverse("responsibilities:lists"),
            "version": reverse("responsibilities:version", args=[version.list_id, version.number]),
            "record": reverse("responsibilities:record", args=[everyone.secretary.pk]),
        }[kind]
        browser.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(path).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_a_list_goes_its_way_through_the_pages(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    clerk, head, holder = (client_of(one) for one in (everyone.party_clerk, everyone.party_head, everyone.secretary))
    post(clerk, "new_list", unit=everyone.group.pk, year=at.year, title="", from_catalogue="")
    version = ListVersion.objects.get()
    address = [version.list_id, 1]
    answers = world.post_of(everyone.secretary)
    post(
        clerk, "new_item", *address, text_zh="主持两条线工作", kind="first_person", line="both", reach="post",
        accountable=answers.pk, obligations="", supporting=world.post_of(everyone.party_head).pk,
    )  # fmt: skip
    item = version.items.get()
    post(
        clerk, "item", *address, item.pk, version=1, text_zh="主持两条线工作和责任清单", kind="first_person",
        line="both", reach="post", accountable=answers.pk, obligations="",
    )  # fmt: skip
    assert "主持两条线工作和责任清单" in get(clerk, "version", *address)
    post(clerk, "submit", address[0], version=version.version)
    assert "Had a hand in it" in get(head, "version", *address)
    post(head, "approve", address[0], version=version.version + 1, reason="同意")
    post(clerk, "issue", address[0], version=version.version + 2)
    page = get(holder, "commitment", *address, answers.pk)
    assert "I answer for the following items" in page
    post(holder, "sign", *address, post=answers.pk)

    signature = Signature.objects.get()
    assert signature.person == everyone.secretary
    assert signature.text_sha256 in get(holder, "commitment", *address, answers.pk)
    post(clerk, "begin_version", address[0], reason="调整", valid_from=f"{at.year}-12-30")
    second = ListVersion.objects.get(number=2)
    post(clerk, "remove_item", address[0], 2, second.items.get().pk, version=1)
    assert "Removed" in get(clerk, "compare", address[0], 2)
    assert everyone.secretary.name in get(clerk, "holders", *address, item.pk)
    post(clerk, "drop_version", address[0], version=lists.stamp_of(second))


def test_returning_through_the_page_needs_a_reason(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    version = world.submitted(everyone, at)
    head = client_of(everyone.party_head)

    refused = post(head, "return", version.list_id, version=version.version, reason="", status=422)
    post(head, "return", version.list_id, version=version.version, reason="缺少佐证")

    assert "A reason is missing" in refused
    assert "缺少佐证" in get(client_of(everyone.party_clerk), "version", version.list_id, 1)


def test_the_workbook_is_read_back_as_it_was_written(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    install_catalogue(by="test", at=at)
    secretary = world.post_of(everyone.secretary)
    version = world.issued(
        everyone, at,
        edits=[world.edit("=研究从严治党工作", secretary, obligations=["B01"], evidence_zh="纪要")],
    )  # fmt: skip
    clerk = client_of(everyone.party_clerk)
    answer = clerk.get(
        reverse("responsibilities:list_xlsx", args=[version.list_id, 1]), headers={"accept-language": "zh-hans"}
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.active.cell(2, 2).value == "=研究从严治党工作"
    assert book.active.cell(2, 2).data_type == "s"
    target = begin_list(
        unit_id=everyone.group.pk,
        year=at.year + 1,
        title="下一年",
        from_catalogue=False,
        by=everyone.party_clerk,
        at=at,
    )

    page = clerk.post(
        reverse("responsibilities:import", args=[target.list_id]),
        {"file": SimpleUploadedFile("list.xlsx", answer.content)},
        headers={"accept-language": "en"},
    )

    assert target.items.count() == 0
    assert "complete" in page.content.decode()
    ticket = page.context["ticket"]
    post(clerk, "confirm_import", target.list_id, ticket=ticket, row=[0])
    taken = target.items.get()
    assert (taken.text_zh, taken.kind, taken.line) == ("=研究从严治党工作", "first_person", "both")
    assert (taken.accountable, taken.obligations, taken.evidence_zh) == (
        world.post_of(everyone.secretary), ["B01"], "纪要",
    )  # fmt: skip


def test_an_unreadable_file_is_refused_in_words_and_nothing_is_written(
    everyone: Everyone, at: datetime, client_of: ClientOf
) -> None:
    version = world.draft(everyone, at)
    clerk = client_of(everyone.party_clerk)

    page = clerk.post(
        reverse("responsibilities:import", args=[version.list_id]),
        {"file": SimpleUploadedFile("list.xlsx", b"PK\x03\x04 broken")},
        headers={"accept-language": "en"},
    )

    assert page.status_code == 422
    assert "list.xlsx" in page.content.decode()
    assert version.items.count() == 1


def test_a_ticket_of_another_person_takes_nothing_over(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    version = world.draft(everyone, at)
    sheet = write_xlsx([Sheet("x", [Column("责任内容"), Column("责任岗位")], [["按时完成各项工作", "党委书记"]])])
    page = client_of(everyone.party_clerk).post(
        reverse("responsibilities:import", args=[version.list_id]), {"file": SimpleUploadedFile("x.xlsx", sheet)}
    )

    other = client_of(everyone.discipline_clerk)
    refused = post(other, "confirm_import", version.list_id, ticket=page.context["ticket"], row=[0], status=422)

    assert "Nothing was taken over" in refused
    assert version.items.count() == 1


def test_documents_say_who_answers_and_who_signed(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    version = world.issued(everyone, at)
    answers = world.post_of(everyone.secretary)
    holder = client_of(everyone.secretary)
    post(holder, "sign", version.list_id, 1, post=answers.pk)

    answer = holder.get(
        reverse("responsibilities:commitment_docx", args=[version.list_id, 1, answers.pk]),
        headers={"accept-language": "en"},
    )

    text = _text(answer.content)
    assert everyone.secretary.name in text
    assert Signature.objects.get().text_sha256 in text
    assert "抓好党建和廉政各项工作" in text


def _text(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_hand_over_is_read_signed_and_printed(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    world.issued(everyone, at)
    held = everyone.secretary.appointments.order_by("pk")[0]
    clerk = everyone.party_clerk
    from_day = at.date()
    taker = everyone.discipline_secretary
    people_posts.end_appointment(appointment_id=held.pk, on=from_day, reason="交流", by="test", at=at)
    people_posts.appoint(person_id=taker.pk, post_id=held.post_id, from_day=from_day, by="test", at=at)
    sheet = HandOver.objects.get()

    assert "抓好党建和廉政各项工作" in get(client_of(taker), "hand_over", sheet.pk)
    address = reverse("responsibilities:hand_over", args=[sheet.pk])
    assert [address in get(client_of(who), "waiting") for who in (taker, everyone.secretary, clerk)] == [
        True, True, False,
    ]  # fmt: skip
    post(client_of(everyone.secretary), "sign_hand_over", sheet.pk, version=sheet.version)
    post(client_of(taker), "sign_hand_over", sheet.pk, version=sheet.version + 1)
    get(client_of(everyone.member_a1), "hand_over", sheet.pk, status=404)
    answer = client_of(clerk).get(reverse("responsibilities:hand_over_docx", args=[sheet.pk]))

    assert everyone.secretary.name in _text(answer.content)
    assert "signed by both" in get(client_of(clerk), "hand_overs")
    assert "Witness" not in get(client_of(everyone.party_head), "hand_over", sheet.pk)


def test_a_record_goes_on_file_is_printed_and_verified(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    world.task(everyone.group, everyone.party_clerk, at, kind="secretary", done_by=everyone.secretary, title="听取汇报")
    me = client_of(everyone.secretary)
    period = {"first_day": f"{at.year - 1}-01-01", "last_day": f"{at.year}-12-31"}

    assert "听取汇报" in get(me, "record", everyone.secretary.pk, **period)
    post(me, "archive_record", everyone.secretary.pk, **period)

    kept = DutyArchive.objects.get()
    exact = me.get(reverse("responsibilities:archived_json", args=[kept.pk])).content
    assert hashlib.sha256(exact).hexdigest() == kept.sha256
    assert kept.sha256 in get(me, "archived", kept.pk)
    assert kept.sha256 in _text(me.get(reverse("responsibilities:archived_docx", args=[kept.pk])).content)
    assert "This record is on file, unchanged." in get(me, "verify", hash=kept.sha256.upper())
    assert "No record with this hash" in get(client_of(everyone.party_clerk), "verify", hash=kept.sha256)
    get(client_of(everyone.member_a1), "archived", kept.pk, status=404)


@pytest.mark.parametrize(
    "period", [{"first_day": "2027-05-01", "last_day": "2027-01-01"}, {"first_day": "x", "last_day": ""}]
)
def test_a_period_that_cannot_be_is_refused(everyone: Everyone, client_of: ClientOf, period: dict[str, str]) -> None:
    get(client_of(everyone.secretary), "record", everyone.secretary.pk, status=422, **period)


def test_the_unit_and_person_pages_have_a_place_for_it(everyone: Everyone, at: datetime, client_of: ClientOf) -> None:
    version = world.issued(everyone, at)
    clerk = client_of(everyone.party_clerk)

    assert version.list.title in get(clerk, "of_unit", everyone.group.pk)
    assert "Begin one" in get(clerk, "of_unit", everyone.branch_a1.pk)
    assert "First person responsible" in get(clerk, "of_person", everyone.secretary.pk)


def test_the_limit_is_set_at_the_top_alone(everyone: Everyone, client_of: ClientOf) -> None:
    post(client_of(everyone.secretary), "set_limit", items=12, reason="集团规定")
    post(client_of(everyone.secretary), "set_limit", items=0, reason="集团规定")
    post(client_of(everyone.secretary_a), "set_limit", items=3, reason="自己定", status=403)

    assert [one.items for one in DutyLimit.objects.all()] == [12]


def test_everybody_answers_through_the_nearest_list(everyone: Everyone, at: datetime) -> None:
    shared = {"reach": "staff", "kind": "dual_duty"}
    world.issued(everyone, at, everyone.committee_a, [world.edit("公司全员责任", None, **shared)])
    world.issued(
        everyone,
        at,
        everyone.branch_a1,
        [world.edit("支部全员责任", None, **shared), world.edit("党员责任", None, reach="members")],
    )

    def answers(person: Person) -> list[str]:
        page = duties.duty_page(person, person, at.date(), at.date())
        return [line.item.text_zh for line in page.items]

    assert answers(everyone.member_a1) == ["支部全员责任", "党员责任"]
    assert answers(everyone.non_member) == ["支部全员责任"]
    assert answers(everyone.branch_secretary_a2) == ["公司全员责任"]
