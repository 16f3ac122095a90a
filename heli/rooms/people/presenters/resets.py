"""Resets of sign-ins in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from heli.rooms.people import access
from heli.rooms.people.enums import ResetKind, ResetState
from heli.rooms.people.models import Account, SignInReset
from heli.ui import punctuation
from heli.ui.shapes import Fact, Link


@dataclass(frozen=True, slots=True)
class ResetView:
    """One reset as its page shows it, and what the reader may do about it."""

    title: str
    crumbs: tuple[Link, ...]
    facts: tuple[Fact, ...]
    state: str
    state_kind: str
    may_confirm: bool
    why_not: str
    may_withdraw: bool
    is_mine: bool
    gives_password: bool
    first_half: str


def account_name(account: Account) -> str:
    if account.person is not None:
        return account.person.name
    return str(account.get_administrator_display() or account.sign_in_name)


def reset_title(reset: SignInReset) -> str:
    return f"{account_name(reset.account)} · {reset.get_kind_display()}"


def reset_links(resets: Iterable[SignInReset]) -> list[Link]:
    return [Link(reset_title(reset), reverse("people:reset", args=[reset.pk])) for reset in resets]


def reset_view(reset: SignInReset, reader: Account, at: datetime) -> ResetView:
    state = ResetState(reset.state)
    if state == ResetState.PENDING and reset.expires_at <= at:
        state = ResetState.EXPIRED
    waits = state == ResetState.PENDING
    confirms = access.can_confirm_reset(reader, reset, at)
    kinds = {ResetState.PENDING: "soon", ResetState.CONFIRMED: "done", ResetState.WITHDRAWN: "idle"}
    return ResetView(
        title=reset_title(reset),
        crumbs=(Link(_("Sign-ins to set anew"), reverse("people:resets")), Link(reset_title(reset))),
        facts=tuple(_facts(reset)),
        state=str(state.label),
        state_kind=kinds.get(state, "idle"),
        may_confirm=waits and bool(confirms),
        why_not=confirms.reason if waits and not confirms else "",
        may_withdraw=waits and bool(access.can_withdraw_reset(reader, reset, at)),
        is_mine=reset.account_id == reader.pk,
        gives_password=reset.kind == ResetKind.PASSWORD,
        first_half=access.first_half_for(reader, reset, at),
    )


def _facts(reset: SignInReset) -> list[Fact]:
    facts = [
        Fact(_("Whose sign-in"), account_name(reset.account) + punctuation.in_brackets(reset.account.sign_in_name)),
        Fact(_("What is set anew"), reset.get_kind_display()),
        Fact(_("Reason"), reset.reason),
        Fact(_("Asked for by"), account_name(reset.requested_by)),
        Fact(_("Asked on"), _moment(reset.requested_at)),
    ]
    if reset.state == ResetState.PENDING:
        facts.append(Fact(_("Lapses on"), _moment(reset.expires_at)))
    if reset.confirmed_by is not None and reset.confirmed_at is not None:
        facts.append(Fact(_("Confirmed by"), account_name(reset.confirmed_by)))
        facts.append(Fact(_("Confirmed on"), _moment(reset.confirmed_at)))
    return facts


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def opened_words(account: Account, reset: SignInReset | None) -> str:
    """Say what happens after an account was made."""
    if reset is not None:
        return _("The account is made. Its first password waits for a second person; its first half stands below.")
    return _("The account is made. Nobody could confirm its first password; on the server, “%(command)s” sets one.") % {
        "command": f"heli reset-sign-in {account.sign_in_name}"
    }


def ask_words(account: Account, kind: ResetKind) -> tuple[str, str]:
    """Return title and introduction of the page on which a reset is asked for."""
    name = {"account": account_name(account)}
    who = _("The owner is told. A colleague who may change the person's unit confirms it within 24 hours.")
    if account.administrator:
        who = _("An administrator of another kind confirms it within 24 hours.")
    if kind == ResetKind.PASSWORD:
        title, then = (
            _("New password for %(account)s"),
            _(
                "You hand on the first half of the one-time password, whoever confirms the second;"
                " neither half opens anything alone."
            ),
        )
    else:
        title, then = _("Remove the second factor of %(account)s"), _("The next sign-in then sets up a new one.")
    return title % name, f"{who} {then}"
