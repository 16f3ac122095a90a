"""Both sides of an edit that came second, in the words the page uses for fields and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from heli.kernel.problems import Problem
from heli.kernel.versions import VersionConflict
from heli.rooms.plans.enums import Line, Period, Reach, RowKind

_TABLES: Mapping[str, Any] = {"line": Line, "reach": Reach, "period": Period, "kind": RowKind}


class Overtaken(VersionConflict):
    """Somebody else changed the item first. Values stand as people read them; ``labels`` names the fields."""

    def __init__(self, *, yours: Mapping[str, Any], theirs: Mapping[str, Any], version: int) -> None:
        super().__init__(yours=_in_words(yours), theirs=_in_words(theirs), version=version)
        self.labels = {
            "papers": _("Papers"),
            "text": _("What is to be done"),
            "lead": _("Lead"),
            "due": _("Due"),
            "end": _("Until"),
            "reach": _("Carried out by"),
            "minutes": _("Minutes each time"),
            "left_out_reason": _("Left out"),
        }


class NothingChanged(Problem):
    """What was saved is what stands there already."""

    def __init__(self) -> None:
        super().__init__(
            _("Nothing was changed."), _("It reads like that already."), _("Change something, or go back.")
        )


def _in_words(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _said(name, value) for name, value in values.items()}


def _said(name: str, value: Any) -> Any:
    if name in _TABLES and value in _TABLES[name].values:
        return str(_TABLES[name](value).label)
    return "、".join(value) if isinstance(value, list) else value
