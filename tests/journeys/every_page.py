"""Where every page of the house is found in the demo enterprise: who opens it, and with which ids.

The demo is furnished a little further first, so that pages of later states have something to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from heli.config import demo
from heli.rooms.information.services import suggest
from heli.rooms.people import services as people
from heli.rooms.people.enums import PostKind, ResetKind
from heli.rooms.people.models import Account, Appointment, Person, RosterImport, Unit
from heli.rooms.plans.models import DraftItem, Plan, PlanDocument
from heli.rooms.plans.tests import journey
from heli.rooms.plans.tests.world import World
from heli.rooms.responsibilities.models import HandOver, ListVersion
from heli.rooms.responsibilities.services import archiving, lists
from heli.rooms.rulebook import queries as rules
from heli.rooms.rulebook import services as rulebook
from heli.rooms.rulebook.enums import Family
from heli.rooms.rulebook.models import Edition
from heli.rooms.tasks.models import FollowUp, Problem, Rectification, Task, TaskTemplate, TemplateIssue
from tests.architecture.test_urls import routes

_KEPT = ("__debug__", "static/", "media/")
CATALOGUE_DUTY = "A04"


class Who(IntEnum):
    """Those who open pages, by their place in the demo's list of sign-ins."""

    CLERK = 0
    OTHER_CLERK = 1
    SECRETARY = 4
    SYSTEM = -3
    SECURITY = -2
    AUDITOR = -1
    VISITOR = -99


# Pages that somebody other than the clerk of the Party-work department opens.
OPENED_BY = {
    "account_login": Who.VISITOR,
    "account_inactive": Who.VISITOR,
    "people:system": Who.SYSTEM,
    "people:log": Who.AUDITOR,
    "responsibilities:archived": Who.SECRETARY,
    **dict.fromkeys(
        ("people:accounts", "people:new_account", "people:account", "people:ask_password", "people:ask_factor",
         "people:close_account", "people:resets", "people:reset"),
        Who.SECURITY,
    ),
}  # fmt: skip

# What a page asks for beyond its ids.
QUERIES = {"rulebook:following": "?group=rulebook.units"}

_CLOSED = "answers 404: administrators make accounts and set passwords"
_FACTOR = "asks for a second factor or one just typed in; heli/rooms/people/tests/test_sign_in.py opens them"
_FRAGMENT = "a part of a page, which the page itself fetches"
_FILE = "a file to save"
_ONWARD = "leads on to another page"
# Routes that answer to reading and are not opened here, each with its reason.
LEFT_OUT = {
    **dict.fromkeys(
        ("account_change_password", "account_confirm_email", "account_confirm_login_code", "account_email",
         "account_email_verification_sent", "account_reset_password", "account_reset_password_from_key",
         "account_set_password", "account_signup", "mfa_trust"),
        _CLOSED,
    ),
    **dict.fromkeys(
        ("mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate", "mfa_deactivate_totp", "mfa_edit_webauthn",
         "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
         "mfa_view_recovery_codes"),
        _FACTOR,
    ),
    **dict.fromkeys(
        ("information:bell", "information:newest", "people:person_choices", "people:rail", "people:unit_choices",
         "plans:lead_choices", "plans:of_task", "plans:progress", "plans:waiting", "responsibilities:of_person",
         "responsibilities:of_unit", "responsibilities:waiting", "rulebook:follows_change", "rulebook:of_unit",
         "rulebook:waiting", "tasks:around", "tasks:burden_asked", "tasks:burden_total", "tasks:follow_ups_waiting",
         "tasks:given_away", "tasks:of_unit", "tasks:source_of_task", "tasks:unit_choices"),
        _FRAGMENT,
    ),
    **dict.fromkeys(
        ("mfa_download_recovery_codes", "people:export_log", "people:roster_export", "people:roster_faults",
         "people:roster_template", "plans:board_xlsx", "plans:original", "plans:plan_docx", "plans:plan_xlsx",
         "responsibilities:archived_docx", "responsibilities:archived_json", "responsibilities:commitment_docx",
         "responsibilities:hand_over_docx", "responsibilities:list_xlsx", "rulebook:export", "tasks:evidence_file",
         "tasks:export_burden", "tasks:export_follow_ups", "tasks:export_list", "tasks:export_matrix",
         "tasks:export_rectifications", "tasks:feed", "tasks:problem_list_template"),
        _FILE,
    ),
    "api:openapi-view": "the reference for programs: in English, drawn by a library of its own",
    **dict.fromkeys(
        ("people:administration", "people:check_log", "people:confirm_reset", "people:me", "responsibilities:list"),
        _ONWARD,
    ),
}  # fmt: skip


