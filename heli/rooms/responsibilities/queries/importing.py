"""What a file of responsibilities was understood as, row by row; nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from heli.engines.officedocs import reading
from heli.rooms.people import queries as people
from heli.rooms.people.enums import PostKind
from heli.rooms.responsibilities import catalogue, rules
from heli.rooms.responsibilities.rules.reading import Source
from heli.rooms.rulebook import queries as rulebook

if TYPE_CHECKING:
    from heli.rooms.people.models import Unit


def understand(data: bytes, name: str, unit: Unit, language: str, on: date) -> tuple[list[rules.ReadRow], list[str]]:
    """Return the rows of the file and what the reader should know of it. Raises ``reading.Unreadable``."""
    document = reading.read(data, name)
    blocks = [Source(block.place.text(language), block.kind, block.text, block.cells) for block in document.blocks]
    posts = [rules.PostFacts(post.pk, post.kind, post.title) for post in people.posts_serving(unit)]
    codes = [duty.code for duty in rulebook.duties_on(on)]
    rows = rules.read_rows(blocks, posts, _labels(), catalogue.words(), codes)
    return rows, [note.text(language) for note in document.notes]


def _labels() -> dict[str, str]:
    """Return what posts are called → kind: the words of the data file and the names of the kinds in use."""
    labels = {word: kind for kind, words in catalogue.words()["posts"].items() for word in words}
    return labels | {str(kind.label): kind.value for kind in PostKind}


def post_titles(unit: Unit) -> dict[int, str]:
    return {post.pk: post.title for post in people.posts_serving(unit)}


def items_in(rows: Sequence[rules.ReadRow]) -> int:
    return sum(row.is_item for row in rows)
