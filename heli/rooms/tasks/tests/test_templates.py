from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.information.models import Notification
from heli.rooms.people.enums import PostKind
from heli.rooms.people.tests.factories import UnitFactory, appointed
from heli.rooms.tasks import access, queries, services
from heli.rooms.tasks.enums import TemplateState
from heli.rooms.tasks.models import TaskTemplate, TemplateIssue
from heli.rooms.tasks.tests.factories import TemplateFactory


@pytest.fixture
def new(everyone):
    return services.TemplateDraft(
        title="每月开展主题党日",
        line="party",
        deliverable="活动小结",
        unit_id=everyone.group.pk,
        root_id=everyone.group.pk,
        unit_kinds=("branch",),
        post_kind="branch_secretary",
        every="month",
        falls_on="last_working_day",
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 12, 31),
        basis="年度党建工作要点",
        owner_id=everyone.party_head.pk,
        minutes=40,
    )


@pytest.fixture
def template(everyone):
    return TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head
    )


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


def _next(template, at):
    return queries.issue_preview(template, at.date()).next_due


def test_a_template_is_in_force_only_after_another_person_approved_it(everyone, new, at):
    clerk, head = everyone.party_clerk, everyone.party_head
    template = services.draft_template(new=new, by=clerk, at=at)
    services.submit_template(template_id=template.pk, by=clerk, at=at, version=1)

    with pytest.raises(AccessDenied):
        services.approve_template(template_id=template.pk, by=clerk, at=at, version=2)
    approved = services.approve_template(template_id=template.pk, by=head, at=at, version=2)

    assert (approved.state, approved.approved_by) == (TemplateState.APPROVED, head)
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "template.drafted", "template.submitted", "template.approved",
    ]  # fmt: skip
    assert set(Notification.objects.values_list("person_id", flat=True)) == {clerk.pk, head.pk}


def test_whoever_changed_a_draft_does_not_approve_it(everyone, new, at):
    template = services.draft_template(new=new, by=everyone.party_clerk, at=at)
    services.revise_template(
        template_id=template.pk, new=replace(new, unit_id=everyone.group.pk, minutes=20), by=everyone.party_head, at=at,
        version=1,
    )  # fmt: skip
    services.submit_template(template_id=template.pk, by=everyone.party_clerk, at=at, version=2)

    with pytest.raises(AccessDenied, match=r"drafted|起草"):
        services.approve_template(template_id=template.pk, by=everyone.party_head, at=at, version=3)
    approved = services.approve_template(template_id=template.pk, by=everyone.secretary, at=at, version=3)

    assert (approved.minutes, approved.approved_by) == (20, everyone.secretary)


def test_the_database_refuses_an_approval_by_the_drafter(everyone, template):
    with pytest.raises(IntegrityError, match="tasks_template_four_eyes"), transaction.atomic():
        TaskTemplate.objects.filter(pk=template.pk).update(approved_by=template.drafted_by)


