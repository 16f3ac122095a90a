"""Prepares a site for the drill of test_kill_plans: a submitted plan, a plan to align, a session to act with."""

from __future__ import annotations

import json
import sys


def main() -> None:
    from heli.config.supervisor.session import start_django

    start_django()
    from django.utils import timezone

    at = timezone.localtime()
    if sys.argv[1] == "prepare":
        sys.stdout.write(json.dumps(_prepare(at)))
    else:
        from heli.rooms.plans.models import Plan
        from heli.rooms.plans.services import aligning

        plan = Plan.objects.get(pk=int(sys.argv[2]))
        aligning.begin_run(plan_id=plan.pk, by=plan.created_by, at=at)


def _prepare(at: object) -> dict[str, object]:
    from heli.rooms.plans.enums import Line
    from heli.rooms.plans.services import papers
    from heli.rooms.plans.tests import journey
    from heli.rooms.plans.tests.papers import integrity_paper, party_paper
    from heli.rooms.plans.tests.world import build_world

    world = build_world()
    version = journey.submitted(world, at)  # type: ignore[arg-type]
    other = journey.begun(world, at, title="另一个计划")  # type: ignore[arg-type]
    for line, paper in ((Line.PARTY, party_paper()), (Line.INTEGRITY, integrity_paper())):
        papers.add_paper(plan_id=other.pk, line=line, paper=paper, by=world.people["clerk"], at=at)  # type: ignore[arg-type]
    return {
        "plan": version.plan_id,
        "version": version.version,
        "to_align": other.pk,
        "cookies": _session(world.people["secretary"]),
    }


def _session(person: object) -> dict[str, str]:
    """Return the cookies of somebody signed in with everything a sign-in asks for."""
    from django.conf import settings
    from django.test import Client

    from heli.rooms.people.models import Account

    client = Client()
    client.force_login(
        Account.objects.get(person=person), backend="heli.rooms.people.backends.StaffNumberOrEmailBackend"
    )
    session = client.session
    session["second_factor_set_up"] = True
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key), settings.CSRF_COOKIE_NAME: "k" * 32}


if __name__ == "__main__":
    main()
