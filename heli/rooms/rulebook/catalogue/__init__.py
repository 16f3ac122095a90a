"""The shipped catalogue of duties: data files, their records and the loader. Knows no database.

``load()`` returns the whole of it; the enterprise's own copy lives in the room's models.
"""

from heli.rooms.rulebook.catalogue.deadlines import Deadline, parse_deadline
from heli.rooms.rulebook.catalogue.reading import (
    CatalogueError,
    instrument_from,
    key_link_from,
    load,
    obligation_from,
    obligations_from,
    read,
)
from heli.rooms.rulebook.catalogue.records import (
    ARTICLE_NONE,
    ARTICLE_UNKNOWN,
    Catalogue,
    Condition,
    Holiday,
    HolidayYear,
    Instrument,
    KeyLink,
    Obligation,
    Source,
    Subject,
    Window,
)

__all__ = [
    "ARTICLE_NONE",
    "ARTICLE_UNKNOWN",
    "Catalogue",
    "CatalogueError",
    "Condition",
    "Deadline",
    "Holiday",
    "HolidayYear",
    "Instrument",
    "KeyLink",
    "Obligation",
    "Source",
    "Subject",
    "Window",
    "instrument_from",
    "key_link_from",
    "load",
    "obligation_from",
    "obligations_from",
    "parse_deadline",
    "read",
]
