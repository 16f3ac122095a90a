from __future__ import annotations

from heli.rooms.people.enums import PostKind
from heli.rooms.tasks import queries, services
from heli.rooms.tasks.models import Task
from heli.rooms.tasks.queries.owners import page_owner
from heli.rooms.tasks.tests.factories import TaskFactory, TemplateFactory


def _template(everyone):
    return TemplateFactory(
        root=everyone.group, unit=everyone.group, drafted_by=everyone.party_clerk, approved_by=everyone.party_head,
        owner=everyone.party_head,
    )  # fmt: skip


def test_the_owner_of_a_template_answers_for_it_and_for_its_tasks(everyone, at):
    template = _template(everyone)
    due = queries.issue_preview(template, at.date()).next_due
    issue = services.begin_issue(template_id=template.pk, due=due, by=everyone.party_clerk, at=at)
    services.run_issue(issue_id=issue.pk, at=at)
    task = Task.objects.get(unit=everyone.branch_a1)

    for path in (f"/tasks/templates/{template.pk}/", f"/tasks/{task.pk}/"):
        found = page_owner(path, everyone.branch_secretary_a1, at.date())
        assert found is not None
        assert (found.unit_id, found.post_kind, found.about) == (everyone.group.pk, PostKind.PARTY_HEAD, template.title)


def test_a_desk_of_the_unit_that_asked_answers_for_any_other_task(everyone, at):
    task = TaskFactory(unit=everyone.branch_a1, requesters=[everyone.discipline_office])

    found = page_owner(f"/tasks/{task.pk}/", everyone.branch_secretary_a1, at.date())

    assert found is not None
    assert (found.unit_id, found.post_kind) == (everyone.discipline_office.pk, PostKind.DISCIPLINE_CLERK)


def test_a_page_that_one_may_not_see_names_nobody(everyone, at):
    task, template = TaskFactory(unit=everyone.branch_a1, requesters=[everyone.group]), _template(everyone)

    assert page_owner(f"/tasks/{task.pk}/", everyone.branch_secretary_b1, at.date()) is None
    assert page_owner(f"/tasks/templates/{template.pk}/", everyone.non_member, at.date()) is None
    assert page_owner("/tasks/", everyone.branch_secretary_a1, at.date()) is None
