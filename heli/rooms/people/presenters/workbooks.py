"""Roster workbooks: the empty template, and an export that can be imported again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from heli.engines.officedocs.sheets import Column, Sheet, write_xlsx
from heli.rooms.people.enums import Tree, UnitKind
from heli.rooms.people.models import Unit
from heli.rooms.people.queries import RosterLine
from heli.rooms.people.rules import roster as rules


def template(language: str, units: Sequence[Unit]) -> bytes:
    """Return the workbook with the columns, an example, a sheet that explains each column and the codes of ``units``.

    The example may stay where it is: an import leaves it out.
    """
    columns = rules.columns()
    heads = [Column(column.heads[language]) for column in columns]
    example = [column.examples[language] for column in columns]
    notes = [
        (column.heads[language], _("yes") if column.is_required else _("no"), column.notes[language])
        for column in columns
    ]
    explained = Sheet(_("How to fill it in"), [_("Column"), _("Must be there"), Column(_("Note"), wrap=True)], notes)
    codes = [(unit.code, unit.name, str(UnitKind(unit.kind).label), str(Tree(unit.tree).label)) for unit in units]
    listed = Sheet(_("Codes of your units"), [_("Code"), _("Name"), _("Kind"), _("Tree")], codes)
    return write_xlsx([Sheet(_("Roster"), heads, [example]), explained, listed])


def faults(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return the workbook of what is wrong with a roster, cell by cell."""
    heads: list[Column | str] = [
        _("Cell"),
        _("Column"),
        Column(_("What is wrong"), wrap=True),
        Column(_("How to mend it"), wrap=True),
    ]
    keys = ("cell", "column", "what", "remedy")
    return write_xlsx([Sheet(_("What to mend"), heads, [tuple(row[key] for key in keys) for row in rows])])


def export(lines: Sequence[RosterLine], language: str) -> bytes:
    """Return the workbook of these persons."""
    rows = [
        (
            line.person.staff_no,
            line.person.name,
            line.person.email,
            line.person.phone,
            rules.status_words(line.person.political_status, language),
            line.person.joined_party_on.isoformat() if line.person.joined_party_on else "",
            line.party_unit,
            line.admin_unit,
            line.post,
        )
        for line in lines
    ]
    heads = [Column(column.heads[language]) for column in rules.columns()]
    return write_xlsx([Sheet(_("Roster"), heads, rows)])
