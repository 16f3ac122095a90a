"""Rosters: every error by cell and remedy, nothing half-written, the same file twice changes nothing."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone, translation

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
from heli.rooms.people.tests.services.roster_files import checked_roster, csv_of, row_of, written_roster


def test_a_roster_that_the_virus_scanner_does_not_clear_is_not_kept(everyone, settings):
    settings.FILE_SCAN = ["false"]

    with pytest.raises(FileRefused):
        checked_roster(everyone, "工号,姓名\n".encode())

    assert not RosterImport.objects.exists()


def test_nothing_is_written_until_confirmed(everyone: Everyone) -> None:
    before = Person.objects.count()

    made = checked_roster(
        everyone,
        csv_of(row_of(everyone), row_of(everyone, "90002", political_status="群众", joined_party_on="", party_unit="")),
    )

    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.CHECKED, 2, 0, 0)
    assert Person.objects.count() == before


def test_confirmed_roster_is_written_with_units_and_posts(everyone: Everyone) -> None:
    factories.PostFactory(unit=everyone.workshop_a, kind=PostKind.STAFF, title="技术员")

    made = written_roster(everyone, checked_roster(everyone, csv_of(row_of(everyone, post="技术员"))))

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
    data = csv_of(row_of(everyone), row_of(everyone, "90002"))
    written_roster(everyone, checked_roster(everyone, data))
    before = (Membership.objects.count(), Person.objects.get(staff_no="90001").version)

    again = written_roster(everyone, checked_roster(everyone, data))

    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert (Membership.objects.count(), Person.objects.get(staff_no="90001").version) == before


def test_a_moved_person_keeps_the_past(everyone: Everyone) -> None:
    member = everyone.member_a1
    data = csv_of(
        row_of(everyone, member.staff_no, name=member.name, joined_party_on="", party_unit=everyone.branch_a2.code)
    )

    made = checked_roster(everyone, data)
    assert made.sample[0]["changes"]["party_unit"] == [everyone.branch_a1.name, everyone.branch_a2.name]
    written_roster(everyone, made)

    today = timezone.localdate()
    then = {place.unit_id for place in queries.places_of(member, today - timedelta(days=1))}
    now = {place.unit_id for place in queries.places_of(member, today)}
    assert everyone.branch_a1.pk in then
    assert now == {everyone.branch_a2.pk, everyone.workshop_a.pk}


def test_two_persons_may_exchange_their_addresses(everyone: Everyone) -> None:
    data = [row_of(everyone, "90001", email="a@x.example"), row_of(everyone, "90002", email="b@x.example")]
    written_roster(everyone, checked_roster(everyone, csv_of(*data)))
    data[0][2], data[1][2] = data[1][2], data[0][2]

    made = written_roster(everyone, checked_roster(everyone, csv_of(*data)))

    assert made.state == ImportState.DONE
    assert Person.objects.get(staff_no="90001").email == "b@x.example"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_export_can_be_imported_again_unchanged(everyone: Everyone, at: datetime, language: str) -> None:
    lines = services.export_roster(unit_id=everyone.branch_a1.pk, by=everyone.party_clerk, at=timezone.now())

    made = checked_roster(everyone, workbooks.export(lines, language), "导出.xlsx")

    assert made.faults == []
    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.CHECKED, 0, 0, 2)


def test_export_names_the_branch_secretary_and_no_title_that_two_posts_share(everyone: Everyone, at: datetime) -> None:
    secretary, branch, shop = everyone.branch_secretary_a1, everyone.branch_a1, everyone.workshop_a
    factories.appointed(PostKind.STAFF, shop, title="车间主任", person=secretary)
    factories.appointed(PostKind.BRANCH_MEMBER, branch, title="支部委员", person=everyone.member_a1)
    factories.PostFactory(unit=branch, kind=PostKind.BRANCH_MEMBER, title="支部委员")
    lines = services.export_roster(unit_id=branch.pk, by=everyone.party_clerk, at=timezone.now())
    posts = {line.person.pk: line.post for line in lines}

    made = written_roster(everyone, checked_roster(everyone, workbooks.export(lines, "zh"), "导出.xlsx"))

    held = everyone.branch_secretary_a1.appointments.get(post__unit=branch)
    assert posts == {secretary.pk: held.post.title, everyone.member_a1.pk: ""}
    assert (made.state, made.created, made.changed, made.unchanged) == (ImportState.DONE, 0, 0, 2)


def test_template_holds_the_columns_that_the_import_reads(everyone: Everyone) -> None:
    for language in ("zh", "en"):
        table = roster_rows.read(workbooks.template(language, []), "模板.xlsx", language)

        assert set(table.letters) == {column.key for column in roster_rows.rules.columns()}


def test_a_row_that_went_wrong_since_the_check_stops_the_whole(everyone: Everyone) -> None:
    made = checked_roster(
        everyone, csv_of(row_of(everyone), row_of(everyone, "90002", party_unit=everyone.branch_a2.code))
    )
    everyone.branch_a2.valid_to = timezone.localdate()
    everyone.branch_a2.save()

    written_roster(everyone, made)

    assert made.state == ImportState.FAILED
    assert not Person.objects.filter(staff_no="90001").exists()


def test_failure_in_the_middle_leaves_nothing(everyone: Everyone, monkeypatch: pytest.MonkeyPatch) -> None:
    made = checked_roster(everyone, csv_of(row_of(everyone)))
    statements = (*roster_rows._STATEMENTS[:-1], "SELECT 1 / 0")
    monkeypatch.setattr(roster_rows, "_STATEMENTS", statements)

    written_roster(everyone, made)

    assert made.state == ImportState.FAILED
    assert made.failure["zh"]["remedy"]
    assert not Person.objects.filter(staff_no="90001").exists()
    assert not AuditEntry.objects.filter(action="roster.imported").exists()


def test_only_the_uploader_goes_on_and_only_with_the_right(everyone: Everyone) -> None:
    made = checked_roster(everyone, csv_of(row_of(everyone)))

    with pytest.raises(AccessDenied):
        services.withdraw_roster(
            import_id=made.pk, version=made.version, by=everyone.discipline_clerk, at=timezone.now()
        )
    with pytest.raises(AccessDenied):
        checked_roster(everyone, csv_of(row_of(everyone)), by=everyone.secretary)


def test_withdrawn_roster_forgets_its_file(everyone: Everyone) -> None:
    checked = checked_roster(everyone, csv_of(row_of(everyone)))
    values: dict[str, Any] = {"import_id": checked.pk, "by": everyone.party_clerk, "at": timezone.now()}
    with pytest.raises(VersionConflict):
        services.withdraw_roster(version=checked.version + 1, **values)
    made = services.withdraw_roster(version=checked.version, **values)

    assert (made.state, made.content, made.sample) == (ImportState.WITHDRAWN, None, [])
    with pytest.raises(Problem):
        services.recheck_roster(version=made.version, language="zh", **values)


def test_second_confirmation_loses(everyone: Everyone) -> None:
    made = checked_roster(everyone, csv_of(row_of(everyone)))
    values: dict[str, Any] = {"import_id": made.pk, "version": made.version, "language": "zh"}
    services.confirm_roster(**values, by=everyone.party_clerk, at=timezone.now())

    with pytest.raises(VersionConflict):
        services.confirm_roster(**values, by=everyone.party_clerk, at=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_two_importers_at_once_one_writes_and_the_other_is_told() -> None:
    everyone = build_everyone()
    member = everyone.member_a1
    first = checked_roster(everyone, csv_of(row_of(everyone, member.staff_no, name=member.name, phone="138")))
    second = checked_roster(everyone, csv_of(row_of(everyone, "90002")))
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


def test_rehire_is_shown_before_it_is_written(everyone: Everyone) -> None:
    leaver, today = everyone.member_a1, timezone.localdate()
    services.retire_person(
        person_id=leaver.pk, on=today, version=1, reason="离职", by=everyone.party_clerk, at=timezone.now()
    )

    made = checked_roster(everyone, csv_of(row_of(everyone, leaver.staff_no, name=leaver.name, joined_party_on="")))

    assert made.sample[0]["changes"]["left_on"] == [today.isoformat(), ""]
    with translation.override("en"):
        labels = [change["label"] for change in presenters.import_view(made).sample[0]["changes"]]
    assert "Left on" in labels
    written_roster(everyone, made)
    leaver.refresh_from_db()
    assert leaver.left_on is None


def test_number_taken_meanwhile_ends_the_import_in_words_and_it_goes_on(everyone: Everyone) -> None:
    member = everyone.member_a1
    made = checked_roster(everyone, csv_of(row_of(everyone, member.staff_no, name=member.name, email="m@x.example")))
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
