"""How much a file may ask of the machine before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 1024 * 1024
HEAD_ROWS = 12


def _default_bytes() -> Mapping[str, int]:
    return MappingProxyType(
        {
            "docx": 50 * MEGABYTE,
            "xlsx": 50 * MEGABYTE,
            "pdf": 50 * MEGABYTE,
            "csv": 50 * MEGABYTE,
            "txt": 20 * MEGABYTE,
            "md": 20 * MEGABYTE,
        }
    )


@dataclass(frozen=True)
class Limits:
    """Bounds of one reading; sizes in bytes, times in seconds, the rest are counts.

    `seconds` and `pdf_memory` bound the separate process that parses a pdf; the other formats are bounded by
    what they may hold.
    """

    bytes_by_kind: Mapping[str, int] = field(default_factory=_default_bytes)
    line_characters: int = 100_000
    blocks: int = 250_000
    cells: int = 5_500_000
    rows: int = 1_048_576
    pages: int = 600
    seconds: float = 60.0
    pdf_memory: int = 1024 * MEGABYTE
    pdf_isolated: bool = True
    zip_members: int = 5_000
    zip_total: int = 300 * MEGABYTE
    zip_ratio: int = 250
    zip_ratio_from: int = 4 * MEGABYTE
    xml_depth: int = 200
    xml_elements: int = 1_000_000

    @property
    def rows_with_heads(self) -> int:
        """Return how many rows a table may have together with its heads and what stands above them."""
        return self.rows + HEAD_ROWS

    def bytes_of(self, kind: str) -> int:
        """Return the greatest accepted file size for this kind, in bytes."""
        return self.bytes_by_kind.get(kind, 20 * MEGABYTE)
