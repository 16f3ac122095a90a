"""The closing of a unit or post in words: what is closed, who takes over, what became of what followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.rooms.people import queries as people
from heli.rooms.rulebook import records
from heli.rooms.rulebook.enums import Place
from heli.ui import punctuation
from heli.ui.shapes import Change as ChangeRow

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post, Unit
    from heli.rooms.rulebook.models import Adjustment


def closing_title(adjustment: Adjustment) -> str:
    """Return what is closed or moves, as a heading."""
    if adjustment.family == Place.DAY:
        return _("Move what is due on %(day)s") % {"day": date_format(date.fromisoformat(adjustment.code))}
    return pgettext("closing", "Close “%(name)s”") % {"name": adjustment.title_zh}


def closing_source(adjustment: Adjustment) -> tuple[str, str]:
    """Return the page of the unit that is closed, or of the post's, or of the day, and what it is in a word."""
    if adjustment.family == Place.DAY:
        return f"{reverse('rulebook:follows_day')}?on={adjustment.code}", str(Place.DAY.label)
    return reverse("people:unit", args=[adjustment.unit_id]), str(Place(adjustment.family).label)


def closing_changes(adjustment: Adjustment) -> list[ChangeRow]:
    """Return that it ends, and who takes over (one query); of a day where what is due moves."""
    if adjustment.family == Place.DAY:
        days = [date_format(date.fromisoformat(day)) for day in (adjustment.code, *adjustment.cells.values())]
        return [ChangeRow(_("Due on"), days[0], days[1])]
    ends = ChangeRow(Place(adjustment.family).label, _("exists"), _("is closed"))
    return [ends, ChangeRow(_("Takes over"), "", _heir_name(adjustment))]


def _heir_name(adjustment: Adjustment) -> str:
    number = records.number(next(iter(adjustment.cells.values()), ""))
    if adjustment.family == Place.UNIT:
        found = people.every_unit().filter(pk=number).order_by("pk").first()
        return found.name if found is not None else _("nobody")
    post = people.posts_by_id([number]).get(number)
    return post.full_title if post is not None else _("No post: whoever does tasks there")


def unit_heirs(units: Iterable[Unit]) -> list[tuple[str, str]]:
    """Return the choices of a unit that takes over; the first is what is proposed."""
    return [(str(unit.pk), unit.name) for unit in units] or [("", _("nobody"))]


def post_heirs(posts: Iterable[Post], on: date) -> list[tuple[str, str]]:
    """Return the choices of a post that takes over, each with who holds it (one query)."""
    every = list(posts)
    held = people.holders_by_post((post.pk for post in every), on)
    named = [(str(post.pk), _post_name(post, held.get(post.pk, []))) for post in every]
    return [("", _("No post: whoever does tasks there")), *named]


def _post_name(post: Post, holders: list[Person]) -> str:
    return f"{post.full_title} · {punctuation.listed(one.name for one in holders) or _('vacant')}"


@dataclass(frozen=True, slots=True)
class ActWords:
    """What the button that carries a change out in one act says, what it asks first, and what stands above it."""

    button: str
    question: str
    note: str


def act_words(adjustment: Adjustment) -> ActWords:
    """Return the words of the act that closes, or that moves what is due."""
    if adjustment.family == Place.DAY:
        return ActWords(
            _("Move as chosen"),
            _("Move it as chosen?"),
            _("Whoever has something in hand is told, and units take note."),
        )
    return ActWords(
        _("Close as chosen"),
        _("Close it, with what follows as chosen?"),
        _("It is closed and what you chose is done in one act. Who takes over and who asked are told and take note."),
    )
