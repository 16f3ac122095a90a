"""Budgets: a function of at most 60 lines, a file of at most 500."""

from __future__ import annotations

import ast

from tests.architecture import house

LONGEST_FUNCTION = 60
LONGEST_FILE = 500


def test_files_are_short() -> None:
    long = {
        house.name(path): lines
        for path in house.sources(with_tests=True)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{house.name(path)}:{node.name}": lines
        for path in house.sources(with_tests=True)
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }

    assert long == {}


def test_the_kernel_stays_small() -> None:
    lines = sum(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in house.sources()
        if path.is_relative_to(house.HELI / "kernel")
    )

    assert lines <= 1000