@pytest.mark.parametrize("change", [{"basis": ""}, {"minutes": 0}, {"ends_on": date(2026, 1, 1)}])
def test_the_database_refuses_a_template_that_does_not_state_its_burden(template, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskTemplate.objects.filter(pk=template.pk).update(**change)


def test_a_returned_template_can_be_changed_and_submitted_again(everyone, new, at):
    template = services.draft_template(new=new, by=everyone.party_clerk, at=at)
    services.submit_template(template_id=template.pk, by=everyone.party_clerk, at=at, version=1)

    with pytest.raises(Problem):
        services.return_template(template_id=template.pk, reason=" ", by=everyone.party_head, at=at, version=2)
    returned = services.return_template(
        template_id=template.pk, reason="依据不够明确", by=everyone.party_head, at=at, version=2
    )

    assert (returned.state, returned.return_reason) == (TemplateState.DRAFT, "依据不够明确")
    services.submit_template(template_id=template.pk, by=everyone.party_clerk, at=at, version=3)


def test_an_approved_template_is_not_changed_but_ended(everyone, new, template, at):
    with pytest.raises(services.TemplateStateRefused):
        services.revise_template(template_id=template.pk, new=new, by=everyone.party_clerk, at=at, version=1)
    ended = services.end_template(template_id=template.pk, reason="并入计划", by=everyone.party_clerk, at=at, version=1)

    assert (ended.state, ended.end_reason) == (TemplateState.ENDED, "并入计划")
    with pytest.raises(services.IssueRefused):
        services.begin_issue(template_id=template.pk, due=_next(template, at), by=everyone.party_clerk, at=at)


def test_an_old_version_is_refused_with_both_sides(everyone, new, at):
    template = services.draft_template(new=new, by=everyone.party_clerk, at=at)

    with pytest.raises(VersionConflict):
        services.submit_template(template_id=template.pk, by=everyone.party_clerk, at=at, version=7)


def test_what_counts_is_refused_with_the_rule_behind_it(everyone, new, at, in_english):
    with pytest.raises(services.BurdenRefused) as refused:
        services.draft_template(new=replace(new, deliverable="现场照片3张"), by=everyone.party_clerk, at=at)

    assert "numbers of photos" in refused.value.what
    assert "2023" in refused.value.why
    assert not TaskTemplate.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"ends_on": date(2027, 2, 1)},
        {"every": "once"},
        {"every": "once", "once_on": date(2030, 1, 1)},
        {"every": "event", "event": "", "deadline": "P15D"},
        {"every": "event", "event": "收到通报", "deadline": "15"},
        {"falls_on": "day", "nth": 0},
        {"falls_on": "working_day", "nth": 30},
        {"obligation": "Z99"},
    ],
)
def test_what_cannot_be_meant_is_refused(everyone, new, at, change):
    with pytest.raises(Problem, match=r"保存|saved"):
        services.draft_template(new=replace(new, **change), by=everyone.party_clerk, at=at)

    assert not TaskTemplate.objects.exists()


def test_nobody_drafts_for_units_they_do_not_direct_or_in_the_name_of_others(everyone, new, at):
    own = replace(new, root_id=everyone.branch_a1.pk, unit_id=everyone.branch_a1.pk)
    with pytest.raises(AccessDenied):
        services.draft_template(new=own, by=everyone.branch_secretary_a1, at=at)
    with pytest.raises(AccessDenied):
        services.draft_template(new=replace(new, unit_id=everyone.discipline_office.pk), by=everyone.party_clerk, at=at)
    with pytest.raises(Http404):
        services.draft_template(new=replace(new, root_id=everyone.committee_b.pk), by=everyone.secretary_a, at=at)


def test_a_failing_audit_leaves_nothing_behind(everyone, new, at, monkeypatch):
    monkeypatch.setattr(audit, "record", _fail)

    with pytest.raises(RuntimeError):
        services.draft_template(new=new, by=everyone.party_clerk, at=at)

    assert not TaskTemplate.objects.exists()


def _fail(*_args, **_kwargs):
    raise RuntimeError


def test_who_sees_a_template_in_which_state(everyone, template, at):
    on = at.date()
    seen = {}
    for state in ("draft", "approved"):
        TaskTemplate.objects.filter(pk=template.pk).update(state=state)
        seen[state] = {
            name
            for name in ("party_clerk", "secretary", "secretary_a", "branch_secretary_a1", "member_a1", "former_clerk")
            if access.visible_templates(getattr(everyone, name), on).exists()
        }

    assert seen["draft"] == {"party_clerk", "secretary"}
    assert seen["approved"] == {"party_clerk", "secretary", "secretary_a", "branch_secretary_a1"}


def test_list_and_object_agree(everyone, template, at):
    TemplateFactory(root=everyone.committee_b, unit=everyone.group, state="draft")
    TemplateFactory(root=everyone.branch_a1, unit=everyone.committee_a, unit_kinds=())
    for person in [*everyone.persons, None]:
        visible = set(access.visible_templates(person, at.date()))
        assert visible == {
            each for each in TaskTemplate.objects.all() if access.can_view_template(person, each, at.date())
        }


@pytest.mark.parametrize("count", [1, 3, 12])
def test_list_page_needs_the_same_queries_for_any_number_of_templates(everyone, client_of, at, count):
    client = client_of(everyone.party_clerk)
    for _ in range(count):
        TemplateFactory(root=everyone.group, unit=everyone.group)
    client.get(reverse("tasks:templates"))

    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("tasks:templates"))

    assert len(captured) == _QUERIES.setdefault("list", len(captured))


