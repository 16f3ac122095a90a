"""Facts of plans in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from heli.engines.officedocs.document import Place
from heli.engines.officedocs.sentences import sentence
from heli.rooms.plans.enums import Period, PlanState, RowKind, VersionState

STATE_TONES = {
    PlanState.DRAFTING: "idle",
    PlanState.DECIDING: "run",
    PlanState.CONCLUDED: "run",
    PlanState.IN_REVIEW: "wait",
    PlanState.PUBLISHED: "done",
    PlanState.REVISING: "run",
}
VERSION_TONES = {
    VersionState.DRAFT: "run",
    VersionState.SUBMITTED: "wait",
    VersionState.PUBLISHED: "done",
    VersionState.SUPERSEDED: "idle",
}


def language() -> str:
    """Return the language of the request as the engines name it: zh or en."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def said(texts: Mapping[str, str] | None) -> str:
    """Return the sentence of the reader's language out of a mapping from language to sentence."""
    if not texts:
        return ""
    return texts.get(language()) or next(iter(texts.values()))


def when_text(start: date | None, end: date | None, period: str, words: str = "") -> str:
    """Return when something is due: the rhythm, the days, or the source's own words."""
    rhythm = str(Period(period).label) if period and period in Period.values else ""
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return rhythm or _("all year")
    if end and start:
        span = f"{_day(start)} – {_day(end)}"
    elif end:
        span = _("by %(day)s") % {"day": _day(end)}
    elif start:
        span = _("from %(day)s") % {"day": _day(start)}
    else:
        return rhythm or words
    return f"{rhythm} · {span}" if rhythm and period not in (Period.ONGOING, Period.YEAR) else span


def _day(day: date) -> str:
    return formats.date_format(day, "MONTH_DAY_FORMAT")


def place_text(place: Mapping[str, Any]) -> str:
    """Return where in its paper a text stands."""
    known = {name: value for name, value in place.items() if name in Place.__dataclass_fields__}
    return Place(**known).text(language()) if known.get("kind") else ""


def left_out_text(reason: str) -> str:
    """Return why a text is no item."""
    family, _dot, code = reason.partition(".")
    if family == "file":
        return sentence("left_out", code, language(), {})
    if family == "split":
        return _split_reason(code)
    return _("left out by hand")


def _split_reason(code: str) -> str:
    from heli.engines.alignment import reasons

    return reasons.left_out(code, language())


def kind_word(kind: str) -> str:
    return str(RowKind(kind).label)
