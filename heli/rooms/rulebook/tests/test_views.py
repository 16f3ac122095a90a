from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from heli.rooms.people.tests.fixtures import Everyone

pytestmark = pytest.mark.usefixtures("installed")
PAGES = [
    ("rulebook:list", []),
    ("rulebook:duty", ["A02"]),
    ("rulebook:duty", ["B28"]),
    ("rulebook:duty", ["A17"]),
    ("rulebook:instruments", []),
    ("rulebook:instrument", ["branch-2018"]),
    ("rulebook:key_links", []),
]
EDIT_PAGES = [
    ("rulebook:edit_duty", ["A02"]),
    ("rulebook:edit_instrument", ["branch-2018"]),
    ("rulebook:edit_key_link", ["K01"]),
    ("rulebook:update", []),
]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_pages_open(everyone: Everyone, client_of: Callable, name: str, args: list[str]) -> None:
    assert client_of(everyone.branch_secretary_a1).get(reverse(name, args=args)).status_code == 200
    assert client_of(everyone.party_clerk).get(reverse(name, args=args)).status_code == 200


@pytest.mark.parametrize(("name", "args"), EDIT_PAGES)
def test_edit_pages_open(everyone: Everyone, client_of: Callable, name: str, args: list[str]) -> None:
    assert client_of(everyone.party_clerk).get(reverse(name, args=args)).status_code == 200


def test_unit_page(everyone: Everyone, client_of: Callable) -> None:
    client = client_of(everyone.branch_secretary_a1)
    assert client.get(reverse("rulebook:unit", args=[everyone.branch_a1.pk])).status_code == 200
    assert client.get(reverse("rulebook:of_unit", args=[everyone.branch_a1.pk])).status_code == 200
