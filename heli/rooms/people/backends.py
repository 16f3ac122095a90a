"""Sign-in by staff number or e-mail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models import Q
from django.http import HttpRequest

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
        if not name or password is None:
            return None
        account = Account.objects.filter(Q(sign_in_name=name) | Q(email__iexact=name)).order_by("pk").first()
        if account is None:
            Account().set_password(password)
            return None
        if account.check_password(password) and self.user_can_authenticate(account):
            return account
        return None
