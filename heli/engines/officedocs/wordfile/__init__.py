"""Reading of docx files, from their parts to blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from heli.engines.officedocs.document import Block, LeftOut, Place
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.texts import clean
from heli.engines.officedocs.wordfile.body import BodyReader
from heli.engines.officedocs.wordfile.numbering import Numbering
from heli.engines.officedocs.wordfile.styles import Styles

if TYPE_CHECKING:
    from heli.engines.officedocs.archive import Package
    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

FIRST_REAL_NOTE = 1


def read_word(package: Package, draft: Draft, limits: Limits) -> None:
    """Add the body of a docx to the draft, then its footnotes; page heads and comments are listed as left out.

    Tracked changes are read as accepted. Macros are never run; links and embedded files never opened.
    """
    main = package.main_part("word/document.xml")
    root = package.xml(main)
    body = root.find("body") if root is not None else None
    if body is None:
        raise Unreadable("corrupt_part", part=main)
    parts = _parts(package, main)
    styles = Styles(package.xml(parts.get("styles", "word/styles.xml")))
    numbering = Numbering(package.xml(parts.get("numbering", "word/numbering.xml")))
    numbering.link_styles(styles.number_ids())
    _note_extras(package, draft)
    BodyReader(styles, numbering, draft, limits).read(body)
    for kind in ("footnotes", "endnotes"):
        if kind in parts:
            _add_notes(package, parts[kind], draft)
    for kind in ("header", "footer"):
        for name in sorted(name for key, name in parts.items() if key.startswith(f"{kind}:")):
            _leave_out(package, name, f"page_{kind}", draft)
    if "comments" in parts:
        _leave_out(package, parts["comments"], "comment", draft)
    if not draft.blocks:
        pictures = any(name.startswith("word/media/") for name in package.names())
        raise Unreadable("only_pictures" if pictures else "no_text")


def _parts(package: Package, main: str) -> dict[str, str]:
    """Return kind → member of the related parts; headers and footers, of which there are many, as kind:member."""
    parts: dict[str, str] = {}
    for kind, member in package.relations(main).values():
        parts[f"{kind}:{member}" if kind in ("header", "footer") else kind] = member
    return parts


def _note_extras(package: Package, draft: Draft) -> None:
    names = package.names()
    if any(name.endswith("vbaproject.bin") for name in names):
        draft.add_note("macros_ignored")
    if package.has_external_relations():
        draft.add_note("links_ignored")
    if any("/embeddings/" in name or "/afchunk" in name for name in names):
        draft.add_note("embedded_ignored")
    if any(name.startswith("word/media/") for name in names):
        draft.add_note("pictures_ignored")


def _add_notes(package: Package, part: str, draft: Draft) -> None:
    root = package.xml(part)
    count = 0
    for element in root if root is not None else ():
        if element.get("type", "normal") != "normal" or element.tag not in ("footnote", "endnote"):
            continue
        count += 1
        text = clean(" ".join(piece.text or "" for piece in element.iter("t")), draft)
        if text:
            draft.blocks.append(Block(text, "paragraph", 0, Place("footnote", note=count)))


def _leave_out(package: Package, part: str, reason: str, draft: Draft) -> None:
    root = package.xml(part)
    for paragraph in root.iter("p") if root is not None else ():
        text = clean("".join(piece.text or "" for piece in paragraph.iter("t")), draft)
        fresh = LeftOut(text, Place("paragraph"), reason)  # type: ignore[arg-type]
        if text and fresh not in draft.left_out:
            draft.left_out.append(fresh)
