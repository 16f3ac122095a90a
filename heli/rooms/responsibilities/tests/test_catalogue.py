"""The shipped responsibilities: complete, in both languages, and tied to what the rulebook knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from heli.rooms.people.enums import Permission, PostKind, UnitKind
from heli.rooms.responsibilities import catalogue
from heli.rooms.responsibilities.enums import Confidence, Kind, Line, Reach
from heli.rooms.rulebook import catalogue as rulebook


def test_there_are_fifty_nine_items_of_all_four_kinds_and_both_lines() -> None:
    items = catalogue.load().items

    assert [item.code for item in items] == [f"R{number:02d}" for number in range(1, 60)]
    assert {item.kind for item in items} == set(Kind.values)
    assert {item.line for item in items} == set(Line.values)


def test_every_item_speaks_both_languages_and_says_where_it_comes_from() -> None:
    chinese = re.compile("[\u4e00-\u9fff]")

    for item in catalogue.load().items:
        assert all(chinese.search(text) for text in (item.text_zh, item.evidence_zh, item.source_zh))
        assert not chinese.search(item.text_en + item.evidence_en + item.source_en)
        assert all((item.text_en, item.evidence_en, item.source_en))
        assert item.confidence in Confidence.values


def test_obligations_posts_units_and_rights_are_known() -> None:
    shipped = catalogue.load()
    codes = {duty.code for duty in rulebook.load().obligations}

    assert {code for item in shipped.items for code in item.obligations} <= codes
    assert {kind for role in shipped.roles.values() for kind in (*role.accountable, *role.supporting)} <= set(
        PostKind.values
    )
    assert {kind for role in shipped.roles.values() for kind in role.unit_kinds} <= set(UnitKind.values)
    assert {item.needs for item in shipped.items if item.needs} <= set(Permission.values)
    assert {role.reach for role in shipped.roles.values()} <= set(Reach.values)


@pytest.mark.parametrize(
    ("kind", "first", "count"),
    [("group_committee", "R01", 35), ("discipline_commission", "R29", 14), ("branch", "R43", 10)],
)
def test_items_for_a_kind_of_unit(kind: str, first: str, count: int) -> None:
    found = catalogue.load().items_for(kind)

    assert found[0][0].code == first
    assert len(found) == count


def test_a_broken_file_is_named_with_row_and_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("items.csv", "roles.csv"):
        text = (catalogue.DATA / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("R02,committee,principal", "R02,committee,main"), encoding="utf-8")
    monkeypatch.setattr(catalogue, "DATA", tmp_path)

    with pytest.raises(catalogue.CatalogueError, match=r"items\.csv:3:kind: 'main' is not one of"):
        catalogue.load.__wrapped__()
