"""Who confirms that a sign-in is set anew: never who asked for it, never whose it is, never both halves of one."""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from heli.kernel.decisions import Decision, allowed, denied
from heli.kernel.periods import holds_on
from heli.rooms.people import rules
from heli.rooms.people.access.accounts import SECOND_FACTORS
from heli.rooms.people.access.persons import persons_under
from heli.rooms.people.access.reach import post_kinds_with
from heli.rooms.people.access.standing import counts_as, one_with, stand_ins_of_persons
from heli.rooms.people.enums import AdministratorKind, Permission, ResetKind, ResetState
from heli.rooms.people.models import Account, Appointment, Membership, Person, SignInReset, StandIn


def _of_others(account: Account, at: datetime) -> Q:
    """The resets that are somebody else's work to ask for and this account's to confirm."""
    others = ~Q(account=account) & ~Q(requested_by=account)
    if account.administrator:
        return others & Q(account__person__isnull=True) & ~Q(requested_by__administrator=account.administrator)
    if account.person is None:
        return Q(pk__in=[])
    on = timezone.localdate(at)
    colleagues = persons_under(account.person, Permission.UNIT_EDIT, on)
    own = counts_as(account.person, on)  # nobody confirms for whom they stand in
    asked = Q(requested_by__person__isnull=False, requested_by__person__in=own)
    return others & ~asked & ~Q(account__person__in=own) & Q(account__person__in=colleagues.values("pk"))


def _halves(at: datetime) -> QuerySet[SignInReset]:
    """The confirmed halves that still count: seven days each, a removed factor until there is another."""
    another = Authenticator.objects.filter(user=OuterRef("account"), type__in=SECOND_FACTORS)
    works = Q(confirmed_at__gt=at - rules.HALVES_APART) | Q(kind=ResetKind.SECOND_FACTOR) & ~Exists(another)
    return SignInReset.objects.filter(works, state=ResetState.CONFIRMED)


def _confirmed_by(account: Account, at: datetime) -> Q:
    """What this account confirmed, or somebody who counts as one with its person, whichever of the two stands in."""
    own = Q(confirmed_by=account)
    return own | Q(confirmed_by__person__in=one_with([account.person_id], timezone.localdate(at)))


def resets_to_confirm(account: Account, at: datetime) -> QuerySet[SignInReset]:
    """Return what waits for this account's confirmation: the list side of ``can_confirm_reset``."""
    taken = _halves(at).filter(_confirmed_by(account, at), account=OuterRef("account")).exclude(kind=OuterRef("kind"))
    waiting = SignInReset.objects.filter(_of_others(account, at), state=ResetState.PENDING, expires_at__gt=at)
    return waiting.exclude(Exists(taken))


def can_confirm_reset(account: Account, reset: SignInReset, at: datetime) -> Decision:
    """Return whether this account is the second person, with the reason if not."""
    if account.pk in {reset.account_id, reset.requested_by_id}:
        return denied(_("Whoever asked for it, or whose sign-in it is, does not confirm it."))
    concerned = {reset.account.person_id, reset.requested_by.person_id}
    if account.person is not None and concerned & counts_as(account.person, timezone.localdate(at)):
        return denied(_("Nobody confirms it for whom they stand in. Another colleague confirms it."))
    if not SignInReset.objects.filter(_of_others(account, at), pk=reset.pk).exists():
        return denied(
            _(
                "A colleague confirms who may change the unit that the person belongs to; for an administrator, an"
                " administrator of another kind than the one who asked."
            )
        )
    other_half = _halves(at).filter(_confirmed_by(account, at), account_id=reset.account_id).exclude(kind=reset.kind)
    if other_half.exists():
        return denied(
            _(
                "You confirmed the other half of this sign-in in the last seven days, or no second factor was set up"
                " since you confirmed its removal. With both, you could sign in as that person, so somebody else"
                " confirms this one."
            )
        )
    return allowed()


def can_withdraw_reset(account: Account, reset: SignInReset, at: datetime) -> Decision:
    """Return whether this account may put an end to it: the owner, who may confirm, a security administrator."""
    is_concerned = reset.account_id == account.pk or account.administrator == AdministratorKind.SECURITY
    return allowed() if is_concerned else can_confirm_reset(account, reset, at)


def visible_resets(account: Account, at: datetime) -> QuerySet[SignInReset]:
    """Return the resets this account may open: its own, those among whose second persons it is, as security all."""
    found = SignInReset.objects.select_related("account__person", "requested_by", "confirmed_by__person")
    if account.administrator == AdministratorKind.SECURITY:
        return found
    return found.filter(Q(account=account) | Q(confirmed_by=account) | _of_others(account, at))


def reset_for(account: Account, reset_id: int, at: datetime) -> SignInReset:
    """Return the reset, or raise the same 404 for missing and forbidden."""
    return get_object_or_404(visible_resets(account, at), pk=reset_id)


def first_half(reset: SignInReset) -> str:
    """Return the half of the one-time password that its asker hands on; made from the site's key, stored nowhere."""
    asked = reset.requested_at.astimezone(UTC).isoformat()
    digest = salted_hmac("heli.first-half", f"{reset.pk} {asked}", algorithm="sha256").digest()
    return rules.one_time_half(int.from_bytes(digest))


def first_half_for(account: Account, reset: SignInReset, at: datetime) -> str:
    """Return the first half to its asker alone, until the owner chose a password or the days are over; else nothing."""
    if account.pk != reset.requested_by_id or reset.kind != ResetKind.PASSWORD:
        return ""
    waits = reset.state == ResetState.PENDING and reset.expires_at > at
    until = reset.account.one_time_until
    opens = until is not None and until > at and reset.confirmed_at == until - rules.ONE_TIME_OPENS
    return first_half(reset) if waits or opens else ""


def confirmers_of(account: Account, kind: str, asked_by: Account, at: datetime) -> QuerySet[Account]:
    """Return the open accounts that could confirm such a reset: ``can_confirm_reset`` from the other side."""
    halves = _halves(at).filter(account=account).exclude(kind=kind)
    others = Account.objects.filter(is_active=True).exclude(pk__in=(account.pk, asked_by.pk))
    others = others.exclude(pk__in=halves.values("confirmed_by"))
    if account.person is None:
        return others.exclude(administrator="").exclude(administrator=asked_by.administrator)
    on = timezone.localdate(at)
    apart = one_with(halves.values_list("confirmed_by__person", flat=True), on)
    apart |= stand_ins_of_persons([account.person_id, asked_by.person_id], on)
    above = sorted({path[:end] for path in _paths_of(account.person, at) for end in range(13, len(path) + 1, 13)})
    where = Q()
    for way in ("post__unit", "post__unit__serves", "post__acts_for", "post__acts_for__serves"):
        where |= Q(**{f"{way}__path__in": above})
    posts = Appointment.objects.filter(holds_on(on), where, post__kind__in=post_kinds_with(Permission.UNIT_EDIT))
    stands = StandIn.objects.current(on).filter(appointment__in=posts.values("pk"))
    able = Q(person__in=posts.values("person")) | Q(person__in=stands.values("person"))
    return others.filter(able, person__left_on__isnull=True).exclude(person__in=apart)


def _paths_of(person: Person, at: datetime) -> set[str]:
    on = timezone.localdate(at)
    places = Membership.objects.filter(holds_on(on), person=person).order_by("pk").values_list("unit__path", flat=True)
    posts = Appointment.objects.filter(holds_on(on), person=person).order_by("pk")
    held = posts.values_list("post__unit__path", "post__acts_for__path")
    return set(places) | {path for pair in held for path in pair if path}
