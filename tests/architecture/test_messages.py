"""The Chinese of all messages: full punctuation, one form of address, one word for one act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from heli.config import messages

_HAN = r"[\u3400-\u9fff]"
_HALF = re.compile(rf"{_HAN}[,;:!?()]|[,;:!?()]{_HAN}")
# What is said: the one word for it.
WORDS = {"你": "您", "审批": "审核", "可信度": "核实程度"}


def _chinese() -> Iterator[tuple[Path, str]]:
    for app in messages.apps():
        for message in messages.stored(app):
            texts = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield from ((app, text) for text in texts if message.id and text)


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [("已提交,等待", True), ("成果: ", True), ("（共 3 项）", False), ("%(a)s, %(b)s", False), ("第 1 条(一)", True)],
)
def test_half_width_punctuation_is_recognized(text: str, is_wrong: bool) -> None:
    assert bool(_HALF.search(text)) is is_wrong


def test_no_chinese_message_carries_half_width_punctuation() -> None:
    assert [(app.name, text) for app, text in _chinese() if _HALF.search(text)] == []


def test_one_word_stands_for_one_thing() -> None:
    wrong = [(app.name, word, text) for app, text in _chinese() for word in WORDS if word in text]

    assert wrong == []


def test_one_message_has_one_chinese_in_all_rooms() -> None:
    assert messages.clashes(messages.apps()) == []


def _catalogue(folder: Path, room: str, entries: str) -> Path:
    path = messages.catalogue_path(folder / room)
    path.parent.mkdir(parents=True)
    path.write_text(f'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n{entries}', encoding="utf-8")
    return folder / room


def test_two_rooms_with_different_chinese_for_a_message_are_named(tmp_path: Path) -> None:
    plans = _catalogue(tmp_path, "plans", 'msgid "Due"\nmsgstr "时限"\n\nmsgid "Unit"\nmsgstr "组织"\n')
    tasks = _catalogue(
        tmp_path,
        "tasks",
        'msgid "Due"\nmsgstr "期限"\n\nmsgctxt "number"\nmsgid "Unit"\nmsgstr "单位"\n',
    )

    found = messages.clashes([plans, tasks])

    assert found == ["two translations of 'Due': '时限' in plans, '期限' in tasks; choose one, or give it a context"]
