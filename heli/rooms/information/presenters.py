"""What the audit log says of this room: a sentence for each action, a name for each kind of subject."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

ACTIONS = {
    "suggestion.made": gettext_lazy("Made a suggestion"),
    "suggestion.answered": gettext_lazy("Answered a suggestion"),
}

KINDS = {
    "information.suggestion": gettext_lazy("Suggestion"),
}
