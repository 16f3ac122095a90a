"""The face of writing: official documents as docx, tables as xlsx."""

from __future__ import annotations

from heli.engines.officedocs.official.model import Attachment, OfficialDocument, OfficialTable, RedHead, Section
from heli.engines.officedocs.official.writer import build
from heli.engines.officedocs.workbookout import Column, Sheet, write_xlsx

__all__ = [
    "Attachment",
    "Column",
    "OfficialDocument",
    "OfficialTable",
    "RedHead",
    "Section",
    "Sheet",
    "write_docx",
    "write_xlsx",
]


def write_docx(document: OfficialDocument) -> bytes:
    """Return an official document after GB/T 9704-2012 as docx.

    A4 with the text area of 156 × 225 mm, 22 lines of 28 characters, the standard's fonts by role with free
    substitutes named in the file, headings numbered by level, page numbers outside on odd and even pages.
    """
    return build(document)
