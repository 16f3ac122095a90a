"""Cells shown as percentages: calamine gives 0.95 where people wrote 95%."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heli.engines.officedocs.archive import parse_xml

if TYPE_CHECKING:
    from heli.engines.officedocs.archive import Package
    from heli.engines.officedocs.limits import Limits

BUILT_IN = {"9", "10"}
STYLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]{0,100}?\bs="(\d{1,5})"')
QUOTED = re.compile(r'"[^"]*"|\\.')


def percent_styles(package: Package, limits: Limits) -> frozenset[int]:
    """Return the indexes of the cell styles that show percentages."""
    name = "xl/styles.xml"
    if name not in package:
        return frozenset()
    content = package.read(name)
    if b"%" not in content and b'numFmtId="9"' not in content and b'numFmtId="10"' not in content:
        return frozenset()
    root = parse_xml(content, name, limits)
    formats = set(BUILT_IN)
    for element in root.iter("numFmt"):
        if "%" in QUOTED.sub("", element.get("formatCode", "")):
            formats.add(element.get("numFmtId", ""))
    styles = root.find("cellXfs")
    listed = enumerate(styles if styles is not None else ())
    return frozenset(index for index, style in listed if style.get("numFmtId") in formats)


def percent_cells(package: Package, limits: Limits) -> dict[str, set[tuple[int, str]]]:
    """Return per sheet name the (row, column letters) of cells shown as percentages."""
    styles = percent_styles(package, limits)
    workbook = package.xml("xl/workbook.xml") if styles else None
    if workbook is None:
        return {}
    parts = package.relations("xl/workbook.xml")
    found: dict[str, set[tuple[int, str]]] = {}
    for sheet in workbook.iter("sheet"):
        _, part = parts.get(sheet.get("id", ""), ("", ""))
        content = package.read(part) if part in package else b""
        found[sheet.get("name", "")] = {
            (int(row), letters.decode()) for letters, row, style in STYLED.findall(content) if int(style) in styles
        }
    return found


def as_percent(value: float) -> str:
    """Return 95% for 0.95."""
    return f"{value * 100:.10g}%"
