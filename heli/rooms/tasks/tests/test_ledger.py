"""The ledger of minutes and the burden guard: what is asked, by whom, how much, and nothing twice without a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.people.enums import UnitKind
from heli.rooms.people.models import Unit
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.tasks import access, queries, rules, services
from heli.rooms.tasks.enums import JoinState, TaskState, TemplateState
from heli.rooms.tasks.models import MonthlyLimit, Task, TaskRequester, TemplateJoin
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory

MARCH = rules.Month(2027, 3)
SENTENCES = [
    ("每月报送党员花名册", "roster"),
    ("统计党员人数", "roster"),
    ("Send the list of party members", "roster"),
    ("每周填报工作进展周报", "progress"),
    ("上报任务完成情况统计表", "progress"),
    ("a monthly progress report", "progress"),
    ("填写履责纪实手册", "duty_record"),
    ("keep a duty register", "duty_record"),
    ("报送整改进展台账", "rectification_progress"),
    ("a rectification progress table", "rectification_progress"),
]


@pytest.fixture
def template(everyone):
    """Thirty minutes a month of every branch, asked by the group."""
    return TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head
    )


@pytest.fixture
def draft(everyone):
    """The discipline office would ask company A's branches for the same, under its own name."""
    return TemplateFactory(
        title="每月开展廉洁教育", root=everyone.committee_a, unit=everyone.discipline_office, line="integrity",
        state="draft", approved_at=None, approved_by=None, drafted_by=everyone.discipline_clerk, minutes=20,
    )  # fmt: skip


def _issued(template, by, at):
    due = queries.issue_preview(template, at.date()).next_due
    issue = services.begin_issue(template_id=template.pk, due=due, by=by, at=at)
    services.run_issue(issue_id=issue.pk, at=at)
    return issue


def _limit(everyone, at, minutes=40, root=None):
    return services.set_limit(
        root_id=(root or everyone.group).pk, unit_kind="branch", minutes=minutes, starts_on=date(2027, 3, 9),
        reason="减负", by=everyone.secretary, at=at,
    )  # fmt: skip


@pytest.mark.parametrize(("text", "code"), SENTENCES)
def test_what_is_known_is_not_asked_again(text, code):
    found = rules.known_findings([text])

    assert code in [each.rule.code for each in found]
    assert found[0].rule.basis_en
    assert found[0].rule.remedy_zh


@pytest.mark.parametrize(
    "text", ["党员信息核对", "完成情况说明", "排查廉洁风险点", "形成调研报告", "Minutes of the meeting"]
)
def test_work_that_is_not_known_yet_may_be_asked(text):
    assert rules.known_findings([text]) == []


def test_a_template_that_asks_for_what_is_known_is_refused_with_where_it_stands(everyone, at):
    new = services.TemplateDraft(
        title="每月报送党员花名册", line="party", deliverable="花名册", every="month",
        unit_id=everyone.group.pk, root_id=everyone.group.pk, starts_on=date(2027, 3, 1), ends_on=date(2027, 12, 31),
        basis="惯例", owner_id=everyone.party_clerk.pk, minutes=60,
    )  # fmt: skip

    with pytest.raises(services.KnownAlready) as refused:
        services.draft_template(new=new, by=everyone.party_clerk, at=at)

    assert refused.value.findings[0].rule.code == "roster"
    assert refused.value.remedy


_paths = st.sampled_from(["1.", "1.2.", "1.2.3.", "1.4."])
_limits = st.builds(
    rules.Limit,
    _paths,
    st.sampled_from(["branch", "office"]),
    st.none() | st.integers(1, 90),
    st.dates(date(2027, 1, 1), date(2027, 6, 1)),
)


@given(st.lists(_limits, max_size=8, unique_by=lambda each: (each.path, each.kind, each.starts_on)), _paths)
def test_the_nearest_unit_above_says_the_limit_and_its_newest_word_counts(limits, path):
    on = date(2027, 4, 1)
    fitting = [each for each in limits if each.kind == "branch" and path.startswith(each.path) and each.starts_on <= on]

    found = rules.limit_on(path, "branch", on, limits)

    nearest = [each for each in fitting if len(each.path) == max(len(one.path) for one in fitting)]
    newest = [each for each in nearest if each.starts_on == max(one.starts_on for one in nearest)]
    assert found == (newest[0].minutes if newest else None)


