"""Pure rules: kinds, paths, initials, and how a roster's cells are read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.people import rules
from heli.rooms.people.enums import PARTY_KINDS, PoliticalStatus, Tree, UnitKind
from heli.rooms.people.presenters import roster as words
from heli.rooms.people.rules import roster

TODAY = date(2027, 3, 10)


@pytest.mark.parametrize(
    ("text", "is_person", "expected"),
    [
        ("合众新能源集团", False, "hzxnyjt"),
        ("第3党支部 A区", False, "d3dzbaq"),
        ("单雨田", True, "syt"),
        ("单雨田", False, "dyt"),
        ("Anna 李", False, "annal"),
        ("", True, ""),
        ("——", False, ""),
    ],
)
def test_initials(text: str, is_person: bool, expected: str) -> None:
    assert rules.initials(text, is_person=is_person) == expected


@given(st.text(max_size=40))
def test_initials_are_always_plain_letters_and_digits(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]*", rules.initials(text).lower())


def test_every_kind_stands_somewhere_and_only_in_its_own_tree() -> None:
    for kind in UnitKind:
        parents = [parent for parent in UnitKind if rules.may_stand_under(kind, parent)]

        assert parents or rules.may_stand_under(kind, None)
        assert all(rules.tree_of(parent) == rules.tree_of(kind) for parent in parents)
    assert {kind for kind in UnitKind if rules.tree_of(kind) == Tree.PARTY} == set(PARTY_KINDS)


@given(st.lists(st.integers(1, 10**12 - 1), min_size=1, max_size=8))
def test_path_and_ids_are_each_other(ids: list[int]) -> None:
    path = ""
    for unit_id in ids:
        parent, path = path, rules.child_path(path, unit_id)
        assert rules.is_below(path, parent)

    assert rules.ids_in(path) == ids


@pytest.mark.parametrize(
    "text", ["2011-07-01", "2011/7/1", "2011.7.1", "2011年7月1日", "20110701", "2011-07-01 00:00:00"]
)
def test_day_in_many_hands(text: str) -> None:
    assert roster.day_of(text) == date(2011, 7, 1)


@pytest.mark.parametrize("text", ["", "7/1/2011", "2011-13-01", "2011-02-30", "x", "20111"])
def test_no_day(text: str) -> None:
    assert roster.day_of(text) is None


@given(st.dictionaries(st.sampled_from([column.key for column in roster.columns()]), st.text(max_size=130)))
def test_any_row_is_understood_or_has_faults_with_words(cells: dict[str, str]) -> None:
    row, faults = roster.understand(5, cells, TODAY)

    assert row.row == 5
    assert all(fault.code in words.FAULTS and fault.row == 5 for fault in faults)


def test_every_fault_code_in_the_code_has_words() -> None:
    room = Path(roster.__file__).parents[1]
    texts = [path.read_text(encoding="utf-8") for path in (room / "rules/roster.py", room / "services/roster_plan.py")]
    codes = {code for text in texts for code in re.findall(r'Fault\([^)]*?, "(?:\w+)", "(\w+)"', text)}

    assert codes
    assert codes <= set(words.FAULTS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_status_words_are_read_back(language: str) -> None:
    for status in PoliticalStatus:
        text = roster.status_words(status, language)
        row, _faults = roster.understand(
            2,
            {
                "staff_no": "1",
                "name": "甲",
                "admin_unit": "A",
                "political_status": text,
                "party_unit": "" if status == PoliticalStatus.NON_MEMBER else "P",
            },
            TODAY,
        )

        assert row is not None
        assert row.political_status == status


@pytest.mark.parametrize(
    ("unit", "title", "shown"),
    [
        ("党群工作部", "党群工作部主管", "党群工作部主管"),
        ("光伏公司党委", "党委书记", "光伏公司党委书记"),
        ("运维第一党支部", "党支部书记", "运维第一党支部书记"),
        ("运维部", "主任", "运维部主任"),
        ("Operations", "Head", "Operations · Head"),
    ],
)
def test_a_title_with_its_unit_says_nothing_twice(unit: str, title: str, shown: str) -> None:
    assert rules.full_title(unit, title) == shown
