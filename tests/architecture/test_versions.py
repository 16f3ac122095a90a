"""A form that changes what exists says which version it was opened with (DESIGN, invariant 8).

Every act that a route of the URL map starts is read from the source of its view: a service that is told an id of a
versioned row is told the version too, or stands below with the reason why it needs none.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps

from tests.architecture.house import tree
from tests.architecture.test_urls import routes

_ADDS = "adds a row of its own; what it is told stays as it is"
_ONCE = "decided once under a lock; the second learns who was first"
_SAFE = "has one meaning however the row looks now, and errs towards closing"

# Acts that are told the id of a versioned row and no version, and why that loses nothing.
NO_VERSION: dict[str, str] = {
    "people.services.export_roster": "reads only",
    "people.services.give_stand_in": _ADDS,
    "people.services.give_device_pass": "makes a pass out of what stands there; nothing is kept but the log",
    "people.services.open_account": _ADDS,
    "people.services.open_post": _ADDS,
    "people.services.request_reset": _ADDS,
    "people.services.revoke_sessions": _SAFE,
    "people.services.set_password": "asks for the present password",
    "people.services.unlock_account": "forgets wrong tries; the account itself stays as it is",
    "plans.aligning.align": "works on what stands there; decisions are kept",
    "plans.approving.acknowledge": _ONCE,
    "plans.composing.add_item": _ADDS,
    "plans.composing.conclude": "told the stamp of the board, which counts every change",
    "plans.deciding.be_present": "says who looks at a card; nothing is kept",
    "plans.deciding.decide": _ONCE,
    "plans.deciding.decide_rest": _ONCE,
    "plans.deciding.undo_decision": _ONCE,
    "plans.opinions.ask_second_opinion": _ADDS,
    "plans.papers.add_paper": _ADDS,
    "plans.services.begin_plan": _ADDS,
    "responsibilities.approving.begin_version": _ADDS,
    "responsibilities.archiving.archive_record": _ADDS,
    "responsibilities.services.add_items": _ADDS,
    "responsibilities.services.begin_list": _ADDS,
    "responsibilities.services.draft_from_catalogue": _ADDS,
    "responsibilities.signing.sign": _ONCE,
    "rulebook.services.declare_circumstance": "overlaps are refused, and a new term ends the one that runs",
    "tasks.services.add_measure": _ADDS,
    "tasks.services.add_parts": _ADDS,
    "tasks.services.add_problems": _ADDS,
    "tasks.services.ask_to_join": _ADDS,
    "tasks.services.begin_issue": _ADDS,
    "tasks.services.cite_evidence": _ADDS,
    "tasks.services.decide_extension": _ONCE,
    "tasks.services.drop_order": "takes away one order between two tasks, both of which it names",
    "tasks.services.open_statutory_tasks": _ADDS,
    "tasks.services.put_after": _ADDS,
    "tasks.services.record_evidence": _ADDS,
    "tasks.services.withdraw_citation": "takes away one citation, which it names; evidence and task stay",
}


def test_every_act_on_a_versioned_row_is_told_the_version() -> None:
    found = {act: place for act, place in _acts() if act not in NO_VERSION}

    assert found == {}, "Send `version` with the form, or name the act and why it needs none."


def test_every_exception_is_still_one() -> None:
    assert sorted(set(NO_VERSION) - {act for act, _place in _acts()}) == []


def test_the_walk_sees_acts_with_and_without_a_version() -> None:
    calls = [call for path in _view_files() for call in _service_calls(path)]

    assert len(calls) > 50
    assert any(_words(call) >= {"version"} for call in calls)


def _acts() -> Iterator[tuple[str, str]]:
    """Yield each act on a versioned row that is not told a version, and where it is started."""
    for path in _view_files():
        for call in _service_calls(path):
            words = _words(call)
            if "version" not in words and any(_is_versioned(word) for word in words):
                yield f"{path.parts[path.parts.index('rooms') + 1]}.{ast.unparse(call.func)}", f"{path}:{call.lineno}"


@cache
def _view_files() -> tuple[Path, ...]:
    """The files of the views in the URL map, and those beside them."""
    views = (inspect.unwrap(view) for _route, view in routes())
    files = {Path(inspect.getfile(view)) for view in views if inspect.isfunction(view)}
    rooms = {path for path in files if "rooms" in path.parts}
    return tuple(sorted({beside for path in rooms for beside in path.parent.glob("*.py")}))


def _service_calls(path: Path) -> Iterator[ast.Call]:
    """Yield the calls that say who acts: services, and nothing else, take ``by``."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and "by" in _words(node):
            yield node


def _words(call: ast.Call) -> set[str]:
    return {word.arg for word in call.keywords if word.arg}


@cache
def _versioned() -> tuple[str, ...]:
    models = (
        model for model in apps.get_models() if any(field.name == "version" for field in model._meta.get_fields())
    )
    return tuple(re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower() for model in models)


def _is_versioned(word: str) -> bool:
    """Return whether ``word`` names a row with a version: ``post_id``, or ``import_id`` of a roster import."""
    stem = word.removesuffix("_id")
    return word.endswith("_id") and any(name == stem or name.endswith(f"_{stem}") for name in _versioned())