@given(
    st.sampled_from([(), ("branch",), ("branch", "office")]),
    st.sampled_from([(), ("office",), ("branch",)]),
    _paths,
    _paths,
)
def test_audiences_with_a_unit_in_common_overlap(kinds_a, kinds_b, path_a, path_b):
    kinds = {"1.": "group", "1.2.": "office", "1.2.3.": "branch", "1.4.": "branch"}
    one, other = rules.Asked(path_a, frozenset(kinds_a), {}), rules.Asked(path_b, frozenset(kinds_b), {})

    common = [path for path, kind in kinds.items() if one.concerns(path, kind) and other.concerns(path, kind)]

    may = rules.overlaps((path_a, frozenset(kinds_a)), (path_b, frozenset(kinds_b)), kinds)
    assert may or not common  # what the rule lets through is counted unit by unit afterwards


def test_a_month_adds_up_what_is_out_and_what_comes_and_guesses_nothing(everyone, template, at):
    _issued(template, everyone.party_clerk, at)
    TaskFactory(unit=everyone.branch_a1, title="报送材料", requesters=[everyone.discipline_office])
    TaskFactory(unit=everyone.branch_a1, title="取消的", state=TaskState.CANCELED, requesters=[everyone.group])

    ledger = queries.unit_ledger(everyone.branch_secretary_a1, everyone.branch_a1, 2027, at.date())

    assert (ledger.minutes(MARCH), ledger.unstated(MARCH)) == (30, 1)
    assert {each.asked_by for each in ledger.in_month(MARCH)} == {("示范集团党委",), ("纪检室",)}
    later = [ledger.minutes(rules.Month(2027, month), to_come=True) for month in range(4, 13)]
    assert later == [30] * 9
    assert ledger.minutes(rules.Month(2027, 2)) == 0


def test_a_template_that_asks_other_kinds_of_units_is_not_in_the_ledger(everyone, template, at):
    ledger = queries.unit_ledger(everyone.secretary_a, everyone.committee_a, 2027, at.date())

    assert list(ledger.asks) == []


def test_units_over_their_limit_are_found_below(everyone, template, at):
    _issued(template, everyone.party_clerk, at)
    _limit(everyone, at, minutes=20)
    _limit(everyone, at, minutes=90, root=everyone.committee_b)

    def names(person, *, over=False):
        return [row["unit__name"] for row in queries.load_below(person, everyone.group, MARCH, at.date(), over=over)]

    assert names(everyone.secretary) == ["甲公司第一党支部", "甲公司第二党支部", "乙公司第一党支部"]
    assert names(everyone.secretary, over=True) == ["甲公司第一党支部", "甲公司第二党支部"]
    assert names(everyone.branch_secretary_b1) == ["乙公司第一党支部"]


def test_the_ledger_takes_as_many_queries_for_one_unit_as_for_many(everyone, template, at, connection):
    _issued(template, everyone.party_clerk, at)

    def count():
        with CaptureQueriesContext(connection) as queried:
            list(queries.load_below(everyone.secretary, everyone.group, MARCH, at.date())[:50])
        return len(queried)

    before = count()
    for number in range(5):
        branch = UnitFactory(name=f"新支部{number}", parent=everyone.committee_a)
        TaskFactory(unit=branch, requesters=[everyone.group])

    assert count() == before


@pytest.fixture
def connection():
    from django.db import connection

    return connection


def test_a_limit_is_set_by_who_approves_and_from_a_month_that_is_not_over(everyone, at):
    with pytest.raises(AccessDenied):
        services.set_limit(
            root_id=everyone.group.pk, unit_kind="branch", minutes=60, starts_on=at.date(), reason="减负",
            by=everyone.party_clerk, at=at,
        )  # fmt: skip
    with pytest.raises(Http404):
        services.set_limit(
            root_id=everyone.committee_b.pk, unit_kind="branch", minutes=60, starts_on=at.date(), reason="减负",
            by=everyone.branch_secretary_a1, at=at,
        )  # fmt: skip
    with pytest.raises(Problem):
        services.set_limit(
            root_id=everyone.group.pk, unit_kind="branch", minutes=60, starts_on=date(2027, 1, 1), reason="减负",
            by=everyone.secretary, at=at,
        )  # fmt: skip
    limit = _limit(everyone, at)
    with pytest.raises(Problem):
        _limit(everyone, at, minutes=50)

    assert (limit.starts_on, limit.minutes) == (date(2027, 3, 1), 40)


