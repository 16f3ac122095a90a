"""Sign-in by staff number or e-mail, lock-out that cannot lock others out, second factors."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from heli.rooms.people.access import account_named, known_device, remember_device, second_factor_required, strangers
from heli.rooms.people.models import Account


class StaffNumberOrEmailBackend(ModelBackend):
    """Accept either name; an unknown one costs the same hashing time as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Account | None:
        name = (username or kwargs.get("login") or "").strip()
        if not name or password is None or "\x00" in name:
            return None
        account = account_named(name)
        if account is None:
            if strangers.is_flooded(request):
                strangers.idle()
            else:
                Account().set_password(password)
            return None
        with strangers.timed():
            is_right = account.check_password(password)
        return account if is_right and self.user_can_authenticate(account) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Refuse closed accounts, and a one-time password whose days are over."""
        is_over = user.one_time_until is not None and user.one_time_until <= timezone.now()
        return not is_over and super().user_can_authenticate(user)


# Lock-out. Failures count per name and address, so a stranger elsewhere locks nobody out. Behind one address
# (an office, a proxy) a device that signed in before carries a signed cookie; its failures count by themselves, and
# the page of the lock makes a new device known by a pass that a stranger does not have (``access.devices``).


def lockout_parameters(request: Any, _credentials: dict[str, Any] | None = None) -> list[list[str]]:
    """Return what identifies a guesser: a known device by itself, everybody else by address."""
    if getattr(request, "known_device", ""):
        return [["username", "user_agent"]]
    return [["username", "ip_address"]]


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth with sign-up closed, no mails, and no trace of when somebody signed in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here: axes does, and in a way that lets nobody lock somebody else out."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        account = account_named(str(credentials.get("username", "")).strip().replace("\x00", ""))
        device = known_device(request, account)
        agent = request.META.get("HTTP_USER_AGENT", "")
        request.known_device = device  # type: ignore[attr-defined]  # read by lockout_parameters
        if account is None and strangers.is_flooded(request) and strangers.is_full(request, timezone.now()):
            strangers.idle()
            return None
        try:
            if device:
                request.META["HTTP_USER_AGENT"] = f"{strangers.DEVICE_AGENT}{device}"
            found: AbstractBaseUser | None = super().authenticate(request, **credentials)
            return found
        finally:
            request.META["HTTP_USER_AGENT"] = agent

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        Authenticator.objects.filter(user=user, last_used_at__isnull=False).update(last_used_at=None)
        remember_device(request, response, user)
        return response

    def add_message(self, *_arguments: Any, **_values: Any) -> None:
        """Say nothing: the pages say what happened."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keep the secrets of authenticator apps encrypted with a key that is not in the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of an account that must have one."""
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        ).exclude(pk=authenticator.pk)
        account: Account = authenticator.user
        return others.exists() or not second_factor_required(account)


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"heli.second-factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
