"""The contract of components: declared props, refusals that name what is accepted, safe output."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

from heli.ui import components
from heli.ui.components import registry
from heli.ui.components.marks import ICONS, LINES, STATES


def shown(source: str, **values: object) -> str:
    return Template("{% load heli %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("source", "accepted"),
    [
        ('{% c "state" kind="late" text="x" colour="red" %}', "kind, text, icon, flat"),
        ('{% c "state" kind="late" %}', "needs 'text'"),
        ('{% c "state" kind="tardy" text="x" %}', "idle, run, wait, soon, late, done"),
        ('{% c "sate" kind="late" text="x" %}', "state, table, tabs"),
        ('{% c "icon" name="unicorn" %}', "alert, bell"),
        ('{% cblock "state" kind="late" text="x" %}{% endcblock %}', "Use {% c %}"),
        ('{% cblock "panel" title="x" %}{% part "feet" %}{% endpart %}{% endcblock %}', "Accepted: head, foot"),
        ('{% c "button" "text" %}', "write name=value"),
        ("{% c nothing %}", "literal"),
    ],
)
def test_wrong_use_is_refused_when_the_template_is_read(source: str, accepted: str) -> None:
    with pytest.raises(TemplateSyntaxError) as refusal:
        Template("{% load heli %}" + source)

    assert accepted in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "values", "accepted"),
    [
        ('{% c "state" kind=kind text="x" %}', {"kind": "tardy"}, "Choices: idle"),
        ('{% c "tabs" items=items %}', {"items": "abc"}, "items takes a list, not str"),
        ('{% c "scale" value=value thresholds=marks start="a" label="b" %}', {"value": "9", "marks": []}, "a number"),
        ('{% c "conflict" yours=yours theirs=yours %}', {"yours": [1]}, "yours takes a map, not list"),
        ('{% c "state" kind="late" text=text %}', {"text": ["x"]}, "text takes a text, not list"),
        ('{% c "field" label="x" %}', {}, "needs name, or bound"),
        ('{% c "file_drop" label="x" %}', {}, "needs name, or bound"),
        ('{% c "menu" items=items %}', {"items": []}, "needs text or label"),
    ],
)
def test_wrong_values_are_refused_when_rendered(source: str, values: dict[str, object], accepted: str) -> None:
    with pytest.raises(TemplateSyntaxError) as refusal:
        shown(source, **values)

    assert accepted in str(refusal.value)


def test_an_empty_value_stands_for_the_default() -> None:
    assert shown('{% c "button" text="Go" href="/" kind=missing %}') == '<a class="btn" href="/">Go</a>'


def test_python_renders_with_the_same_checks() -> None:
    mark = components.render("mini_tag", text="<b>")

    assert mark == '<span class="mini-tag">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError, match="no prop 'words'"):
        components.render("mini_tag", text="a", words="b")


def test_a_python_render_of_a_template_component_needs_no_page() -> None:
    assert "Nothing yet</p>" in components.render("empty", title="Nothing yet")


def test_two_components_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(registry.Component("state", "", {}))


@pytest.mark.parametrize("component", components.everything(), ids=lambda component: component.name)
def test_every_component_explains_itself(component: registry.Component) -> None:
    unexplained = [name for name, prop in component.props.items() if not prop.help]

    assert (component.doc.endswith("."), unexplained) == (True, [])


@pytest.mark.parametrize("line", LINES)
def test_a_line_mark_is_a_letter_and_a_spoken_name(line: str) -> None:
    mark = shown('{% c "line_mark" line=line %}', line=line)

    assert f'class="ln {line}"' in mark
    assert '<span class="sr">' in mark


def test_a_line_mark_beside_its_word_is_spoken_once() -> None:
    assert 'class="sr"' not in shown('{% c "line_mark" line="both" text=True %}')


@pytest.mark.parametrize("kind", STATES)
def test_a_state_is_word_sign_and_color(kind: str) -> None:
    state = shown('{% c "state" kind=kind text="3 days" %}', kind=kind)

    assert "3 days</span>" in state
    assert "icons.svg#i-" in state
    assert state.startswith('<span class="st"' if kind == "idle" else f'<span class="st {kind}"')


def test_icons_come_from_the_sprite_and_exist() -> None:
    assert {"check", "clock", "alert", "merge", "split", "pair", "hole", "clash", "near", "bell"} <= set(ICONS)


def test_a_button_that_cannot_be_pressed_says_why() -> None:
    button = shown('{% c "button" text="Make one plan" missing="15 to decide" href="/x" %}')

    assert button == '<span class="btn" aria-disabled="true">Make one plan<span class="why">15 to decide</span></span>'


def test_a_posting_button_brings_its_form_and_version() -> None:
    button = shown('{% c "button" text="Go" post="/go/" version=4 %}', csrf_token="abc")

    assert '<form method="post" action="/go/" class="one-button">' in button
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="abc">' in button
    assert '<input type="hidden" name="version" value="4">' in button


def test_attributes_of_htmx_pass_through_escaped() -> None:
    button = shown('{% c "button" text="Go" hx_post=url data_x=True aria_live=none %}', url='/go/?a=1&b="2"', none=None)

    expected = '<button type="submit" class="btn" data-x hx-post="/go/?a=1&amp;b=&quot;2&quot;">Go</button>'
    assert button == expected


def test_text_of_people_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    sources = [
        '{% c "state" kind="late" text=evil %}',
        '{% c "button" text=evil href=evil confirm=evil %}',
        '{% c "person" name=evil note=evil %}',
        '{% c "work_row" title=evil who=evil state_kind="run" state_text=evil date=evil %}',
        '{% cblock "panel" title=evil count=evil sub=evil more_text=evil %}{{ evil }}{% endcblock %}',
        '{% c "finding_card" kind="gap" kind_text=evil title=evil why=evil holder=evil since=evil %}',
        '{% c "field" name="a" label=evil value=evil hint=evil error=evil %}',
        '{% c "field" name="a" kind="textarea" value=evil %}',
        '{% c "field" name="a" kind="select" options=options %}',
        '{% c "diff_table" rows=rows caption=evil %}',
        '{% c "note" title=evil text=evil link_text=evil href="/" %}',
    ]

    leaks = [
        source
        for source in sources
        if "<script"
        in shown(source, evil=evil, options=[(evil, evil)], rows=[{"label": evil, "before": evil, "after": evil}])
    ]

    assert leaks == []


def test_a_block_component_takes_parts_and_nests() -> None:
    page = shown(
        '{% cblock "panel" title="Outer" %}A{% cblock "dialog" id="d" title="Inner" %}B{% part "foot" %}C{% endpart %}'
        '{% endcblock %}{% part "foot" %}D{% endpart %}{% endcblock %}'
    )

    assert "<footer>C</footer>" in page
    assert "<footer>D</footer>" in page
    assert page.index("<footer>C</footer>") < page.index("<footer>D</footer>")


def test_a_component_can_be_kept_for_another_prop() -> None:
    page = shown('{% c "state" kind="done" text="Closed" as mark %}[{{ mark }}]')

    assert page.startswith("[<span")
    assert "Closed" in page