def test_the_database_refuses_a_limit_that_begins_inside_a_month(everyone, at):
    limit = _limit(everyone, at)
    with pytest.raises(IntegrityError, match="tasks_limit_from_a_first"), transaction.atomic():
        MonthlyLimit.objects.filter(pk=limit.pk).update(starts_on=date(2027, 3, 2))


def test_the_guard_names_the_units_whose_month_would_run_over(everyone, template, draft, at):
    _issued(template, everyone.party_clerk, at)
    _limit(everyone, at, minutes=40)

    over = queries.guard(everyone.discipline_clerk, draft, at.date()).over

    assert over is not None
    assert (over.units, over.examples[0]) == (2, ("甲公司第一党支部", MARCH, 50, 40))
    assert queries.guard(everyone.discipline_clerk, replace_minutes(draft, 10), at.date()).over is None


def replace_minutes(template, minutes):
    template.minutes = minutes
    return template


def test_asking_the_same_in_other_words_needs_a_reason(everyone, draft, at):
    TemplateFactory(
        title="组织党员开展廉洁教育", root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk,
        approved_by=everyone.party_head,
    )  # fmt: skip

    with pytest.raises(services.AskedAlready):
        services.submit_template(template_id=draft.pk, by=everyone.discipline_clerk, at=at, version=1)
    sent = services.submit_template(
        template_id=draft.pk, by=everyone.discipline_clerk, at=at, version=1, keep_reason="对象不同"
    )
    approved = services.approve_template(template_id=draft.pk, by=everyone.discipline_head, at=at, version=2)

    assert (sent.keep_reason, approved.state) == ("对象不同", TemplateState.APPROVED)


def test_the_same_duty_counts_as_the_same_and_another_duty_does_not(everyone, draft, at):
    other = TemplateFactory(
        title="上党课", obligation="A04", root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk,
        approved_by=everyone.party_head,
    )  # fmt: skip
    draft.obligation = "A04"
    draft.save()
    found = queries.guard(everyone.discipline_clerk, draft, at.date())
    assert [(each.template, each.units, each.is_same_duty) for each in found.same] == [(other, 2, True)]

    draft.obligation = "A05"
    assert not queries.guard(everyone.discipline_clerk, draft, at.date()).same


def test_tasks_of_a_plan_for_the_same_duty_count_too(everyone, draft, at):
    draft.obligation = "A04"
    draft.save()
    TaskFactory(unit=everyone.branch_a1, obligation="A04", due_on=date(2027, 6, 30), requesters=[everyone.group])
    TaskFactory(unit=everyone.branch_b1, obligation="A04", due_on=date(2027, 6, 20), requesters=[everyone.group])

    planned = queries.guard(everyone.discipline_clerk, draft, at.date()).planned

    assert planned is not None
    assert (planned.units, planned.tasks, list(planned.asked_by)) == (1, 1, ["示范集团党委"])


def test_what_is_in_no_common_month_is_not_the_same(everyone, draft, at):
    TemplateFactory(
        title=draft.title, every="once", once_on=date(2027, 1, 15), root=everyone.group, unit=everyone.group,
        drafted_by=everyone.party_clerk, approved_by=everyone.party_head,
    )  # fmt: skip

    assert not queries.guard(everyone.discipline_clerk, draft, at.date()).same


def _asked_to_join(everyone, template, draft, at):
    return services.ask_to_join(
        template_id=template.pk, draft_id=draft.pk, reason="合并到一次", by=everyone.discipline_clerk, at=at
    )


