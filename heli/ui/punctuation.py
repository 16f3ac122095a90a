"""Joins of words in the language of the page: a Chinese page has 、 and ：, an English one a comma and a colon."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma() -> str:
    return pgettext("list of names", ", ")


def semicolon() -> str:
    return pgettext("list of changes", "; ")


def colon() -> str:
    return pgettext("after a label", ": ")


def listed(words: Iterable[object]) -> str:
    """Return words of one kind in a row."""
    return comma().join(str(word) for word in words)


def clauses(words: Iterable[object]) -> str:
    """Return parts of a sentence that may hold commas themselves."""
    return semicolon().join(str(word) for word in words)


def in_brackets(text: object) -> str:
    """Return an addition to the word before it, with the space that the language wants."""
    return pgettext("an addition", " (%(text)s)") % {"text": text}
