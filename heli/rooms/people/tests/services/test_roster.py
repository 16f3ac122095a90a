"""Rosters: every error by cell and remedy, nothing half-written, the same file twice changes nothing."""

from __future__ import annotations

import csv
import io
import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone, translation

from heli.engines.officedocs.sheets import Sheet, write_xlsx
from heli.engines.officedocs.tests.corpus.containers import xlsx_of
from heli.kernel.decisions import AccessDenied
from heli.kernel.files import FileRefused
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import presenters, queries, services
from heli.rooms.people.enums import AdministratorKind, ImportState, PostKind
from heli.rooms.people.models import Membership, Person, RosterImport
from heli.rooms.people.presenters import workbooks
from heli.rooms.people.services import roster, roster_rows
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.factories import WAITING
from heli.rooms.people.tests.fixtures import Everyone, build_everyone

HEADS = ["工号", "姓名", "电子邮箱", "电话", "政治面貌", "入党日期", "党组织代码", "行政组织代码", "职务名称"]


def _csv(*rows: list[str], heads: list[str] = HEADS, encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([heads, *rows])
    return target.getvalue().encode(encoding)


def _row(everyone: Everyone, number: str = "90001", **other: str) -> list[str]:
    values = {
        "staff_no": number,
        "name": "卫清和",
        "email": "",
        "phone": "",
        "political_status": "党员",
        "joined_party_on": "2011-07-01",
        "party_unit": everyone.branch_a1.code,
        "admin_unit": everyone.workshop_a.code,
        "post": "",
        **other,
    }
    return list(values.values())


def _checked(
    everyone: Everyone, data: bytes, name: str = "花名册.csv", by: Person | None = None, on: date | None = None
) -> RosterImport:
    now = timezone.now()
    made = services.upload_roster(
        file_name=name,
        data=data,
        effective_on=on or timezone.localdate(now),
        language="zh",
        by=by or everyone.party_clerk,
        at=now,
    )
    roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())
    made.refresh_from_db()
    return made


def test_a_roster_that_the_virus_scanner_does_not_clear_is_not_kept(everyone, settings):
    settings.FILE_SCAN = ["false"]

    with pytest.raises(FileRefused):
        _checked(everyone, "工号,姓名\n".encode())

    assert not RosterImport.objects.exists()


def _written(everyone: Everyone, made: RosterImport) -> RosterImport:
    services.confirm_roster(
        import_id=made.pk, version=made.version, language="zh", by=everyone.party_clerk, at=timezone.now()
    )
    roster.write_roster(import_id=made.pk, language="zh", at=timezone.now())
    made.refresh_from_db()
    return made


def test_nothing_is_written_until_confirmed(everyone: Everyone) -> None:
    before = Person.objects.count()

    made = _checked(
        everyone,
        _csv(_row(everyone), _row(everyone, "90002", political_status="群众", joined_party_on="", party_unit="")),
    )

    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.CHECKED, 2, 0, 0)
    assert Person.objects.count() == before


def test_confirmed_roster_is_written_with_units_and_posts(everyone: Everyone) -> None:
    factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")

    made = _written(everyone, _checked(everyone, _csv(_row(everyone, post="技术员"))))

    person = Person.objects.get(staff_no="90001")
    today = timezone.localdate()
    assert made.state == ImportState.DONE
    assert made.content is None
    assert (person.name, person.pinyin, person.joined_party_on) == ("卫清和", "wqh", date(2011, 7, 1))
    assert {place.unit_id for place in queries.places_of(person, today)} == {
        everyone.branch_a1.pk,
        everyone.workshop_a.pk,
    }
    assert [held.post.title for held in queries.posts_of(person, today)] == ["技术员"]
    assert AuditEntry.objects.get(action="roster.imported").changes["created"] == 1


def test_the_same_file_again_changes_nothing(everyone: Everyone) -> None:
    data = _csv(_row(everyone), _row(everyone, "90002"))
    _written(everyone, _checked(everyone, data))
    before = (Membership.objects.count(), Person.objects.get(staff_no="90001").version)

    again = _written(everyone, _checked(everyone, data))

    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert (Membership.objects.count(), Person.objects.get(staff_no="90001").version) == before


def test_a_moved_person_keeps_the_past(everyone: Everyone) -> None:
    member = everyone.member_a1
    data = _csv(
        _row(everyone, member.staff_no, name=member.name, joined_party_on="", party_unit=everyone.branch_a2.code)
    )

    made = _checked(everyone, data)
    assert made.sample[0]["changes"]["party_unit"] == [everyone.branch_a1.name, everyone.branch_a2.name]
    _written(everyone, made)

    today = timezone.localdate()
    then = {place.unit_id for place in queries.places_of(member, today - timedelta(days=1))}
    now = {place.unit_id for place in queries.places_of(member, today)}
    assert everyone.branch_a1.pk in then
    assert now == {everyone.branch_a2.pk, everyone.workshop_a.pk}


