from heli.rooms.rulebook.models.adjustments import (
    Adjustment,
    AdjustmentEffect,
    AdjustmentException,
    AdjustmentNotice,
    AdjustmentQuerySet,
)
from heli.rooms.rulebook.models.circumstances import Circumstance, CircumstanceQuerySet
from heli.rooms.rulebook.models.entries import (
    ENTRIES,
    WORDINGS,
    CalendarDay,
    Edition,
    Entry,
    Instrument,
    InstrumentWording,
    KeyLink,
    KeyLinkWording,
    Obligation,
    ObligationWording,
    Wording,
    as_cell,
)
from heli.rooms.rulebook.models.reviews import Review, ReviewProposal

__all__ = [
    "ENTRIES",
    "WORDINGS",
    "Adjustment",
    "AdjustmentEffect",
    "AdjustmentException",
    "AdjustmentNotice",
    "AdjustmentQuerySet",
    "CalendarDay",
    "Circumstance",
    "CircumstanceQuerySet",
    "Edition",
    "Entry",
    "Instrument",
    "InstrumentWording",
    "KeyLink",
    "KeyLinkWording",
    "Obligation",
    "ObligationWording",
    "Review",
    "ReviewProposal",
    "Wording",
    "as_cell",
]
