"""What a file is, told from its content; its name only breaks ties among texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heli.engines.officedocs.archive import Package, shown
from heli.engines.officedocs.problems import Unreadable

if TYPE_CHECKING:
    from heli.engines.officedocs.limits import Limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_KINDS = {"csv": "csv", "tsv": "csv", "md": "md", "markdown": "md"}
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
ARCHIVES = (b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
HTML = re.compile(rb"<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>]|table[\s>])", re.IGNORECASE)


def extension(filename: str) -> str:
    """Return the part after the last dot, lower case, "" where there is none."""
    return filename.rpartition(".")[2].strip().lower() if "." in filename else ""


def display_name(filename: str) -> str:
    """Return the bare file name without folders or unprintable characters."""
    return shown(re.split(r"[/\\]", filename)[-1])


def detect(data: bytes, filename: str, limits: Limits) -> tuple[str, Package | None]:
    """Return (kind, opened zip container or None) with kind docx, xlsx, pdf, csv, md or txt.

    Raises Unreadable for everything that is none of these, naming what it is.
    """
    if not data:
        raise Unreadable("empty")
    largest = max(limits.bytes_by_kind.values())
    if len(data) > largest:
        raise Unreadable("too_large", size=_megabytes(len(data)), limit=_megabytes(largest))
    if data.startswith(OLE):
        raise _ole_problem(data, filename)
    if data.startswith(b"PK"):
        package = Package(data, limits)
        kind = _zip_kind(package)
    elif b"%PDF-" in data[:1024]:
        package, kind = None, "pdf"
    else:
        _refuse_foreign(data)
        package, kind = None, TEXT_KINDS.get(extension(filename), "txt")
    if len(data) > limits.bytes_of(kind):
        raise Unreadable("too_large", size=_megabytes(len(data)), limit=_megabytes(limits.bytes_of(kind)))
    return kind, package


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f}".removesuffix(".0")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _ole_problem(data: bytes, filename: str) -> Unreadable:
    """Return the problem of an OLE container: an encrypted new file or a file of an old format."""
    if _utf16("EncryptedPackage") in data or _utf16("EncryptionInfo") in data:
        return Unreadable("encrypted_office")
    if _utf16("WordDocument") in data:
        return Unreadable("old_wps" if extension(filename) == "wps" else "old_doc")
    if _utf16("Workbook") in data or _utf16("Book") in data:
        return Unreadable("old_et" if extension(filename) == "et" else "old_xls")
    by_name = {"doc": "old_doc", "dot": "old_doc", "xls": "old_xls", "xlt": "old_xls", "wps": "old_wps", "et": "old_et"}
    return Unreadable(by_name.get(extension(filename), "old_office"))


def _zip_kind(package: Package) -> str:
    main = package.main_part("")
    if main.endswith(".bin") or "xl/workbook.bin" in package:
        raise Unreadable("binary_workbook")
    if main.startswith("xl/") or "xl/workbook.xml" in package:
        return "xlsx"
    if main.startswith("word/") or "word/document.xml" in package:
        return "docx"
    if main.startswith("ppt/") or "ppt/presentation.xml" in package:
        raise Unreadable("presentation")
    if "ofd.xml" in package:
        raise Unreadable("ofd")
    if "content.xml" in package and "mimetype" in package:
        sheet = b"spreadsheet" in package.read("mimetype")
        raise Unreadable("open_sheet" if sheet else "open_text")
    raise Unreadable("archive")


def _refuse_foreign(data: bytes) -> None:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data.startswith(PROGRAMS) and b"\x00" in data[:512]:
        raise Unreadable("program")
    if data.startswith(PICTURES) and b"\x00" in data[:512]:
        raise Unreadable("picture")
    if data.startswith(ARCHIVES):
        raise Unreadable("archive")
    if head.startswith(b"{\\rtf"):
        raise Unreadable("rtf")
    if head.startswith(b"<?xml") and (b"mso-application" in head or b"schemas.microsoft.com" in head):
        raise Unreadable("old_xml")
    if head.startswith(b"<") and HTML.search(head):
        raise Unreadable("web_page")
