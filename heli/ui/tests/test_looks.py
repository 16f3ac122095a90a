"""What can be said about the looks without a browser: contrast of the tokens, words of the README, drawings."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.template import Context, Template

from heli.ui import reference
from heli.ui.components.findings import scale_shape
from heli.ui.components.records import calendar_weeks
from heli.ui.shapes import Day, Threshold

UI = Path(__file__).resolve().parents[1]
TEXT_ON = [
    *(("ink", ground) for ground in ("surface", "add", "del")),
    *(("ink-2", ground) for ground in ("surface", "well", "hover")),
    *(("ink-3", ground) for ground in ("surface", "page", "well", "hover")),
    *(("link", ground) for ground in ("surface", "page", "selected")),
    *(("late", ground) for ground in ("surface", "hover")),
    *(("brand-ink-2", ground) for ground in ("brand", "brand-2")),
    *(("accent-ink", ground) for ground in ("accent", "accent-2")),
    *(("line-ink", line) for line in ("party", "integrity", "both")),
    ("brand-ink", "brand"),
    ("mark-ink", "mark"),
    *((tone, f"{tone}-tint") for tone in ("idle", "run", "wait", "soon", "late", "done", "party", "integrity", "both")),
]


def tokens(mode: str) -> dict[str, str]:
    text = (UI / "static/heli/css/tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"([^{}]+)\{([^}]*)\}", text)
    found: dict[str, str] = {}
    for selector, body in blocks:
        if "light" in selector or (mode == "dark" and "dark" in selector):
            found |= dict(re.findall(r"--hl-([\w-]+):\s*(#[0-9a-f]{6})", body))
    return found


def luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_stands_out_from_its_ground(mode: str) -> None:
    colors = tokens(mode)

    weak = {pair: round(contrast(colors[pair[0]], colors[pair[1]]), 2) for pair in TEXT_ON}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_controls_and_charts_can_be_seen(mode: str) -> None:
    colors = tokens(mode)
    drawn = ["control", "focus", "party-chart", "integrity-chart", "both-chart"]

    weak = {name: round(contrast(colors[name], colors["surface"]), 2) for name in drawn}

    assert {name: ratio for name, ratio in weak.items() if ratio < 3} == {}


def test_the_readme_lists_the_components_as_they_are() -> None:
    text = reference.README.read_text(encoding="utf-8")

    assert reference.with_table(text) == text, "Run python -m heli.ui.reference."


def test_every_class_of_a_page_kind_has_a_stylesheet() -> None:
    asked = {
        name
        for path in UI.parent.rglob("templates/**/*.html")
        for name in re.findall(r'{% css "([\w-]+)" %}', path.read_text(encoding="utf-8"))
    }

    assert asked - {path.stem for path in (UI / "static/heli/css/pages").glob("*.css")} == set()


def test_the_scale_puts_pin_and_bands_where_the_numbers_are() -> None:
    drawn = scale_shape(0.93, [Threshold(0.5, "related"), Threshold(0.8, "duplicate")])

    assert drawn["pin"] == 279.0
    assert [(band["x"], band["w"], band["css"]) for band in drawn["bands"]] == [(150, 90, "s1"), (240, 60, "s2")]


@pytest.mark.parametrize(("value", "pin"), [(-1, 0), (0, 0), (1, 300), (7, 300)])
def test_the_pin_stays_on_the_scale(value: float, pin: float) -> None:
    assert scale_shape(value, [])["pin"] == pin


def test_the_calendar_begins_on_monday_and_marks_today() -> None:
    today = date(2027, 3, 10)

    weeks = calendar_weeks(today, 2, {today: Day(today, 2, "/due/")}, today)

    assert [len(week) for week in weeks] == [7, 7]
    assert weeks[0][0]["day"] == date(2027, 3, 8)
    assert weeks[0][2] == {"day": today, "count": 2, "url": "/due/", "css": "today has"}
    assert weeks[0][5]["css"] == "off"


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("running", 'hx-trigger="every 2s"'),
        ("done", 'class="st done"'),
        ("failed", 'class="st late"'),
        ("waiting", 'class="st"'),
    ],
)
def test_a_long_job_asks_again_only_while_it_runs(state: str, part: str) -> None:
    job = Template(
        '{% load heli %}{% c "progress" title="Reading" value=3 max=4 state=state poll_url="/job/" %}'
    ).render(Context({"state": state}))

    assert part in job
    assert ("hx-get" in job) == (state in {"running", "waiting"})
    assert ('max="4" value="3" aria-label="Reading 75%"' in job) == (state == "running")


def test_pages_keep_the_other_filters(rf: object) -> None:
    from django.core.paginator import Paginator
    from django.test import RequestFactory

    page = Paginator(range(95), 20).page(2)
    shown = Template('{% load heli %}{% c "pagination" page=page %}').render(
        Context({"page": page, "request": RequestFactory().get("/?line=party&page=2")})
    )

    assert 'href="?line=party&amp;page=1"' in shown
    assert 'href="?line=party&amp;page=3"' in shown
