"""Fields: label, hint, error as what, why and remedy, known values, the hidden version."""

import re

import pytest
from django import forms
from django.template import Context, Template

from heli.kernel.problems import Problem
from heli.ui import components
from heli.ui.shapes import FieldError


class Paper(forms.Form):
    title = forms.CharField(label="Title", help_text="As on the paper")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Plan"), ("b", "Report")], widget=forms.RadioSelect)
    lead = forms.ChoiceField(label="Lead", choices=[("x", "Office")])
    sent = forms.BooleanField(label="Sent", required=False)
    file = forms.FileField(label="File", required=False)
    secret = forms.IntegerField(widget=forms.HiddenInput, required=False)


def fields(form: forms.Form, arguments: str = "", **values: object) -> str:
    source = "{% load heli %}{% form_fields form " + arguments + " %}"
    return Template(source).render(Context({"form": form, **values}))


def test_a_form_renders_every_field_once() -> None:
    page = fields(Paper())

    counts = {name: page.count(f'name="{name}"') for name in Paper.base_fields}
    assert counts == {"title": 1, "kind": 2, "lead": 1, "sent": 1, "file": 1, "secret": 1}


def test_every_visible_control_has_a_label() -> None:
    page = fields(Paper())

    assert [name for name in ("title", "lead", "sent", "file") if f'for="id_{name}"' not in page] == []
    assert '<legend class="form-label">Kind' in page


def test_errors_stand_at_the_field_and_above_with_a_link() -> None:
    form = Paper({"title": "", "kind": "a", "lead": "x"})

    page = fields(form)

    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_title-hint id_title-error"' in page
    assert 'id="id_title-error"' in page
    assert '<a href="#id_title">Title</a>' in page


def test_errors_of_the_whole_form_are_listed() -> None:
    form = Paper({"title": "x", "kind": "a", "lead": "x"})
    form.add_error(None, "Both dates are the same.")

    assert "<li>Both dates are the same.</li>" in fields(form)


def test_a_form_without_errors_shows_none() -> None:
    assert "form-errors" not in fields(Paper({"title": "x", "kind": "a", "lead": "x"}))


def test_a_known_value_is_read_only_and_says_its_source() -> None:
    form = Paper(initial={"title": "Plan 2027"})
    form.fields["title"].known_source = "From the roster."  # type: ignore[attr-defined]

    page = fields(form)

    assert "readonly" in page
    assert 'value="Plan 2027"' in page
    assert '<div class="form-hint" id="id_title-hint">From the roster.</div>' in page


def test_the_version_is_sent_along() -> None:
    assert '<input type="hidden" name="version" value="7">' in fields(Paper(), "version=7")
    assert 'name="version"' not in fields(Paper())


def test_some_fields_only() -> None:
    page = fields(Paper(), 'only="title, lead" columns=1')

    assert 'class="fields one"' in page
    assert ('name="title"' in page, 'name="kind"' in page, 'name="secret"' in page) == (True, False, False)


def test_a_chosen_radio_stays_chosen() -> None:
    page = fields(Paper({"title": "x", "kind": "b", "lead": "x"}))

    (chosen,) = re.findall(r"<input[^>]* checked[^>]*>", page)
    assert 'type="radio"' in chosen
    assert 'value="b"' in chosen


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("Too long.", "Too long."),
        (FieldError("No such day.", "June has 30.", "Write 06-30."), "No such day. June has 30. Write 06-30."),
        ({"what": "No such day.", "remedy": "Write 06-30."}, "No such day. Write 06-30."),
        (Problem("No such day.", remedy="Write 06-30."), "No such day. Write 06-30."),
        (FieldError("没有这一天。", remedy="请改为 06-30。"), "没有这一天。请改为 06-30。"),
    ],
)
def test_an_error_says_what_why_and_remedy(error: object, text: str) -> None:
    field = components.render("field", name="due", label="Due", error=error)

    assert f"<span>{text}</span>" in field


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("text", '<input type="text" class="form-control" id="id_a" name="a" value="1">'),
        ("number", '<input type="number" class="form-control" id="id_a" name="a" min="0" max="9" value="1">'),
        ("textarea", '<textarea class="form-control" id="id_a" name="a" rows="3">\n1</textarea>'),
        ("select", '<option value="1" selected>One</option>'),
        ("radio", '<input type="radio" class="form-check-input" name="a" value="1" checked>'),
        ("checkboxes", '<input type="checkbox" class="form-check-input" name="a" value="1" checked>'),
        ("checkbox", '<input type="checkbox" class="form-check-input" id="id_a" name="a" value="1">'),
    ],
)
def test_each_kind_of_control(kind: str, part: str) -> None:
    limits = {"min": 0, "max": 9} if kind == "number" else {}
    field = components.render("field", name="a", label="A", kind=kind, value="1", options=[("1", "One"), "2"], **limits)

    assert part in field


def test_a_file_field_is_a_plain_input_that_names_its_limits() -> None:
    drop = components.render(
        "file_drop", name="f", label="Plan", accept=".docx", max_mb=20, paste_name="text", hint="docx"
    )

    assert '<input type="file" name="f" id="id_f" accept=".docx" aria-describedby="id_f-hint">' in drop
    assert 'data-max-mb="20"' in drop
    assert '<textarea class="form-control" id="id_f-text" name="text"' in drop
