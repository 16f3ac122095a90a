"""Words of the list of persons: how many, and the choices of its filters."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heli.rooms.people import queries
from heli.rooms.people.enums import PoliticalStatus, PostKind
from heli.ui.shapes import Option


def total_words(total: int) -> str:
    """Return how many there are; beyond what is counted, that there are more."""
    if total > queries.COUNTED:
        return _("more than %(n)s persons") % {"n": queries.COUNTED}
    return ngettext("%(n)s person", "%(n)s persons", total) % {"n": total}


def person_filters(wanted: queries.WantedPersons) -> dict[str, list[Option]]:
    """Return the choices of the list's filters, the chosen one marked."""
    statuses = [("", _("Any political status")), *PoliticalStatus.choices]
    kinds = [("", _("Any post or none")), *PostKind.choices]
    return {
        "status": [Option(value, label, selected=value == wanted.status) for value, label in statuses],
        "post": [Option(value, label, selected=value == wanted.post_kind) for value, label in kinds],
        "left": [
            Option("", _("Who works here"), selected=not wanted.has_left),
            Option("1", _("Who has left"), selected=wanted.has_left),
        ],
    }
