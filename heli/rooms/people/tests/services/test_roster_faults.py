"""What a roster is refused for: every fault by cell and remedy."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from heli.engines.officedocs.sheets import Sheet, write_xlsx
from heli.engines.officedocs.tests.corpus.containers import xlsx_of
from heli.rooms.people import presenters, services
from heli.rooms.people.enums import ImportState, PostKind
from heli.rooms.people.presenters import workbooks
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.people.tests.services.roster_files import HEADS, checked_roster, csv_of, row_of


@pytest.mark.parametrize(
    ("changes", "code", "cell"),
    [
        ({"name": ""}, "missing", "B2"),
        ({"number": ""}, "missing", "A2"),
        ({"name": "=1+1"}, "formula", "B2"),
        ({"name": "@cmd"}, "formula", "B2"),
        ({"number": "1.23457E+17"}, "rounded", "A2"),
        ({"phone": "1.38E+10"}, "rounded", "D2"),
        ({"email": "kein-at"}, "email", "C2"),
        ({"political_status": "好人"}, "status", "E2"),
        ({"joined_party_on": "六月三十一日"}, "date", "F2"),
        ({"joined_party_on": "2011-06-31"}, "date", "F2"),
        ({"joined_party_on": "1900-01-01"}, "date_range", "F2"),
        ({"political_status": "群众"}, "not_member", "F2"),
        ({"party_unit": "", "joined_party_on": ""}, "member_without_unit", "G2"),
        ({"party_unit": "NIX"}, "unit", "G2"),
        ({"admin_unit": "NIX"}, "unit", "H2"),
        ({"post": "没有的职务"}, "no_post", "I2"),
        ({"name": "长" * 61}, "too_long", "B2"),
    ],
)
def test_every_fault_names_cell_and_remedy(everyone: Everyone, changes: dict[str, str], code: str, cell: str) -> None:
    number = changes.pop("number", "90001")

    made = checked_roster(everyone, csv_of(row_of(everyone, number, **changes)))

    view = presenters.import_view(made)
    assert made.state == ImportState.REFUSED
    assert (code, cell) in {(fault["code"], fault["cell"]) for fault in made.faults}
    assert all(fault["what"] and fault["remedy"] for fault in view.faults)


def test_units_of_the_other_tree_and_foreign_units_are_refused(everyone: Everyone) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    data = csv_of(
        row_of(everyone, "90001", party_unit=everyone.workshop_a.code),
        row_of(everyone, "90002", party_unit=everyone.branch_b1.code),
        row_of(everyone, everyone.member_b1.staff_no),
    )

    made = checked_roster(everyone, data, by=clerk_a)

    found = {(fault["row"], fault["code"]) for fault in made.faults}
    assert {(2, "other_tree"), (3, "scope"), (4, "person_scope")} <= found


def test_double_number_and_taken_address(everyone: Everyone) -> None:
    factories.PersonFactory(staff_no="70001", email="taken@x.example")
    data = csv_of(
        row_of(everyone, "90001"), row_of(everyone, "90001"), row_of(everyone, "90003", email="taken@x.example")
    )

    made = checked_roster(everyone, data)

    assert {(f["row"], f["column"], f["code"]) for f in made.faults} >= {
        (3, "staff_no", "double"),
        (4, "email", "taken"),
    }


def test_nobody_imports_oneself_elsewhere(everyone: Everyone) -> None:
    clerk = everyone.party_clerk

    made = checked_roster(everyone, csv_of(row_of(everyone, clerk.staff_no, name=clerk.name)))

    assert [fault["code"] for fault in made.faults] == ["oneself"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leer.csv"),
        (b"PK\x03\x04 broken", "kaputt.xlsx"),
        ("工号,姓名\n1,甲".encode(), "fehlt.csv"),
        (csv_of(["1"] * 10, heads=[*HEADS, "工号"]), "doppelt.csv"),
        (b"%PDF-1.7 nothing", "papier.pdf"),
        (xlsx_of({"a": "<sheetData>" + " " * 40_000_000 + "</sheetData>"}), "bombe.xlsx"),
        (csv_of(*[["1", "甲"]] * 100_020, heads=["工号", "姓名"]), "lang.csv"),
    ],
)
def test_unreadable_file_is_refused_in_words(everyone: Everyone, data: bytes, name: str) -> None:
    made = checked_roster(everyone, data, name)

    assert made.state == ImportState.REFUSED
    for language in ("zh-hans", "en"):
        with translation.override(language):
            view = presenters.import_view(made)
        assert view.what
        assert view.remedy


def test_gb18030_and_other_words_for_the_heads(everyone: Everyone) -> None:
    heads = ["员工编号", "姓名", "邮箱", "手机", "政治面貌", "入党时间", "党支部代码", "部门代码", "岗位"]

    made = checked_roster(
        everyone, csv_of(row_of(everyone, joined_party_on="2011/7/1"), heads=heads, encoding="gb18030")
    )

    assert (made.state, made.created) == (ImportState.CHECKED, 1)


def test_merged_cells_are_refused_by_name(everyone: Everyone) -> None:
    from openpyxl import load_workbook

    book = load_workbook(
        io.BytesIO(write_xlsx([Sheet("花名册", HEADS, [row_of(everyone), row_of(everyone, "90002")])]))
    )
    book.active.merge_cells("B2:B3")
    target = io.BytesIO()
    book.save(target)

    made = checked_roster(everyone, target.getvalue(), "合并.xlsx")

    assert made.state == ImportState.REFUSED
    assert "B2:B3" in made.failure["zh"]["what"]


def test_leaver_of_a_foreign_unit_is_not_taken_over(everyone: Everyone) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    leaver = everyone.member_b1
    services.retire_person(
        person_id=leaver.pk,
        on=timezone.localdate(),
        version=leaver.version,
        reason="离职",
        by=everyone.party_clerk,
        at=timezone.now(),
    )

    made = checked_roster(everyone, csv_of(row_of(everyone, leaver.staff_no, name="改名了")), by=clerk_a)

    assert [fault["code"] for fault in made.faults] == ["person_scope"]
    assert everyone.branch_b1.name not in str(made.faults)


def test_nobody_is_hired_again_before_the_day_of_leaving(everyone: Everyone) -> None:
    leaver, today = everyone.member_a1, timezone.localdate()
    services.retire_person(
        person_id=leaver.pk, on=today, version=1, reason="离职", by=everyone.party_clerk, at=timezone.now()
    )
    data = csv_of(row_of(everyone, leaver.staff_no, name=leaver.name, joined_party_on=""))

    made = checked_roster(everyone, data, on=today - timedelta(days=3))

    assert [fault["code"] for fault in made.faults] == ["left_later"]


def test_post_that_gives_rights_elsewhere_asks_for_the_right_there(everyone: Everyone) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.PARTY_HEAD, title="部长", acts_for=everyone.group)
    data = csv_of(row_of(everyone, post="部长"))

    refused, allowed = checked_roster(everyone, data, by=clerk_a), checked_roster(everyone, data)

    assert [fault["code"] for fault in refused.faults] == ["post_scope"]
    assert allowed.state == ImportState.CHECKED


def test_appointment_that_begins_later_is_found_by_the_check(everyone: Everyone) -> None:
    member, today = everyone.member_a1, timezone.localdate()
    post = factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")
    factories.AppointmentFactory(person=member, post=post, valid_from=today - timedelta(days=10))
    data = csv_of(row_of(everyone, member.staff_no, name=member.name, joined_party_on="", post="技术员"))

    made = checked_roster(everyone, data, on=today - timedelta(days=30))

    assert [fault["code"] for fault in made.faults] == ["post_later"]


def test_every_fault_of_a_row_is_named_at_once(everyone: Everyone) -> None:
    made = checked_roster(everyone, csv_of(row_of(everyone, "", political_status="共青团员", admin_unit="NIX")))

    assert {(fault["cell"], fault["code"]) for fault in made.faults} == {
        ("A2", "missing"),
        ("F2", "not_member"),
        ("G2", "not_member"),
        ("H2", "unit"),
    }


def test_the_example_of_the_template_is_no_person(everyone: Everyone) -> None:
    for language in ("zh", "en"):
        made = checked_roster(everyone, workbooks.template(language, []), "模板.xlsx")

        assert (made.state, made.rows) == (ImportState.REFUSED, 0)
        assert made.failure[language]["remedy"]