def test_two_persons_may_exchange_their_addresses(everyone: Everyone) -> None:
    data = [_row(everyone, "90001", email="a@x.example"), _row(everyone, "90002", email="b@x.example")]
    _written(everyone, _checked(everyone, _csv(*data)))
    data[0][2], data[1][2] = data[1][2], data[0][2]

    made = _written(everyone, _checked(everyone, _csv(*data)))

    assert made.state == ImportState.DONE
    assert Person.objects.get(staff_no="90001").email == "b@x.example"


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

    made = _checked(everyone, _csv(_row(everyone, number, **changes)))

    view = presenters.import_view(made)
    assert made.state == ImportState.REFUSED
    assert (code, cell) in {(fault["code"], fault["cell"]) for fault in made.faults}
    assert all(fault["what"] and fault["remedy"] for fault in view.faults)


def test_units_of_the_other_tree_and_foreign_units_are_refused(everyone: Everyone) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    data = _csv(
        _row(everyone, "90001", party_unit=everyone.workshop_a.code),
        _row(everyone, "90002", party_unit=everyone.branch_b1.code),
        _row(everyone, everyone.member_b1.staff_no),
    )

    made = _checked(everyone, data, by=clerk_a)

    found = {(fault["row"], fault["code"]) for fault in made.faults}
    assert {(2, "other_tree"), (3, "scope"), (4, "person_scope")} <= found


def test_double_number_and_taken_address(everyone: Everyone) -> None:
    factories.PersonFactory(staff_no="70001", email="taken@x.example")
    data = _csv(_row(everyone, "90001"), _row(everyone, "90001"), _row(everyone, "90003", email="taken@x.example"))

    made = _checked(everyone, data)

    assert {(f["row"], f["column"], f["code"]) for f in made.faults} >= {
        (3, "staff_no", "double"),
        (4, "email", "taken"),
    }


def test_nobody_imports_oneself_elsewhere(everyone: Everyone) -> None:
    clerk = everyone.party_clerk

    made = _checked(everyone, _csv(_row(everyone, clerk.staff_no, name=clerk.name)))

    assert [fault["code"] for fault in made.faults] == ["oneself"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leer.csv"),
        (b"PK\x03\x04 broken", "kaputt.xlsx"),
        ("工号,姓名\n1,甲".encode(), "fehlt.csv"),
        (_csv(["1"] * 10, heads=[*HEADS, "工号"]), "doppelt.csv"),
        (b"%PDF-1.7 nothing", "papier.pdf"),
        (xlsx_of({"a": "<sheetData>" + " " * 40_000_000 + "</sheetData>"}), "bombe.xlsx"),
        (_csv(*[["1", "甲"]] * 100_020, heads=["工号", "姓名"]), "lang.csv"),
    ],
)
def test_unreadable_file_is_refused_in_words(everyone: Everyone, data: bytes, name: str) -> None:
    made = _checked(everyone, data, name)

    assert made.state == ImportState.REFUSED
    for language in ("zh-hans", "en"):
        with translation.override(language):
            view = presenters.import_view(made)
        assert view.what
        assert view.remedy


def test_gb18030_and_other_words_for_the_heads(everyone: Everyone) -> None:
    heads = ["员工编号", "姓名", "邮箱", "手机", "政治面貌", "入党时间", "党支部代码", "部门代码", "岗位"]

    made = _checked(everyone, _csv(_row(everyone, joined_party_on="2011/7/1"), heads=heads, encoding="gb18030"))

    assert (made.state, made.created) == (ImportState.CHECKED, 1)


def test_merged_cells_are_refused_by_name(everyone: Everyone) -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(write_xlsx([Sheet("花名册", HEADS, [_row(everyone), _row(everyone, "90002")])])))
    book.active.merge_cells("B2:B3")
    target = io.BytesIO()
    book.save(target)

    made = _checked(everyone, target.getvalue(), "合并.xlsx")

    assert made.state == ImportState.REFUSED
    assert "B2:B3" in made.failure["zh"]["what"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_export_can_be_imported_again_unchanged(everyone: Everyone, at: datetime, language: str) -> None:
    lines = services.export_roster(unit_id=everyone.branch_a1.pk, by=everyone.party_clerk, at=timezone.now())

    made = _checked(everyone, workbooks.export(lines, language), "导出.xlsx")

    assert made.faults == []
    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.CHECKED, 0, 0, 2)


