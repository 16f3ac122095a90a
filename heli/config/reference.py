"""docs/reference.md, made from the code: commands, permissions, roles, states, events, pages with their access rule.

``python -m heli.config.reference write`` · ``check`` (exit 1 when the file is out of date)
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
_ROOMS = ("people", "information", "rulebook", "responsibilities", "tasks", "plans")
_STATES = (
    ("A change of the rulebook", "heli.rooms.rulebook.rules", "ADJUSTMENT_TRANSITIONS"),
    ("A version of a responsibility list", "heli.rooms.responsibilities.rules", "TRANSITIONS"),
    ("A task", "heli.rooms.tasks.rules", "TRANSITIONS"),
    ("A follow-up", "heli.rooms.tasks.rules", "FOLLOW_UP_TRANSITIONS"),
    ("A task template", "heli.rooms.tasks.rules", "TEMPLATE_TRANSITIONS"),
    ("An issue of a task template", "heli.rooms.tasks.rules", "ISSUE_TRANSITIONS"),
    ("A problem to be rectified", "heli.rooms.tasks.rules", "PROBLEM_TRANSITIONS"),
    ("A plan", "heli.rooms.plans.rules", "PLAN_TRANSITIONS"),
    ("A version of a plan", "heli.rooms.plans.rules", "VERSION_TRANSITIONS"),
)


def text() -> str:
    """Return the whole page; needs Django to be set up."""
    sections = (_commands(), _permissions(), _states(), _events(), _pages())
    head = "# Reference\n\nMade from the code by `python -m heli.config.reference write`; do not edit.\n"
    return head + "\n".join("\n".join(section) for section in sections) + "\n"


def _commands() -> Iterator[str]:
    from heli.config.cli import main

    yield "\n## Commands\n\n| Command | Does |\n|---|---|"
    context = main.make_context("heli", [], resilient_parsing=True)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        yield f"| `heli {name}` | {command.get_short_help_str(120) if command else ''} |"


def _permissions() -> Iterator[str]:
    from heli.rooms.people.enums import ROLE_OF_POST, ROLE_PERMISSIONS, Permission, Role

    yield "\n## Permissions\n"
    yield "A post carries a role; the role's rights cover the post's unit and all units below, from–to.\n"
    yield "| Right | Means | Roles |\n|---|---|---|"
    for permission in Permission:
        roles = [role.value for role in Role if permission in ROLE_PERMISSIONS[role]]
        yield f"| `{permission.value}` | {permission.label} | {', '.join(roles)} |"
    yield "\n| Post | Role |\n|---|---|"
    for post, role in ROLE_OF_POST.items():
        yield f"| {post.label} (`{post.value}`) | {role.value} |"


def _states() -> Iterator[str]:
    yield "\n## States"
    for title, module, name in _STATES:
        table: Mapping[Any, Iterable[Any]] = getattr(importlib.import_module(module), name)
        yield f"\n{title}:\n\n```mermaid\nstateDiagram-v2"
        for state, following in table.items():
            for after in sorted(str(getattr(one, "value", one)) for one in following):
                yield f"  {getattr(state, 'value', state)} --> {after}"
        yield "```"


def _events() -> Iterator[str]:
    from heli.kernel.events import subscriptions

    yield "\n## Events\n\n| Event | Says | Listeners |\n|---|---|---|"
    listening = subscriptions()
    for room in _ROOMS:
        module = importlib.util.find_spec(f"heli.rooms.{room}.events")
        if module is None:
            continue
        for name, event in sorted(vars(importlib.import_module(f"heli.rooms.{room}.events")).items()):
            if is_dataclass(event) and isinstance(event, type):
                says = ", ".join(field.name for field in fields(event))
                heard = ", ".join(f"`{one.__module__}.{one.__name__}`" for one in listening.get(event, ()))
                yield f"| `{room}.{name}` | {says} | {heard or '–'} |"


def _pages() -> Iterator[str]:
    from django.urls import get_resolver

    yield "\n## Pages\n\nEach route with the rule that opens it; a route without one fails the build.\n"
    yield "| Route | Name | Opens for |\n|---|---|---|"
    for route, name, rule in sorted(_routes(get_resolver().url_patterns, "", "")):
        yield f"| `/{route}` | {name} | {rule} |"


def _routes(patterns: Iterable[Any], prefix: str, namespace: str) -> Iterator[tuple[str, str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = pattern.namespace or ""
            yield from _routes(pattern.url_patterns, route, f"{namespace}{inner}:" if inner else namespace)
        else:
            yield route, f"{namespace}{pattern.name or ''}", str(getattr(pattern.callback, "access_rule", "its own"))


def main(command: str) -> int:
    """Write the page, or say whether the stored one is what the code says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
    import django
    from django.utils import translation

    django.setup()
    with translation.override("en"):
        fresh = text()
    if command == "write":
        REFERENCE.write_text(fresh, encoding="utf-8")
        return 0
    is_current = REFERENCE.exists() and REFERENCE.read_text(encoding="utf-8") == fresh
    print("docs/reference.md says what the code says." if is_current else "docs/reference.md is old: run write.")
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["check"])))
