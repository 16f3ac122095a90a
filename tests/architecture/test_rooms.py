"""The walls between the rooms that import-linter cannot see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture import house

ROOM_FILES = {
    "urls", "views", "api", "jobs", "admin", "forms", "services", "queries", "access", "models", "rules", "enums",
    "events", "apps", "__init__",
}  # fmt: skip
ROOM_FOLDERS = {"templates", "migrations", "tests", "locale", "static"}
# What a room holds beyond the table of section 2, and why: docs/adr/0006-files-beyond-the-table.md.
ANYWHERE = {"README", "templatetags", "presenters", "data"}
EXTRAS = {
    "people": {"middleware", "backends"},  # who is asking is found before any view runs
    "information": {"owners"},  # rooms above register who answers for their pages
    "rulebook": {"catalogue", "records"},  # the shipped duties; what rooms above register to follow from a change
    "responsibilities": {"catalogue", "records"},  # the shipped items; what rooms above register
}
PRIVATE = {"models", "views", "forms", "urls", "api", "admin", "jobs", "rules"}
FACE = {"services", "queries", "access", "events", "enums"}


def test_rooms_hold_only_the_files_of_a_room() -> None:
    strays = []
    for room in house.rooms():
        allowed = ROOM_FILES | ROOM_FOLDERS | EXTRAS.get(room, set()) | ANYWHERE
        inside = sorted((house.HELI / "rooms" / room).iterdir())
        strays += [house.name(path) for path in inside if path.name != "__pycache__" and path.stem not in allowed]

    assert strays == []


def test_rooms_import_only_the_face_of_other_rooms() -> None:
    trespasses = []
    for path in house.sources():
        here = house.room_of(path)
        for module, line in _imports(house.tree(path)):
            match = re.match(r"heli\.rooms\.(\w+)(?:\.(\w+))?", module)
            if match is None or not here or match[1] == here:
                continue
            if match[2] in PRIVATE or (match[2] and match[2] not in FACE | EXTRAS.get(match[1], set())):
                trespasses.append(f"{house.name(path)}:{line} imports {module}")

    assert trespasses == []


def test_foreign_keys_across_rooms_are_strings_pointing_down_without_a_way_back() -> None:
    faults = []
    for model in _models():
        here = _room(model)
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or field.model is not model:
                continue
            there = _room(field.related_model)
            if not there or there == here:
                continue
            if here in house.ROOMS and house.ROOMS.index(there) >= house.ROOMS.index(here):
                faults.append(f"{model.__name__}.{field.name} points up to {there}")
            if field.remote_field.related_name != "+":
                faults.append(f'{model.__name__}.{field.name} needs related_name="+"')

    assert faults == []


def test_templates_include_no_file_of_another_room() -> None:
    faults = []
    for path in house.HELI.rglob("templates/**/*.html"):
        here = house.room_of(path)
        for used in re.findall(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)", path.read_text(encoding="utf-8")):
            owner = used.split("/", 1)[0]
            if owner in house.ROOMS and owner != here:
                faults.append(f"{house.name(path)} uses {used}")

    assert faults == []


def test_rooms_share_no_template_names() -> None:
    faults = [
        house.name(path)
        for room in house.rooms()
        for path in (house.HELI / "rooms" / room).glob("templates/*")
        if path.name not in {room, "allauth", "account", "mfa", "usersessions"}
    ]

    assert faults == []


def test_every_room_says_what_it_is_for() -> None:
    silent = [room for room in house.rooms() if not (house.HELI / "rooms" / room / "README.md").exists()]

    assert silent == []


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("heli.")]


def _room(model: type[models.Model]) -> str:
    match = re.match(r"heli\.rooms\.(\w+)", model.__module__)
    return match[1] if match else ""


def _imports(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield (dotted name, line) of each import; what only type checkers read is left out."""
    hidden = {
        id(child)
        for node in ast.walk(module)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(module):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