def test_export_names_the_branch_secretary_and_no_title_that_two_posts_share(everyone: Everyone, at: datetime) -> None:
    secretary, branch, shop = everyone.branch_secretary_a1, everyone.branch_a1, everyone.workshop_a
    factories.appointed(PostKind.STAFF, shop, title="车间主任", person=secretary)
    factories.appointed(PostKind.BRANCH_MEMBER, branch, title="支部委员", person=everyone.member_a1)
    factories.PostFactory(unit=branch, kind=PostKind.BRANCH_MEMBER, title="支部委员")
    lines = services.export_roster(unit_id=branch.pk, by=everyone.party_clerk, at=timezone.now())
    posts = {line.person.pk: line.post for line in lines}

    made = _written(everyone, _checked(everyone, workbooks.export(lines, "zh"), "导出.xlsx"))

    held = everyone.branch_secretary_a1.appointments.get(post__unit=branch)
    assert posts == {secretary.pk: held.post.title, everyone.member_a1.pk: ""}
    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.DONE, 0, 0, 2)


def test_template_holds_the_columns_that_the_import_reads(everyone: Everyone) -> None:
    for language in ("zh", "en"):
        table = roster_rows.read(workbooks.template(language, []), "模板.xlsx", language)

        assert set(table.letters) == {column.key for column in roster_rows.rules.columns()}


def test_a_row_that_went_wrong_since_the_check_stops_the_whole(everyone: Everyone) -> None:
    made = _checked(everyone, _csv(_row(everyone), _row(everyone, "90002", party_unit=everyone.branch_a2.code)))
    everyone.branch_a2.valid_to = timezone.localdate()
    everyone.branch_a2.save()

    _written(everyone, made)

    assert made.state == ImportState.FAILED
    assert not Person.objects.filter(staff_no="90001").exists()


def test_failure_in_the_middle_leaves_nothing(everyone: Everyone, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _checked(everyone, _csv(_row(everyone)))
    statements = (*roster_rows._STATEMENTS[:-1], "SELECT 1 / 0")
    monkeypatch.setattr(roster_rows, "_STATEMENTS", statements)

    _written(everyone, made)

    assert made.state == ImportState.FAILED
    assert made.failure["zh"]["remedy"]
    assert not Person.objects.filter(staff_no="90001").exists()
    assert not AuditEntry.objects.filter(action="roster.imported").exists()


def test_only_the_uploader_goes_on_and_only_with_the_right(everyone: Everyone) -> None:
    made = _checked(everyone, _csv(_row(everyone)))

    with pytest.raises(AccessDenied):
        services.withdraw_roster(
            import_id=made.pk, version=made.version, by=everyone.discipline_clerk, at=timezone.now()
        )
    with pytest.raises(AccessDenied):
        _checked(everyone, _csv(_row(everyone)), by=everyone.secretary)


def test_withdrawn_roster_forgets_its_file(everyone: Everyone) -> None:
    checked = _checked(everyone, _csv(_row(everyone)))
    values: dict[str, Any] = {"import_id": checked.pk, "by": everyone.party_clerk, "at": timezone.now()}
    with pytest.raises(VersionConflict):
        services.withdraw_roster(version=checked.version + 1, **values)
    made = services.withdraw_roster(version=checked.version, **values)

    assert (made.state, made.content, made.sample) == (ImportState.WITHDRAWN, None, [])
    with pytest.raises(Problem):
        services.recheck_roster(version=made.version, language="zh", **values)


def test_second_confirmation_loses(everyone: Everyone) -> None:
    made = _checked(everyone, _csv(_row(everyone)))
    values: dict[str, Any] = {"import_id": made.pk, "version": made.version, "language": "zh"}
    services.confirm_roster(**values, by=everyone.party_clerk, at=timezone.now())

    with pytest.raises(VersionConflict):
        services.confirm_roster(**values, by=everyone.party_clerk, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_two_importers_at_once_one_writes_and_the_other_is_told() -> None:
    everyone = build_everyone()
    member = everyone.member_a1
    first = _checked(everyone, _csv(_row(everyone, member.staff_no, name=member.name, phone="138")))
    second = _checked(everyone, _csv(_row(everyone, "90002")))
    for each in (first, second):
        services.confirm_roster(
            import_id=each.pk, version=each.version, language="zh", by=everyone.party_clerk, at=timezone.now()
        )
    threads = [threading.Thread(target=_write_elsewhere, args=(each.pk,)) for each in (first, second)]
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=member.pk)  # so the first one waits in the middle of its writing
        threads[0].start()
        _wait_until_somebody_waits_for_a_row()
        threads[1].start()
        threads[1].join(60)
    threads[0].join(60)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (ImportState.DONE, ImportState.FAILED)
    assert second.failure["zh"]["remedy"]
    assert Person.objects.get(pk=member.pk).phone == "138"
    assert not Person.objects.filter(staff_no="90002").exists()


def _wait_until_somebody_waits_for_a_row() -> None:
    with connection.cursor() as cursor:
        while True:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return


def _write_elsewhere(import_id: int) -> None:
    try:
        roster.write_roster(import_id=import_id, language="zh", at=timezone.now())
    finally:
        connections.close_all()


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

    made = _checked(everyone, _csv(_row(everyone, leaver.staff_no, name="改名了")), by=clerk_a)

    assert [fault["code"] for fault in made.faults] == ["person_scope"]
    assert everyone.branch_b1.name not in str(made.faults)


def test_rehire_is_shown_before_it_is_written(everyone: Everyone) -> None:
    leaver, today = everyone.member_a1, timezone.localdate()
    services.retire_person(
        person_id=leaver.pk, on=today, version=1, reason="离职", by=everyone.party_clerk, at=timezone.now()
    )

    made = _checked(everyone, _csv(_row(everyone, leaver.staff_no, name=leaver.name, joined_party_on="")))

    assert made.sample[0]["changes"]["left_on"] == [today.isoformat(), ""]
    with translation.override("en"):
        labels = [change["label"] for change in presenters.import_view(made).sample[0]["changes"]]
    assert "Left on" in labels
    _written(everyone, made)
    leaver.refresh_from_db()
    assert leaver.left_on is None


def test_nobody_is_hired_again_before_the_day_of_leaving(everyone: Everyone) -> None:
    leaver, today = everyone.member_a1, timezone.localdate()
    services.retire_person(
        person_id=leaver.pk, on=today, version=1, reason="离职", by=everyone.party_clerk, at=timezone.now()
    )
    data = _csv(_row(everyone, leaver.staff_no, name=leaver.name, joined_party_on=""))

    made = _checked(everyone, data, on=today - timedelta(days=3))

    assert [fault["code"] for fault in made.faults] == ["left_later"]


def test_post_that_gives_rights_elsewhere_asks_for_the_right_there(everyone: Everyone) -> None:
    clerk_a = factories.appointed(PostKind.PARTY_CLERK, everyone.company_a, acts_for=everyone.committee_a)
    factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.PARTY_HEAD, title="部长", acts_for=everyone.group)
    data = _csv(_row(everyone, post="部长"))

    refused, allowed = _checked(everyone, data, by=clerk_a), _checked(everyone, data)

    assert [fault["code"] for fault in refused.faults] == ["post_scope"]
    assert allowed.state == ImportState.CHECKED


