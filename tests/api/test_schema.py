"""Whatever is sent to the API, it answers within its own schema and never with 500."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
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

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SCHEMA: Any = schemathesis.openapi.from_dict(api.api.get_openapi_schema())
SCHEMA.app = application
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@pytest.fixture
def key(transactional_db: None) -> str:
    """A key with every scope, of the clerk who may do most."""
    everyone = build_everyone()
    everyone.account(everyone.party_clerk)
    _token, text = services.create_token(
        person=everyone.party_clerk,
        name="schema",
        scopes=list(Scope),
        expires_on=timezone.localdate() + timedelta(days=1),
        at=timezone.now(),
    )
    return text


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_answers_stay_within_the_schema(operation: Any, key: str) -> None:
    @settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        case.validate_response(answer, checks=CHECKS)

    send()


def test_docs_need_nothing_from_elsewhere(client: Any, db: None) -> None:
    page = client.get("/api/docs").content.decode()

    assert "http://" not in page
    assert "https://" not in page
    assert "/static/ninja/" in page
