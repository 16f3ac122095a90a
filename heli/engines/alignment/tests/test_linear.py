"""Reading grows with the text: no pattern can look back and forth over a long line, and no step is taken twice."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from re import _constants, _parser
from typing import Any

import pytest

from heli.engines.alignment import (
    dates,
    duties,
    figures,
    occasions,
    outline,
    owners,
    passages,
    quantities,
    reversals,
    slots,
    splitting,
    tables,
)
from heli.engines.alignment.splitting import split
from heli.engines.alignment.tests.papers import Block

MODULES = (
    dates,
    duties,
    figures,
    occasions,
    outline,
    owners,
    passages,
    quantities,
    reversals,
    slots,
    splitting,
    tables,
)
LONGEST_WALK = 5_000
"""Characters one attempt at one place may walk over."""


def _patterns(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _patterns(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _patterns(part)


def _all() -> list[tuple[str, re.Pattern[str]]]:
    return [
        (f"{module.__name__.rpartition('.')[2]}.{name}", pattern)
        for module in MODULES
        for name, value in vars(module).items()
        for pattern in _patterns(value)
    ]


def _walk(tree: Any) -> int:
    """How many characters one attempt may walk over, every repetition at its longest."""
    total = 0
    for code, argument in tree:
        if code in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
            _, most, body = argument
            total += (10**9 if most is _constants.MAXREPEAT else most) * max(_walk(body), 1)
        elif code is _constants.BRANCH:
            total += max(_walk(branch) for branch in argument[1])
        elif code is _constants.SUBPATTERN:
            total += _walk(argument[3])
        elif code in (_constants.ASSERT, _constants.ASSERT_NOT):
            total += _walk(argument[1])
        else:
            total += 1
    return total


def _without_tail(tree: Any) -> list[Any]:
    """The pattern without the repetitions it ends in: what is taken there is not looked at again."""
    parts = list(tree)
    while parts and parts[-1][0] is _constants.MAX_REPEAT and len(parts) > 1:
        parts.pop()
    if parts and parts[-1][0] is _constants.MAX_REPEAT and parts[-1][1][0] == 1:
        parts[-1] = (_constants.MAX_REPEAT, (1, 1, parts[-1][1][2]))
    return parts


def _begins_once(tree: Any) -> bool:
    """Whether a pattern is tried at the start of a line only."""
    code, argument = next(iter(tree))
    return code is _constants.AT and argument is _constants.AT_BEGINNING


def _blanks_only(pattern: str) -> str:
    r"""The pattern without runs of blanks; texts come with single blanks, and a line begins with few."""
    return re.sub(r"\\s[*+]|\\s\{2,\}|\[ \\t\\u3000\\xa0\]\*", "", pattern)


def test_no_pattern_walks_over_a_whole_line_at_every_place() -> None:
    long = []
    for name, pattern in _all():
        if name == "figures._SPACED":
            continue
        source = _blanks_only(pattern.pattern)
        tree = _parser.parse(source, pattern.flags & ~re.UNICODE) if source else ()
        if source and not _begins_once(tree) and _walk(_without_tail(tree)) > LONGEST_WALK:
            long.append((name, _walk(tree)))

    assert len(_all()) > 100
    assert long == []


def _calls(text: str) -> int:
    """How many functions are entered while a line is split."""
    count = 0

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    for keep in (dates.find_mentions, dates.find_rhythms, slots.take_labels):
        keep.cache_clear()
    blocks = [Block(line) for line in text.split("\n")]
    sys.setprofile(seen)
    try:
        split(blocks, "party", 2027)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "１",
        "一",
        "1 ",
        "3月",
        "一次",
        "每月一次；",
        "开展检查。",
        "责任部门：甲；",
        "1.建立台账\n成果形式：台账\n",
        "组织党员干部原原本本学联系实际学开展一次交流研讨切实把\n",
        "，",
    ],
)
def test_ten_times_the_text_takes_ten_times_the_steps(unit: str) -> None:
    small, large = (_calls(unit * (size // len(unit))) for size in (1_500, 15_000))

    assert large <= 12 * small + 500


def test_a_line_of_digits_is_no_amount() -> None:
    assert quantities.find_quantities("1" * 20_000 + "次") == ()
    assert quantities.find_quantities("1" * 20_000) == ()
