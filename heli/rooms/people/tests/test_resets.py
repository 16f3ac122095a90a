"""A sign-in set anew takes two persons: the security administrator asks, a colleague confirms, the owner is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heli.kernel.decisions import AccessDenied
from heli.kernel.models import AuditEntry
from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.people import access, services
from heli.rooms.people.enums import AdministratorKind, ResetKind, ResetState
from heli.rooms.people.models import Account, Person, SignInReset
from heli.rooms.people.tests.factories import PASSWORD, administrator
from heli.rooms.people.tests.fixtures import Everyone

ClientOf = Callable[[Person | Account], Client]


def _ask(everyone: Everyone, account: Account, kind: ResetKind = ResetKind.PASSWORD, at: Any = None) -> SignInReset:
    return services.request_reset(
        account_id=account.pk,
        kind=kind,
        reason="手机遗失",
        by=everyone.security_administrator,
        at=at or timezone.now(),
    )


def _confirm(reset: SignInReset, by: Account, at: datetime | None = None) -> str:
    """Confirm it and return the whole one-time password, as its owner puts it together; empty for a second factor."""
    half = services.confirm_reset(reset_id=reset.pk, version=1, by=by, at=at or timezone.now())[1]
    return f"{access.first_half(reset)}-{half}" if half else half


@pytest.fixture
def accounts(everyone: Everyone) -> dict[str, Account]:
    """An account for everybody, by the name of the person in ``everyone``."""
    names = [name for name in everyone.__slots__ if isinstance(getattr(everyone, name), Person)]
    found = {name: everyone.account(getattr(everyone, name)) for name in names}
    return found | {kind: getattr(everyone, f"{kind}_administrator") for kind in ("system", "security", "audit")}


def test_nothing_changes_before_a_second_person_confirms(everyone: Everyone, accounts: dict[str, Account]) -> None:
    owner = accounts["secretary_a"]
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")

    for kind in ResetKind:
        _ask(everyone, owner, kind)

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert not owner.must_change_password
    assert Authenticator.objects.filter(user=owner).count() == 1


def test_who_may_confirm_is_the_same_as_list_as_object_and_from_the_other_side(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    now = timezone.now()
    for owner in accounts.values():
        if owner != accounts["security"]:
            where = {"account": owner, "kind": ResetKind.PASSWORD, "requested_by": accounts["security"]}
            asked = SignInReset(reason="x", requested_at=now, expires_at=now + timedelta(hours=1), **where)
            asked.save()

    for reset in SignInReset.objects.select_related("account__person"):
        by_object = {name for name, one in accounts.items() if access.can_confirm_reset(one, reset, now)}
        by_list = {name for name, one in accounts.items() if reset in access.resets_to_confirm(one, now)}
        found = access.confirmers_of(reset.account, reset.kind, reset.requested_by, now)
        by_owner = {name for name, one in accounts.items() if one in found}
        seen = {name for name, one in accounts.items() if reset in access.visible_resets(one, now)}

        assert by_object == by_list == by_owner, reset
        assert by_object <= seen


@pytest.mark.parametrize(
    ("owner", "confirmers"),
    [
        ("secretary_a", {"party_clerk", "discipline_clerk"}),
        ("non_member", {"party_clerk", "discipline_clerk"}),
        ("party_clerk", {"discipline_clerk"}),
        ("audit", {"system"}),
        ("system", {"audit"}),
    ],
)
def test_colleagues_who_may_change_the_unit_confirm_and_nobody_else(
    everyone: Everyone, accounts: dict[str, Account], owner: str, confirmers: set[str]
) -> None:
    reset, allowed = _ask(everyone, accounts[owner]), set()
    for name, account in accounts.items():
        try:
            with transaction.atomic():
                _confirm(reset, account)
                transaction.set_rollback(True)
        except AccessDenied:
            continue
        allowed.add(name)

    assert allowed == confirmers


def test_second_security_administrator_is_no_second_person(everyone: Everyone) -> None:
    reset = _ask(everyone, everyone.audit_administrator)

    with pytest.raises(AccessDenied):
        _confirm(reset, administrator(AdministratorKind.SECURITY))


def test_nobody_but_the_security_administrator_asks_and_never_for_oneself(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    values: dict[str, Any] = {"kind": ResetKind.PASSWORD, "reason": "x", "at": timezone.now()}

    for name in ("system", "audit", "party_clerk", "secretary"):
        with pytest.raises(AccessDenied):
            services.request_reset(account_id=accounts["member_a1"].pk, by=accounts[name], **values)
    with pytest.raises(AccessDenied):
        services.request_reset(account_id=accounts["security"].pk, by=accounts["security"], **values)


def test_one_time_password_opens_once_until_it_is_changed_and_not_after_three_days(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    owner = accounts["secretary_a"]

    password = _confirm(_ask(everyone, owner), accounts["party_clerk"])

    for name, days, expected in ((owner.sign_in_name, 0, True), (owner.sign_in_name, 3, False)):
        Account.objects.filter(pk=owner.pk).update(one_time_until=timezone.now() + timedelta(days=3 - days))
        browser = Client()
        browser.post(reverse("account_login"), {"login": name, "password": password})
        assert ("_auth_user_id" in browser.session) is expected
    owner.refresh_from_db()
    assert owner.must_change_password
    services.set_password(account_id=owner.pk, password="a wholly new sentence", by=owner, at=timezone.now())
    owner.refresh_from_db()
    assert (owner.must_change_password, owner.one_time_until) == (False, None)


def test_whoever_confirmed_one_half_does_not_confirm_the_other(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    owner, now = accounts["secretary_a"], timezone.now()
    _confirm(_ask(everyone, owner, at=now), accounts["party_clerk"])
    factor = _ask(everyone, owner, ResetKind.SECOND_FACTOR)

    with pytest.raises(AccessDenied):
        _confirm(factor, accounts["party_clerk"])
    assert not access.resets_to_confirm(accounts["party_clerk"], now).exists()

    later = now + timedelta(days=7, hours=1)
    Account.objects.exclude(pk__in=(accounts["party_clerk"].pk, owner.pk, accounts["security"].pk)).update(
        is_active=False
    )
    services.expire_resets(at=later)
    _confirm(_ask(everyone, owner, ResetKind.SECOND_FACTOR, at=later), accounts["party_clerk"], later)


def test_removed_factor_counts_until_another_is_set_up(everyone: Everyone, accounts: dict[str, Account]) -> None:
    owner, now = accounts["secretary_a"], timezone.now()
    first, second = accounts["party_clerk"], accounts["discipline_clerk"]
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    _confirm(_ask(everyone, owner, ResetKind.SECOND_FACTOR, at=now), first, now)
    later = now + timedelta(days=40)
    password = _ask(everyone, owner, at=later)

    with pytest.raises(AccessDenied):
        _confirm(password, first, later)
    assert not access.resets_to_confirm(first, later).exists()
    assert set(access.confirmers_of(owner, ResetKind.PASSWORD, accounts["security"], later)) == {second}
    assert set(access.resets_to_confirm(second, later)) == {password}

    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    assert set(access.resets_to_confirm(first, later)) == {password}
    assert first in access.confirmers_of(owner, ResetKind.PASSWORD, accounts["security"], later)
    assert _confirm(password, first, later)


def test_one_time_password_does_not_become_the_own(everyone: Everyone, accounts: dict[str, Account]) -> None:
    owner = accounts["secretary_a"]
    password = _confirm(_ask(everyone, owner), accounts["party_clerk"])

    with pytest.raises(Problem):
        services.set_password(account_id=owner.pk, password=password, by=owner, at=timezone.now())

    owner.refresh_from_db()
    assert owner.must_change_password


def test_wish_lapses_after_a_day_and_is_asked_again(everyone: Everyone, accounts: dict[str, Account]) -> None:
    owner, now = accounts["secretary_a"], timezone.now()
    first = _ask(everyone, owner, at=now)

    with pytest.raises(Problem):
        _ask(everyone, owner, at=now + timedelta(hours=23))
    with pytest.raises(Problem):
        _confirm(first, accounts["party_clerk"], now + timedelta(hours=24))
    assert services.expire_resets(at=now + timedelta(hours=24)) == 1
    first.refresh_from_db()
    assert first.state == ResetState.EXPIRED
    _ask(everyone, owner, at=now + timedelta(hours=25))


@pytest.mark.parametrize("who", ["secretary_a", "security", "discipline_clerk"])
def test_owner_second_person_and_security_put_an_end_to_it(
    everyone: Everyone, accounts: dict[str, Account], who: str
) -> None:
    reset = _ask(everyone, accounts["secretary_a"])

    services.withdraw_reset(reset_id=reset.pk, version=1, by=accounts[who], at=timezone.now())

    with pytest.raises(Problem):
        _confirm(reset, accounts["party_clerk"])


def test_strangers_neither_see_nor_end_it(
    everyone: Everyone, accounts: dict[str, Account], client_of: ClientOf
) -> None:
    reset = _ask(everyone, accounts["secretary_a"])

    for name in ("member_b1", "system", "audit", "branch_secretary_a1"):
        browser = client_of(accounts[name])
        answers = [browser.get(reverse("people:reset", args=[reset.pk])).status_code]
        answers += [browser.post(reverse(f"people:{act}_reset", args=[reset.pk])).status_code for act in _ACTS]
        assert answers == [404, 404, 404], name
        with pytest.raises(AccessDenied):
            services.withdraw_reset(reset_id=reset.pk, version=1, by=accounts[name], at=timezone.now())


_ACTS = ("confirm", "withdraw")


def test_what_was_changed_meanwhile_is_not_confirmed(everyone: Everyone, accounts: dict[str, Account]) -> None:
    reset = _ask(everyone, accounts["secretary_a"])

    for version in (0, 2, None):
        with pytest.raises(VersionConflict):
            services.confirm_reset(reset_id=reset.pk, version=version, by=accounts["party_clerk"], at=timezone.now())


def test_where_nobody_could_confirm_the_server_is_named(everyone: Everyone) -> None:
    owner = everyone.account(everyone.secretary_a)

    with pytest.raises(Problem) as refused:
        _ask(everyone, owner)

    assert f"heli reset-sign-in {owner.sign_in_name}" in str(refused.value)
    assert not SignInReset.objects.exists()


def test_server_sets_a_sign_in_anew_and_writes_it_down(everyone: Everyone) -> None:
    owner = everyone.account(everyone.secretary_a)

    password = services.reset_on_server(
        sign_in_name=owner.sign_in_name, kind=ResetKind.PASSWORD, by="heli reset-sign-in", at=timezone.now()
    )

    owner.refresh_from_db()
    assert owner.check_password(password)
    assert owner.must_change_password
    assert AuditEntry.objects.latest("number").action == "account.reset_on_server"


@pytest.mark.parametrize("same", ["asker is owner", "confirmer is owner", "confirmer is asker", "no confirmer"])
def test_database_keeps_the_three_apart(everyone: Everyone, accounts: dict[str, Account], same: str) -> None:
    owner, asker, now = accounts["secretary_a"], accounts["security"], timezone.now()
    reset = _ask(everyone, owner)
    wrong: dict[str, dict[str, Any]] = {
        "asker is owner": {"requested_by": owner},
        "confirmer is owner": {"confirmed_by": owner, "confirmed_at": now, "state": ResetState.CONFIRMED},
        "confirmer is asker": {"confirmed_by": asker, "confirmed_at": now, "state": ResetState.CONFIRMED},
        "no confirmer": {"state": ResetState.CONFIRMED},
    }

    with pytest.raises(IntegrityError):
        SignInReset.objects.filter(pk=reset.pk).update(**wrong[same])


def test_each_step_is_written_down(everyone: Everyone, accounts: dict[str, Account]) -> None:
    owner, now = accounts["secretary_a"], timezone.now()
    _confirm(_ask(everyone, owner, at=now), accounts["party_clerk"])
    second = _ask(everyone, owner, at=now)
    services.withdraw_reset(reset_id=second.pk, version=1, by=owner, at=now)
    _ask(everyone, owner, at=now)
    services.expire_resets(at=now + timedelta(days=2))

    written = AuditEntry.objects.order_by("number").values_list("action", "actor_id")
    asked, by = ("account.reset_requested", str(accounts["security"].pk)), str(accounts["party_clerk"].pk)
    assert list(written) == [
        asked,
        ("account.reset_confirmed", by),
        asked,
        ("account.reset_withdrawn", str(owner.pk)),
        asked,
        ("account.reset_expired", "heli"),
    ]


def test_two_halves_of_one_journey_through_the_pages(
    everyone: Everyone, accounts: dict[str, Account], client_of: ClientOf
) -> None:
    owner, security = accounts["secretary_a"], client_of(accounts["security"])
    answer = security.post(reverse("people:ask_password", args=[owner.pk]), {"reason": "忘记密码"})
    page = reverse("people:reset", args=[SignInReset.objects.get().pk])
    assert answer["Location"] == page

    clerk = client_of(accounts["party_clerk"])
    act = page + "confirm/"
    assert clerk.post(act, {"version": 1})["Location"].startswith(reverse("account_reauthenticate"))
    clerk.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    shown = clerk.post(act, {"version": 1}).content.decode()
    found = re.search(r'<code class="secret">([a-z0-9-]+)</code>', shown)

    assert found is not None
    first = re.search(r'<code class="secret">([a-z0-9-]+)</code>', security.get(page).content.decode())
    assert first is not None
    owner.refresh_from_db()
    assert owner.check_password(f"{first[1]}-{found[1]}")
    assert not owner.check_password(found[1])
    assert first[1] not in clerk.get(page).content.decode() + shown
    for browser in (security, clerk, client_of(owner)):
        assert found[1] not in browser.get(page).content.decode()


def test_new_account_has_no_password_before_somebody_confirms_its_first(
    everyone: Everyone, client_of: ClientOf
) -> None:
    clerk = everyone.account(everyone.party_clerk)
    staff_no = everyone.secretary_a.staff_no
    client_of(everyone.security_administrator).post(reverse("people:new_account"), {"staff_no": staff_no})
    made = Account.objects.get(sign_in_name=staff_no)
    assert not made.has_usable_password()

    password = _confirm(SignInReset.objects.get(account=made), clerk)

    made.refresh_from_db()
    assert made.check_password(password)


def test_first_half_is_the_askers_alone_until_the_owner_chose_a_password(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    owner, asker, now = accounts["secretary_a"], accounts["security"], timezone.now()
    reset, another = _ask(everyone, owner, at=now), administrator(AdministratorKind.SECURITY)

    def shown(at: datetime = now) -> set[Account]:
        found = SignInReset.objects.select_related("account").get(pk=reset.pk)
        return {one for one in [*accounts.values(), another] if access.first_half_for(one, found, at)}

    assert shown() == {asker}
    assert shown(now + timedelta(hours=24)) == set()
    _confirm(reset, accounts["party_clerk"], now)
    assert shown() == {asker}
    assert shown(now + timedelta(hours=72)) == set()
    owner.refresh_from_db()
    services.set_password(account_id=owner.pk, password="a sentence of my own", by=owner, at=now)
    assert shown() == set()
    factor = _ask(everyone, owner, ResetKind.SECOND_FACTOR)
    assert access.first_half_for(asker, factor, now) == ""


def test_halves_differ_from_wish_to_wish(everyone: Everyone, accounts: dict[str, Account]) -> None:
    halves, owner = set(), accounts["secretary_a"]
    for _number in range(3):
        reset = _ask(everyone, owner)
        halves.add(access.first_half(reset))
        services.withdraw_reset(reset_id=reset.pk, version=1, by=owner, at=timezone.now())

    assert len(halves) == 3
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}", half) for half in halves)


def _stand_in(everyone: Everyone, holder: Person, person: Person) -> None:
    today = timezone.localdate()
    services.give_stand_in(
        appointment_id=holder.appointments.get().pk, person_id=person.pk, from_day=today,
        to_day=today + timedelta(days=3), reason="休假", by=holder, at=timezone.now(),
    )  # fmt: skip


def _who(accounts: dict[str, Account], reset: SignInReset) -> set[str]:
    """Return who may confirm it, by the rule, the list and the other side, which agree."""
    now = timezone.now()
    by_object = {name for name, one in accounts.items() if access.can_confirm_reset(one, reset, now)}
    by_list = {name for name, one in accounts.items() if reset in access.resets_to_confirm(one, now)}
    found = access.confirmers_of(reset.account, reset.kind, reset.requested_by, now)
    assert by_object == by_list == {name for name, one in accounts.items() if one in found}
    return by_object


def test_whoever_stands_in_for_the_owner_confirms_nothing_of_theirs(
    everyone: Everyone, accounts: dict[str, Account]
) -> None:
    _stand_in(everyone, everyone.party_clerk, everyone.branch_secretary_b1)

    assert _who(accounts, _ask(everyone, accounts["party_clerk"])) == {"discipline_clerk"}
    assert _who(accounts, _ask(everyone, accounts["secretary_a"])) == {
        "party_clerk", "discipline_clerk", "branch_secretary_b1",
    }  # fmt: skip


@pytest.mark.parametrize("first", ["party_clerk", "branch_secretary_b1"])
def test_holder_and_stand_in_do_not_confirm_both_halves(
    everyone: Everyone, accounts: dict[str, Account], first: str
) -> None:
    _stand_in(everyone, everyone.party_clerk, everyone.branch_secretary_b1)
    owner = accounts["secretary_a"]
    TOTP.activate(owner, "JBSWY3DPEHPK3PXP")
    _confirm(_ask(everyone, owner), accounts[first])

    assert _who(accounts, _ask(everyone, owner, ResetKind.SECOND_FACTOR)) == {"discipline_clerk"}
