"""The gallery in a real browser: accessible, quiet, inside the policy, never scrolling sideways, usable by keyboard."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from heli.ui.testing.browser import DESKTOP, PHONE, Journey

pytestmark = [pytest.mark.slow(20), pytest.mark.django_db(transaction=True)]
LOOKS = [("light", "normal"), ("dark", "normal"), ("light", "large")]
EVERY_LOOK = [
    (language, *look, width) for look, (language, width) in product(LOOKS, (("zh-hans", DESKTOP), ("en", PHONE)))
]


@pytest.fixture
def gallery(browser_page: Journey, settings: Any) -> Journey:
    settings.DEBUG = True
    browser_page.show()
    browser_page.open("/gallery/")
    return browser_page


@pytest.mark.parametrize(("language", "theme", "size", "width"), EVERY_LOOK)
def test_the_gallery_is_accessible_and_fits(
    gallery: Journey,
    axe: Callable[..., list[str]],
    shot: Callable[..., Any],
    no_sideways_scroll: Callable[..., list[int]],
    language: str,
    theme: str,
    size: str,
    width: int,
) -> None:
    gallery.show(width=width, language=language, theme=theme, size=size)

    gallery.open("/gallery/")

    shot(gallery, f"gallery-{language}-{theme}-{size}-{width}")
    assert axe(gallery) == []
    if width == PHONE:  # the widths are tried one by one, whatever the first one was
        assert no_sideways_scroll(gallery) == []


def test_the_gallery_can_be_read_without_scripts(new_journey: Callable[..., Journey], settings: Any) -> None:
    settings.DEBUG = True
    journey = new_journey(java_script_enabled=False)

    journey.open("/gallery/")

    assert journey.page.locator("h1").inner_text()
    assert journey.page.locator("[data-opens=keys-help]").is_visible() is False
    assert journey.page.locator("input[type=file]").first.is_visible()


def test_the_theme_of_the_device_is_taken_before_the_first_paint(
    new_journey: Callable[..., Journey], settings: Any
) -> None:
    settings.DEBUG = True
    journey = new_journey(color_scheme="dark")

    journey.open("/gallery/")

    assert journey.page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_preferences_are_set_from_the_menu(gallery: Journey) -> None:
    page = gallery.page

    page.locator("details.account > summary").click()
    page.locator("details.account button[value=dark]").click()
    page.wait_for_load_state("networkidle")
    dark = page.locator("html").get_attribute("data-bs-theme")
    page.locator("details.account > summary").click()
    page.locator("details.account button[value=en]").click()
    page.wait_for_load_state("networkidle")

    assert dark == "dark"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/gallery/")


def test_arrows_walk_through_a_menu_and_escape_returns_to_its_head(gallery: Journey) -> None:
    page, head = gallery.page, gallery.page.locator("details.account > summary")
    entries = page.locator("details.account .menu-body :is(a[href], button)")

    head.focus()
    page.keyboard.press("ArrowDown")
    first = entries.first.evaluate("one => one === document.activeElement")
    page.keyboard.press("ArrowUp")
    last = entries.last.evaluate("one => one === document.activeElement")
    page.keyboard.press("Escape")

    assert (first, last) == (True, True)
    assert head.evaluate("one => one === document.activeElement && !one.parentElement.open")


def test_the_question_mark_lists_the_keys_of_this_page(gallery: Journey) -> None:
    page = gallery.page

    page.keyboard.press("?")
    listed = page.locator("#keys-help dt").all_inner_texts()
    page.keyboard.press("Escape")

    assert {"J K", "N", "G R"} <= {" ".join(text.split()) for text in listed}
    assert page.locator("#keys-help").is_visible() is False


def test_keys_move_through_rows_and_act_in_the_active_one(gallery: Journey) -> None:
    page = gallery.page
    page.locator(".find-card.active").evaluate("card => card.classList.remove('active')")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")

    rows = page.locator("[data-row]")
    assert "active-row" in str(rows.nth(0).get_attribute("class"))
    assert page.locator(".active-row").count() == 1


def test_keys_stay_quiet_while_typing(gallery: Journey) -> None:
    page = gallery.page
    before = page.url

    page.locator("#id_g-name").fill("")
    page.locator("#id_g-name").press_sequentially("n?j")

    assert page.locator("#id_g-name").input_value() == "n?j"
    assert page.locator("#keys-help").is_visible() is False
    assert page.url == before


def test_a_dialog_opens_closes_and_gives_the_focus_back(gallery: Journey) -> None:
    page = gallery.page
    opener = page.locator("[data-opens=g-dialog]")

    opener.click()
    opened = page.locator("#g-dialog").is_visible()
    page.keyboard.press("Escape")

    assert opened
    assert page.locator("#g-dialog").is_visible() is False
    assert opener.evaluate("button => button === document.activeElement")


def test_a_dangerous_button_asks_first(gallery: Journey) -> None:
    page = gallery.page
    page.evaluate("window.pressed = 0")
    danger = page.locator("[data-confirm]").first
    danger.evaluate("button => button.addEventListener('click', () => { window.pressed += 1; })")

    danger.click()
    page.locator("dialog[aria-labelledby=confirm-question] button").first.click()
    refused = page.evaluate("window.pressed")
    danger.click()
    page.locator("dialog[aria-labelledby=confirm-question] .btn-primary").click()

    assert refused == 0
    assert page.evaluate("window.pressed") == 1


def test_dropped_files_land_in_the_input_and_wrong_ones_are_named(gallery: Journey) -> None:
    page = gallery.page

    page.locator("[data-drop]").evaluate(
        """zone => {
          const data = new DataTransfer();
          data.items.add(new File(["a"], "plan.docx"));
          data.items.add(new File(["b"], "plan.exe"));
          zone.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )

    names = page.locator("#id_g-files").evaluate("input => [...input.files].map(file => file.name)")
    lines = page.locator(".drop-list li").all_inner_texts()
    assert names == ["plan.docx"]
    assert lines[0] == "plan.docx, 1 KB"
    assert "plan.exe" in lines[1]


def test_pasted_text_lands_in_its_field(gallery: Journey) -> None:
    page = gallery.page

    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "first line\\nsecond line");
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.body.dispatchEvent(event);
        }"""
    )

    assert page.locator("textarea[name=g-text]").input_value() == "first line\nsecond line"


def test_a_lost_connection_is_said(gallery: Journey) -> None:
    page = gallery.page
    gallery.allow("ERR_FAILED")
    gallery.allow("htmx:")
    page.route("**/gallery/?lost", lambda route: route.abort())

    page.evaluate("htmx.ajax('GET', '/gallery/?lost', {target: '#toasts', swap: 'none'}).catch(() => {})")
    page.locator(".toast.error").last.wait_for()

    assert page.locator("#toasts .toast.error .grow").inner_text() == page.locator("body").get_attribute("data-lost")


def test_a_missing_page_is_accessible_too(browser_page: Journey, axe: Callable[..., list[str]]) -> None:
    browser_page.allow("404")

    answer = browser_page.open("/no/such/page/")

    assert answer is not None
    assert answer.status == 404
    assert axe(browser_page) == []


def test_the_page_prints_without_its_frame(gallery: Journey) -> None:
    gallery.page.emulate_media(media="print")

    shown = {name: gallery.page.locator(name).first.is_visible() for name in (".topbar", ".acts", "h1", ".panel")}

    assert shown == {".topbar": False, ".acts": False, "h1": True, ".panel": True}
