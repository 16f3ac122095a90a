"""Words: no Chinese in code, no vague names of modules, nothing of the workshop in the product."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import house

CHINESE = re.compile("[\u3400-\u9fff]{2,}")  # single characters bound ranges in patterns
VAGUE = {"utils", "helpers", "manager", "managers", "common", "misc", "base"}
# Written backwards, so that this file does not hold what it looks for.
WORKSHOP = [
    word[::-1] for word in ("edualc", "ciporhtna", "tpgtahc", "tnegabus", "/krow/", "/mraf/", "tnega ia", "/emoh/")
]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|raise NotImplemented" r"Error|not implemented " r"yet")
TEXT = {".py", ".html", ".js", ".css", ".md", ".toml", ".ini", ".csv", ".po", ".json", ".yml", ".txt", ".svg", ""}


def test_code_holds_no_chinese() -> None:
    found = [
        f"{house.name(path)}:{node.lineno}: {node.value[:20]}"
        for path in house.sources()
        for node in _literals(house.tree(path))
        if CHINESE.search(node.value)
    ]

    assert found == [], "Chinese belongs in locale/ or in data files."


def test_modules_have_names_that_say_something() -> None:
    vague = [house.name(path) for path in house.sources(with_tests=True) if path.stem in VAGUE]

    assert vague == []


def test_the_repository_speaks_of_heli_alone() -> None:
    found = [
        f"{house.name(path)}: {word}"
        for path in _texts()
        for word in WORKSHOP
        if word in path.read_text(encoding="utf-8", errors="ignore").lower()
    ]

    assert found == []


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{house.name(path)}: {match[0]}"
        for path in _texts()
        if path.suffix in {".py", ".html", ".js"} and (match := UNFINISHED.search(path.read_text(encoding="utf-8")))
    ]

    assert found == []


def test_templates_hold_no_inline_code() -> None:
    inline = re.compile(
        r"<style\b|<[^>%]*\sstyle=|<[^>%]*\son\w+=[\"']|<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE
    )
    found = [
        f"{house.name(path)}: {match[0]}"
        for path in house.HELI.rglob("templates/**/*.html")
        if (match := inline.search(path.read_text(encoding="utf-8")))
    ]

    assert found == []


def test_templates_hold_no_bare_chinese() -> None:
    found = [
        house.name(path)
        for path in house.HELI.rglob("templates/**/*.html")
        if CHINESE.search(re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8")))
    ]

    assert found == []


def _texts() -> Iterator[Path]:
    if not house.tracked():
        pytest.skip("not a git working tree: the files of the repository cannot be told from others")
    return (path for path in house.tracked() if path.suffix in TEXT and "lock" not in path.name)


def _literals(module: ast.Module) -> Iterator[ast.Constant]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node
