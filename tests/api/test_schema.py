"""Whatever is sent to the API, it answers within its own schema and never with 500."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from heli.config import api
from heli.config.wsgi import application
from heli.rooms.people import services
from heli.rooms.people.enums import Scope
from heli.rooms.people.tests.fixtures import build_everyone
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.tests.factories import CitationFactory, EvidenceFactory, TaskFactory

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA: Any = schemathesis.openapi.from_dict(api.api.get_openapi_schema())
SCHEMA.app = application
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@dataclass(frozen=True)
class Site:
    """A key with every scope, of the clerk who may do most, and ids that lead somewhere, by the path's name."""

    key: str
    ids: dict[str, list[int]]


@pytest.fixture
def site(transactional_db: None) -> Site:
    everyone = build_everyone()
    everyone.account(everyone.party_clerk)
    _token, text = services.create_token(
        person=everyone.party_clerk,
        name="schema",
        scopes=list(Scope),
        expires_on=timezone.localdate() + timedelta(days=1),
        at=timezone.now(),
    )
    own = TaskFactory(unit=everyone.party_department, post_kind="party_clerk")
    running = TaskFactory(
        unit=everyone.party_department,
        post_kind="party_clerk",
        state=TaskState.ACCEPTED,
        accepted_at=timezone.now(),
        accepted_by=everyone.party_clerk,
    )
    done = TaskFactory(
        unit=everyone.branch_a1,
        state=TaskState.HANDED_IN,
        handed_in_at=timezone.now(),
        handed_in_by=everyone.branch_secretary_a1,
    )
    fact = EvidenceFactory(unit=everyone.party_department)
    CitationFactory(task=running, evidence=fact)
    return Site(
        key=text,
        ids={
            "task_id": [own.pk, running.pk, done.pk],
            "evidence_id": [fact.pk],
            "unit_id": [everyone.branch_a1.pk],
            "person_id": [everyone.member_a1.pk],
        },
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_answers_stay_within_the_schema(operation: Any, site: Site) -> None:
    @settings(max_examples=20, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), which=st.integers(0, 3), version=st.integers(0, 3))
    def send(case: Any, which: int, version: int) -> None:
        if which:  # three times in four at something that is there, else at whatever was drawn
            known = {name: site.ids[name] for name in case.path_parameters or {} if name in site.ids}
            case.path_parameters = {**(case.path_parameters or {}), **{n: v[which % len(v)] for n, v in known.items()}}
        if version and isinstance(case.body, dict) and "version" in case.body:
            case.body["version"] = version
        answer = case.call(headers={"Authorization": f"Bearer {site.key}"})
        case.validate_response(answer, checks=CHECKS)

    send()


def test_docs_need_nothing_from_elsewhere(client: Any, db: None) -> None:
    page = client.get("/api/docs").content.decode()

    assert "http://" not in page
    assert "https://" not in page
    assert "/static/ninja/" in page
