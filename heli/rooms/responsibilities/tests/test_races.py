"""Several people at once: of two approvers, two issuers, two signers exactly one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from django.db import connection

from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.rooms.people.tests.fixtures import Everyone, build_everyone
from heli.rooms.responsibilities.models import ListVersion, Signature
from heli.rooms.responsibilities.services import approving, signing
from heli.rooms.responsibilities.tests import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enterprise(transactional_db: None) -> Everyone:
    return build_everyone()


def together(*acts: Callable[[], object]) -> list[object]:
    """Run all acts at the same moment, each on a connection of its own; return results and refusals."""
    gate, results = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=30)
            results.append(act())
        except Problem as problem:
            results.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def refusals(results: list[object]) -> int:
    return sum(isinstance(result, Problem) for result in results)


def test_two_approvers_have_one_winner(enterprise: Everyone, at: datetime) -> None:
    version = world.submitted(enterprise, at)
    act = partial(approving.approve, list_id=version.list_id, version=version.version, at=at)

    results = together(partial(act, by=enterprise.party_head), partial(act, by=enterprise.secretary))

    assert (len(results), refusals(results)) == (2, 1)
    assert AuditEntry.objects.filter(action="duties.approved").count() == 1


def test_approving_and_returning_at_once_has_one_winner(enterprise: Everyone, at: datetime) -> None:
    version = world.submitted(enterprise, at)
    address = {"list_id": version.list_id, "version": version.version, "at": at}

    results = together(
        partial(approving.approve, by=enterprise.party_head, **address),
        partial(approving.return_version, by=enterprise.secretary, reason="缺项", **address),
    )

    assert (len(results), refusals(results)) == (2, 1)


def test_two_issuers_have_one_winner(enterprise: Everyone, at: datetime) -> None:
    version = world.approved(enterprise, at)
    act = partial(approving.issue, list_id=version.list_id, version=version.version, at=at)

    results = together(partial(act, by=enterprise.party_clerk), partial(act, by=enterprise.party_head))

    assert (len(results), refusals(results)) == (2, 1)
    assert ListVersion.objects.filter(state="in_force").count() == 1


def test_signing_twice_at_once_signs_once(enterprise: Everyone, at: datetime) -> None:
    version = world.issued(enterprise, at)
    post = world.post_of(enterprise.secretary)
    act = partial(signing.sign, list_id=version.list_id, number=1, post_id=post.pk, by=enterprise.secretary, at=at)

    results = together(act, act)

    assert (len(results), refusals(results)) == (2, 1)
    assert Signature.objects.count() == 1