def test_joined_tasks_are_asked_once_in_both_names_and_the_draft_is_dropped(everyone, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)
    services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_clerk, at=at)
    _issued(template, everyone.party_clerk, at)

    draft.refresh_from_db()
    assert draft.state == TemplateState.DROPPED
    tasks = Task.objects.filter(unit=everyone.branch_a1)
    assert tasks.count() == 1
    asked = TaskRequester.objects.filter(task__in=tasks).order_by("pk").values_list("unit", flat=True)
    assert list(asked) == [everyone.group.pk, everyone.discipline_office.pk]
    ledger = queries.unit_ledger(everyone.branch_secretary_a1, everyone.branch_a1, 2027, at.date())
    assert ledger.in_month(MARCH)[0].asked_by == ("示范集团党委", "纪检室")
    others = queries.asks_of_others(everyone.party_head, everyone.discipline_office, 2027, at.date())
    assert [each.template for each in others] == [template]


def test_nobody_asks_to_join_in_the_name_of_a_unit_they_hold_no_post_in(everyone, template, draft, at):
    with pytest.raises(AccessDenied):
        services.ask_to_join(template_id=template.pk, draft_id=draft.pk, reason="合并", by=everyone.party_clerk, at=at)


def test_who_is_asked_reads_only_that_units_ask_together(everyone, client_of, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)
    page = client_of(everyone.branch_secretary_a1).get(f"/tasks/templates/{template.pk}/").content.decode()
    assert "合并到一次" not in page
    assert "纪检室" not in page

    services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_clerk, at=at)
    page = client_of(everyone.branch_secretary_a1).get(f"/tasks/templates/{template.pk}/").content.decode()
    assert "纪检室" in page
    assert "合并到一次" not in page


def test_what_cannot_be_stored_is_refused_in_words(everyone, client_of, draft):
    answer = client_of(everyone.discipline_clerk).post(
        f"/tasks/templates/{draft.pk}/drop/", {"reason": "a\0b", "version": "1"}
    )

    assert answer.status_code == 422


def test_only_the_side_that_is_asked_answers_a_wish(everyone, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)

    for who in (everyone.discipline_head, everyone.discipline_clerk, everyone.secretary_a):
        assert not access.can_answer_join(who, join, at.date())
    assert access.can_answer_join(everyone.party_head, join, at.date())


def test_a_wish_to_join_what_ended_meanwhile_is_let_go_and_the_draft_goes_on(everyone, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)
    with pytest.raises(services.AskedAlready):
        services.submit_template(
            template_id=draft.pk, by=everyone.discipline_clerk, at=at, version=1, keep_reason="另有用处"
        )
    services.end_template(template_id=template.pk, reason="并入计划", by=everyone.party_clerk, at=at, version=1)

    join.refresh_from_db()
    assert join.state == JoinState.WITHDRAWN
    with pytest.raises(services.JoinRefused):
        services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_clerk, at=at)
    services.submit_template(template_id=draft.pk, by=everyone.discipline_clerk, at=at, version=1)


def test_what_went_out_before_a_unit_joined_is_not_asked_by_it(everyone, template, draft, at):
    _issued(template, everyone.party_clerk, at)
    join = _asked_to_join(everyone, template, draft, at)
    services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_clerk, at=at + timedelta(hours=1))

    def asked(unit):
        return [each.template for each in queries.asks_of_others(everyone.party_head, unit, 2027, at.date())]

    assert asked(everyone.discipline_office) == []
    assert asked(everyone.group) == [template]


def test_nobody_answers_their_own_wish_and_the_database_refuses_it_too(everyone, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)

    with pytest.raises(AccessDenied):
        services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.discipline_clerk, at=at)
    with pytest.raises(IntegrityError, match="tasks_join_four_eyes"), transaction.atomic():
        TemplateJoin.objects.filter(pk=join.pk).update(
            state=JoinState.ACCEPTED, answered_by=everyone.discipline_clerk, answered_at=at
        )
    with pytest.raises(AccessDenied):
        services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.branch_secretary_a1, at=at)


