"""A field that takes units, in a browser: what it suggests while typing is shown, and taken by key or by touch."""

from __future__ import annotations

import pytest

from heli.ui.testing.browser import PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SHOWN, CHOICE = ".suggest:not([hidden])", ".suggest:not([hidden]) [role=option]"


@pytest.fixture
def form(everyone, browser_page):
    browser_page.sign_in(everyone.account(everyone.discipline_clerk))
    browser_page.show()
    browser_page.open("/follow-ups/new/")
    return browser_page


def _type(form, name, text):
    form.page.locator(f"[name={name}]").focus()
    form.page.keyboard.type(text)
    form.page.wait_for_function(
        """text => {
          const shown = [...document.querySelectorAll(".suggest:not([hidden]) [role=option]")];
          return shown.length && shown.every((one) => one.dataset.value.includes(text));
        }""",
        arg=text,
    )


def test_a_unit_is_taken_with_the_keys_alone(form, everyone, axe, shot):
    page, lead = form.page, form.page.locator("[name=lead]")

    _type(form, "lead", "甲公司第一")
    shot(form, "unit-suggestions")
    faults = axe(form)
    page.keyboard.press("ArrowDown")
    marked = lead.get_attribute("aria-activedescendant")
    page.keyboard.press("Enter")

    assert faults == []
    assert page.locator(f"#{marked}").get_attribute("aria-selected") is not None
    assert lead.input_value() == everyone.branch_a1.name
    assert page.locator(SHOWN).count() == 0
    assert page.url.endswith("/follow-ups/new/")


def test_units_are_taken_by_touch_one_after_the_other(form, everyone, shot):
    form.show(width=PHONE)
    form.open("/follow-ups/new/")
    helpers = form.page.locator("[name=helpers]")

    _type(form, "helpers", "甲公司第一")
    shot(form, "unit-suggestions-phone")
    wanted = form.page.locator(CHOICE, has_text=everyone.branch_a1.name)
    wanted.click(trial=True)
    height = wanted.bounding_box()["height"]
    wanted.click()
    first = helpers.input_value()
    form.page.keyboard.type("、甲公司第二")
    form.page.locator(CHOICE, has_text=everyone.branch_a2.name).click()

    assert height >= 44
    assert first == everyone.branch_a1.name
    assert helpers.input_value() == f"{everyone.branch_a1.name}、{everyone.branch_a2.name}"


def test_the_list_closes_with_escape_and_when_the_field_is_left(form):
    page = form.page

    _type(form, "lead", "甲公司")
    page.keyboard.press("Escape")
    after_escape = page.locator(SHOWN).count()
    page.keyboard.type("第")
    page.locator(SHOWN).wait_for()
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.name !== 'lead'")

    assert after_escape == 0
    assert page.locator("[name=lead] + .suggest").is_hidden()
