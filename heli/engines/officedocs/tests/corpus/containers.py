"""Builders of zip, docx, xlsx and OLE bytes, sound and unsound."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REL = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def zip_of(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def relations(*entries: tuple[str, str, str], external: tuple[tuple[str, str, str], ...] = ()) -> str:
    """Return a relationships part of (id, kind, target) entries."""
    inside = "".join(f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    outside = "".join(
        f'<Relationship Id="{i}" Type="{R}/{kind}" Target="{target}" TargetMode="External"/>'
        for i, kind, target in external
    )
    return f'{HEAD}<Relationships xmlns="{REL}">{inside}{outside}</Relationships>'


def word_members(body: str, **parts: bytes | str) -> dict[str, bytes | str]:
    """Return the members of a docx: its body's XML and further parts by name (styles, numbering, footnotes …)."""
    entries = [(f"rId{number}", name, f"{name}.xml") for number, name in enumerate(parts, start=1)]
    types = f'<Override PartName="/word/document.xml" ContentType="{WORD_TYPE}"/>'
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}</Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": word_part("document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": relations(*entries),
    }
    members.update({f"word/{name}.xml": content for name, content in parts.items()})
    return members


def word_part(root: str, content: str, namespace: str = W) -> str:
    """Return a part with the w prefix bound."""
    return f'{HEAD}<w:{root} xmlns:w="{namespace}" xmlns:r="{R}">{content}</w:{root}>'


def docx_of(body: str, **parts: bytes | str) -> bytes:
    """Return a docx with this body."""
    return zip_of(word_members(body, **parts))


def p(text: str, properties: str = "", run: str = "") -> str:
    """Return a paragraph of one run."""
    looks = f"<w:rPr>{run}</w:rPr>" if run else ""
    inside = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{inside}<w:r>{looks}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def numbered(text: str, number: int, level: int = 0) -> str:
    """Return a paragraph with automatic numbering."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def tc(content: str, properties: str = "") -> str:
    """Return a table cell; plain text becomes a paragraph."""
    inner = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def tbl(*rows: str) -> str:
    """Return a table of rows made by `tr`."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    """Return a row; plain texts become cells."""
    inside = f"<w:trPr>{properties}</w:trPr>" if properties else ""
    return f"<w:tr>{inside}{''.join(cell if cell.startswith('<') else tc(cell) for cell in cells)}</w:tr>"


def numbering_part(*levels: tuple[str, str]) -> str:
    """Return a numbering part with numbering 1 of these (form, text) levels."""
    inside = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for index, (form, text) in enumerate(levels)
    )
    return word_part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="0">{inside}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )


def sheet_xml(rows: list[list[object]], *, extra: str = "", dimension: str = "", first_row: int = 1) -> str:
    """Return a worksheet with inline strings and numbers; None leaves a cell out."""
    lines = []
    for number, row in enumerate(rows, start=first_row):
        cells = "".join(cell_xml(column, number, value) for column, value in enumerate(row) if value is not None)
        lines.append(f'<row r="{number}">{cells}</row>')
    area = f'<dimension ref="{dimension}"/>' if dimension else ""
    return (
        f'{HEAD}<worksheet xmlns="{S}" xmlns:r="{R}">{area}<sheetData>{"".join(lines)}</sheetData>{extra}</worksheet>'
    )


def letters(column: int) -> str:
    """Return A for 0."""
    text, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell_xml(column: int, row: int, value: object) -> str:
    """Return one cell; a value that begins with <c is taken as it is."""
    reference = f"{letters(column)}{row}"
    if isinstance(value, str) and value.startswith("<c"):
        return value
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def book_members(sheets: dict[str, str], states: dict[str, str] | None = None) -> dict[str, bytes | str]:
    """Return the members of an xlsx with these worksheets by name; `states` hides some."""
    entries = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{(states or {}).get(name, "visible")}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{SHEET_TYPE}"/>'
        for number in range(1, len(sheets) + 1)
    )
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>{types}</Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{S}" xmlns:r="{R}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*entries),
    }
    members.update({f"xl/worksheets/sheet{number}.xml": xml for number, xml in enumerate(sheets.values(), start=1)})
    return members


def xlsx_of(sheets: dict[str, str], states: dict[str, str] | None = None) -> bytes:
    """Return an xlsx with these worksheets by name."""
    return zip_of(book_members(sheets, states))


def ole_of(*streams: str) -> bytes:
    """Return what begins like an OLE container and names these streams in its directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\x00") + b"\x00" * 64 for name in streams)
    return header + entries + b"\x00" * 1024


def raw_zip(members: list[tuple[str, bytes, int, int]], *, flags: int = 0) -> bytes:
    """Return a zip of (name, deflated bytes, declared size, declared CRC): headers may lie."""
    body, directory = b"", b""
    for name, packed, size, crc in members:
        encoded = name.encode()
        fields = (20, flags, 8, 0, 33, crc, len(packed), size, len(encoded), 0)
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, *fields, 0, 0, 0, 0, len(body)) + encoded
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields) + encoded + packed
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + end


def deflated(content: bytes) -> bytes:
    """Return raw deflate data."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def raw_member(name: str, content: bytes | str) -> tuple[str, bytes, int, int]:
    """Return an honest member for `raw_zip`."""
    plain = content.encode() if isinstance(content, str) else content
    return name, deflated(plain), len(plain), zlib.crc32(plain)