@pytest.mark.parametrize("count", [1, 3, 12])
def test_template_page_needs_the_same_queries_for_any_number_of_issues_and_units(everyone, template, client_of, count):
    client, path = client_of(everyone.party_clerk), reverse("tasks:template", args=[template.pk])
    for number in range(count):
        UnitFactory(kind="branch", parent=everyone.committee_b)
        TemplateIssue.objects.create(
            template=template, period=f"2026-{number + 1:02d}", due_on=date(2026, number + 1, 1), state="issued",
            ended_at=template.drafted_at, requested_at=template.drafted_at, requested_by=everyone.party_clerk,
        )  # fmt: skip
    client.get(path)

    with CaptureQueriesContext(connection) as captured:
        client.get(path)

    assert len(captured) == _QUERIES.setdefault("page", len(captured))


_QUERIES: dict[str, int] = {}


def test_drafting_by_the_form(everyone, client_of, new):
    client = client_of(everyone.party_clerk)
    values = {
        "title": new.title, "line": "party", "deliverable": new.deliverable, "unit_id": new.unit_id,
        "root_id": new.root_id, "unit_kinds": ["branch"], "post_kind": "branch_secretary", "every": "month",
        "month": 1, "falls_on": "last_working_day", "shift": "before", "lead_days": 10, "starts_on": "2027-03-01",
        "ends_on": "2027-12-31", "basis": new.basis, "owner_id": everyone.party_clerk.pk, "minutes": 40,
    }  # fmt: skip

    form = client.get(reverse("tasks:new_template"))
    refused = client.post(reverse("tasks:new_template"), {**values, "title": "上报照片3张"})
    answer = client.post(reverse("tasks:new_template"), values)
    template = TaskTemplate.objects.get()
    page = client.get(answer["Location"]).content.decode()
    changed = client.post(reverse("tasks:template_edit", args=[template.pk]), {**values, "minutes": 25, "version": 1})

    assert (form.status_code, refused.status_code, answer.status_code, changed.status_code) == (200, 422, 302, 302)
    assert "照片3张" in refused.content.decode()
    assert new.title in page
    template.refresh_from_db()
    assert (template.minutes, template.unit_kinds) == (25, ["branch"])


def test_the_way_through_the_pages(everyone, client_of, new, at):
    template = services.draft_template(new=new, by=everyone.party_clerk, at=at)
    TaskTemplate.objects.filter(pk=template.pk).update(starts_on=date(2020, 1, 1), ends_on=date(2040, 1, 1))
    clerk, head = client_of(everyone.party_clerk), client_of(everyone.party_head)

    def post(client, verb, **values):
        return client.post(reverse(f"tasks:template_{verb}", args=[template.pk]), values)

    codes = [
        post(clerk, "submit", version=1).status_code,
        post(head, "return", version=2, reason="请写明依据").status_code,
        post(clerk, "submit", version=3).status_code,
    ]
    waiting = head.get(reverse("tasks:templates")).content.decode()
    codes.append(post(head, "approve", version=4).status_code)
    issued = post(clerk, "issue")
    issue = TemplateIssue.objects.get()
    running = clerk.get(issued["Location"])
    services.run_issue(issue_id=issue.pk, at=at)
    done = clerk.get(issued["Location"], headers={"HX-Request": "true"})
    withdrawn = clerk.post(reverse("tasks:issue_withdraw", args=[issue.pk]), {"reason": "要求有变"})
    codes.append(post(clerk, "end", version=5, reason="不再需要").status_code)

    assert codes == [302] * 5
    assert new.title in waiting
    assert 'hx-trigger="every 1s"' in running.content.decode()
    assert "<html" not in done.content.decode()
    assert withdrawn.status_code == 302
    assert client_of(everyone.member_a1).get(issued["Location"]).status_code == 404


def test_former_posts_open_nothing(everyone, template, at):
    with pytest.raises(Http404):
        access.template_for(everyone.former_clerk, template.pk, at.date())
    clerk = appointed(PostKind.PARTY_CLERK, everyone.committee_a)
    assert not access.can_issue(clerk, everyone.group, at.date())
