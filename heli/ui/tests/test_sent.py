"""What is no number a row can have is None, whatever was sent."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from heli.ui.sent import version_in, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("42", 42), ("", None), ("-1", None), ("4.2", None), ("٤٢", None), ("²", None), ("9" * 4400, None)],
)
def test_only_a_plain_number_of_bounded_length_is_one(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(("sent", "version"), [({"version": "3"}, 3), ({"version": "1" * 10}, None), ({}, None)])
def test_a_form_without_a_version_has_none(sent: dict[str, str], version: int | None) -> None:
    assert version_in(RequestFactory().post("/", sent)) == version
