"""No one person can come to hold a whole sign-in of somebody else, in whatever order the acts of all follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heli.kernel.decisions import AccessDenied
from heli.kernel.problems import Problem
from heli.rooms.people import access, services
from heli.rooms.people.enums import AdministratorKind, ResetKind, ResetState
from heli.rooms.people.models import Account, SignInReset
from heli.rooms.people.tests.factories import administrator
from heli.rooms.people.tests.fixtures import Everyone

pytestmark = pytest.mark.django_db
_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "confirm", "confirm", "withdraw", "factor", "own", "wait"]),
        st.integers(0, 3),
        st.integers(0, 5),
        st.sampled_from([ResetKind.PASSWORD, ResetKind.PASSWORD, ResetKind.SECOND_FACTOR]),
    ),
    min_size=4,
    max_size=14,
)


@dataclass(slots=True)
class History:
    """Who was shown which strings, and what each act does to the real accounts. Owners' own secrets are nobody's."""

    owners: list[Account]
    actors: list[Account]
    at: datetime
    seen: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def do(self, act: str, whose: int, who: int, kind: ResetKind) -> None:
        owner = self.owners[whose % len(self.owners)]
        owner.refresh_from_db()
        actor = self.actors[who % len(self.actors)]
        try:
            with transaction.atomic():
                getattr(self, f"_{act}")(owner, actor, kind)
        except (AccessDenied, Problem):
            pass
        self._look(owner, actor, kind)

    def _ask(self, owner: Account, actor: Account, kind: ResetKind) -> None:
        asker = next((one for one in self.actors[:2] if one != owner), actor)
        services.request_reset(account_id=owner.pk, kind=kind, reason="遗失", by=asker, at=self.at)

    def _confirm(self, _owner: Account, actor: Account, _kind: ResetKind) -> None:
        """Let everybody try, beginning with ``actor``, whatever waits longest; most are refused."""
        reset, first = self._waiting(), self.actors.index(actor)
        for one in self.actors[first:] + self.actors[:first]:
            if access.can_confirm_reset(one, reset, self.at):
                self.seen[one.pk].add(services.confirm_reset(reset_id=reset.pk, version=1, by=one, at=self.at)[1])
                return

    def _withdraw(self, _owner: Account, actor: Account, _kind: ResetKind) -> None:
        services.withdraw_reset(reset_id=self._waiting().pk, version=1, by=actor, at=self.at)

    def _factor(self, owner: Account, _actor: Account, _kind: ResetKind) -> None:
        if not access.has_second_factor(owner):
            TOTP.activate(owner, "JBSWY3DPEHPK3PXP")

    def _own(self, owner: Account, _actor: Account, _kind: ResetKind) -> None:
        services.set_password(account_id=owner.pk, password="a sentence of my own", by=owner, at=self.at)

    def _wait(self, _owner: Account, _actor: Account, _kind: ResetKind) -> None:
        self.at += timedelta(hours=20)

    def _look(self, _owner: Account, _actor: Account, _kind: ResetKind) -> None:
        """Everybody reads whatever any wish shows them."""
        for reset in SignInReset.objects.select_related("account"):
            for one in self.actors:
                self.seen[one.pk].add(access.first_half_for(one, reset, self.at))

    def _waiting(self) -> SignInReset:
        found = SignInReset.objects.filter(state=ResetState.PENDING).order_by("pk").first()
        if found is None:
            raise Problem("nothing waits")
        return found

    def holders(self) -> set[tuple[int, int]]:
        """Return who could put together a password that opens an account of somebody else."""
        found = set()
        for owner in self.owners:
            owner.refresh_from_db()
            for actor, words in self.seen.items():
                known = sorted(words - {""})
                tries = {*known, *("-".join(pair) for pair in permutations(known, 2))}
                if actor != owner.pk and any(owner.check_password(one) for one in tries):
                    found.add((actor, owner.pk))
        return found


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_no_one_person_comes_to_hold_a_whole_sign_in(
    everyone: Everyone, acts: list[tuple[str, int, int, ResetKind]]
) -> None:
    with transaction.atomic():
        clerks = [everyone.account(one) for one in (everyone.party_clerk, everyone.discipline_clerk)]
        security = [everyone.security_administrator, administrator(AdministratorKind.SECURITY)]
        owners = [everyone.account(everyone.secretary_a), clerks[0], everyone.system_administrator, security[1]]
        history = History(
            owners, [*security, *clerks, everyone.system_administrator, everyone.audit_administrator], timezone.now()
        )
        for act in acts:
            history.do(*act)
            assert history.holders() == set(), act
        transaction.set_rollback(True)


def test_history_of_the_first_password_opens_with_both_halves_alone(everyone: Everyone) -> None:
    """Show that the search above can find a holder: the two halves together do open the account."""
    clerk, security = everyone.account(everyone.party_clerk), everyone.security_administrator
    made, reset = services.open_account(person_id=everyone.secretary_a.pk, by=security, at=timezone.now())
    assert reset is not None
    history = History([made], [security, clerk], timezone.now())
    history.do("confirm", 0, 1, ResetKind.PASSWORD)
    assert not Authenticator.objects.filter(user=made).exists()
    assert history.holders() == set()

    history.seen[clerk.pk] |= history.seen[security.pk]

    assert history.holders() == {(clerk.pk, made.pk)}
