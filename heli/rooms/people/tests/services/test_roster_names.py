"""A staff number under another name is a question: nothing is written without a yes. The example is told of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people import presenters, services
from heli.rooms.people.enums import ImportState, NameAnswer
from heli.rooms.people.models import Person, RosterImport
from heli.rooms.people.rules import roster as rules
from heli.rooms.people.services import roster, roster_plan
from heli.rooms.people.tests import factories
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.people.tests.services.roster_files import HEADS, checked_roster, csv_of, row_of, written_roster

OTHER = "钱未眠"


def _renamed(everyone: Everyone, **other: str) -> list[str]:
    return row_of(everyone, everyone.member_a1.staff_no, **{"name": OTHER, "joined_party_on": "", **other})


def _answered(everyone: Everyone, made: RosterImport, *answers: str) -> RosterImport:
    given = {question["row"]: answer for question, answer in zip(made.questions, answers, strict=True)}
    services.answer_roster(
        import_id=made.pk,
        version=made.version,
        answers=given,
        language="zh",
        by=everyone.party_clerk,
        at=timezone.now(),
    )
    roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())
    made.refresh_from_db()
    return made


def _counts(made: RosterImport) -> dict[str, int]:
    return {name: getattr(made, name) for name in ("created", "changed", "unchanged", "left_out")}


def test_another_name_under_a_number_is_a_question_and_no_change(everyone: Everyone) -> None:
    member = everyone.member_a1

    made = checked_roster(everyone, csv_of(_renamed(everyone), row_of(everyone)))

    asked = {"row": 2, "staff_no": member.staff_no, "before": member.name, "after": OTHER}
    assert made.questions == [{**asked, "unit": everyone.workshop_a.name, "answer": ""}]
    assert _counts(made) == {"created": 1, "changed": 0, "unchanged": 0, "left_out": 0}
    with pytest.raises(Problem):
        written_roster(everyone, made)
    assert Person.objects.get(pk=member.pk).name == member.name
    assert not Person.objects.filter(staff_no="90001").exists()


@pytest.mark.parametrize(
    ("answer", "name", "counts"),
    [
        (NameAnswer.CORRECT, OTHER, {"created": 1, "changed": 1, "unchanged": 0, "left_out": 0}),
        (NameAnswer.LEAVE_OUT, None, {"created": 1, "changed": 0, "unchanged": 0, "left_out": 1}),
    ],
)
def test_the_answer_decides_what_iswritten_roster(
    everyone: Everyone, answer: NameAnswer, name: str | None, counts: dict[str, int]
) -> None:
    member = everyone.member_a1
    made = checked_roster(everyone, csv_of(_renamed(everyone, phone="138"), row_of(everyone)))

    made = written_roster(everyone, _answered(everyone, made, answer))

    person = Person.objects.get(pk=member.pk)
    assert (made.state, _counts(made)) == (ImportState.DONE, counts)
    assert (person.name, person.phone) == ((name, "138") if name else (member.name, member.phone))
    assert Person.objects.filter(staff_no="90001").exists()
    entry = AuditEntry.objects.get(action="roster.answered")
    assert entry.changes[answer.value] == member.staff_no


def test_some_answers_leave_the_others_open(everyone: Everyone) -> None:
    second = everyone.branch_secretary_a1
    made = checked_roster(
        everyone, csv_of(_renamed(everyone), row_of(everyone, second.staff_no, name="冯未至", joined_party_on=""))
    )

    made = _answered(everyone, made, NameAnswer.CORRECT, "")

    assert [question["answer"] for question in made.questions] == ["correct", ""]
    with pytest.raises(Problem):
        written_roster(everyone, made)
    values: dict[str, Any] = {"import_id": made.pk, "version": made.version, "language": "zh", "at": timezone.now()}
    for nothing in ({}, {3: "perhaps"}, {99: "correct"}):
        with pytest.raises(Problem):
            services.answer_roster(**values, answers=nothing, by=everyone.party_clerk)


def test_an_answer_counts_for_the_two_names_it_was_given_about(everyone: Everyone) -> None:
    member = everyone.member_a1
    made = _answered(everyone, checked_roster(everyone, csv_of(_renamed(everyone))), NameAnswer.CORRECT)
    Person.objects.filter(pk=member.pk).update(name="褚已改")

    made = written_roster(everyone, made)

    assert made.state == ImportState.FAILED
    assert made.failure["zh"]["remedy"]
    assert Person.objects.get(pk=member.pk).name == "褚已改"


def test_checking_again_asks_again(everyone: Everyone) -> None:
    made = _answered(everyone, checked_roster(everyone, csv_of(_renamed(everyone))), NameAnswer.CORRECT)
    services.recheck_roster(
        import_id=made.pk, version=made.version, language="zh", by=everyone.party_clerk, at=timezone.now()
    )

    roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())

    made.refresh_from_db()
    assert [question["answer"] for question in made.questions] == [""]


def test_address_of_who_is_left_out_stays_taken(everyone: Everyone) -> None:
    member = everyone.member_a1
    Person.objects.filter(pk=member.pk).update(email="held@x.example")
    made = checked_roster(everyone, csv_of(_renamed(everyone), row_of(everyone, email="held@x.example")))
    assert made.state == ImportState.CHECKED

    made = _answered(everyone, made, NameAnswer.LEAVE_OUT)

    assert [(fault["row"], fault["code"]) for fault in made.faults] == [(3, "taken")]


def test_name_of_a_foreign_person_is_not_told(everyone: Everyone) -> None:
    clerk_a = factories.appointed("party_clerk", everyone.company_a, acts_for=everyone.committee_a)

    made = checked_roster(everyone, csv_of(row_of(everyone, everyone.member_b1.staff_no, name=OTHER)), by=clerk_a)

    assert [fault["code"] for fault in made.faults] == ["person_scope"]
    assert made.questions == []


@pytest.mark.parametrize(
    ("on_file", "given", "other"),
    [
        ("卫清和", "卫 清和", False),
        ("Wei Qinghe", "wei  qinghe", False),
        ("ＷＥＩ", "Wei", False),
        ("卫清和", "卫清禾", True),
        ("卫清和", "", True),
    ],
)
def test_blanks_widths_and_case_make_no_other_name(on_file: str, given: str, other: bool) -> None:
    assert rules.is_other_name(on_file, given) is other


def test_too_many_other_names_are_columns_that_slipped(everyone: Everyone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_plan, "MOST_QUESTIONS", 1)
    second = everyone.branch_secretary_a1

    made = checked_roster(
        everyone, csv_of(_renamed(everyone), row_of(everyone, second.staff_no, name="冯未至", joined_party_on=""))
    )

    assert (made.state, made.questions) == (ImportState.REFUSED, [])
    assert [(fault["cell"], fault["code"]) for fault in made.faults] == [("B2", "renamed"), ("B3", "renamed")]
    assert all(fault["what"] and fault["remedy"] for fault in presenters.import_view(made).faults)


def _example(language: str) -> list[str]:
    return [column.examples[language] for column in rules.columns()]


def test_the_example_left_standing_is_told_and_only_where_it_is_exactly_that(everyone: Everyone) -> None:
    nearly = _example("zh")
    nearly[3] = "138"

    made = checked_roster(everyone, csv_of(_example("zh"), row_of(everyone)))
    refused = checked_roster(everyone, csv_of(nearly, row_of(everyone)))

    assert (made.state, made.rows, made.examples) == (ImportState.CHECKED, 1, [2])
    assert (refused.examples, {fault["row"] for fault in refused.faults}) == ([], {2})
    with translation.override("en"):
        assert presenters.import_view(made).examples == "2"


def test_questions_are_answered_on_the_page(client_of: Callable[[Person], Client], everyone: Everyone) -> None:
    clerk = client_of(everyone.party_clerk)
    made = checked_roster(everyone, csv_of(_example("zh"), _renamed(everyone), heads=HEADS))
    page = reverse("people:roster_import", args=[made.pk])
    asked = clerk.get(page).content.decode()
    assert (reverse("people:confirm_roster", args=[made.pk]) in asked, "模板的示例" in asked) == (
        False,
        True,
    )

    answered = clerk.post(
        reverse("people:answer_roster", args=[made.pk]), {"version": made.version, "row": "3", "answer:3": "correct"}
    )
    roster.check_roster(import_id=made.pk, language="zh", at=timezone.now())

    assert answered["Location"] == page
    shown = clerk.get(page).content.decode()
    assert reverse("people:confirm_roster", args=[made.pk]) in shown
    assert f"<ins>{OTHER}</ins>" in shown
