from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import factory

from heli.rooms.people.tests.factories import PersonFactory, UnitFactory
from heli.rooms.tasks.enums import EvidenceKind, Line, TaskState
from heli.rooms.tasks.models import Citation, Evidence, Task, TaskRequester, TaskTemplate

OPENED = datetime(2027, 3, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))


class TaskFactory(factory.django.DjangoModelFactory):
    """An open task of a branch secretary; ``requesters=[unit, …]`` names who asked for it."""

    class Meta:
        model = Task
        skip_postgeneration_save = True

    title = factory.Sequence("开展第{}次主题党日".format)
    line = Line.PARTY
    unit = factory.SubFactory(UnitFactory)
    post_kind = "branch_secretary"
    due_on = date(2027, 3, 31)
    state = TaskState.OPEN
    opened_at = OPENED
    opened_by = factory.SubFactory(PersonFactory)

    @factory.post_generation
    def requesters(self, create, extracted, **_kwargs):
        for unit in extracted or ():
            TaskRequester.objects.create(task=self, unit=unit)


class EvidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evidence

    unit = factory.SubFactory(UnitFactory)
    kind = EvidenceKind.TEXT
    title = factory.Sequence("会议记录{}".format)
    text = "到会十二人,通过年度计划。"
    happened_on = date(2027, 3, 5)
    recorded_at = OPENED
    recorded_by = factory.SubFactory(PersonFactory)


class CitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Citation

    task = factory.SubFactory(TaskFactory)
    evidence = factory.SubFactory(EvidenceFactory)
    cited_at = OPENED
    cited_by = factory.SubFactory(PersonFactory)


class TemplateFactory(factory.django.DjangoModelFactory):
    """An approved monthly template of the last working day; ``root`` and ``unit`` are to be given."""

    class Meta:
        model = TaskTemplate

    title = factory.Sequence("上报第{}项月度工作".format)
    line = Line.PARTY
    deliverable = "完成情况说明"
    unit_kinds = ("branch",)
    post_kind = "branch_secretary"
    every = "month"
    falls_on = "last_working_day"
    starts_on = date(2027, 1, 1)
    ends_on = date(2027, 12, 31)
    basis = "集团年度工作安排"
    minutes = 30
    lead_days = 10
    state = "approved"
    drafted_at = OPENED
    drafted_by = factory.SubFactory(PersonFactory)
    owner = factory.SelfAttribute("drafted_by")
    hands = factory.LazyAttribute(lambda template: [template.drafted_by.pk])
    approved_at = OPENED
    approved_by = factory.SubFactory(PersonFactory)