def test_a_declined_wish_says_why_and_leaves_the_draft(everyone, template, draft, at):
    join = _asked_to_join(everyone, template, draft, at)
    with pytest.raises(services.JoinRefused):
        _asked_to_join(everyone, template, draft, at)
    with pytest.raises(Problem):
        services.answer_join(join_id=join.pk, accept=False, answer=" ", by=everyone.party_clerk, at=at)
    services.answer_join(join_id=join.pk, accept=False, answer="内容不同", by=everyone.party_clerk, at=at)

    draft.refresh_from_db()
    assert draft.state == TemplateState.DRAFT
    with pytest.raises(services.JoinRefused):
        services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_clerk, at=at)
    again = _asked_to_join(everyone, template, draft, at)
    withdrawn = services.withdraw_join(join_id=again.pk, by=everyone.discipline_clerk, at=at)
    assert withdrawn.state == JoinState.WITHDRAWN


def test_whoever_lets_another_unit_join_does_not_approve(everyone, template, draft, at):
    template.state, template.approved_at, template.approved_by = TemplateState.SUBMITTED, None, None
    template.save()
    join = _asked_to_join(everyone, template, draft, at)
    services.answer_join(join_id=join.pk, accept=True, answer="", by=everyone.party_head, at=at)
    template.refresh_from_db()

    assert not access.can_approve_template(everyone.party_head, template, at.date())


def test_a_draft_can_be_given_up_and_is_out_of_the_way(everyone, draft, at):
    with pytest.raises(Problem):
        services.drop_template(template_id=draft.pk, reason="", by=everyone.discipline_clerk, at=at, version=1)
    services.drop_template(template_id=draft.pk, reason="不再需要", by=everyone.discipline_clerk, at=at, version=1)

    assert draft not in queries.templates_for_list(everyone.discipline_clerk, at.date())
    with pytest.raises(services.TemplateStateRefused):
        services.submit_template(template_id=draft.pk, by=everyone.discipline_clerk, at=at, version=2)


def test_the_page_shows_the_ledger_to_the_asked_and_to_the_asking(everyone, client_of, template, at):
    _issued(template, everyone.party_clerk, at)

    asked = client_of(everyone.branch_secretary_a1).get("/tasks/burden/?year=2027&month=3")
    asking = client_of(everyone.secretary).get(f"/tasks/burden/?unit={everyone.group.pk}&year=2027&month=3&over=1")
    stranger = client_of(everyone.branch_secretary_b1).get(f"/tasks/burden/?unit={everyone.branch_a1.pk}")

    assert asked.status_code == asking.status_code == 200
    assert template.title in asked.content.decode()
    assert stranger.status_code == 404


def test_the_year_of_a_unit_goes_out_as_a_workbook(everyone, client_of, template, at):
    _issued(template, everyone.party_clerk, at)

    answer = client_of(everyone.branch_secretary_a1).get(
        f"/tasks/burden/export/?unit={everyone.branch_a1.pk}&year=2027"
    )

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


def test_the_way_of_a_wish_to_join_on_the_pages(everyone, client_of, template, draft, at):
    draft.title = template.title
    draft.save()
    clerk, owner = client_of(everyone.discipline_clerk), client_of(everyone.party_clerk)
    page = clerk.get(f"/tasks/templates/{draft.pk}/").content.decode()
    assert f'value="{template.pk}"' in page

    clerk.post(f"/tasks/templates/{draft.pk}/join/", {"template": template.pk, "reason": "合并"})
    join = TemplateJoin.objects.get()
    answered = owner.post(f"/tasks/joins/{join.pk}/answer/", {"answer": "accept"})

    join.refresh_from_db()
    assert (answered.status_code, join.state) == (302, JoinState.ACCEPTED)


def test_a_wrong_limit_is_shown_with_its_fault(everyone, client_of):
    answer = client_of(everyone.secretary).post(
        f"/tasks/burden/{everyone.group.pk}/limit/",
        {"unit_kind": "branch", "minutes": "-4", "starts_on": "x", "reason": ""},
    )

    assert answer.status_code == 422
    assert not MonthlyLimit.objects.exists()


def test_every_kind_of_unit_may_have_a_limit(everyone, at):
    assert Unit.objects.filter(kind__in=UnitKind.values).exists()
    for kind in UnitKind.values:
        services.set_limit(
            root_id=everyone.group.pk, unit_kind=kind, minutes=None, starts_on=at.date(), reason="试行结束",
            by=everyone.secretary, at=at,
        )  # fmt: skip

    rows = queries.limit_rows(everyone.group)
    assert {row.unit_kind for row in rows} == set(UnitKind.values)
