"""How a form page runs a service: errors come back into the form, a conflict shows both sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from heli.kernel.constraints import contradiction
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import access
from heli.rooms.people.models import Account
from heli.ui.shapes import Link

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FormPage:
    """What a form page shows around its form. ``impact`` names a template; then the act asks for a second press.

    ``unit_id`` and ``post_id`` name what is to change, so that rooms above show what of theirs follows from it;
    ``folds_unit`` where nothing of the unit itself changes, so that what rests on it is one folded line.
    """

    title: str
    verb: str
    crumbs: Sequence[Link]
    back_url: str
    intro: str = ""
    is_danger: bool = False
    impact: str = ""
    unit_id: int | None = None
    post_id: int | None = None
    folds_unit: bool = False


def attempt(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Run ``act``; what it refuses is written into the form and None returned."""
    try:
        return act()
    except VersionConflict as conflict:
        form.conflict = conflict  # type: ignore[attr-defined]  # shown by the form page
        form.add_error(None, str(conflict))
    except Problem as problem:
        form.add_error(None, str(problem))
    except IntegrityError as error:
        form.add_error(None, str(contradiction(error)))
    return None


def proof_url(account: Account, back: str) -> str:
    """Return the page on which one shows that it is oneself: by the second factor where there is one."""
    page = "mfa_reauthenticate" if access.has_second_factor(account) else "account_reauthenticate"
    return f"{reverse(page)}?{urlencode({'next': back})}"


def is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get("step") == "confirm"


def show_form(
    request: HttpRequest, page: FormPage, form: forms.Form, *, version: int | None = None, **context: Any
) -> HttpResponse:
    """Render the form; 409 after a conflict, 422 with errors, else 200."""
    conflict = getattr(form, "conflict", None)
    status = 409 if conflict else 422 if form.is_bound and form.errors else 200
    labels = {name: field.label for name, field in form.fields.items()}
    values = {"page": page, "form": form, "version": version, "conflict": conflict, "labels": labels, **context}
    return render(request, "people/form.html", values, status=status)
