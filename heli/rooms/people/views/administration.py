"""The three administrators, each with pages of their own; to the others they do not exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, time
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from heli.rooms.people import access, presenters, queries, services
from heli.rooms.people.access import PersonRequest, administrators
from heli.rooms.people.enums import AdministratorKind, ResetKind
from heli.rooms.people.forms.administration import AccountForm, LogForm, ReasonForm
from heli.rooms.people.models import Account
from heli.rooms.people.views.acts import FormPage, attempt, show_form
from heli.ui import toasts
from heli.ui.sent import version_in

K = AdministratorKind
PAGE_SIZE = 50
_SHOWN_ONCE = "device-of-other-shown-once"
_HOMES = {K.SYSTEM: "people:system", K.SECURITY: "people:accounts", K.AUDIT: "people:log"}


@require_safe
@administrators(*K)
def administration(request: PersonRequest) -> HttpResponse:
    """Lead each administrator to their own work."""
    return redirect(_HOMES[K(request.account.administrator)])


@require_safe
@administrators(K.SYSTEM)
@never_cache
def system(request: PersonRequest) -> HttpResponse:
    """Settings, database and jobs; no business content."""
    context = {"state": queries.site_state(), "jobs": queries.job_health()}
    return render(request, "people/system.html", context)


@require_safe
@administrators(K.SECURITY)
@never_cache
def accounts(request: PersonRequest) -> HttpResponse:
    text, after = request.GET.get("q", "")[:60].strip(), request.GET.get("after", "")[:32]
    found = queries.accounts_for_list(text=text, after=after, limit=PAGE_SIZE + 1)
    rows = found[:PAGE_SIZE]
    context = {
        "rows": rows,
        "text": text,
        "after": after,
        "next_after": rows[-1].sign_in_name if len(found) > PAGE_SIZE else "",
    }
    template = "people/accounts.html#rows" if request.htmx else "people/accounts.html"
    return render(request, template, context)


@require_safe
@administrators(K.SECURITY)
@never_cache
def account(request: PersonRequest, pk: int) -> HttpResponse:
    return _account_page(request, _account(pk))


def _account_page(request: PersonRequest, shown: Account) -> HttpResponse:
    is_asked = request.session.pop(_SHOWN_ONCE, None) == shown.pk
    context = {
        "shown": shown,
        "device_pass": access.device_pass(shown, request.now) if is_asked else "",
        "facts": presenters.account_facts(shown, queries.second_factors(shown)),
        "locked": queries.locked_addresses(shown, request.now),
        "sessions": queries.live_sessions(shown),
        "tokens": queries.tokens_of(shown.person) if shown.person is not None else [],
        "today": request.now.date(),
        "is_me": shown.pk == request.account.pk,
        "waiting": presenters.reset_links(queries.resets_on(shown, request.now)),
    }
    return render(request, "people/account.html", context)


def _account(pk: int) -> Account:
    return get_object_or_404(queries.all_accounts(), pk=pk)


@require_POST
@administrators(K.SECURITY)
@never_cache
def pass_for(request: PersonRequest, pk: int) -> HttpResponse:
    """Give out the pass with which the owner makes a new device known, however often strangers type wrong passwords.

    The page it leads to shows it once.
    """
    services.give_device_pass(account_id=_account(pk).pk, by=request.account, at=request.now)
    request.session[_SHOWN_ONCE] = pk
    return redirect("people:account", pk)


@administrators(K.SECURITY)
def new_account(request: PersonRequest) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person_id = queries.person_id_of(form.cleaned_data["staff_no"])
        if person_id is None:
            form.add_error("staff_no", _("The roster has nobody with this number who still works here."))
        else:
            made = attempt(form, lambda: services.open_account(person_id=person_id, by=request.account, at=request.now))
            if made is not None:
                toasts.done(request, presenters.opened_words(*made))
                return (
                    redirect("people:account", made[0].pk) if made[1] is None else redirect("people:reset", made[1].pk)
                )
    page = FormPage(_("New account"), _("Open the account"), presenters.account_crumbs(_("New account")), _accounts())
    return show_form(request, page, form)


@administrators(K.SECURITY)
def ask_reset(request: PersonRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a sign-in to be set anew; a second person does it."""
    shown = _account(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: services.request_reset(
                account_id=shown.pk,
                kind=ResetKind(kind),
                reason=form.cleaned_data["reason"],
                by=request.account,
                at=request.now,
            ),
        )
        if made is not None:
            toasts.done(request, _("It waits for a second person. You see here when it is done."))
            return redirect("people:reset", made.pk)
    title, intro = presenters.ask_words(shown, ResetKind(kind))
    back = reverse("people:account", args=[pk])
    page = FormPage(title, _("Ask for it"), presenters.account_crumbs(title), back, intro=intro)
    return show_form(request, page, form)


