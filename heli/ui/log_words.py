"""The sentence of each action of the audit log, told by the room that records it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_WORDS: dict[str, StrPromise | str] = {}
_KINDS: dict[str, StrPromise | str] = {}


def explain(actions: Mapping[str, StrPromise | str], kinds: Mapping[str, StrPromise | str]) -> None:
    """Say what ``actions`` mean and what ``kinds`` of subjects are called; called when an app is ready."""
    _WORDS.update(actions)
    _KINDS.update(kinds)


def words_of(action: str) -> str:
    """Return the sentence of an action; an action of a release that is gone stays its code."""
    return str(_WORDS.get(action, action))


def kind_words(kind: str) -> str:
    """Return what a kind of subject is called."""
    return str(_KINDS.get(kind, kind))


def explained() -> tuple[dict[str, StrPromise | str], dict[str, StrPromise | str]]:
    """Return what has words: actions, and kinds of subjects; for the test that compares them with the code."""
    return dict(_WORDS), dict(_KINDS)
