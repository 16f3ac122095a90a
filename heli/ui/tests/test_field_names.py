"""Both sides of a conflict in words people know."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from heli.ui.field_names import NAMES, label, shown


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ("", "–"),
        ([], "–"),
        (0, "0"),
        (True, "yes"),
        (False, "no"),
        (date(2027, 3, 10), "2027-03-10"),
        (datetime(2027, 3, 10, 1, 0, tzinfo=UTC), "2027-03-10 09:00"),
        (["a", None], "a, –"),
        ("June", "June"),
    ],
)
def test_values_are_shown_as_people_read_them(value: object, words: str) -> None:
    with translation.override("en"):
        assert shown(value) == words


def test_the_page_names_its_fields_first() -> None:
    assert label("title", {"title": "Heading"}) == "Heading"


def test_common_fields_have_words_and_others_their_name() -> None:
    with translation.override("en"):
        assert (label("due_on", {}), label("odd_one", {})) == ("Due", "odd one")


def test_every_common_field_is_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        untranslated = [name for name in NAMES if label(name, {}) == NAMES[name]]

    assert untranslated == []
