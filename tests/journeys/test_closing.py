"""A unit or a post is closed: what follows is decided group by group, carried out, told, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.information.models import Notification
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import Appointment, Post, Unit
from heli.rooms.people.tests.factories import PostFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.responsibilities.models import ListVersion
from heli.rooms.responsibilities.tests import world as lists
from heli.rooms.rulebook import access, services
from heli.rooms.rulebook.models import Adjustment, AdjustmentNotice
from heli.rooms.rulebook.services import Choice
from heli.rooms.tasks.models import FollowUp, FollowUpUnit, Rectification, Task, TaskRequester
from heli.rooms.tasks.models import Problem as Found
from heli.rooms.tasks.services import NewFollowUp, close_follow_up, issue_follow_up
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory
from tests.journeys.closings import DUE, PASSED, WITHDRAWN, closed, drafted, emptied, left_out, where


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def enterprise(everyone: Everyone, at: datetime) -> Everyone:
    return emptied(everyone, at)


# --- A unit ---


def test_a_unit_from_which_nothing_follows_is_closed_at_once(enterprise: Everyone, at: datetime) -> None:
    unit = enterprise.branch_a2

    answer = services.begin_closing_unit(
        unit_id=unit.pk,
        version=unit.version,
        on=at.date(),
        reason="撤销",
        heir_id=None,
        by=enterprise.party_clerk,
        at=at,
    )

    unit.refresh_from_db()
    assert (answer, unit.valid_to, Adjustment.objects.count()) == (None, at.date(), 0)


def test_open_tasks_pass_on_and_the_line_left_out_is_withdrawn(enterprise: Everyone, at: datetime) -> None:
    branch, heir = enterprise.branch_a2, enterprise.committee_a
    kept = TaskFactory(unit=branch, due_on=DUE, requesters=[enterprise.discipline_office])
    late, handed_in = TaskFactory(unit=branch, due_on=date(2027, 1, 5)), TaskFactory(unit=branch, state="handed_in")
    dropped, done = (
        TaskFactory(unit=branch),
        TaskFactory(unit=branch, state="closed", closed_at=at, closed_by=enterprise.secretary),
    )
    found = drafted(enterprise, at)
    left_out(enterprise, at, found, dropped, "支部自己的读书活动")

    closed(enterprise, at, found, PASSED)

    assert where(kept, late, handed_in, dropped, done) == [
        (heir.pk, "", "open", ""), (heir.pk, "", "open", ""), (heir.pk, "", "handed_in", ""),
        (branch.pk, "branch_secretary", "canceled", "支部自己的读书活动"),
        (branch.pk, "branch_secretary", "closed", ""),
    ]  # fmt: skip
    branch.refresh_from_db()
    assert (found.state, branch.valid_to) == ("in_force", at.date())
    told = AdjustmentNotice.objects.filter(adjustment=found).order_by("unit").values_list("unit_id", flat=True)
    assert set(told) == {heir.pk, enterprise.discipline_office.pk}
    assert {one.group: one.applied for one in found.effects.exclude(act="")} == {
        "plans.items": 0, "responsibilities.items": 0, "responsibilities.own": 0, "tasks.asked": 0, "tasks.held": 1,
        "tasks.left": 3, "tasks.templates": 0,
    }  # fmt: skip
    assert Notification.objects.filter(title__contains="is closed from").count() == len(
        set(found.told.values_list("person", flat=True))
    )
    assert AuditEntry.objects.filter(action="tasks.passed_on").count() == 2


def test_declined_tasks_are_withdrawn_and_the_line_left_out_passes_on(enterprise: Everyone, at: datetime) -> None:
    gone, kept = TaskFactory(unit=enterprise.branch_a2), TaskFactory(unit=enterprise.branch_a2)
    found = drafted(enterprise, at)
    left_out(enterprise, at, found, kept, "上级要结果")

    closed(enterprise, at, found, WITHDRAWN)

    assert [row[2:] for row in where(gone, kept)] == [("canceled", "工作已不需要"), ("open", "")]
    assert where(kept)[0][0] == enterprise.committee_a.pk


def test_what_the_heir_already_has_from_the_same_source_stays_once(enterprise: Everyone, at: datetime) -> None:
    values = {"source": "plans.item:7", "due_on": DUE, "post_kind": ""}
    own = TaskFactory(unit=enterprise.committee_a, **values)
    same, reviewed = TaskFactory(unit=enterprise.branch_a2, **values), TaskFactory(unit=enterprise.branch_a2)
    Task.objects.filter(pk=reviewed.pk).update(state="handed_in", source="plans.item:8", post_kind="", due_on=DUE)
    TaskFactory(unit=enterprise.committee_a, **{**values, "source": "plans.item:8"})

    closed(enterprise, at, drafted(enterprise, at), PASSED)

    assert where(own)[0][2] == "open"
    assert where(same)[0][2] == "canceled"
    assert "has the same task already" in where(same)[0][3]
    assert where(reviewed) == [(enterprise.branch_a2.pk, "", "handed_in", "")]


def test_follow_ups_pass_with_their_asker_and_can_be_closed(enterprise: Everyone, at: datetime) -> None:
    def issue(of: Unit, by: Any, lead: Unit, *helpers: Unit) -> FollowUp:
        new = NewFollowUp(
            unit_id=of.pk, subject="报送自查", text="请自查。", line="integrity", due_on=DUE, lead=lead, helpers=helpers
        )
        return issue_follow_up(new=new, by=by, at=at)

    appointed(PostKind.BRANCH_SECRETARY, enterprise.branch_a2, person=enterprise.branch_secretary_a2)
    clerk = appointed(PostKind.PARTY_CLERK, enterprise.branch_a2)
    alone = issue(enterprise.discipline_office, enterprise.discipline_clerk, enterprise.branch_a2)
    both = issue(
        enterprise.discipline_office, enterprise.discipline_clerk, enterprise.committee_a, enterprise.branch_a2
    )
    own = issue(enterprise.branch_a2, clerk, enterprise.branch_a2)
    emptied(enterprise, at)

    found = closed(enterprise, at, drafted(enterprise, at), {})

    heir = enterprise.committee_a
    assert FollowUpUnit.objects.get(follow_up=alone).unit_id == heir.pk
    assert set(FollowUpUnit.objects.filter(follow_up=both).values_list("unit_id", "task__unit_id", "task__state")) == {
        (heir.pk, heir.pk, "open"), (enterprise.branch_a2.pk, enterprise.branch_a2.pk, "canceled"),
    }  # fmt: skip
    own.refresh_from_db()
    assert (own.unit_id, own.year, own.number) == (heir.pk, 2027, 1)
    assert found.effects.get(group="tasks.held").applied == 3
    answered = FollowUpUnit.objects.get(follow_up=both, unit=heir).task
    Task.objects.filter(pk=answered.pk).update(
        state="handed_in", handed_in_at=at, handed_in_by=enterprise.secretary_a, accepted_at=at,
        accepted_by=enterprise.secretary_a,
    )  # fmt: skip
    both.refresh_from_db()
    close_follow_up(follow_up_id=both.pk, note="", by=enterprise.discipline_clerk, at=at, version=both.version)


def test_what_somebody_runs_alone_keeps_a_unit_from_closing_unseen(enterprise: Everyone, at: datetime) -> None:
    """A follow-up that asks others and a list without a measure have no task in the unit; both need somebody."""
    unit = enterprise.branch_a2
    clerk = appointed(PostKind.PARTY_CLERK, unit)
    new = NewFollowUp(
        unit_id=unit.pk, subject="报送自查", text="请自查。", line="integrity", due_on=DUE, lead=unit, helpers=()
    )
    run = issue_follow_up(new=new, by=clerk, at=at)
    Task.objects.filter(source__startswith="tasks.follow_up").update(unit=enterprise.branch_b1)
    emptied(enterprise, at)

    assert drafted(enterprise, at).state == "draft"

    FollowUp.objects.filter(pk=run.pk).update(state="withdrawn")
    Task.objects.update(state="canceled", cancel_reason="撤回")
    Adjustment.objects.all().delete()
    paper = Rectification.objects.create(
        unit=enterprise.branch_b1, verifier=unit, year=2027, number=1, title="巡察整改", source="inspection",
        found_by="巡察组", found_on=at.date(), opened_at=at, opened_by=clerk,
    )  # fmt: skip
    Found.objects.create(rectification=paper, number=1, text="问题", line="both", added_at=at, added_by=clerk)

    assert drafted(enterprise, at).state == "draft"


@pytest.mark.parametrize("is_verifier", [True, False])
def test_who_rectifies_never_verifies_after_a_closing(enterprise: Everyone, at: datetime, is_verifier: bool) -> None:
    branch, heir = enterprise.branch_a2, enterprise.committee_a
    unit, verifier = (heir, branch) if is_verifier else (branch, heir)
    paper = Rectification.objects.create(
        unit=unit, verifier=verifier, year=2027, number=1, title="巡察整改", source="inspection", found_by="巡察组",
        found_on=at.date(), opened_at=at, opened_by=enterprise.party_clerk,
    )  # fmt: skip
    Found.objects.create(
        rectification=paper, number=1, text="问题", line="both", added_at=at, added_by=enterprise.party_clerk
    )

    closed(enterprise, at, drafted(enterprise, at), {})

    paper.refresh_from_db()
    assert (paper.unit, paper.verifier) == (heir, enterprise.group)


def test_what_it_asked_of_others_is_asked_by_the_heir(enterprise: Everyone, at: datetime) -> None:
    branch, heir = enterprise.branch_a2, enterprise.committee_a
    other = TaskFactory(unit=enterprise.branch_a1, requesters=[branch])
    shared = TaskFactory(unit=enterprise.branch_b1, requesters=[branch, heir])

    closed(enterprise, at, drafted(enterprise, at), {})

    asked = TaskRequester.objects.filter(task__in=[other, shared]).order_by("task").values_list("task", "unit")
    assert list(asked) == [(other.pk, heir.pk), (shared.pk, heir.pk)]


def test_templates_and_its_own_list_end_unless_declined(enterprise: Everyone, at: datetime) -> None:
    before = at - timedelta(days=30)
    post = PostFactory(unit=enterprise.branch_a2)
    lists.issued(enterprise, before, unit=enterprise.branch_a2, edits=[lists.edit("党课", post, obligations=())])
    template = TemplateFactory(unit=enterprise.group, root=enterprise.branch_a2, owner=enterprise.party_clerk)
    found = drafted(enterprise, at)

    closed(enterprise, at, found, {
        "tasks.templates": Choice(is_accepted=False, reason="改发第一支部"),
        "responsibilities.own": Choice(is_accepted=True),
    })  # fmt: skip

    template.refresh_from_db()
    version = ListVersion.objects.get(list__unit=enterprise.branch_a2)
    assert (template.state, version.state, version.valid_to) == ("approved", "in_force", at.date())


def test_items_of_other_lists_get_a_new_version_without_the_closed_post(enterprise: Everyone, at: datetime) -> None:
    before = at - timedelta(days=30)
    post = PostFactory(unit=enterprise.branch_a2, acts_for=enterprise.committee_a)
    edits = [lists.edit("党课", post, obligations=()), lists.edit("统筹", lists.post_of(enterprise.secretary_a))]
    old = lists.issued(enterprise, before, unit=enterprise.committee_a, edits=edits)

    closed(enterprise, at, drafted(enterprise, at), {"responsibilities.items": Choice(is_accepted=True)})

    new = ListVersion.objects.get(list=old.list, number=2)
    assert (new.state, new.valid_from) == ("draft", at.date())
    assert [item.accountable_id for item in lists.items(new)] == [None, lists.post_of(enterprise.secretary_a).pk]
    assert [item.accountable_id for item in lists.items(old)] == [post.pk, lists.post_of(enterprise.secretary_a).pk]


@pytest.mark.parametrize(
    ("choices", "words"),
    [({}, "is not chosen"), ({"tasks.left": Choice(is_accepted=False, reason=" ")}, "declined without a reason")],
)
def test_without_a_choice_or_its_reason_nothing_is_closed(
    enterprise: Everyone, at: datetime, choices: dict[str, Choice], words: str
) -> None:
    task = TaskFactory(unit=enterprise.branch_a2)
    found = drafted(enterprise, at)

    with pytest.raises(Problem, match=words):
        services.close_as_chosen(adjustment_id=found.pk, version=1, choices=choices, by=enterprise.party_clerk, at=at)

    found.refresh_from_db()
    enterprise.branch_a2.refresh_from_db()
    assert (found.state, found.effects.count(), enterprise.branch_a2.valid_to) == ("draft", 0, None)
    assert where(task)[0][2] == "open"


def test_whoever_is_left_in_the_unit_keeps_it_open(everyone: Everyone, at: datetime) -> None:
    TaskFactory(unit=everyone.branch_a2)
    appointed(PostKind.PARTY_CLERK, everyone.committee_a)
    found = drafted(everyone, at)

    with pytest.raises(Problem, match="cannot be closed yet"):
        services.close_as_chosen(adjustment_id=found.pk, version=1, choices=PASSED, by=everyone.party_clerk, at=at)

    assert (Adjustment.objects.get().state, found.effects.count()) == ("draft", 0)


def test_work_passes_only_to_where_somebody_receives_it(enterprise: Everyone, at: datetime) -> None:
    TaskFactory(unit=enterprise.branch_a2)
    found = drafted(enterprise, at)
    Appointment.objects.filter(post__unit=enterprise.committee_a).update(valid_to=at.date())

    with pytest.raises(Problem, match="nobody would receive it"):
        services.close_as_chosen(adjustment_id=found.pk, version=1, choices=PASSED, by=enterprise.party_clerk, at=at)
    with pytest.raises(Problem, match="cannot take over"):
        services.revise_closing(
            adjustment_id=found.pk, version=1, on=at.date(), reason="合并", heir_id=enterprise.committee_a.pk,
            by=enterprise.party_clerk, at=at,
        )  # fmt: skip

    services.revise_closing(
        adjustment_id=found.pk, version=1, on=at.date(), reason="并入一支部", heir_id=enterprise.branch_a1.pk,
        by=enterprise.party_clerk, at=at,
    )  # fmt: skip
    found.refresh_from_db()
    closed(enterprise, at, found, PASSED)
    assert Task.objects.get().unit_id == enterprise.branch_a1.pk
    assert Task.objects.get().post_kind == "branch_secretary"


def test_what_somebody_waits_for_cannot_be_left_out_and_a_closing_is_never_proposed(
    enterprise: Everyone, at: datetime
) -> None:
    held = TaskFactory(unit=enterprise.branch_a2, state="handed_in")
    found = drafted(enterprise, at)

    with pytest.raises(Problem, match="Somebody waits for it"):
        services.leave_out(
            adjustment_id=found.pk, version=1, group="tasks.held", line=str(held.pk), reason="不要了",
            by=enterprise.party_clerk, at=at,
        )  # fmt: skip
    with pytest.raises(Problem, match="is not proposed"):
        services.propose_adjustment(adjustment_id=found.pk, version=1, by=enterprise.party_clerk, at=at)
    with pytest.raises(Problem, match="drafted already"):
        drafted(enterprise, at)


def test_a_withdrawn_closing_changes_nothing(enterprise: Everyone, at: datetime) -> None:
    task = TaskFactory(unit=enterprise.branch_a2)
    found = drafted(enterprise, at)

    services.withdraw_adjustment(adjustment_id=found.pk, version=1, reason="不撤了", by=enterprise.party_clerk, at=at)

    assert where(task) == [(enterprise.branch_a2.pk, "branch_secretary", "open", "")]
    assert drafted(enterprise, at).pk != found.pk


# --- Who sees, two at once, nothing lost ---


def test_list_and_object_agree_and_the_heir_reads_it(enterprise: Everyone, at: datetime) -> None:
    TaskFactory(unit=enterprise.branch_a2)
    found, today = drafted(enterprise, at, enterprise.branch_a1), at.date()

    def readers() -> set[str]:
        seen = set()
        for name in ("party_clerk", "discipline_clerk", "secretary", "secretary_a", "branch_secretary_a1",
                     "branch_secretary_b1", "non_member"):  # fmt: skip
            person = getattr(enterprise, name)
            listed = access.visible_adjustments(person, today).filter(pk=found.pk).exists()
            assert listed == bool(access.can_view_adjustment(person, found, today)), name
            seen |= {name} if listed else set()
        return seen

    draft = readers()
    closed(enterprise, at, found, PASSED)

    assert draft == {"party_clerk", "discipline_clerk"}
    assert readers() == {
        "party_clerk", "discipline_clerk", "secretary", "secretary_a", "branch_secretary_a1"
    }  # fmt: skip
    with pytest.raises(Http404):
        services.revise_closing(
            adjustment_id=found.pk, version=found.version, on=today, reason="x", heir_id=None,
            by=enterprise.branch_secretary_b1, at=at,
        )  # fmt: skip
    with pytest.raises(AccessDenied):
        services.withdraw_adjustment(
            adjustment_id=found.pk, version=found.version, reason="x", by=enterprise.branch_secretary_a1, at=at
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_at_once_one_wins() -> None:
    now = timezone.now()
    everyone = emptied(build_everyone(), now)
    task = TaskFactory(unit=everyone.branch_a2)
    found, start = drafted(everyone, now), Barrier(2)

    def run(choices: dict[str, Choice]) -> str:
        try:
            start.wait()
            services.close_as_chosen(
                adjustment_id=found.pk, version=1, choices=choices, by=everyone.party_clerk, at=now
            )
        except Problem as problem:
            return type(problem).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(run, [PASSED, WITHDRAWN]))
    services.carry_out(adjustment_id=found.pk, at=now)

    assert answers == ["VersionConflict", "done"]
    is_passed = found.effects.get(group="tasks.left").is_accepted
    assert where(task)[0][2] == ("open" if is_passed else "canceled")


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tasks=st.lists(
        st.tuples(
            st.sampled_from(["open", "accepted", "returned", "handed_in"]), st.sampled_from(["", "branch_secretary"]),
            st.sampled_from(["", "plans.item:1", "plans.item:2"]), st.sampled_from([None, DUE]), st.booleans(),
        ),
        min_size=1, max_size=6, unique_by=lambda one: one[1:4] if one[2] else object(),
    ),
    has_own=st.booleans(),
    choices=st.sampled_from([PASSED, WITHDRAWN]),
)  # fmt: skip
def test_every_open_task_ends_in_exactly_one_of_the_outcomes(
    db: None, at: datetime, tasks: list[Any], has_own: bool, choices: dict[str, Choice]
) -> None:
    everyone = emptied(build_everyone(), at)
    branch, heir = everyone.branch_a2, everyone.committee_a
    own = [TaskFactory(unit=heir, source="plans.item:1", post_kind="", due_on=DUE)] if has_own else []
    made = []
    for state, kind, source, due, is_out in tasks:
        worked = {} if state == "open" else {"accepted_at": at, "accepted_by": everyone.secretary_a}
        task = TaskFactory(unit=branch, post_kind=kind, source=source, due_on=due, state=state, **worked)
        made.append((task, is_out and state != "handed_in"))
    found = drafted(everyone, at)
    for task, is_out in made:
        if is_out:
            left_out(everyone, at, found, task, "单独处理")

    closed(everyone, at, found, choices)

    passes = choices is PASSED
    for task, is_out in made:
        unit, _kind, state, why = where(task)[0]
        is_passed = unit == heir.pk and state == task.state
        is_withdrawn = state == "canceled" and bool(why) and unit == branch.pk
        is_reviewed_there = unit == branch.pk and state == task.state == "handed_in" and bool(task.source)
        assert [is_passed, is_withdrawn, is_reviewed_there].count(True) == 1
        if task.state != "handed_in" and passes == is_out:
            assert why == ("单独处理" if is_out else "工作已不需要")
    assert Task.objects.filter(unit=branch).undone().exclude(state="handed_in").count() == 0
    assert [where(task)[0][2] for task in own] == ["open"] * len(own)


# --- Pages ---


def test_a_closing_goes_through_its_pages(everyone: Everyone, client_of: Callable[..., Client]) -> None:
    enterprise = emptied(everyone, timezone.now())
    clerk, unit = client_of(enterprise.party_clerk), enterprise.branch_a2
    task = TaskFactory(unit=unit)
    form = reverse("rulebook:close_unit", args=[unit.pk])
    today = timezone.localdate().isoformat()
    page = clerk.get(form).content.decode()
    assert task.title not in page
    assert "tasks.left" not in page

    sent = clerk.post(form, {"on": today, "heir": enterprise.committee_a.pk, "reason": "合并", "version": unit.version})
    found = Adjustment.objects.get()
    own = reverse("rulebook:adjustment", args=[found.pk])
    again = clerk.get(form)
    refused = clerk.post(reverse("rulebook:close_as_chosen", args=[found.pk]), {"version": found.version})
    revised = clerk.post(
        reverse("rulebook:revise_closing", args=[found.pk]),
        {"version": found.version, "on": today, "heir": enterprise.branch_a1.pk, "reason": "并入一支部"},
    )
    empty = clerk.post(reverse("rulebook:revise_closing", args=[found.pk]), {"version": 2, "on": "", "reason": ""})
    found.refresh_from_db()
    done = clerk.post(
        reverse("rulebook:close_as_chosen", args=[found.pk]),
        {"version": found.version, "choice:tasks.left": "decline", "reason:tasks.left": "不再需要"},
    )
    services.carry_out(adjustment_id=found.pk, at=timezone.now())

    assert (sent.url, again.url, done.url, revised.url) == (own, own, own, own)
    assert (refused.status_code, empty.status_code) == (422, 422)
    shown = clerk.get(own).content.decode()
    assert "不再需要" in shown
    assert own in clerk.get(reverse("rulebook:of_unit", args=[unit.pk])).content.decode()
    assert clerk.get(reverse("rulebook:adjustments")).status_code == 200
    assert client_of(enterprise.branch_secretary_b1).get(own).status_code == 404
    assert where(task)[0][2:] == ("canceled", "不再需要")


def test_the_pages_open_to_whoever_may_change_the_unit(
    enterprise: Everyone, at: datetime, client_of: Callable[..., Client]
) -> None:
    post = PostFactory(unit=enterprise.branch_a2, kind=PostKind.BRANCH_MEMBER)
    paths = [
        reverse("rulebook:close_unit", args=[enterprise.branch_a2.pk]),
        reverse("rulebook:close_post", args=[post.pk]),
    ]

    answers = {
        name: [client_of(getattr(enterprise, name)).get(path).status_code for path in paths]
        for name in ("party_clerk", "party_head", "branch_secretary_a1")
    }

    assert answers == {"party_clerk": [200, 200], "party_head": [404, 404], "branch_secretary_a1": [404, 404]}
    assert client_of(enterprise.party_clerk).post(paths[1], {"version": post.version}).status_code == 302
    assert Post.objects.get(pk=post.pk).is_closed
