"""Files that people and attackers upload, built when needed: name, file name, bytes, what must come of them."""

from __future__ import annotations

from heli.engines.officedocs.tests.corpus import books, pages, texts, words
from heli.engines.officedocs.tests.corpus.cases import Case, Reads, Refused

__all__ = ["CORPUS", "Case", "Reads", "Refused"]

CORPUS: tuple[Case, ...] = texts.CASES + words.CASES + books.CASES + pages.CASES
