"""allauth's pages under our addresses, each with its access rule; what we do not offer answers 404.

The names without a namespace are allauth's own: it looks its pages up by them.
"""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from heli.kernel.access_marks import mark
from heli.rooms.people.access import public, signed_in
from heli.rooms.people.views.sign_in import sign_in, sign_out


@public
def closed(_request: HttpRequest, **_values: Any) -> HttpResponse:
    """Stand where allauth expects sign-up, e-mail confirmation and the like: Heli has none of them."""
    raise Http404


_CLOSED = {
    "account_signup": "sign-in/closed/sign-up/",
    "account_email": "sign-in/closed/email/",
    "account_email_verification_sent": "sign-in/closed/sent/",
    "account_reset_password": "sign-in/closed/reset/",
    "account_set_password": "sign-in/closed/set/",
    "account_confirm_login_code": "sign-in/closed/code/",
    "mfa_trust": "sign-in/closed/trust/",
    "account_change_password": "sign-in/closed/change/",
}

urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("sign-in/second-factor/", mark("public")(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/inactive/", mark("public")(account.account_inactive), name="account_inactive"),
    path("sign-out/", sign_out, name="account_logout"),
    path("account/again/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("account/again/code/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/again/key/", signed_in(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/second-factor/", signed_in(mfa.index), name="mfa_index"),
    path("account/second-factor/app/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("account/second-factor/app/remove/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/second-factor/codes/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/second-factor/codes/new/",
        signed_in(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/second-factor/codes/download/",
        signed_in(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/second-factor/keys/", signed_in(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("account/second-factor/keys/add/", signed_in(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/second-factor/keys/<int:pk>/remove/", signed_in(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("account/second-factor/keys/<int:pk>/edit/", signed_in(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    *[path(address, closed, name=name) for name, address in _CLOSED.items()],
    re_path(r"^sign-in/closed/confirm/(?P<key>[-:\w]+)/$", closed, name="account_confirm_email"),
    re_path(
        r"^sign-in/closed/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", closed, name="account_reset_password_from_key"
    ),
]
