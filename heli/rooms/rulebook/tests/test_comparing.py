"""Two days of the rulebook: what differs, by rule and on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.people import services as people
from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import queries, rules
from heli.rooms.rulebook.enums import Enforcement
from heli.rooms.rulebook.tests import in_force

_CONTENT = st.fixed_dictionaries({name: st.sampled_from(["", "0", "1", "甲"]) for name in ("is_on", "count", "title")})


@given(_CONTENT, _CONTENT)
def test_a_difference_names_exactly_what_differs(before: dict[str, str], after: dict[str, str]) -> None:
    kind, fields = rules.difference_of_days(before, after)

    assert {name for name, _old, _new in fields} == {name for name in after if before[name] != after[name]}
    assert (kind == "") == (before == after)
    assert all(before[name] == old and after[name] == new for name, old, new in fields)


@given(_CONTENT)
def test_what_was_not_there_is_new(after: dict[str, str]) -> None:
    assert rules.difference_of_days(None, after) == ("added", ())


def test_two_days_show_what_changed_between_with_the_reason(installed: Everyone, at: datetime) -> None:
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="加密", valid_from=date(2027, 5, 1), by=installed.party_clerk, at=at,
        version=1,
    )  # fmt: skip
    in_force.switch_obligation(
        code="A06", is_on=False, enforcement=Enforcement.WARN, reason="停用", valid_from=date(2027, 6, 1),
        by=installed.party_clerk, at=at, version=1,
    )  # fmt: skip

    def found(first: date, second: date) -> list[tuple[str, str, list[str]]]:
        return [
            (one.code, one.kind, [reason for _day, reason in one.reasons])
            for one in queries.compare_days(first, second)
        ]

    assert found(date(2027, 4, 30), date(2027, 5, 1)) == [("A04", "changed", ["加密"])]
    assert found(date(2027, 1, 1), date(2027, 12, 31)) == [("A04", "changed", ["加密"]), ("A06", "off", ["停用"])]
    assert found(date(2027, 5, 1), date(2027, 5, 31)) == []
    assert len(found(date(2025, 12, 31), date(2026, 1, 1))) == 48 + 124 + 20


def test_the_page_takes_days_in_either_order_and_survives_nonsense(
    installed: Everyone, english: Callable[..., Client], at: datetime
) -> None:
    in_force.edit_obligation(
        code="A04", cells={"count": "2"}, reason="加密", valid_from=date(2027, 5, 1), by=installed.party_clerk, at=at,
        version=1,
    )  # fmt: skip
    client = english(installed.branch_secretary_a1)

    pages = [
        client.get(reverse("rulebook:compare"), {"from": first, "to": second}).content.decode()
        for first, second in (("2027-04-01", "2027-06-01"), ("2027-06-01", "2027-04-01"), ("2027-13-45", "soon"))
    ]

    assert ["Party lesson in the branch" in page for page in pages] == [True, True, False]
    assert "Nothing differs between these days" in pages[2]


def test_the_page_asks_as_much_for_one_difference_as_for_five(
    installed: Everyone, client_of: Callable[..., Client], at: datetime
) -> None:
    client, asked = client_of(installed.party_clerk), {"from": "2027-04-01", "to": "2027-12-01"}

    def change(code: str) -> None:
        in_force.edit_obligation(
            code=code, cells={"note_zh": "另记", "note_en": "Another note"}, reason="核对",
            valid_from=date(2027, 5, 2), by=installed.party_clerk, at=at, version=1,
        )  # fmt: skip

    def count() -> int:
        client.get(reverse("rulebook:compare"), asked)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("rulebook:compare"), asked)
        return len(captured)

    change("A04")
    one = count()
    for code in ("A02", "A03", "A06", "A20"):
        change(code)

    assert count() == one


def test_the_page_names_units_and_holders_within_reach(
    installed: Everyone, english: Callable[..., Client], at: datetime
) -> None:
    people.move_unit(
        unit_id=installed.branch_a2.pk, parent_id=installed.committee_b.pk, version=1, from_day=at.date(),
        reason="划转", by=installed.party_clerk, at=at,
    )  # fmt: skip
    held = installed.branch_secretary_b1.appointments.get()
    people.end_appointment(
        appointment_id=held.pk, on=at.date(), reason="调离", by=installed.party_clerk, at=at, version=held.version
    )
    days = {"from": "2027-03-09", "to": "2027-03-10"}

    page = english(installed.party_clerk).get(reverse("rulebook:compare"), days).content.decode()
    other = english(installed.branch_secretary_a1).get(reverse("rulebook:compare"), days).content.decode()

    for words in ("甲公司党委", "乙公司党委", "划转", "vacant", installed.branch_secretary_b1.name):
        assert words in page
    assert "Nothing differs between these days" in other
