"""Zip containers of office files, opened without trusting a word they say about themselves."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from heli.engines.officedocs.problems import Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from heli.engines.officedocs.limits import Limits

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)
CHUNK = 1 << 18
ENCRYPTED_FLAG = 0x1
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Package:
    """The members of a zip file, checked for bombs and odd names before anything is inflated.

    Raises Unreadable: corrupt_zip, zip_too_many, zip_bomb, zip_names, encrypted_zip, zip_method.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limits = limits
        self._budget = limits.zip_total
        self._seen: set[str] = set()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except ZIP_ERRORS as error:
            raise Unreadable("corrupt_zip") from error
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._check(infos)

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        if len(infos) > limits.zip_members:
            raise Unreadable("zip_too_many", count=len(infos), limit=limits.zip_members)
        if sum(info.file_size for info in infos) > limits.zip_total:
            raise Unreadable("zip_bomb", limit=limits.zip_total // (1 << 20))
        for info in infos:
            name = info.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/") or ":" in name:
                raise Unreadable("zip_names", member=shown(name))
            if info.flag_bits & ENCRYPTED_FLAG:
                raise Unreadable("encrypted_zip")
            too_dense = info.file_size > limits.zip_ratio * max(info.compress_size, 1)
            if too_dense and info.file_size > limits.zip_ratio_from:
                raise Unreadable("zip_bomb", limit=limits.zip_total // (1 << 20))
            key = name.lower()
            if key in self._members and not name.endswith("/"):
                raise Unreadable("zip_names", member=shown(name))
            self._members[key] = info

    def stored_name(self, name: str) -> str:
        """Return a member's name as the file spells it."""
        return self._members[name.lower()].filename.replace("\\", "/")

    def names(self) -> list[str]:
        """Return the members' names, lower case, with forward slashes."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._members

    def read(self, name: str) -> bytes:
        """Return a member's bytes; b"" where there is no such member.

        Never yields more than the member declares, and all members together never more than the total limit.
        """
        info = self._members.get(name.lower())
        if info is None:
            return b""
        if info.compress_type not in PLAIN_METHODS:
            raise Unreadable("zip_method", member=shown(name))
        fresh = info.filename not in self._seen
        if fresh and info.file_size > self._budget:
            raise Unreadable("zip_bomb", limit=self._limits.zip_total // (1 << 20))
        try:
            with self._zip.open(info) as member:
                chunks = list(iter(lambda: member.read(CHUNK), b""))
        except ZIP_ERRORS as error:
            raise Unreadable("corrupt_part", part=shown(name)) from error
        content = b"".join(chunks)
        if fresh:
            self._seen.add(info.filename)
            self._budget -= len(content)
        return content

    def xml(self, name: str) -> Element | None:
        """Return a member as an element tree without namespaces, None where there is no such member."""
        return parse_xml(self.read(name), name, self._limits) if name in self else None

    def main_part(self, default: str) -> str:
        """Return the name of the part that `_rels/.rels` calls the office document."""
        root = self.xml("_rels/.rels")
        for relation in root if root is not None else ():
            if relation.get("Type", "").endswith("/officeDocument"):
                target = relation.get("Target", "").lstrip("/")
                if target in self:
                    return target.lower()
        return default

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return id → (kind, member) of a part's relations inside the package; external ones are left out."""
        folder, _, file = part.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode", "") == "External":
                continue
            kind = relation.get("Type", "").rpartition("/")[2]
            found[relation.get("Id", "")] = (kind, _resolve(folder, relation.get("Target", "")))
        return found

    def has_external_relations(self) -> bool:
        """Return whether any part points outside the file; such targets are never fetched."""
        rels = (name for name in self._members if name.endswith(".rels"))
        return any(b'TargetMode="External"' in self.read(name) for name in rels)


def _resolve(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/").lower()
    parts = [part for part in folder.split("/") if part]
    for piece in target.replace("\\", "/").split("/"):
        if piece == "..":
            del parts[-1:]
        elif piece not in ("", "."):
            parts.append(piece)
    return "/".join(parts).lower()


def shown(name: str) -> str:
    """Return a member's or file's name fit for a sentence: printable and short."""
    return "".join(letter for letter in name if letter.isprintable())[:120]


def parse_xml(data: bytes, part: str, limits: Limits) -> Element:
    """Return the root element with namespaces taken off tags and attributes.

    Raises Unreadable: xml_entities for a document type, too_large_part above the element limit, corrupt_part.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unreadable("xml_entities", part=shown(part))
    if data.count(b"<") > 2 * limits.xml_elements:
        raise Unreadable("too_large_part", part=shown(part), limit=limits.xml_elements)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable("xml_entities", part=shown(part)) from error
    except (ParseError, ValueError, LookupError, OverflowError) as error:
        raise Unreadable("corrupt_part", part=shown(part)) from error
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.attrib:
            element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    return root
