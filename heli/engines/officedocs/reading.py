"""The face of reading: bytes and a file name in, a document of blocks out, or one clear refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heli.engines.officedocs.detection import TEXT_KINDS, detect, display_name, extension
from heli.engines.officedocs.document import Block, Document, Draft, LeftOut, Note, Place
from heli.engines.officedocs.limits import Limits
from heli.engines.officedocs.pdffile import read_pdf
from heli.engines.officedocs.plain import read_markdown, read_separated, read_text
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.wordfile import read_word
from heli.engines.officedocs.workbook import read_workbook

if TYPE_CHECKING:
    from heli.engines.officedocs.archive import Package

__all__ = ["Block", "Document", "LeftOut", "Limits", "Note", "Place", "Unreadable", "read", "read_pasted"]

KIND_BY_EXTENSION = {
    **TEXT_KINDS,
    "txt": "txt",
    "text": "txt",
    "docx": "docx",
    "docm": "docx",
    "dotx": "docx",
    "dotm": "docx",
    "xlsx": "xlsx",
    "xlsm": "xlsx",
    "xltx": "xlsx",
    "xltm": "xlsx",
    "pdf": "pdf",
}


def read(data: bytes, filename: str, *, limits: Limits | None = None) -> Document:
    """Return the file's headings, paragraphs, list entries and table rows in reading order.

    The kind is told from the content; a name that says otherwise gets a note. Nothing is written, run or fetched.
    Raises Unreadable, and nothing else, for a file that cannot be read within the limits.
    """
    limits = limits or Limits()
    name = display_name(filename)
    draft = Draft()
    try:
        kind, package = detect(data, filename, limits)
        expected = KIND_BY_EXTENSION.get(extension(filename))
        if expected != kind and filename:
            draft.add_note("read_as", kind=kind)
        _read_kind(kind, data, package, draft, limits)
        _check_size(draft, limits)
    except Unreadable as problem:
        problem.params.setdefault("name", name)
        raise
    except (RecursionError, MemoryError) as error:
        raise Unreadable("too_deep", name=name) from error
    return Document(name, kind, tuple(draft.blocks), tuple(draft.notes), tuple(draft.left_out))


def read_pasted(text: str, *, limits: Limits | None = None) -> Document:
    """Return pasted text as a document of kind txt without a name."""
    return read(text.encode("utf-8", "replace"), "", limits=limits)


def _read_kind(kind: str, data: bytes, package: Package | None, draft: Draft, limits: Limits) -> None:
    if package is not None:
        (read_word if kind == "docx" else read_workbook)(package, draft, limits)
    elif kind == "csv":
        read_separated(data, draft, limits)
    elif kind == "md":
        read_markdown(data, draft, limits)
    elif kind == "pdf":
        read_pdf(data, draft, limits)
    else:
        read_text(data, draft, limits)


def _check_size(draft: Draft, limits: Limits) -> None:
    """Refuse more blocks, or a longer block, than later steps should be asked to compare."""
    if len(draft.blocks) > limits.blocks:
        raise Unreadable("too_many_blocks", count=len(draft.blocks), limit=limits.blocks)
    for block in draft.blocks:
        if len(block.text) > limits.line_characters:
            place = {"where_zh": block.place.text("zh"), "where_en": block.place.text("en")}
            raise Unreadable("block_too_long", length=len(block.text), limit=limits.line_characters, **place)
