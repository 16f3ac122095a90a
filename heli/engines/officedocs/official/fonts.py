"""Fonts by role: the ones of the standard, and the free ones that stand in for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from heli.engines.officedocs.sentences import load_data

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument

CHINESE_CHARSET = "86"


def font_name(role: str, *, free: bool) -> str:
    """Return the font of a role: title, head, subhead, body or number."""
    entry = load_data("official.toml")["font"][role]
    return str(entry["substitutes"][0] if free else entry["name"])


def name_substitutes(document: DocxDocument) -> None:
    """Write each font with its free substitutes into the file's font table, so other machines know what to take."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            part: Any = relation.target_part
            root: Any = parse_xml(part.blob)
            for entry in load_data("official.toml")["font"].values():
                root.append(_font_element(entry))
            part._blob = serialize_part_xml(root)  # noqa: SLF001 - python-docx keeps this part as bytes


def _font_element(entry: dict[str, Any]) -> Any:
    font = OxmlElement("w:font")
    font.set(qn("w:name"), entry["name"])
    for tag, value in (
        ("w:altName", ",".join(entry["substitutes"])),
        ("w:charset", CHINESE_CHARSET),
        ("w:family", entry["family"]),
        ("w:pitch", "variable"),
    ):
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        font.append(child)
    return font
