"""Responsibilities in the reader's words: texts of two languages, days, states, bases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from heli.rooms.responsibilities.enums import Kind, Line, ListState

if TYPE_CHECKING:
    from heli.rooms.responsibilities.models import Item
    from heli.rooms.rulebook.queries import Duty

STATE_TONES = {
    ListState.DRAFT: "run",
    ListState.SUBMITTED: "wait",
    ListState.RETURNED: "soon",
    ListState.APPROVED: "wait",
    ListState.IN_FORCE: "done",
    ListState.REPLACED: "idle",
}


def state_of(state: str, begins: date | None, today: date) -> tuple[str, str]:
    """Return tone and words of a version's state; issued for later days, it says from when on it holds."""
    known = ListState(state)
    if known == ListState.IN_FORCE and begins is not None and begins > today:
        return "wait", _("in force from %(day)s") % {"day": begins.isoformat()}
    return STATE_TONES[known], str(known.label)


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def language() -> str:
    """Return the language of the request as the engines name it: zh or en."""
    return "en" if is_english() else "zh"


def here(in_chinese: str, in_english: str) -> str:
    """Return the text in the reader's language; the Chinese one where there is no other."""
    return (in_english or in_chinese) if is_english() else in_chinese


def text_of(item: Item) -> str:
    return here(item.text_zh, item.text_en)


def evidence_of(item: Item) -> str:
    return here(item.evidence_zh, item.evidence_en)


def basis_of(item: Item) -> str:
    """Return where the item is written, with the article where one is known."""
    source = here(item.source_zh, item.source_en)
    if not item.article or item.article in ("n/a", "n/k"):
        return source
    number = item.article.replace("~", "")
    words = _("about article %(number)s") if "~" in item.article else _("article %(number)s")
    return f"{source} {words % {'number': number}}"


def line_word(line: str) -> str:
    return str(Line(line).label)


def kind_word(kind: str) -> str:
    return str(Kind(kind).label)


def short_day(day: date | None, today: date) -> str:
    """Return month and day; with the year where it is another one."""
    if day is None:
        return ""
    return day.strftime("%m-%d" if day.year == today.year else "%Y-%m-%d")


def long_day(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else ""


def how_often(duty: Duty) -> str:
    """Return how often the rulebook asks for a duty."""
    if duty.period == "event":
        return _("when it arises")
    if duty.period == "term":
        return _("once a term")
    period, count = duty.rhythm
    names = {
        "month": _("every month"),
        "quarter": _("every quarter"),
        "half": _("every half-year"),
        "year": _("every year"),
    }
    if duty.count_unit == "hours":
        amount = ngettext("%(count)s hour", "%(count)s hours", duty.count) % {"count": duty.count}
    else:
        amount = ngettext("once", "%(count)s times", count) % {"count": count}
    return _("%(period)s %(amount)s") % {"period": names[period], "amount": amount}


def joined(names: Iterable[str]) -> str:
    """Return names joined as the language joins them."""
    return pgettext("list of names", ", ").join(names)
