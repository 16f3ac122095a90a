"""The audit log as the audit administrator sees it: sentences, no business content, a chain walked in a job."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel import audit, log_verifier
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.rooms.people import queries, services
from heli.rooms.people.models import Account, LogCheck, Person
from heli.rooms.people.presenters import log as presenters
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]


def _record(action: str, at: datetime, *, subject: object = ("plans.plan", "7"), **changes: object) -> None:
    with transaction.atomic():
        audit.record(action, subject=subject, by="x", at=at, changes=changes)  # type: ignore[arg-type]


def _exported(everyone: Everyone, client_of: ClientOf) -> list[dict[str, object]]:
    answer = client_of(everyone.audit_administrator).get(reverse("people:export_log"))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return [json.loads(line) for line in text.splitlines()]


def test_export_carries_the_content_of_what_the_page_shows_alone_and_the_chain_holds(
    everyone: Everyone, client_of: ClientOf, at: datetime
) -> None:
    _record("plan.decided", at, text="机密内容")
    _record("person.revised", at, subject=everyone.member_a1, phone=["1380000", "1390000"])
    _record("unit.revised", at, subject=everyone.branch_a1, name=["甲支部", "乙支部"])

    log = _exported(everyone, client_of)

    written = json.dumps(log, ensure_ascii=False)
    assert log_verifier.verify(log).checked == 3
    assert ["changes" in entry for entry in log] == [False, False, True]
    assert not any(secret in written for secret in ("机密内容", "1390000", everyone.member_a1.name))


def test_rows_are_sentences_in_the_readers_language(everyone: Everyone, at: datetime) -> None:
    _record("plan.published", at)
    entries = queries.log_entries(queries.LogFilter())

    with translation.override("zh-hans"):
        chinese = presenters.log_rows(entries)[0]
    with translation.override("en"):
        english = presenters.log_rows(entries)[0]

    assert (english["action"], english["subject"]) == ("Approved and published a plan", "Plan 7")
    assert (chinese["action"], chinese["subject"]) == ("审核并发布计划", "计划 7")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["branch_secretary", "member"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)


@given(changes=st.dictionaries(st.sampled_from([*presenters.FIELDS, "other"]), _VALUES, max_size=4))
def test_an_entry_is_shown_whatever_was_recorded(changes: dict[str, object]) -> None:
    entry = AuditEntry(number=1, at=timezone.now(), action="unit.revised", changes=changes, actor_kind="system")

    row = presenters.log_rows([entry])[0]

    assert len(row["changes"]) == len(changes)


@pytest.mark.parametrize(
    ("action", "changes", "words"),
    [("unit.revised", {"name": ["甲", "乙"]}, "甲 → 乙"), ("token.created", {"scopes": ["a"]}, "a"),
     ("token.created", {"scopes": ["a", "b"]}, "a、b"), ("person.transferred", {"units": []}, "–"),
     ("person.left", {"ended_posts": ["书记", "委员", "主席"]}, "书记、委员、主席"),
     ("person.stand_in_given", {"reason": "病假"}, "")],
)  # fmt: skip
def test_lists_are_lists_and_pairs_are_changes(action: str, changes: dict[str, object], words: str) -> None:
    entry = AuditEntry(number=1, at=timezone.now(), action=action, changes=changes, actor_kind="system")

    with translation.override("zh-hans"):
        shown = presenters.log_rows([entry])[0]["changes"]

    assert [fact.value for fact in shown] == [words]


def test_check_is_asked_for_on_the_page_and_walked_in_a_job(
    everyone: Everyone, client_of: ClientOf, at: datetime
) -> None:
    for _number in range(3):
        _record("plan.decided", at)
    auditor, page = client_of(everyone.audit_administrator), reverse("people:check_log")

    answer = auditor.post(page)
    waiting = auditor.get(page)
    services.run_log_check(check_id=LogCheck.objects.get().pk)
    done = auditor.get(page)

    check = LogCheck.objects.get()
    assert answer["Location"] == page
    assert waiting.context["view"]["is_running"]
    assert done.context["view"]["is_good"]
    assert (check.checked, check.last_hash) == (4, AuditEntry.objects.latest("number").hash)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args->>'check_id' FROM procrastinate_jobs WHERE task_name = 'people.check_log'")
        assert cursor.fetchall() == [(str(check.pk),)]


def test_broken_chain_is_told_with_the_first_bad_entry(everyone: Everyone, at: datetime) -> None:
    for _number in range(3):
        _record("plan.decided", at)
    AuditEntry.objects.filter(number=2).update(action="plan.undone")
    check = services.request_log_check(by=everyone.audit_administrator, at=timezone.now())

    services.run_log_check(check_id=check.pk)

    check.refresh_from_db()
    assert (check.bad_number, check.checked) == (2, 1)
    assert presenters.check_view(check, is_lost=False)["found"]


def test_one_walk_at_a_time_and_a_lost_one_is_replaced(everyone: Everyone) -> None:
    by, now = everyone.audit_administrator, timezone.now()
    first = services.request_log_check(by=by, at=now)

    assert services.request_log_check(by=by, at=now + timedelta(minutes=9)) == first
    second = services.request_log_check(by=by, at=now + timedelta(minutes=10))

    assert second != first
    assert queries.is_lost(first, now + timedelta(minutes=10))


@pytest.mark.parametrize("who", ["system_administrator", "security_administrator"])
def test_nobody_but_the_audit_administrator_checks(everyone: Everyone, who: str) -> None:
    with pytest.raises(AccessDenied):
        services.request_log_check(by=getattr(everyone, who), at=timezone.now())


def test_filters_of_the_page_have_an_index(everyone: Everyone, at: datetime) -> None:
    wanted = {
        "kernel_audit_action": queries.LogFilter(action="unit."),
        "kernel_audit_actor": queries.LogFilter(actor="甲"),
    }
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for name, filters in wanted.items():
            plan = queries.log_query(filters).order_by().explain()
            found |= {name} if name in plan else set()

    assert found == set(wanted)
