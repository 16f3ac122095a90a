"""What the audit log says of this room: a sentence for each action, a name for each kind of subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from heli.rooms.information.enums import SuggestionState

if TYPE_CHECKING:
    from heli.rooms.information.models import Suggestion

ACTIONS = {
    "suggestion.made": gettext_lazy("Made a suggestion"),
    "suggestion.answered": gettext_lazy("Answered a suggestion"),
}

KINDS = {
    "information.suggestion": gettext_lazy("Suggestion"),
}

TONES = {SuggestionState.OPEN: "wait", SuggestionState.TAKEN: "done", SuggestionState.DECLINED: "idle"}


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A suggestion with the tone of its state."""

    suggestion: Suggestion
    tone: str


def suggestion_rows(suggestions: Iterable[Suggestion]) -> list[SuggestionRow]:
    return [SuggestionRow(each, TONES[SuggestionState(each.state)]) for each in suggestions]
