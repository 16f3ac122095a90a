"""What a form or an address sent, read with care: whatever is no number a row can have is None."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

if TYPE_CHECKING:
    from django.http import HttpRequest


def whole_number(text: str, digits: int = 18) -> int | None:
    """Return the number that was sent, or None where it is none that an id or a version can be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None


def id_in(request: HttpRequest, name: str) -> int:
    """Return the id posted under that name; what is no number looks like a missing page."""
    found = whole_number(request.POST.get(name, ""))
    if found is None:
        raise Http404
    return found


def ids_in(request: HttpRequest, name: str) -> list[int]:
    """Return the ids posted under that name; what is no number counts as nothing."""
    found = (whole_number(sent) for sent in request.POST.getlist(name))
    return [number for number in found if number is not None]


def version_in(request: HttpRequest) -> int | None:
    """Return the version the form was opened with; None where it carried none, which no row has."""
    return whole_number(request.POST.get("version", ""), 9)
