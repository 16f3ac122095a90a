from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.rooms.people import access as people
from heli.rooms.people.tests.factories import PersonFactory
from heli.rooms.tasks import access
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Evidence, Task
from heli.rooms.tasks.tests.factories import CitationFactory, EvidenceFactory, TaskFactory


@pytest.fixture
def tasks(everyone):
    """A task at each kind of place, one without a post, one that the discipline office asked company B for."""
    made = {
        "a1": TaskFactory(unit=everyone.branch_a1, requesters=[everyone.party_department]),
        "a2": TaskFactory(unit=everyone.branch_a2),
        "b1": TaskFactory(unit=everyone.branch_b1, post_kind="", requesters=[everyone.discipline_office]),
        "department": TaskFactory(unit=everyone.party_department, post_kind="party_clerk"),
        "workshop": TaskFactory(unit=everyone.workshop_a, post_kind=""),
    }
    CitationFactory(task=made["a1"], evidence=EvidenceFactory(unit=everyone.branch_a1))
    CitationFactory(task=made["b1"], evidence=EvidenceFactory(unit=everyone.branch_b1))
    EvidenceFactory(unit=everyone.branch_a2)
    return made


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("party_clerk", {"a1", "a2", "b1", "department", "workshop"}),
        ("discipline_clerk", {"a1", "a2", "b1", "department", "workshop"}),
        ("secretary", {"a1", "a2", "b1", "department", "workshop"}),
        ("secretary_a", {"a1", "a2", "workshop"}),
        ("branch_secretary_a1", {"a1", "workshop"}),
        ("branch_secretary_b1", {"b1"}),
        ("member_a1", set()),
        ("non_member", set()),
        ("former_clerk", set()),
    ],
)
def test_visible_tasks_truth_table(everyone, tasks, at, who, sees):
    visible = set(access.visible_tasks(getattr(everyone, who), at.date()).values_list("pk", flat=True))

    assert {name for name, task in tasks.items() if task.pk in visible} == sees


def test_list_and_object_agree(everyone, tasks, at):
    on = at.date()
    for person in [*everyone.persons, None]:
        visible = set(access.visible_tasks(person, on))
        assert visible == {task for task in Task.objects.all() if access.can_view(person, task, on)}
        evidence = set(access.visible_evidence(person, on))
        assert evidence == {each for each in Evidence.objects.all() if access.can_view_evidence(person, each, on)}


def test_what_is_in_hand_and_what_was_asked_agree_with_one_task(everyone, tasks, at):
    on = at.date()
    for person in [*everyone.persons, None]:
        own_units = {unit_id for unit_id, _kind in people.held_posts(person, on)}
        visible = set(access.visible_tasks(person, on))

        assert set(access.tasks_in_hand(person, on)) == {
            one for one in tasks.values() if access.can_do(person, one, on)
        }
        asked = {one for one in visible if one.requesters.filter(unit__in=own_units).exists()}
        assert set(access.asked_tasks(person, on)) == asked


def test_tasks_in_hand_go_to_the_post_and_to_nobody_else(everyone, tasks, at):
    in_hand = {
        person: set(access.tasks_in_hand(person, at.date()).values_list("pk", flat=True)) for person in everyone.persons
    }

    assert {person for person, held in in_hand.items() if tasks["a1"].pk in held} == {everyone.branch_secretary_a1}
    assert {person for person, held in in_hand.items() if tasks["b1"].pk in held} == {everyone.branch_secretary_b1}
    assert {person for person, held in in_hand.items() if tasks["department"].pk in held} == {everyone.party_clerk}


ROLES = ("accepted_by", "handed_in_by", "recorded_by", "cited_by")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(hands=st.fixed_dictionaries({role: st.sampled_from(["reviewer", "doer", "stranger"]) for role in ROLES}))
def test_nobody_reviews_what_any_of_their_hands_did(everyone, at, hands):
    people = {"reviewer": everyone.party_clerk, "doer": everyone.branch_secretary_a1, "stranger": PersonFactory()}
    task = TaskFactory(
        unit=everyone.branch_a1,
        state=TaskState.HANDED_IN,
        accepted_by=people[hands["accepted_by"]],
        accepted_at=at,
        handed_in_by=people[hands["handed_in_by"]],
        handed_in_at=at,
    )
    evidence = EvidenceFactory(unit=everyone.branch_a1, recorded_by=people[hands["recorded_by"]])
    CitationFactory(task=task, evidence=evidence, cited_by=people[hands["cited_by"]])

    decision = access.can_review(everyone.party_clerk, task, at.date())

    assert bool(decision) == ("reviewer" not in hands.values())
    assert bool(decision) != bool(decision.reason)
