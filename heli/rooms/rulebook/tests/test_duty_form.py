"""The form of a duty: every shipped wording passes through the clerk's fields and comes out as it was written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, queries
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.forms import DutyForm
from heli.rooms.rulebook.forms.duties import _article_parts, _limit_of, _limit_parts

DAY = date(2027, 6, 1)
ENGLISH = ("title_en", "event_en", "evidence_en", "note_en")


def sent(form: DutyForm) -> dict[str, Any]:
    """Return what a browser posts of the form as it is shown."""
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def through(code: str, **changes: Any) -> tuple[DutyForm, dict[str, str]]:
    duty = queries.latest_duty(code)
    own, _shipped = queries.own_and_shipped(Family.OBLIGATION, code)
    shown = DutyForm(duty=duty, initial=DutyForm.initial_of(duty, own, DAY))
    return DutyForm({**sent(shown), "reason": "看看", **changes}, duty=duty), own


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_shipped_duty_comes_out_as_it_went_in(installed: Everyone, language: str) -> None:
    codes = [one.code for one in catalogue.load().obligations]
    assert len(codes) > 100

    with translation.override(language):
        for code in codes:
            form, own = through(code)
            assert form.is_valid(), (code, form.errors)
            cells = form.cells()
            assert cells == {name: own[name] for name in cells}, code


@pytest.mark.parametrize("code", ["A01", "A09", "A13", "B28", "J05"])
def test_where_there_is_no_english_the_chinese_stands_and_shows_as_none(installed: Everyone, code: str) -> None:
    form, own = through(code, **dict.fromkeys(ENGLISH, ""))

    assert form.is_valid(), form.errors
    cells = form.cells()
    assert [cells[name] for name in ENGLISH] == [own[name.replace("_en", "_zh")] for name in ENGLISH]
    again = DutyForm.initial_of(queries.latest_duty(code), {**own, **cells}, DAY)
    assert [again[name] for name in ENGLISH] == ["", "", "", ""]


def test_a_clerk_writes_no_code(installed: Everyone) -> None:
    form, own = through(
        "A15", limit="15", limit_unit="working_days", limit_side="before", from_1="11", to_1="1", from_2="6", to_2="7",
    )  # fmt: skip

    assert own["period"] == "year"
    assert form.is_valid(), form.errors
    assert (form.cells()["deadline"], form.cells()["windows"]) == ("-15wd", "11-1;6-7")


@given(
    st.builds(
        catalogue.Deadline,
        st.integers(1, 999),
        st.sampled_from(["days", "months", "years", "working_days"]),
        st.booleans(),
    )
)
def test_a_limit_passes_through_its_fields(limit: catalogue.Deadline) -> None:
    assert _limit_of(_limit_parts(str(limit))) == str(limit)


@pytest.mark.parametrize(
    ("article", "known", "number"),
    [
        (catalogue.ARTICLE_UNKNOWN, "unknown", ""), (catalogue.ARTICLE_NONE, "none", ""), ("~5", "about", "5"),
        ("5-7", "exact", "5-7"),
    ],
)  # fmt: skip
def test_an_article_is_known_roughly_known_none_or_not_established(article: str, known: str, number: str) -> None:
    parts = _article_parts(catalogue.Source("x", article))

    assert parts == {"known_x": known, "article_x": number}