def accounts() -> list[Account]:
    """Everybody who may sign in to the demo, in the order of the demo's list."""
    return [Account.objects.get(sign_in_name=one.sign_in_name) for one in demo.sign_ins()]


def furnish(at: datetime) -> dict[str, dict[str, Any]]:
    """Add to the demo what it lacks for some pages, and return the ids of each route that has any."""
    clerk = accounts()[Who.CLERK].person
    assert clerk is not None
    return {
        **_plan_pages(at),
        **_duty_pages(clerk, at),
        **_rulebook_pages(clerk, at),
        **_task_pages(),
        **_people_pages(at),
        "information:suggestion": {"pk": suggest(page="/", text="希望导出带签字栏。", by=clerk, at=at).pk},
    }


def _plan_pages(at: datetime) -> dict[str, dict[str, Any]]:
    drafted = Plan.objects.get()
    paper = PlanDocument.objects.filter(plan=drafted).order_by("pk")[0]
    row = DraftItem.objects.filter(document=paper).order_by("pk")[0]
    issued = journey.published(_departments(drafted.unit), at)
    draft = journey.revise(issued, "上级部署有调整", issued.drafted_by, at)
    item = draft.items.order_by("pk")[0]
    version, in_force = ({"pk": each.plan_id, "number": each.number} for each in (draft, issued))
    return {
        "plans:plan": {"pk": drafted.pk},
        "plans:board": {"pk": drafted.pk},
        "plans:split": {"pk": drafted.pk, "document": paper.pk},
        "plans:row": {"pk": drafted.pk, "row": row.pk},
        "plans:version": in_force,
        "plans:compare": version,
        "plans:new_item": version,
        "plans:item": version | {"item": item.pk},
        "plans:item_tasks": in_force | {"item": issued.items.order_by("pk")[0].pk},
    }


def _departments(unit: Unit) -> World:
    """Return the demo's two departments and secretary under the names that the plans' tests use."""
    clerk, secretary = (accounts()[who].person for who in (Who.CLERK, Who.SECRETARY))
    assert clerk is not None
    assert secretary is not None
    return World(units={"group": unit}, people={"clerk": clerk, "secretary": secretary})


def _duty_pages(clerk: Person, at: datetime) -> dict[str, dict[str, Any]]:
    issued = ListVersion.objects.filter(state="in_force").order_by("pk")[0]
    item = issued.items.exclude(accountable=None).order_by("pk")[0]
    draft = lists.begin_list(
        unit_id=issued.list.unit_id, year=at.year + 1, title="责任清单", from_catalogue=True, by=clerk, at=at
    )
    version = {"pk": issued.list_id, "number": issued.number}
    under_way = {"pk": draft.list_id, "number": draft.number}
    holder = accounts()[Who.SECRETARY].person
    assert holder is not None
    filed = archiving.archive_record(
        person_id=holder.pk, first_day=date(at.year, 1, 1), last_day=at.date(), by=holder, at=at
    )
    return {
        "responsibilities:person": {"pk": holder.pk},
        "responsibilities:record": {"pk": holder.pk},
        "responsibilities:archived": {"pk": filed.pk},
        "responsibilities:compare_days": {"pk": issued.list.unit_id},
        "responsibilities:import": {"pk": draft.list_id},
        "responsibilities:version": version,
        "responsibilities:compare": version,
        "responsibilities:new_item": under_way,
        "responsibilities:item": under_way | {"item": draft.items.order_by("pk")[0].pk},
        "responsibilities:holders": version | {"item": item.pk},
        "responsibilities:commitment": version | {"post": item.accountable_id},
        "responsibilities:hand_over": {"pk": HandOver.objects.order_by("pk")[0].pk},
    }


