"""Only pages that exist and that one may see appear; the current one is marked."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import resolve, reverse

from heli.ui import account, navigation, slots
from heli.ui.account import AccountCard
from heli.ui.context import Shell
from heli.ui.navigation import NavItem


@pytest.fixture(autouse=True)
def _own_registers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(navigation, "_items", {})
    monkeypatch.setattr(slots, "_fillers", {})
    monkeypatch.setattr(account, "_providers", [])
    return


def asked(path: str = "/gallery/") -> HttpRequest:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    return request


def test_an_entry_without_a_page_does_not_appear() -> None:
    navigation.register(NavItem("gallery", "ui:gallery", "Gallery"))
    navigation.register(NavItem("later", "ui:not-built-yet", "Later"))

    assert [link.key for link in navigation.top(asked())] == ["gallery"]


def test_an_entry_for_others_does_not_appear() -> None:
    navigation.register(NavItem("gallery", "ui:gallery", "Gallery", visible=lambda _request: False))

    assert navigation.top(asked()) == []


def test_entries_stand_in_order_and_the_last_registration_counts() -> None:
    navigation.register(NavItem("b", "ui:gallery", "B", order=2))
    navigation.register(NavItem("a", "ui:gallery", "A", order=1))
    navigation.register(NavItem("b", "ui:gallery", "B again", order=3))

    assert [link.label for link in navigation.top(asked())] == ["A", "B again"]


def test_the_own_view_wins_over_the_namespace() -> None:
    navigation.register(NavItem("settings", "ui:preferences", "Settings", order=1))
    navigation.register(NavItem("gallery", "ui:gallery", "Gallery", order=2))

    assert {link.key: link.is_current for link in navigation.top(asked())} == {"settings": False, "gallery": True}


def test_a_page_of_the_namespace_marks_its_entry() -> None:
    navigation.register(NavItem("settings", "ui:preferences", "Settings"))

    assert navigation.current_key(asked()) == "settings"
    assert navigation.current_key(asked(), "other") == "other"


def test_an_entry_that_one_may_not_see_marks_nothing() -> None:
    navigation.register(NavItem("settings", "ui:preferences", "Settings"))
    navigation.register(NavItem("hidden", "ui:language", "Hidden", visible=lambda _request: False))
    navigation.register(NavItem("aside", "ui:language", "Aside", in_top=False))

    assert navigation.current_key(asked()) == "settings"


def test_of_several_entries_of_a_namespace_the_last_one_takes_its_other_pages() -> None:
    navigation.register(NavItem("home", "ui:preferences", "Home", order=1))
    navigation.register(NavItem("rest", "ui:language", "Rest", order=2))

    assert navigation.current_key(asked()) == "rest"


def test_the_bottom_bar_holds_five_at_most_and_its_own_words() -> None:
    for number in range(7):
        navigation.register(
            NavItem(f"k{number}", "ui:gallery", "Long name", phone_order=number, phone_label="Short", icon="home")
        )

    bar = navigation.phone(asked())

    assert [(link.key, link.label) for link in bar] == [(f"k{number}", "Short") for number in range(5)]


def test_a_link_about_the_page_carries_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_page_links", {})
    navigation.register_page_link("ui:gallery", "About this page")
    navigation.register_page_link("ui:preferences", "For others", visible=lambda _request: False)
    navigation.register_page_link("nowhere:page", "Nowhere")

    links = navigation.page_links(RequestFactory().get("/tasks/?state=undone"))

    assert [(link.label, link.url) for link in links] == [
        ("About this page", f"{reverse('ui:gallery')}?page=%2Ftasks%2F%3Fstate%3Dundone")
    ]


def test_a_slot_is_a_link_that_htmx_fills() -> None:
    slots.register("page.side", "ui:gallery", label="<Gallery>")
    slots.register("page.side", "ui:missing", label="Missing")

    (fragment,) = slots.fragments("page.side", asked(), {})

    assert fragment.url == "/gallery/"
    assert fragment.fallback == '<a class="fragment-link" href="/gallery/">&lt;Gallery&gt;</a>'


def test_a_slot_keeps_its_order_and_who_may_see_it() -> None:
    slots.register("s", "ui:gallery", label="second", order=2)
    slots.register("s", "ui:language", label="first", order=1)
    slots.register("s", "ui:preferences", label="nobody", visible=lambda _request: False)

    assert [filler.label for filler in slots.fillers("s", asked())] == ["first", "second"]


class Somebody:
    is_authenticated = True

    def __str__(self) -> str:
        return "somebody"


def test_nobody_signed_in_has_no_account() -> None:
    assert account.card(asked()) is None


def test_the_room_that_knows_persons_is_asked_first() -> None:
    request = asked()
    request.user = Somebody()  # type: ignore[assignment]
    account.register(lambda _request: AccountCard("Zhu Qinglan", "secretary"))

    assert account.card(request) == AccountCard("Zhu Qinglan", "secretary")


def test_without_a_provider_the_account_names_itself() -> None:
    request = asked()
    request.user = Somebody()  # type: ignore[assignment]

    found = account.card(request)

    assert found is not None
    assert found.name == "somebody"


def test_a_page_offers_a_place_by_name() -> None:
    slots.register("unit.page", "ui:gallery", label="Gallery", tag="section")

    shown = Template('{% load heli %}{% slot "unit.page" %}').render(Context({"request": asked()}))

    assert shown == (
        '<section class="fragment" data-slot="unit.page" hx-get="/gallery/" hx-trigger="load" hx-swap="innerHTML">'
        '<a class="fragment-link" href="/gallery/">Gallery</a></section>'
    )


def test_the_search_field_appears_with_the_first_search() -> None:
    before = Shell(asked()).search_url
    slots.register("search", "ui:not-built-yet", label="Search", order=1)
    slots.register("search", "ui:gallery", label="Search", order=2)

    assert (before, Shell(asked()).search_url) == ("", "/gallery/")


def test_a_component_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="needs the name of a component"):
        Template("{% load heli %}{% c %}")
