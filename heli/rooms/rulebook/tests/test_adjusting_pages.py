"""The pages of changes: what they show, whom they let act, and that they ask no more for more rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from heli.rooms.people.models import Unit
from heli.rooms.people.tests.factories import UnitFactory
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import queries, services
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Adjustment, AdjustmentNotice

ClientOf = Callable[..., Client]
UNITS = "rulebook.units"


def drafted(everyone: Everyone, code: str = "A04", **changes: Any) -> Adjustment:
    values = {
        "family": Family.OBLIGATION, "code": code, "cells": {"count": "2"}, "reason": "集团要求",
        "valid_from": timezone.localdate() + timedelta(days=30), "by": everyone.party_clerk, "at": timezone.now(),
        "version": 1,
    }  # fmt: skip
    return services.draft_adjustment(**{**values, **changes})


def proposed(everyone: Everyone, code: str = "A04") -> Adjustment:
    draft = drafted(everyone, code)
    return services.propose_adjustment(
        adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=timezone.now()
    )


def decided(everyone: Everyone, code: str = "A04") -> Adjustment:
    found = proposed(everyone, code)
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices={UNITS: services.Choice(is_accepted=True)},
        by=everyone.party_head, at=timezone.now(),
    )  # fmt: skip
    services.carry_out(adjustment_id=found.pk, at=timezone.now())
    return found


def path(name: str, *args: object) -> str:
    return reverse(f"rulebook:{name}", args=args)


def test_a_change_goes_its_way_through_the_pages(installed: Everyone, english: ClientOf) -> None:
    draft, clerk, head = drafted(installed), english(installed.party_clerk), english(installed.party_head)
    secretary = english(installed.branch_secretary_a1)

    shown = clerk.get(path("adjustment", draft.pk)).content.decode()
    hidden = secretary.get(path("adjustment", draft.pk)).status_code
    clerk.post(path("propose", draft.pk), {"version": 1})
    waits = head.get(path("waiting")).content.decode()
    answer = head.post(
        path("decide", draft.pk), {"version": 2, "step": "decide", f"choice:{UNITS}": "accept", "note": "同意"}
    )
    services.carry_out(adjustment_id=draft.pk, at=timezone.now())
    note = AdjustmentNotice.objects.get(unit=installed.branch_a1)
    waiting = secretary.get(path("waiting")).content.decode()
    secretary.post(path("acknowledge", draft.pk, note.pk))
    after = secretary.get(path("adjustment", draft.pk)).content.decode()

    note.refresh_from_db()
    assert "Units of which it is asked" in shown
    assert "How many" in shown
    assert (hidden, answer.status_code) == (404, 302)
    assert "to decide" in waits
    assert installed.branch_a1.name in waiting
    assert note.acknowledged_by == installed.branch_secretary_a1
    assert "1 / 1" in after
    assert "Please acknowledge" not in after


def test_a_refused_decision_stands_on_the_page_with_what_was_typed(installed: Everyone, english: ClientOf) -> None:
    found = proposed(installed)

    response = english(installed.party_head).post(
        path("decide", found.pk), {"version": found.version, "step": "decide", f"choice:{UNITS}": "decline"}
    )

    shown = response.content.decode()
    assert response.status_code == 422
    assert "declined without a reason" in shown
    assert [(row.group.key, row.chosen) for row in response.context["groups"]] == [(UNITS, "decline")]


def test_of_what_is_empty_only_what_would_be_altered_is_asked_about(installed: Everyone, english: ClientOf) -> None:
    draft = drafted(installed, cells={}, switches={"is_on": False})
    found = services.propose_adjustment(
        adjustment_id=draft.pk, version=draft.version, by=installed.party_clerk, at=timezone.now()
    )

    groups = english(installed.party_head).get(path("adjustment", found.pk)).context["groups"]

    empty = {row.group.key: (row.group.act, row.chosen) for row in groups if not row.group.count}
    assert empty == {
        "tasks.open": ("cancel", "accept"), "tasks.templates": ("end", "accept"),
        "responsibilities.items": ("revise", "accept"),
    }  # fmt: skip


@pytest.mark.parametrize(("step", "state"), [("return", "draft"), ("decline", "declined")])
def test_return_and_decline_need_a_reason(installed: Everyone, client_of: ClientOf, step: str, state: str) -> None:
    found, head = proposed(installed), client_of(installed.secretary)

    without = head.post(path("decide", found.pk), {"version": found.version, "step": step})
    answer = head.post(path("decide", found.pk), {"version": found.version, "step": step, "note": "再议"})

    found.refresh_from_db()
    assert (without.status_code, answer.status_code, found.state, found.note) == (422, 302, state, "再议")


def test_forms_carry_the_version_they_showed(installed: Everyone, client_of: ClientOf) -> None:
    found, head = proposed(installed), client_of(installed.party_head)

    for version in (found.version - 1, "", "none"):
        sent = {"version": version, "step": "decide", f"choice:{UNITS}": "accept"}
        assert head.post(path("decide", found.pk), sent).status_code == 409

    found.refresh_from_db()
    assert found.state == "proposed"


def test_a_draft_is_moved_left_out_of_and_withdrawn(installed: Everyone, client_of: ClientOf) -> None:
    draft, clerk = drafted(installed), client_of(installed.party_clerk)
    later = (timezone.localdate() + timedelta(days=60)).isoformat()

    answers = [
        clerk.post(path("move_adjustment", draft.pk), {"version": 1, "valid_from": later, "reason": "推迟"}),
        clerk.post(path("move_adjustment", draft.pk), {"version": 2, "valid_from": "soon", "reason": ""}),
        clerk.post(
            path("leave_out", draft.pk),
            {"version": 2, "group": UNITS, "line": installed.branch_b1.pk, "note": "即将撤销"},
        ),
    ]
    exception = draft.exceptions.get()
    shown = clerk.get(path("adjustment", draft.pk)).content.decode()
    lines = clerk.get(path("following", draft.pk), {"group": UNITS, "act": "1"}).context["lines"]
    answers += [
        clerk.post(path("take_back_in", draft.pk, exception.pk), {"version": 3}),
        clerk.post(path("withdraw", draft.pk), {"version": 4, "note": "不再需要"}),
    ]

    draft.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 422, 302, 302, 302]
    assert "即将撤销" in shown
    assert installed.branch_b1.pk not in {int(line.key) for line in lines}
    assert (draft.state, draft.effective_on.isoformat(), draft.exceptions.count()) == ("withdrawn", later, 0)


@pytest.mark.parametrize("name", ["move_adjustment", "propose", "withdraw", "decide", "leave_out"])
def test_a_branch_secretary_moves_nothing(installed: Everyone, client_of: ClientOf, name: str) -> None:
    found = proposed(installed)

    answer = client_of(installed.branch_secretary_a1).post(path(name, found.pk), {"version": found.version})

    found.refresh_from_db()
    assert (answer.status_code in (403, 404), found.state) == (True, "proposed")


def test_nobody_acknowledges_for_another_unit(installed: Everyone, client_of: ClientOf) -> None:
    found = decided(installed)
    note = AdjustmentNotice.objects.get(unit=installed.branch_b1)

    answer = client_of(installed.branch_secretary_a1).post(path("acknowledge", found.pk, note.pk))

    assert answer.status_code == 404


def test_a_branch_secretary_sees_the_own_part_alone(installed: Everyone, english: ClientOf) -> None:
    found = decided(installed)

    shown = english(installed.branch_secretary_a1).get(path("following", found.pk), {"group": UNITS}).content.decode()

    assert installed.branch_a1.name in shown
    assert installed.branch_b1.name not in shown


def test_lines_come_as_a_page_or_as_a_fragment(installed: Everyone, client_of: ClientOf) -> None:
    draft, clerk = drafted(installed), client_of(installed.party_clerk)
    address = path("following", draft.pk) + f"?group={UNITS}"

    whole, part = clerk.get(address), clerk.get(address, headers={"HX-Request": "true"})
    nothing = clerk.get(path("following", draft.pk), {"group": UNITS, "after": "9" * 4400})

    assert ("<html" in whole.content.decode(), "<html" in part.content.decode()) == (True, False)
    assert (nothing.status_code, nothing.context["lines"]) == (200, whole.context["lines"])


def test_the_list_filters_by_state_and_asks_as_much_for_one_as_for_five(
    installed: Everyone, client_of: ClientOf
) -> None:
    client = client_of(installed.party_clerk)
    drafted(installed)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path("adjustments")).status_code == 200
        return len(captured)

    count()
    one = count()
    for code in ("A02", "A03", "A06"):
        drafted(installed, code, cells={"note_zh": "另记", "note_en": "Another note"})
    proposed(installed, "A20")

    assert one == count()
    assert [row.adjustment.code for row in client.get(path("adjustments"), {"state": "proposed"}).context["rows"]] == [
        "A20"
    ]
    assert len(client.get(path("adjustments"), {"state": "nonsense"}).context["rows"]) == 5


def test_an_empty_list_offers_the_first_step(installed: Everyone, english: ClientOf) -> None:
    assert "No change is under way" in english(installed.party_clerk).get(path("adjustments")).content.decode()
    assert "Nothing has changed" in english(installed.member_a1).get(path("adjustments")).content.decode()


def test_a_duty_says_that_a_change_is_under_way(installed: Everyone, english: ClientOf) -> None:
    drafted(installed)

    clerk = english(installed.party_clerk).get(path("duty", "A04")).content.decode()
    secretary = english(installed.branch_secretary_a1).get(path("duty", "A04")).content.decode()

    assert "A change is under way." in clerk
    assert path("edit_duty", "A04") not in clerk
    assert "A change is under way." not in secretary


def test_a_secretary_learns_nothing_of_other_units(installed: Everyone, english: ClientOf) -> None:
    draft = drafted(installed)
    services.leave_out(
        adjustment_id=draft.pk, version=draft.version, group=UNITS, line=str(installed.branch_b1.pk), reason="即将撤销",
        by=installed.party_clerk, at=timezone.now(),
    )  # fmt: skip
    draft.refresh_from_db()
    found = services.propose_adjustment(
        adjustment_id=draft.pk, version=draft.version, by=installed.party_clerk, at=timezone.now()
    )
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices={UNITS: services.Choice(is_accepted=True)},
        by=installed.party_head, at=timezone.now(),
    )  # fmt: skip
    services.carry_out(adjustment_id=found.pk, at=timezone.now())

    shown = {
        name: english(getattr(installed, name)).get(path("adjustment", found.pk)).content.decode()
        for name in ("party_clerk", "branch_secretary_a1", "branch_secretary_b1")
    }

    seen = {name: (installed.branch_b1.name in text, "3 at the decision" in text) for name, text in shown.items()}
    assert seen == {
        "party_clerk": (True, True), "branch_secretary_a1": (False, False), "branch_secretary_b1": (True, False),
    }  # fmt: skip


@pytest.mark.parametrize("group", ["tasks.x", "plans.x", "responsibilities.x", "rulebook.x", "nobody.x"])
def test_a_group_that_no_room_names_is_not_found(installed: Everyone, client_of: ClientOf, group: str) -> None:
    draft, clerk = drafted(installed), client_of(installed.party_clerk)

    of_change = clerk.get(path("following", draft.pk), {"group": group})
    of_day = clerk.get(path("follows_day"), {"group": group})

    assert (of_change.status_code, of_day.status_code) == (404, 404)


def test_how_many_were_done_is_for_those_who_coordinate(installed: Everyone, english: ClientOf) -> None:
    found = decided(installed)
    found.effects.filter(group=UNITS).update(act="cancel", applied=7)

    shown = {
        name: english(getattr(installed, name)).get(path("adjustment", found.pk)).content.decode()
        for name in ("party_clerk", "branch_secretary_b1")
    }

    assert {name: ("done: 7" in text, "Units of which it is asked" in text) for name, text in shown.items()} == {
        "party_clerk": (True, True), "branch_secretary_b1": (False, True),
    }  # fmt: skip


def test_a_reader_finds_the_own_exception_behind_any_number_of_others(installed: Everyone) -> None:
    draft, today = drafted(installed), timezone.localdate()

    def leave_out(unit: Unit) -> None:
        draft.exceptions.create(
            group=UNITS, line=str(unit.pk), title=unit.name, reason="缓行", left_out_at=timezone.now(),
            left_out_by=installed.party_clerk,
        )  # fmt: skip

    def seen() -> tuple[list[str], int]:
        with CaptureQueriesContext(connection) as captured:
            page = queries.adjustment_page(installed.branch_secretary_b1, draft, today)
        return [one.title for one in page.exceptions], len(captured)

    leave_out(installed.branch_b1)
    seen()
    _own, of_one = seen()
    draft.exceptions.all().delete()
    for number in range(31):
        leave_out(UnitFactory(name=f"支部{number}", parent=installed.committee_a))
    leave_out(installed.branch_b1)
    own, of_many = seen()

    assert own == [installed.branch_b1.name]
    assert of_many == of_one
