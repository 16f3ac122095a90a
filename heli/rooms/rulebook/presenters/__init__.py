"""Turns duties into words for pages: how often, by when, how sure, what a change changed."""

from heli.rooms.rulebook.presenters.calendar import calendar_months, calendar_source, weekday_names
from heli.rooms.rulebook.presenters.changes import conflict_rows, edition_note, history_steps, own_words, update_entries
from heli.rooms.rulebook.presenters.pages import (
    confidence_meaning,
    duty_row,
    duty_workbook,
    entry_title,
    impact_kinds,
    instrument_facts,
    list_tabs,
    sources,
    unit_kind_options,
    unit_page,
    units_of_posts,
    who,
    year_strip,
)
from heli.rooms.rulebook.presenters.words import field_label, how_often, limit_words, month_name, shown, when

__all__ = [
    "calendar_months",
    "calendar_source",
    "confidence_meaning",
    "conflict_rows",
    "duty_row",
    "duty_workbook",
    "edition_note",
    "entry_title",
    "field_label",
    "history_steps",
    "how_often",
    "impact_kinds",
    "instrument_facts",
    "limit_words",
    "list_tabs",
    "month_name",
    "own_words",
    "shown",
    "sources",
    "unit_kind_options",
    "unit_page",
    "units_of_posts",
    "update_entries",
    "weekday_names",
    "when",
    "who",
    "year_strip",
]