@administrators(K.SECURITY)
def close_account(request: PersonRequest, pk: int) -> HttpResponse:
    shown = _account(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: services.deactivate_account(
                account_id=shown.pk,
                reason=form.cleaned_data["reason"],
                version=version_in(request),
                by=request.account,
                at=request.now,
            ),
        )
        if done is not None:
            toasts.done(request, _("The account is closed and every device signed out."))
            return redirect("people:account", shown.pk)
    title = _("Close the account of %(account)s") % {"account": presenters.account_name(shown)}
    back = reverse("people:account", args=[pk])
    page = FormPage(title, _("Close the account"), presenters.account_crumbs(title), back, is_danger=True)
    return show_form(request, page, form, version=shown.version)


def _security_act(
    act: Callable[[int, int | None, Account, datetime], Any], words: Any
) -> Callable[..., HttpResponseBase]:
    """Return the view of an act of one press: on the account, in the version that its page showed."""

    @require_POST
    @administrators(K.SECURITY)
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        act(_account(pk).pk, version_in(request), request.account, request.now)
        toasts.done(request, str(words))
        return redirect("people:account", pk)

    return view


open_account = _security_act(
    lambda pk, version, by, at: services.reactivate_account(account_id=pk, version=version, by=by, at=at),
    gettext_lazy("The account is open again."),
)
unlock = _security_act(
    lambda pk, _version, by, at: services.unlock_account(account_id=pk, by=by, at=at),
    gettext_lazy("The wrong tries are forgotten."),
)
force_factor = _security_act(
    lambda pk, version, by, at: services.force_second_factor(
        account_id=pk, is_forced=True, version=version, by=by, at=at
    ),
    gettext_lazy("This account now needs a second factor."),
)
release_factor = _security_act(
    lambda pk, version, by, at: services.force_second_factor(
        account_id=pk, is_forced=False, version=version, by=by, at=at
    ),
    gettext_lazy("The role decides about the second factor again."),
)
end_sessions = _security_act(
    lambda pk, _version, by, at: services.revoke_sessions(account_id=pk, by=by, at=at),
    gettext_lazy("Every device is signed out."),
)


@require_POST
@administrators(K.SECURITY)
def revoke_key(request: PersonRequest, pk: int, token_id: int) -> HttpResponse:
    token = services.revoke_token(token_id=token_id, by=request.account, at=request.now)
    toasts.done(request, _("The key “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("people:account", pk)


@require_safe
@administrators(K.AUDIT)
@never_cache
def log(request: PersonRequest) -> HttpResponse:
    """The audit log, newest first."""
    form = LogForm(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    wanted = queries.LogFilter(
        action=values.get("action") or "",
        actor=values.get("actor") or "",
        since=_start_of(values.get("since")),
        until=_start_of(values.get("until")),
        before=values.get("before"),
    )
    entries = queries.log_entries(wanted, PAGE_SIZE + 1)
    query = request.GET.copy()
    query["before"] = str(entries[PAGE_SIZE - 1].number) if len(entries) > PAGE_SIZE else ""
    context = {
        "form": form,
        "rows": presenters.log_rows(entries[:PAGE_SIZE]),
        "next_href": f"?{query.urlencode()}" if query["before"] else "",
        "is_later": wanted.before is not None,
    }
    return render(request, "people/log.html", context)


def _start_of(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


@require_safe
@administrators(K.AUDIT)
def export_log(request: PersonRequest) -> StreamingHttpResponse:
    """The whole log as JSON lines, for ``heli verify-log``; of what the page masks, the digest alone."""
    lines: Iterator[str] = (
        json.dumps(entry, ensure_ascii=False) + "\n" for entry in queries.log_export(presenters.is_shown)
    )
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{request.now:%Y%m%d-%H%M}.jsonl"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@administrators(K.AUDIT)
@never_cache
def check_log(request: PersonRequest) -> HttpResponse:
    """Let a job walk the chain; show how far the newest walk is, or what it found."""
    if request.method == "POST":
        services.request_log_check(by=request.account, at=request.now)
        return redirect("people:check_log")
    check = queries.last_log_check()
    if check is None:
        return redirect("people:log")
    context = {"check": check, "view": presenters.check_view(check, is_lost=queries.is_lost(check, request.now))}
    template = "people/log_check.html#state" if request.htmx else "people/log_check.html"
    return render(request, template, context)


def _accounts() -> str:
    return reverse("people:accounts")
