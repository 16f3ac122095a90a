"""Optimistic versions: nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _

from heli.kernel.problems import Problem


class Versioned(Protocol):
    version: int


class VersionConflict(Problem):
    """Somebody else saved first. ``yours`` and ``theirs`` hold both sides, field by field.

    ``version`` is the stored one: whoever has read both sides may save again on top of it.
    """

    status = 409

    def __init__(self, *, yours: Mapping[str, Any], theirs: Mapping[str, Any], version: int | None = None) -> None:
        super().__init__(
            _("Your change was not saved."),
            _("Somebody else changed this since you opened it."),
            _("Compare both versions below and save again."),
        )
        self.yours, self.theirs, self.version = dict(yours), dict(theirs), version


def check_version(record: Versioned, expected: int | None, yours: Mapping[str, Any], theirs: Any = None) -> None:
    """Raise ``VersionConflict`` unless ``expected`` is the stored version.

    Call it on a row locked in this transaction; the caller raises the version itself.
    ``yours`` maps field names to the values the person wanted to save; a choice is shown by its label on both sides.
    ``theirs`` maps the same names to what stands there, where the record's own fields do not say it.
    """
    if expected is None or expected != record.version:
        stored = theirs or {name: getattr(record, name, None) for name in yours}
        raise VersionConflict(yours=_labeled(record, yours), theirs=_labeled(record, stored), version=record.version)


def _labeled(record: Versioned, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the label of each that is one of its field's choices."""
    meta = getattr(record, "_meta", None)
    choices = {field.name: dict(field.flatchoices) for field in meta.fields if field.choices} if meta else {}
    return {name: choices[name].get(value, value) if name in choices else value for name, value in values.items()}
