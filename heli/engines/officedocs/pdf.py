"""Pdf files with text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pdfplumber

from heli.engines.officedocs.document import Block, Place
from heli.engines.officedocs.problems import Unreadable
from heli.engines.officedocs.structure import classify
from heli.engines.officedocs.texts import clean

if TYPE_CHECKING:
    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits


def read_pdf(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the lines of a pdf in reading order."""
    lines: list[tuple[Place, str]] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for page in pdf.pages[: limits.pages]:
                for number, raw in enumerate(page.extract_text().splitlines(), start=1):
                    if text := clean(raw, draft):
                        lines.append((Place("page_line", page=page.page_number, line=number), text))
                page.close()
    except Exception as error:
        raise Unreadable("corrupt_pdf") from error
    if not lines:
        raise Unreadable("scanned_pdf")
    for (place, text), (kind, level, mark) in zip(lines, classify([text for _, text in lines]), strict=True):
        draft.blocks.append(Block(text, kind, level, place, number=mark))
