"""Accounts, their live sessions and locks, for their owners and the security administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet, Sum

from heli.rooms.people.models import Account, Person


@dataclass(frozen=True, slots=True)
class LiveSession:
    """Where an account is signed in now; it is forgotten when it ends."""

    id: int
    session_key: str
    address: str
    browser: str
    since: datetime


def live_sessions(account: Account) -> list[LiveSession]:
    """Return the account's sessions that still hold, newest first."""
    rows = list(UserSession.objects.filter(user=account).order_by("-created_at", "pk"))
    alive = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows]).values_list("session_key", flat=True)
    )
    return [
        LiveSession(row.pk, row.session_key, row.ip, _browser(row.user_agent), row.created_at)
        for row in rows
        if row.session_key in alive
    ]


_BROWSERS = ("Edg", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


def _browser(agent: str) -> str:
    """Return browser and system by their own names, which need no translation."""
    browser = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    shown = " · ".join(part for part in ("Edge" if browser == "Edg" else browser, system) if part)
    return shown or agent[:40]


def accounts_for_list(*, text: str = "", after: str = "", limit: int = 20) -> list[Account]:
    """Return one page of accounts by sign-in name; for the security administrator, so no post or unit is shown."""
    found = Account.objects.select_related("person")
    if text:
        found = found.filter(Q(sign_in_name__startswith=text) | Q(person__name__startswith=text))
    if after:
        found = found.filter(sign_in_name__gt=after)
    return list(found.order_by("sign_in_name")[:limit])


def second_factors(account: Account) -> list[str]:
    """Return the kinds of second factors the account has set up."""
    return list(Authenticator.objects.filter(user=account).order_by("pk").values_list("type", flat=True))


def locked_addresses(account: Account, now: datetime) -> list[str]:
    """Return the addresses from which the account is locked out now."""
    names = Q(username=account.sign_in_name)
    since = now - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(names, attempt_time__gte=since).values("ip_address").order_by("ip_address")
    sums = rows.annotate(failures=Sum("failures_since_start"))
    return [row["ip_address"] for row in sums if row["failures"] >= settings.AXES_FAILURE_LIMIT]


def all_accounts() -> QuerySet[Account]:
    """Return every account with its person; for the security administrator's pages."""
    return Account.objects.select_related("person")


def person_id_of(staff_no: str) -> int | None:
    """Return the id of the person of the roster with this number who has not left."""
    found = Person.objects.filter(staff_no=staff_no.strip(), left_on__isnull=True).order_by("pk").first()
    return found.pk if found is not None else None