def _rulebook_pages(clerk: Person, at: datetime) -> dict[str, dict[str, Any]]:
    change = rulebook.draft_adjustment(
        family=Family.OBLIGATION, code=CATALOGUE_DUTY, cells={"count": "2"}, switches={}, reason="制度修订",
        valid_from=at.date() + timedelta(days=30), by=clerk, at=at, version=1,
    )  # fmt: skip
    review = rulebook.prepare_review(half=rules.last_half(at.date()), at=at)
    unit = Unit.objects.get(code="P-HZ").pk
    post = Appointment.objects.filter(post__unit=unit, valid_to=None).order_by("pk")[0].post_id
    return {
        "rulebook:duty": {"code": CATALOGUE_DUTY},
        "rulebook:edit_duty": {"code": CATALOGUE_DUTY},
        "rulebook:instrument": {"code": "admission-2014"},
        "rulebook:edit_instrument": {"code": "admission-2014"},
        "rulebook:edit_key_link": {"code": "K01"},
        "rulebook:edition": {"pk": Edition.objects.order_by("pk")[0].pk},
        "rulebook:adjustment": {"pk": change.pk},
        "rulebook:following": {"pk": change.pk},
        "rulebook:review": {"pk": review.pk},
        "rulebook:unit": {"pk": unit},
        "rulebook:follows_unit": {"pk": unit},
        "rulebook:follows_post": {"pk": post},
        "rulebook:close_unit": {"pk": unit},
        "rulebook:close_post": {"pk": post},
    }


def _task_pages() -> dict[str, dict[str, Any]]:
    first = {
        name: {"pk": model.objects.order_by("pk")[0].pk}
        for name, model in (
            ("task", Task), ("template", TaskTemplate), ("issue", TemplateIssue), ("follow_up", FollowUp),
            ("rectification", Rectification), ("check_problem_list", Rectification), ("problem", Problem),
        )
    }  # fmt: skip
    first["template_edit"] = {"pk": TaskTemplate.objects.filter(state="draft").order_by("pk")[0].pk}
    return {f"tasks:{name}": ids for name, ids in first.items()}


def _people_pages(at: datetime) -> dict[str, dict[str, Any]]:
    everyone = accounts()
    owner = everyone[Who.CLERK]
    reset = people.request_reset(
        account_id=owner.pk, kind=ResetKind.PASSWORD, reason="忘记密码", by=everyone[Who.SECURITY], at=at
    )
    sender = Client()
    sender.force_login(owner)
    template = b"".join(sender.get(reverse("people:roster_template")))
    sender.post(
        reverse("people:roster"),
        {"file": SimpleUploadedFile("花名册.xlsx", template), "effective_on": at.date().isoformat()},
    )
    unit = {"pk": Unit.objects.get(code="P-HZ").pk}
    held = Appointment.objects.filter(post__kind=PostKind.BRANCH_SECRETARY, valid_to=None).order_by("pk")[0]
    other = Appointment.objects.filter(post__kind=held.post.kind, valid_to=None).exclude(person=held.person_id)
    people.give_stand_in(
        appointment_id=held.pk, person_id=other.order_by("pk")[0].person_id, from_day=at.date(),
        to_day=at.date() + timedelta(days=5), reason="休假", by=owner.person, at=at,
    )  # fmt: skip
    account, member = {"pk": owner.pk}, {"pk": held.person_id}
    return {
        **{f"people:{name}": unit for name in ("unit", "new_unit", "edit_unit", "move_unit", "new_post")},
        **{f"people:{name}": member for name in ("person", "edit_person", "transfer", "retire")},
        **{f"people:{name}": account for name in ("account", "ask_password", "ask_factor", "close_account")},
        "people:appoint": {"pk": held.post_id},
        "people:end_appointment": {"pk": held.pk},
        "people:stand_ins": {"pk": held.pk},
        "people:roster_import": {"pk": RosterImport.objects.order_by("-pk")[0].pk},
        "people:reset": {"pk": reset.pk},
    }


def named_routes() -> Iterator[tuple[str, str]]:
    """Yield each route that has a name, with a path that leads to it whatever its ids are."""
    for route, _view in routes():
        path = "/" + re.sub(r"<(\w+:)?\w+>", "1", re.sub(r"\(\?P<\w+>[^)]*\)", "1-1", route)).strip("^$")
        match = resolve(path)
        if not route.startswith(("api/", *_KEPT)) or match.view_name == "api:openapi-view":
            yield match.view_name, path
