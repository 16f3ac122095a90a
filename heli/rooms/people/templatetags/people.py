"""What the people room's pages share: tabs of one's account, remarks on the sign-in page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from heli.rooms.people import access, presenters, queries
from heli.rooms.people.enums import AdministratorKind, Scope
from heli.rooms.people.models import Account
from heli.ui.shapes import Link, Tab

register = template.Library()


@register.simple_tag
def sign_in_notes() -> list[dict[str, str]]:
    """Return what the sign-in page says openly about this site."""
    notes = []
    if settings.IS_DEMO:
        notes.append(
            {
                "title": _("This is a demo."),
                "text": _("Everybody in it is invented. The terminal that runs it lists who may sign in."),
            }
        )
    if not settings.SECOND_FACTOR:
        notes.append(
            {
                "title": _("Second factors are switched off here."),
                "text": _("A password alone opens every account. Right for a demo, wrong for real work."),
            }
        )
    return notes


@register.simple_tag(takes_context=True)
def account_tabs(context: Context) -> list[Tab]:
    """Return the pages of one's own account."""
    request: Any = context["request"]
    pages = [
        (reverse("people:sessions"), _("Devices")),
        (reverse("mfa_index"), _("Second factor")),
        (reverse("people:password"), _("Password")),
    ]
    if request.person is not None:
        pages.append((reverse("people:tokens"), _("Access keys")))
    return [Tab(label=label, url=url, current=request.path.startswith(url)) for url, label in pages]


@register.simple_tag(takes_context=True)
def second_factor_duty(context: Context) -> bool:
    """Return whether the signed-in account works only with a second factor."""
    return access.second_factor_required(context["request"].account)


@register.simple_tag(takes_context=True)
def resets_waiting(context: Context) -> list[Link]:
    """Return the sign-ins that wait for this account's confirmation (two queries)."""
    request: Any = context["request"]
    return presenters.reset_links(queries.resets_waiting_for(request.account, request.now))


@register.simple_tag
def scope_label(scope: str) -> str:
    """Return what a scope allows, in words."""
    return str(Scope(scope).label)


@register.simple_tag
def administrator_label(kind: str) -> str:
    return str(AdministratorKind(kind).label)


@register.simple_tag
def account_name(account: Account) -> str:
    """Return whose account it is, in words."""
    return presenters.account_name(account)
