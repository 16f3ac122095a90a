"""Accounts, keys, and what sign-in must remember for minutes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heli.rooms.people.enums import AdministratorKind, ResetKind, ResetState
from heli.rooms.people.models.persons import Person


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(sign_in_name=username)


class Account(AbstractBaseUser):
    """A way to sign in. Belongs to a person, or to one of the three administrators and then to nobody's work."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "password": "secret",
        "sign_in_name": "personal",
        "email": "personal",
        "person": "internal",
        "administrator": "internal",
        "is_active": "internal",
        "must_change_password": "internal",
        "must_use_second_factor": "internal",
        "one_time_until": "internal",
        "version": "internal",
    }

    # No login statistics per person (DESIGN, invariant 7): the column Django brings is switched off.
    last_login = None
    sign_in_name = models.CharField(_("staff number"), max_length=32, unique=True)
    email = models.EmailField(blank=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="account")
    administrator = models.CharField(max_length=10, choices=AdministratorKind, blank=True, default="")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    must_use_second_factor = models.BooleanField(default=False)
    # Until when a password that somebody else has seen opens the account; empty once its owner chose one.
    one_time_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountManager()

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(administrator=""),
                name="people_account_administrator_has_no_person",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(administrator__in=AdministratorKind.values),
                name="people_account_is_somebodys",
            ),
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="people_account_email_unique"),
            models.CheckConstraint(
                condition=Q(one_time_until__isnull=True) | Q(must_change_password=True),
                name="people_account_one_time_is_changed",
            ),
        ]

    def __str__(self) -> str:
        return self.sign_in_name


class SignInReset(models.Model):
    """The security administrator's wish to set somebody's sign-in anew; it takes effect by a second person alone."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "account": "internal",
        "kind": "internal",
        "reason": "personal",
        "state": "internal",
        "requested_by": "internal",
        "requested_at": "internal",
        "expires_at": "internal",
        "confirmed_by": "internal",
        "confirmed_at": "internal",
        "withdrawn_by": "internal",
        "withdrawn_at": "internal",
        "version": "internal",
    }

    account = models.ForeignKey(Account, models.PROTECT, related_name="resets")
    kind = models.CharField(max_length=16, choices=ResetKind)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ResetState, default=ResetState.PENDING)
    requested_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ResetKind.values), name="people_signinreset_kind_known"),
            models.CheckConstraint(
                condition=Q(state=ResetState.CONFIRMED, confirmed_by__isnull=False, confirmed_at__isnull=False)
                | Q(confirmed_by__isnull=True, confirmed_at__isnull=True) & ~Q(state=ResetState.CONFIRMED),
                name="people_signinreset_confirmed_by_at",
            ),
            models.CheckConstraint(
                condition=Q(state=ResetState.WITHDRAWN, withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                | Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True) & ~Q(state=ResetState.WITHDRAWN),
                name="people_signinreset_withdrawn_by_at",
            ),
            models.CheckConstraint(condition=~Q(requested_by=F("account")), name="people_signinreset_asked_by_another"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("account")) & ~Q(confirmed_by=F("requested_by")),
                name="people_signinreset_confirmed_by_third",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ResetState.values, expires_at__gt=F("requested_at")) & ~Q(reason=""),
                name="people_signinreset_has_reason_and_end",
            ),
            models.UniqueConstraint(
                fields=["account", "kind"], condition=Q(state=ResetState.PENDING), name="people_signinreset_one_waits"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(state=ResetState.PENDING), name="people_signinreset_waits"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.kind}"


class ApiToken(models.Model):
    """A key with which a program acts for a person, within scopes. Only its hash is kept."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "person": "internal",
        "name": "personal",
        "hint": "internal",
        "digest": "secret",
        "scopes": "internal",
        "created_at": "internal",
        "expires_on": "internal",
        "revoked_at": "internal",
    }

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "created_at"], name="people_apitoken_person")]

    def __str__(self) -> str:
        return self.name


class Throttle(models.Model):
    """What every web process must know for a few minutes: tries per address, codes already used. Django's cache."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(("cache_key", "value", "expires"), "secret")

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key
