"""A change of the rulebook: drafted by one, decided by another, in force from its day; who sees and tells what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from heli.kernel import audit
from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people.enums import PostKind
from heli.rooms.people.models import StandIn
from heli.rooms.people.tests.factories import PersonFactory, appointed
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import access, queries, records, rules, services
from heli.rooms.rulebook.enums import AdjustmentState, Family
from heli.rooms.rulebook.models import Adjustment, AdjustmentNotice, ObligationWording
from heli.rooms.rulebook.services import Choice
from heli.rooms.rulebook.tests import in_force

JUNE = date(2027, 6, 1)
UNITS = "rulebook.units"
ACCEPTED = {UNITS: Choice(is_accepted=True)}


@pytest.fixture(autouse=True)
def _english(in_english: None) -> None:
    """Let refusals speak English."""


def drafted(everyone: Everyone, at: datetime, **changes: Any) -> Adjustment:
    values = {
        "family": Family.OBLIGATION, "code": "A04", "cells": {"count": "2"}, "reason": "集团要求每季度两次",
        "valid_from": JUNE, "by": everyone.party_clerk, "at": at, "version": 1,
    }  # fmt: skip
    return services.draft_adjustment(**{**values, **changes})


def proposed(everyone: Everyone, at: datetime, **changes: Any) -> Adjustment:
    draft = drafted(everyone, at, **changes)
    return services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=everyone.party_clerk, at=at)


def decided(everyone: Everyone, at: datetime, choices: dict[str, Choice] | None = None, **changes: Any) -> Adjustment:
    found = proposed(everyone, at, **changes)
    return services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices=ACCEPTED if choices is None else choices,
        by=everyone.party_head, at=at,
    )  # fmt: skip


# --- The table of states ---


def test_every_state_stands_in_the_table_and_ends_somewhere() -> None:
    table = rules.ADJUSTMENT_TRANSITIONS

    assert set(table) == set(AdjustmentState.values)
    assert {state for state, after in table.items() if not after} == {"in_force", "declined", "withdrawn"}
    assert "decided" not in table["draft"]


@given(
    st.lists(st.sampled_from("abcdef"), unique=True),
    st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.booleans(), st.sampled_from(["", "  ", "因为"]))),
)
def test_nothing_is_decided_without_a_choice_or_declined_without_a_reason(
    asked: list[str], chosen: dict[str, tuple[bool, str]]
) -> None:
    open_groups = rules.undecided(asked, chosen)

    for key in asked:
        accepted, reason = chosen.get(key, (False, ""))
        assert (key in open_groups) == (not accepted and not reason.strip())
    assert set(open_groups) <= set(asked)


# --- Drafting ---


def test_a_draft_changes_nothing(installed: Everyone, at: datetime) -> None:
    draft = drafted(installed, at)

    assert (draft.state, draft.cells, draft.before, draft.hands) == (
        "draft", {"count": "2"}, {"count": "1"}, [installed.party_clerk.pk],
    )  # fmt: skip
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": "  "}, "A change of the rulebook needs its reason."),
        ({"cells": {"count": "1"}}, "All values are as they were."),
        ({"valid_from": date(2027, 3, 9)}, "2027-03-09 has passed."),
        ({"cells": {"conditions": "has_canteen"}}, "A value of A04 cannot be used: 'has_canteen' is not known"),
    ],
)
def test_what_cannot_be_drafted_says_why(installed: Everyone, at: datetime, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Problem, match=why.replace("(", "\\(")):
        drafted(installed, at, **changes)

    assert not Adjustment.objects.exists()


def test_one_change_of_an_entry_is_under_way_at_a_time(installed: Everyone, at: datetime) -> None:
    first = drafted(installed, at)

    with pytest.raises(Problem, match="Another change of A04 is under way"):
        drafted(installed, at, cells={"count": "3"})
    services.withdraw_adjustment(
        adjustment_id=first.pk, version=first.version, reason="重来", by=installed.party_clerk, at=at
    )

    assert drafted(installed, at, cells={"count": "3"}).cells == {"count": "3"}


def test_a_draft_on_an_old_version_shows_both_sides(installed: Everyone, at: datetime) -> None:
    in_force.edit_obligation(
        code="A04", cells={"count": "4"}, reason="先改", valid_from=date(2027, 4, 1), by=installed.party_clerk, at=at,
        version=1,
    )  # fmt: skip

    with pytest.raises(VersionConflict) as caught:
        drafted(installed, at)

    assert (caught.value.yours, caught.value.theirs) == ({"count": "2"}, {"count": "4"})


def test_a_draft_gets_another_day(installed: Everyone, at: datetime) -> None:
    draft = drafted(installed, at)

    services.move_adjustment(
        adjustment_id=draft.pk, version=draft.version, valid_from=date(2027, 7, 1), reason="等通知",
        by=installed.discipline_clerk, at=at,
    )  # fmt: skip

    draft.refresh_from_db()
    assert (draft.effective_on, draft.reason) == (date(2027, 7, 1), "等通知")
    assert set(draft.hands) == {installed.party_clerk.pk, installed.discipline_clerk.pk}


# --- Deciding, by somebody else ---


def test_a_decision_writes_the_wording_from_its_day_and_keeps_the_past(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at)

    before, after = queries.duty_on("A04", JUNE - timedelta(days=1)), queries.duty_on("A04", JUNE)
    assert before is not None
    assert after is not None
    assert (found.state, before.count, after.count) == ("decided", 1, 2)
    effects = found.effects.filter(count__gt=0).order_by("pk")
    assert [(one.group, one.count, one.is_accepted) for one in effects] == [(UNITS, 3, True)]


def test_nobody_decides_what_they_had_a_hand_in(installed: Everyone, at: datetime) -> None:
    draft = drafted(installed, at, by=installed.party_head)
    found = services.propose_adjustment(
        adjustment_id=draft.pk, version=draft.version, by=installed.discipline_head, at=at
    )

    for person in (installed.party_head, installed.discipline_head):
        with pytest.raises(AccessDenied):
            services.decide_adjustment(
                adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=person, at=at
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=found.pk).update(state="declined", decided_by=installed.party_head, decided_at=at)


def test_a_clerk_drafts_and_does_not_decide(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at)

    with pytest.raises(AccessDenied):
        services.decline_adjustment(
            adjustment_id=found.pk, version=found.version, reason="不改", by=installed.discipline_clerk, at=at
        )


@pytest.mark.parametrize(
    "choices", [{}, {UNITS: Choice(is_accepted=False)}, {UNITS: Choice(is_accepted=False, reason=" ")}]
)
def test_every_group_is_chosen_and_declined_with_a_reason(
    installed: Everyone, at: datetime, choices: dict[str, Choice]
) -> None:
    with pytest.raises(Problem, match="1 of what follows is not chosen"):
        decided(installed, at, choices=choices)

    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


def test_none_of_it_may_follow_with_a_reason(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at, choices={UNITS: Choice(is_accepted=False, reason="另行通知")})
    services.carry_out(adjustment_id=found.pk, at=at)

    found.refresh_from_db()
    assert found.effects.get(group=UNITS).reason == "另行通知"
    assert not AdjustmentNotice.objects.exists()


def test_a_declined_change_changes_nothing_and_keeps_its_reason(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at)

    services.decline_adjustment(
        adjustment_id=found.pk, version=found.version, reason="与上级规定不符", by=installed.secretary, at=at
    )

    found.refresh_from_db()
    assert (found.state, found.note, found.decided_by) == ("declined", "与上级规定不符", installed.secretary)
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


def test_a_returned_change_can_be_proposed_again(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at)

    back = services.return_adjustment(
        adjustment_id=found.pk, version=found.version, reason="日期不妥", by=installed.party_head, at=at
    )
    again = services.propose_adjustment(adjustment_id=back.pk, version=back.version, by=installed.party_clerk, at=at)

    assert (back.note, again.state, again.note) == ("日期不妥", "proposed", "")


def test_a_change_of_what_has_changed_since_is_not_decided(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at)
    in_force.edit_obligation(
        code="A04", cells={"count": "4"}, reason="版本更新", valid_from=date(2027, 4, 1), by=installed.party_clerk,
        at=at, version=1,
    )  # fmt: skip

    with pytest.raises(Problem, match="A04 was changed in another way"):
        services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=installed.party_head, at=at
        )


def test_a_day_that_passes_before_the_decision_is_not_taken_back(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at, valid_from=at.date())

    with pytest.raises(Problem, match="has passed"):
        services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=installed.party_head,
            at=at + timedelta(days=1),
        )  # fmt: skip


def test_the_wording_and_its_entry_name_who_decided(installed: Everyone, at: datetime) -> None:
    found, later = proposed(installed, at), at + timedelta(days=9)
    installed.party_clerk.appointments.update(valid_to=later.date())

    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=installed.party_head, at=later
    )

    entry = AuditEntry.objects.get(action="rulebook.obligation_changed")
    assert (entry.actor_label, entry.at, entry.changes["drafted_by"]) == (
        str(installed.party_head), later, installed.party_clerk.name,
    )  # fmt: skip
    assert ObligationWording.objects.get(entry__code="A04", valid_from=JUNE).recorded_by == str(installed.party_head)


@pytest.mark.parametrize("verb", ["propose", "withdraw", "leave_out"])
def test_what_is_decided_does_not_move(installed: Everyone, at: datetime, verb: str) -> None:
    found = decided(installed, at)
    acts: dict[str, Callable[[], object]] = {
        "propose": lambda: services.propose_adjustment(
            adjustment_id=found.pk, version=found.version, by=installed.party_clerk, at=at
        ),
        "withdraw": lambda: services.withdraw_adjustment(
            adjustment_id=found.pk, version=found.version, reason="晚了", by=installed.party_clerk, at=at
        ),
        "leave_out": lambda: services.leave_out(
            adjustment_id=found.pk, version=found.version, group=UNITS, line="1", reason="晚了",
            by=installed.party_head, at=at,
        ),
    }  # fmt: skip

    with pytest.raises(Problem):
        acts[verb]()


def test_a_decision_is_not_kept_without_its_audit_entry(
    installed: Everyone, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = proposed(installed, at)

    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        services.decide_adjustment(
            adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=installed.party_head, at=at
        )

    found.refresh_from_db()
    assert (found.state, found.effects.count()) == ("proposed", 0)
    assert ObligationWording.objects.filter(entry__code="A04").count() == 1


# --- Lines left out ---


def test_a_unit_can_be_left_out_with_a_reason_and_taken_back_in(installed: Everyone, at: datetime) -> None:
    draft, unit = drafted(installed, at), installed.branch_b1

    exception = services.leave_out(
        adjustment_id=draft.pk, version=draft.version, group=UNITS, line=f"000{unit.pk}", reason="即将撤销",
        by=installed.party_clerk, at=at,
    )  # fmt: skip
    assert exception.line == str(unit.pk)  # however it was written in the address
    draft.refresh_from_db()
    found = services.propose_adjustment(adjustment_id=draft.pk, version=draft.version, by=installed.party_clerk, at=at)
    services.decide_adjustment(
        adjustment_id=found.pk, version=found.version, choices=ACCEPTED, by=installed.party_head, at=at
    )
    services.carry_out(adjustment_id=found.pk, at=at)

    assert exception.title == unit.name
    told = set(AdjustmentNotice.objects.values_list("unit_id", flat=True))
    assert told == {installed.branch_a1.pk, installed.branch_a2.pk}


def test_only_what_follows_can_be_left_out(installed: Everyone, at: datetime) -> None:
    draft = drafted(installed, at)

    for group, line in ((UNITS, str(installed.group.pk)), (UNITS, "no"), ("nobody.knows", "1")):
        with pytest.raises(Problem, match="It does not follow from this change"):
            services.leave_out(
                adjustment_id=draft.pk, version=draft.version, group=group, line=line, reason="试",
                by=installed.party_clerk, at=at,
            )  # fmt: skip


# --- Telling, and taking effect ---


def test_units_are_told_once_and_the_change_begins_on_its_day(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at)

    answers = [services.carry_out(adjustment_id=found.pk, at=at) for _ in range(2)]
    due_early = services.carry_out_due(at=at)
    due = services.carry_out_due(at=at.replace(month=6, day=1))
    answers.append(services.carry_out(adjustment_id=found.pk, at=at.replace(month=6, day=1)))

    found.refresh_from_db()
    assert (answers, due_early, due) == ([False, False, True], 0, 1)
    assert (found.state, found.in_force_at) == ("in_force", at.replace(month=6, day=1))
    assert AdjustmentNotice.objects.count() == 3
    actions = [
        "adjustment.drafted",
        "adjustment.proposed",
        "adjustment.decided",
        "adjustment.told",
        "adjustment.in_force",
    ]
    assert [AuditEntry.objects.filter(action=action).count() for action in actions] == [1, 1, 1, 1, 1]


def test_a_secretary_acknowledges_for_the_own_unit_alone(installed: Everyone, at: datetime) -> None:
    found = decided(installed, at)
    services.carry_out(adjustment_id=found.pk, at=at)
    notice = AdjustmentNotice.objects.get(unit=installed.branch_a1)

    with pytest.raises(AccessDenied):
        services.acknowledge(notice_id=notice.pk, by=installed.branch_secretary_b1, at=at)
    for _ in range(2):
        services.acknowledge(notice_id=notice.pk, by=installed.branch_secretary_a1, at=at)

    notice.refresh_from_db()
    assert notice.acknowledged_by == installed.branch_secretary_a1
    assert AuditEntry.objects.filter(action="adjustment.acknowledged").count() == 1


# --- Who sees what ---


def test_list_and_object_agree(installed: Everyone, at: datetime) -> None:
    decided(installed, at)
    proposed(installed, at, code="A02", version=1)
    drafted(installed, at, code="A06", version=1)
    every = list(Adjustment.objects.order_by("pk"))

    for person in [*installed.persons, PersonFactory(), None]:
        listed = set(access.visible_adjustments(person, at.date()))
        assert listed == {one for one in every if access.can_view_adjustment(person, one, at.date())}
    assert len(access.visible_adjustments(installed.member_a1, at.date())) == 1


def test_what_one_decides_and_acknowledges_agrees_with_its_list(installed: Everyone, at: datetime) -> None:
    found = proposed(installed, at, code="A02", version=1)
    services.carry_out(adjustment_id=decided(installed, at).pk, at=at)
    notices = list(AdjustmentNotice.objects.order_by("pk"))

    for person in [*installed.persons, None]:
        today = at.date()
        assert set(access.adjustments_to_decide(person, today)) == (
            {found} if access.can_decide(person, found, today) else set()
        )
        assert set(access.notices_in_hand(person, today)) == {
            one for one in notices if access.can_acknowledge(person, one, today)
        }
        assert set(access.visible_notices(person, today)) == {
            one for one in notices if access.can_view_notice(person, one, today)
        }


def test_a_draft_of_others_is_not_found(installed: Everyone, at: datetime) -> None:
    draft = drafted(installed, at)

    with pytest.raises(Http404):
        access.adjustment_for(installed.branch_secretary_a1, draft.pk, at.date())


def test_a_reader_is_shown_the_units_in_the_own_reach(installed: Everyone, at: datetime) -> None:
    change = queries.change_of(drafted(installed, at))

    seen = {
        name: [group.count for group in queries.groups_of(change, records.Reader(getattr(installed, name), at.date()))]
        for name in ("party_clerk", "secretary_a", "branch_secretary_a1")
    }

    assert seen == {"party_clerk": [3], "secretary_a": [2], "branch_secretary_a1": [1]}


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"cells": {"subjects": "branch;committee"}}, 6),
        ({"cells": {"conditions": "has_committee"}}, 3),
        ({"cells": {}, "switches": {"is_on": False}}, 3),
        ({"family": Family.INSTRUMENT, "code": "branch-2018", "cells": {"note_zh": "已核对", "note_en": "Checked"}}, 6),
        ({"family": Family.KEY_LINK, "code": "K13", "cells": {"obligations": "A04"}}, 6),
    ],
)
def test_units_asked_before_or_after_are_counted(
    installed: Everyone, at: datetime, changes: dict[str, Any], count: int
) -> None:
    change = queries.change_of(drafted(installed, at, **changes))

    groups = queries.groups_of(change, records.Reader(installed.party_clerk, at.date()))
    lines = queries.lines_of(change, records.Reader(installed.party_clerk, at.date()), records.Page(UNITS, limit=50))

    assert [group.count for group in groups] == [len(lines)] == [count]
    assert sum(share.count for share in groups[0].shares) == count


def test_the_top_of_another_enterprise_does_not_decide_below(installed: Everyone, at: datetime) -> None:
    head = appointed(PostKind.PARTY_HEAD, installed.committee_a)
    found = proposed(installed, at)

    assert not access.can_decide(head, found, at.date())


# --- Until the day ---


def test_nobody_decides_what_a_clerk_of_a_unit_below_drafted_in_their_name(installed: Everyone, at: datetime) -> None:
    """The right is asked for at the top, so the clerk's own post further down does not make the hand theirs alone."""
    head = installed.party_head
    clerk = appointed(PostKind.PARTY_CLERK, installed.company_a, acts_for=installed.committee_a)
    StandIn.objects.create(
        appointment=head.appointments.get(), person=clerk, valid_from=at.date(),
        valid_to=at.date() + timedelta(days=3), reason="休假",
    )  # fmt: skip

    draft = drafted(installed, at, by=clerk)

    assert set(draft.hands) == {clerk.pk, head.pk}
    assert not access.can_decide(head, draft, at.date())
