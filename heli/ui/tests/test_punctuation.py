"""Words are joined as the language of the page joins them."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils import translation

TEXT = (
    '{% load heli %}{{ units|listed }}{% colon %}{{ units|clauses }}{{ "lead"|in_brackets }}{% comma %}{% semicolon %}'
)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "A, B: A; B (lead), ; "), ("zh-hans", "A、B：A；B（lead）、；")],
)
def test_joins_follow_the_language(language: str, shown: str) -> None:
    with translation.override(language):
        text = Template(TEXT).render(Context({"units": ["A", "B"]}))

    assert text == shown