def test_appointment_that_begins_later_is_found_by_the_check(everyone: Everyone) -> None:
    member, today = everyone.member_a1, timezone.localdate()
    post = factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")
    factories.AppointmentFactory(person=member, post=post, valid_from=today - timedelta(days=10))
    data = _csv(_row(everyone, member.staff_no, name=member.name, joined_party_on="", post="技术员"))

    made = _checked(everyone, data, on=today - timedelta(days=30))

    assert [fault["code"] for fault in made.faults] == ["post_later"]


def test_number_taken_meanwhile_ends_the_import_in_words_and_it_goes_on(everyone: Everyone) -> None:
    member = everyone.member_a1
    made = _checked(everyone, _csv(_row(everyone, member.staff_no, name=member.name, email="m@x.example")))
    services.confirm_roster(
        import_id=made.pk, version=made.version, language="zh", by=everyone.party_clerk, at=timezone.now()
    )
    factories.AccountFactory(person=member)
    factories.AccountFactory(  # an account that no roster shows
        person=None, administrator=AdministratorKind.SYSTEM, email="m@x.example"
    )

    roster.write_roster(import_id=made.pk, language="zh", at=timezone.now())

    made.refresh_from_db()
    assert made.state == ImportState.FAILED
    assert all(made.failure[language]["remedy"] for language in ("zh", "en"))
    assert made.failure["zh"] != made.failure["en"]
    assert Person.objects.get(pk=member.pk).email == ""
    values: dict[str, Any] = {"import_id": made.pk, "by": everyone.party_clerk, "at": timezone.now()}
    again = services.recheck_roster(version=made.version, language="zh", **values)
    assert services.withdraw_roster(version=again.version, **values).content is None


def test_every_fault_of_a_row_is_named_at_once(everyone: Everyone) -> None:
    made = _checked(everyone, _csv(_row(everyone, "", political_status="共青团员", admin_unit="NIX")))

    assert {(fault["cell"], fault["code"]) for fault in made.faults} == {
        ("A2", "missing"),
        ("F2", "not_member"),
        ("G2", "not_member"),
        ("H2", "unit"),
    }


def test_the_example_of_the_template_is_no_person(everyone: Everyone) -> None:
    for language in ("zh", "en"):
        made = _checked(everyone, workbooks.template(language, []), "模板.xlsx")

        assert (made.state, made.rows) == (ImportState.REFUSED, 0)
        assert made.failure[language]["remedy"]
