"""Small pdf files written by hand, with Chinese text in a font every viewer brings along."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

PAGE = (595, 842)


@dataclass
class PdfPage:
    """Text as (x, y from the top, size, text), ruled lines as (x0, y0, x1, y1) from the top, in points."""

    texts: list[tuple[float, float, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    image: bool = False

    def stream(self) -> bytes:
        """Return the page's content stream."""
        parts = []
        for x, y, size, text in self.texts:
            code = text.encode("utf-16-be").hex()
            parts.append(f"BT /F1 {size} Tf {x} {PAGE[1] - y - size} Td <{code}> Tj ET")
        for x0, y0, x1, y1 in self.rules:
            parts.append(f"{x0} {PAGE[1] - y0} m {x1} {PAGE[1] - y1} l S")
        if self.image:
            parts.append("q 400 0 0 600 90 100 cm /Im1 Do Q")
        return "\n".join(parts).encode()


def grid_rules(xs: list[float], ys: list[float]) -> list[tuple[float, float, float, float]]:
    """Return the ruled lines of a full grid."""
    across = [(xs[0], y, xs[-1], y) for y in ys]
    return across + [(x, ys[0], x, ys[-1]) for x in xs]


def build_pdf(pages: list[PdfPage], *, extra: list[bytes] | None = None, trailer: bytes = b"") -> bytes:
    """Return a pdf of these pages; `extra` objects follow the pages' own."""
    kids = " ".join(f"{6 + 2 * index} 0 R" for index in range(len(pages)))
    pixels = zlib.compress(b"\x80" * 64)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        (
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>"
        ),
        b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /FlateDecode /Length " + str(len(pixels)).encode() + b" >>\nstream\n" + pixels + b"\nendstream",
    ]
    for index, page in enumerate(pages):
        content = page.stream()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE[0]} {PAGE[1]}] /Contents {7 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> /XObject << /Im1 5 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length " + str(len(content)).encode() + b" >>\nstream\n" + content + b"\nendstream")
    return assemble(objects + (extra or []), trailer)


def assemble(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Return objects 1, 2, … as a pdf with its cross-reference table; object 1 is the catalog."""
    body, offsets = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    start = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R ".encode() + trailer
    return body + start + table + end + f" >>\nstartxref\n{len(body)}\n%%EOF\n".encode()
