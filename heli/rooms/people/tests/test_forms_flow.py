"""Form pages: impact first, conflicts show both sides, errors come back into the form; roster pages end to end."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.kernel import audit
from heli.rooms.people import jobs, queries
from heli.rooms.people.enums import ImportState
from heli.rooms.people.models import Account, Appointment, Person, Post, RosterImport, Unit
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.people.tests.services.roster_files import csv_of, row_of

ClientOf = Callable[[Person | Account], Client]


@pytest.fixture
def clerk(everyone: Everyone, client_of: ClientOf) -> Client:
    return client_of(everyone.party_clerk)


def _unit_values(unit: Unit, **other: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    values = {"name": unit.name, "kind": unit.kind, "code": unit.code, "from_day": today, "version": unit.version}
    return {**values, "serves": "", **other}


def test_unit_is_made_changed_moved_and_closed_on_pages(clerk: Client, everyone: Everyone) -> None:
    today = timezone.localdate().isoformat()
    values = {"name": "新党支部", "kind": "branch", "code": "NEW", "from_day": "2024-01-01", "serves": ""}
    clerk.post(reverse("people:new_unit", args=[everyone.committee_a.pk]), values)
    made = Unit.objects.get(code="NEW")

    clerk.post(reverse("people:edit_unit", args=[made.pk]), _unit_values(made, name="改名党支部"))
    move = {"parent": everyone.committee_b.code, "from_day": today, "reason": "重组", "version": 2}
    preview = clerk.post(reverse("people:move_unit", args=[made.pk]), move)
    made.refresh_from_db()
    assert made.parent_id == everyone.committee_a.pk
    assert preview.context["impact"].units == 1
    clerk.post(reverse("people:move_unit", args=[made.pk]), {**move, "step": "confirm"})
    made.refresh_from_db()
    assert (made.name, made.parent_id) == ("改名党支部", everyone.committee_b.pk)
    clerk.post(reverse("rulebook:close_unit", args=[made.pk]), {"on": today, "reason": "撤销", "version": 3})

    made.refresh_from_db()
    assert made.valid_to == timezone.localdate()


def test_move_impact_names_who_gains_and_who_loses(clerk: Client, everyone: Everyone) -> None:
    values = {
        "parent": everyone.committee_b.code,
        "from_day": timezone.localdate().isoformat(),
        "reason": "x",
        "version": 1,
    }

    page = clerk.post(reverse("people:move_unit", args=[everyone.branch_a1.pk]), values)

    assert [held.person for held in page.context["impact"].losing] == [everyone.secretary_a]
    assert page.context["impact"].gaining == ()
    assert everyone.secretary_a.name in page.content.decode()


def test_conflict_shows_both_sides_and_saving_again_works(clerk: Client, everyone: Everyone) -> None:
    address = reverse("people:edit_unit", args=[everyone.branch_a1.pk])
    clerk.post(address, _unit_values(everyone.branch_a1, name="先到的名称"))

    late = clerk.post(address, _unit_values(everyone.branch_a1, name="后到的名称"))

    page = late.content.decode()
    assert late.status_code == 409
    assert "先到的名称" in page
    assert "后到的名称" in page
    assert late.context["version"] == 2
    clerk.post(address, _unit_values(everyone.branch_a1, name="后到的名称", version=2))
    assert Unit.objects.get(pk=everyone.branch_a1.pk).name == "后到的名称"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"serves": "NIX"}, "serves"),
        ({"name": ""}, "name"),
        ({"kind": "company"}, "kind"),
        ({"from_day": "x"}, "from_day"),
    ],
)
def test_wrong_input_comes_back_with_its_field(
    clerk: Client, everyone: Everyone, changes: dict[str, str], field: str
) -> None:
    answer = clerk.post(
        reverse("people:edit_unit", args=[everyone.branch_a1.pk]), _unit_values(everyone.branch_a1, **changes)
    )

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_service_refusal_comes_back_into_the_form(clerk: Client, everyone: Everyone) -> None:
    answer = clerk.post(
        reverse("people:edit_unit", args=[everyone.branch_a1.pk]),
        _unit_values(everyone.branch_a1, code=everyone.branch_a2.code),
    )

    assert answer.status_code == 422
    assert everyone.branch_a2.code in answer.context["form"].non_field_errors()[0]


def test_person_is_added_corrected_transferred_on_pages(clerk: Client, everyone: Everyone) -> None:
    today = timezone.localdate().isoformat()
    person = {
        "staff_no": "N1",
        "name": "岑望舒",
        "email": "",
        "phone": "",
        "political_status": "member",
        "joined_party_on": "",
    }
    places = {"party_unit": everyone.branch_a1.code, "admin_unit": everyone.workshop_a.name, "from_day": "2024-01-01"}
    clerk.post(reverse("people:new_person"), {**person, **places})
    made = Person.objects.get(staff_no="N1")

    clerk.post(reverse("people:edit_person", args=[made.pk]), {**person, "phone": "138", "version": 1})
    move = {"party_unit": everyone.branch_b1.code, "admin_unit": "", "from_day": today, "reason": "调动", "version": 2}
    preview = clerk.post(reverse("people:transfer", args=[made.pk]), move)
    assert [place.unit for place in preview.context["impact"].places] == [everyone.branch_a1, everyone.workshop_a]
    clerk.post(reverse("people:transfer", args=[made.pk]), {**move, "step": "confirm"})
    assert queries.places_of(made, timezone.localdate())[0].unit == everyone.branch_b1
    leave = {"on": today, "reason": "离职", "version": 3, "step": "confirm"}
    too_early = clerk.post(reverse("people:retire", args=[made.pk]), leave)

    made.refresh_from_db()
    # What began today was held today; a leave on the same day would undo it.
    assert (made.phone, made.left_on, too_early.status_code) == ("138", None, 422)


def test_post_is_opened_filled_and_vacated_on_pages(clerk: Client, everyone: Everyone) -> None:
    today = timezone.localdate()
    clerk.post(
        reverse("people:new_post", args=[everyone.branch_a1.pk]),
        {"kind": "branch_member", "title": "组织委员", "acts_for": ""},
    )
    post = Post.objects.get(title="组织委员")
    values = {"holder": everyone.member_a1.staff_no, "from_day": "2024-01-01", "to_day": "", "reason": ""}
    preview = clerk.post(reverse("people:appoint", args=[post.pk]), values)
    assert preview.context["impact"].holders == ()
    assert preview.context["impact"].units == 2  # the branch and the workshop it serves
    clerk.post(reverse("people:appoint", args=[post.pk]), {**values, "step": "confirm", "version": 1})
    held = Appointment.objects.get(post=post)

    end = {"on": today.isoformat(), "reason": "改任", "version": 1}
    clerk.post(reverse("people:end_appointment", args=[held.pk]), end)
    clerk.post(reverse("rulebook:close_post", args=[post.pk]), {"version": 3})

    held.refresh_from_db()
    post.refresh_from_db()
    assert (held.valid_to, post.is_closed) == (today, True)


def test_unknown_holder_is_told_in_the_form(clerk: Client, everyone: Everyone) -> None:
    post = Post.objects.get(unit=everyone.branch_a1)

    answer = clerk.post(reverse("people:appoint", args=[post.pk]), {"holder": "nobody", "from_day": "2024-01-01"})

    assert "holder" in answer.context["form"].errors


def test_roster_from_upload_to_done_on_pages(clerk: Client, everyone: Everyone) -> None:
    file = SimpleUploadedFile("../花名册.csv", csv_of(row_of(everyone)))
    uploaded = clerk.post(reverse("people:roster"), {"file": file, "effective_on": timezone.localdate().isoformat()})
    made = RosterImport.objects.get()
    assert (made.file_name, uploaded["Location"]) == ("花名册.csv", reverse("people:roster_import", args=[made.pk]))
    running = clerk.get(uploaded["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" in running
    jobs.check_roster(import_id=made.pk, language="zh")
    checked = clerk.get(uploaded["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in checked
    assert not Person.objects.filter(staff_no="90001").exists()

    clerk.post(reverse("people:confirm_roster", args=[made.pk]), {"version": 1})
    jobs.write_roster(import_id=made.pk, language="zh")

    made.refresh_from_db()
    assert made.state == ImportState.DONE
    assert Person.objects.filter(staff_no="90001").exists()
    assert clerk.get(uploaded["Location"]).status_code == 200


def test_export_and_template_are_workbooks(clerk: Client, everyone: Everyone) -> None:
    from openpyxl import load_workbook

    for address in (
        reverse("people:roster_template"),
        f"{reverse('people:roster_export')}?unit={everyone.branch_a1.code}",
    ):
        answer = clerk.get(address)
        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]

        assert sheet.max_column == 9
        assert sheet.max_row >= 2
    assert clerk.get(f"{reverse('people:roster_export')}?unit=NIX").status_code == 422


def test_foreign_import_does_not_exist_for_others(clerk: Client, everyone: Everyone, client_of: ClientOf) -> None:
    file = SimpleUploadedFile("花名册.csv", csv_of(row_of(everyone)))
    clerk.post(reverse("people:roster"), {"file": file, "effective_on": timezone.localdate().isoformat()})
    pk = RosterImport.objects.get().pk

    for name in ("roster_import", "answer_roster", "confirm_roster", "recheck_roster", "withdraw_roster"):
        address = reverse(f"people:{name}", args=[pk])
        other = client_of(everyone.discipline_clerk)
        answer = other.get(address) if name == "roster_import" else other.post(address, {"version": 1})

        assert answer.status_code == 404, name


def test_tree_answers_one_branch_to_htmx_and_a_page_to_everybody(clerk: Client, everyone: Everyone) -> None:
    address = f"{reverse('people:tree')}?at={everyone.committee_a.pk}"

    part, whole = clerk.get(address, headers={"HX-Request": "true"}), clerk.get(address)

    assert part["HX-Reselect"]
    assert "<html" not in part.content.decode()
    for answer in (part, whole):
        assert everyone.branch_a1.name in answer.content.decode()


def test_search_finds_by_initials_and_hides_foreign_units(
    clerk: Client, everyone: Everyone, client_of: ClientOf
) -> None:
    address = f"{reverse('people:tree')}?q=ygsd"

    mine, foreign = clerk.get(address), client_of(everyone.branch_secretary_a1).get(address)

    assert everyone.branch_b1.name in mine.content.decode()
    assert everyone.branch_b1.name not in foreign.content.decode()


def test_suggestions_offer_codes_and_numbers(clerk: Client, everyone: Everyone) -> None:
    units = clerk.get(f"{reverse('people:unit_choices')}?parent=ygsdw").content.decode()
    persons = clerk.get(f"{reverse('people:person_choices')}?holder={everyone.member_a1.staff_no}").content.decode()

    assert f'value="{everyone.committee_b.code}"' in units
    assert f'value="{everyone.member_a1.staff_no}"' in persons


def test_past_unit_and_person_are_shown_as_they_were(clerk: Client, everyone: Everyone) -> None:
    unit = clerk.get(f"{reverse('people:unit', args=[everyone.party_department.pk])}?on=2023-05-01")
    person = clerk.get(f"{reverse('people:person', args=[everyone.former_clerk.pk])}?on=2023-05-01")

    assert everyone.former_clerk.name in unit.content.decode()
    assert [row.held.post.unit for row in person.context["posts"]] == [everyone.party_department]


@pytest.mark.parametrize("day", ["2023-99-99", "x", "9999-12-31"])
def test_wrong_day_shows_today(clerk: Client, everyone: Everyone, day: str) -> None:
    answer = clerk.get(f"{reverse('people:unit', args=[everyone.group.pk])}?on={day}")

    assert answer.context["on"] == timezone.localdate()


def test_number_of_queries_is_the_same_for_one_and_many_rows(
    everyone: Everyone, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    from heli.rooms.people.tests import factories

    clerk = client_of(everyone.party_clerk)
    clerk.get(reverse("people:persons"))
    with django_assert_max_num_queries(14) as few:
        clerk.get(reverse("people:persons"))
    for _number in range(20):
        factories.MembershipFactory(unit=everyone.branch_a1)
        factories.UnitFactory(parent=everyone.committee_a)
    with django_assert_max_num_queries(14) as many:
        clerk.get(reverse("people:persons"))

    assert len(few) == len(many)


def test_log_page_filters_and_exports(everyone: Everyone, client_of: ClientOf, clerk: Client) -> None:
    clerk.post(reverse("people:edit_unit", args=[everyone.branch_a1.pk]), _unit_values(everyone.branch_a1, name="甲"))
    auditor = client_of(everyone.audit_administrator)

    found = auditor.get(f"{reverse('people:log')}?action=unit.revised&actor={everyone.party_clerk.name}")
    none = auditor.get(f"{reverse('people:log')}?action=plan.decided")
    export = b"".join(auditor.get(reverse("people:export_log")).streaming_content).decode()  # type: ignore[attr-defined]

    assert [row["code"] for row in found.context["rows"]] == ["unit.revised"]
    assert none.context["rows"] == []
    assert '"action": "unit.revised"' in export


def test_log_page_shows_no_business_content_and_no_personal_data(
    everyone: Everyone, client_of: ClientOf, at: datetime
) -> None:
    with transaction.atomic():
        audit.record("plan.decided", subject=("plans.finding", "7"), by="x", at=at, changes={"text": "机密内容"})
        audit.record(
            "person.revised", subject=everyone.member_a1, by="x", at=at, changes={"phone": ["1380000", "1390000"]}
        )

    page = client_of(everyone.audit_administrator).get(reverse("people:log")).content.decode()

    assert "处理比对结果" in page
    assert "机密内容" not in page
    assert "1390000" not in page


def test_what_to_mend_is_offered_as_a_list_and_the_template_names_the_codes(
    clerk: Client, everyone: Everyone, client_of: ClientOf
) -> None:
    from openpyxl import load_workbook

    file = SimpleUploadedFile("花名册.csv", csv_of(row_of(everyone, admin_unit="NIX")))
    clerk.post(reverse("people:roster"), {"file": file, "effective_on": timezone.localdate().isoformat()})
    made = RosterImport.objects.get()
    jobs.check_roster(import_id=made.pk, language="zh")
    address = reverse("people:roster_faults", args=[made.pk])

    listed = load_workbook(io.BytesIO(clerk.get(address).content)).worksheets[0]
    codes = load_workbook(io.BytesIO(clerk.get(reverse("people:roster_template")).content)).worksheets[2]

    assert address in clerk.get(reverse("people:roster_import", args=[made.pk])).content.decode()
    assert listed["A2"].value == "H2"
    assert {row[0].value for row in codes.iter_rows(min_row=2)} == {unit.code for unit in everyone.units}
    assert client_of(everyone.discipline_clerk).get(address).status_code == 404


def test_export_of_a_unit_with_an_odd_code_has_a_plain_name(clerk: Client, everyone: Everyone) -> None:
    Unit.objects.filter(pk=everyone.branch_a1.pk).update(code='A"\r\n;1')

    answer = clerk.get(reverse("people:roster_export"), {"unit": everyone.branch_a1.name})

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="A_1-')
