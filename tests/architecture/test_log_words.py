"""Every action that is recorded anywhere has a sentence in both languages, and every sentence an action."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

from django.utils.translation import override

from heli.rooms.rulebook.enums import Family
from heli.ui import log_words
from tests.architecture import house

# Actions put together from a choice, and what the choices are.
_COMPOSED = {"f'rulebook.{family}_changed'": {f"rulebook.{family}_changed" for family in Family}}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def _calls() -> dict[str, list[tuple[str, Function, ast.Call]]]:
    """Return every call inside a function by the name that is called: the file, the function, the call."""
    found: dict[str, list[tuple[str, Function, ast.Call]]] = defaultdict(list)
    for path in house.sources():
        for function in ast.walk(house.tree(path)):
            if isinstance(function, Function):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
                        found[name].append((house.name(path), function, node))
    return found


def _is_record(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "audit"


def _texts(expression: ast.expr, function: Function) -> set[str]:
    """Return the actions that ``expression`` can be inside ``function``; a parameter is looked up where it is given."""
    if isinstance(expression, ast.Constant):
        return {str(expression.value)}
    if isinstance(expression, ast.IfExp):
        return _texts(expression.body, function) | _texts(expression.orelse, function)
    if isinstance(expression, ast.JoinedStr):
        return _COMPOSED[ast.unparse(expression)]
    assert isinstance(expression, ast.Name), ast.unparse(expression)
    names = [argument.arg for argument in function.args.args]
    if expression.id in names:
        position = names.index(expression.id)
        return {
            text
            for _where, other, call in _calls()[function.name]
            for value in [*call.args[position : position + 1], *(k.value for k in call.keywords if k.arg == "action")]
            for text in _constants(value, other)
        }
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == expression.id
    ]
    return {text for value in assigned for text in _texts(value, function)}


def _constants(value: ast.expr, function: Function) -> set[str]:
    """Return the actions given as an argument: those of another function of the same name are no texts with a dot."""
    if isinstance(value, ast.Constant | ast.IfExp | ast.JoinedStr):
        return {text for text in _texts(value, function) if "." in text}
    return set()


def _recorded() -> dict[str, str]:
    """Return every action that the code records, and where."""
    found = {}
    for where, function, call in _calls()["record"]:
        if _is_record(call):
            found.update(dict.fromkeys(_texts(call.args[0], function), where))
    return found


def test_every_recorded_action_has_a_sentence_and_every_sentence_an_action() -> None:
    recorded, explained = _recorded(), log_words.explained()[0]

    without_words = {action: where for action, where in recorded.items() if action not in explained}
    never_recorded = set(explained) - set(recorded)

    assert (without_words, never_recorded) == ({}, set())
    assert len(recorded) > 100


def test_sentences_differ_between_the_languages_and_from_one_another() -> None:
    said: dict[str, list[str]] = {}
    for code in ("zh-hans", "en"):
        with override(code):
            said[code] = [log_words.words_of(action) for action in sorted(_recorded())]

    same = [words for words, other in zip(said["zh-hans"], said["en"], strict=True) if words == other]
    assert same == []
    assert all(len(words) == len(set(words)) for words in said.values())
