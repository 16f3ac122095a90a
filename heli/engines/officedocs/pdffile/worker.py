"""Takes lines and ruled tables out of a pdf. Runs as a script of its own, since a pdf can ask for any time and memory.

Standard input is the pdf, standard output one JSON object: {"pages": [...]} or {"problem": code, ...}. Imports
nothing of this package, so that it starts fast and needs no search path.
"""

from __future__ import annotations

import io
import json
import logging
import signal
import sys
import time
import zlib
from typing import Any

MOST_LINES_FOR_TABLES = 6_000
MOST_CHARACTERS = 20_000_000
PAGE_CHARACTERS = 200_000
MOST_STREAM_BYTES = 64 * 1024 * 1024
DECIMALS = 2


def extract(data: bytes, most_pages: int, seconds: float) -> dict[str, Any]:
    """Return {"pages": [page…]} or {"problem": code, "count": …}.

    A page is {"width", "height", "images", "lines": [{"text", "x0", "x1", "top", "bottom", "size", "bold"}],
    "tables": [{"top", "bottom", "cells": [[x0, top, x1, bottom, text]]}]}, lengths in points from the top left.
    Problems: encrypted_pdf, corrupt_pdf, pdf_pages, pdf_time, pdf_memory.
    """
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber import open as open_pdf
    from pdfplumber.utils.exceptions import PdfminerException

    deadline = time.monotonic() + seconds
    try:
        with open_pdf(io.BytesIO(data)) as pdf:
            count = _declared_pages(pdf)
            if count > most_pages:
                return {"problem": "pdf_pages", "count": count}
            return _pages(pdf, most_pages, deadline)
    except PDFPasswordIncorrect:
        return {"problem": "encrypted_pdf"}
    except MemoryError:
        return {"problem": "pdf_memory"}
    except PdfminerException as error:
        inner = error.args[0] if error.args else None
        if isinstance(inner, MemoryError):
            return {"problem": "pdf_memory"}
        return {"problem": "encrypted_pdf" if isinstance(inner, PDFPasswordIncorrect) else "corrupt_pdf"}
    except Exception:  # noqa: BLE001 - the parser raises whatever a broken file provokes
        return {"problem": "corrupt_pdf"}


def _declared_pages(pdf: Any) -> int:
    from pdfminer.pdftypes import resolve1

    count = resolve1(resolve1(pdf.doc.catalog.get("Pages", {})).get("Count", 0))
    return count if isinstance(count, int) else 0


def _pages(pdf: Any, most_pages: int, deadline: float) -> dict[str, Any]:
    pages: list[dict[str, Any]] = []
    total = 0
    if len(pdf.pages) > most_pages:
        return {"problem": "pdf_pages", "count": len(pdf.pages)}
    for page in pdf.pages:
        if time.monotonic() > deadline:
            return {"problem": "pdf_time"}
        found = _page(page)
        total += sum(len(line["text"]) for line in found["lines"])
        if total > MOST_CHARACTERS:
            return {"problem": "pdf_memory"}
        pages.append(found)
        page.close()
    return {"pages": pages}


def _page(page: Any) -> dict[str, Any]:
    chars = page.chars[:PAGE_CHARACTERS]
    tables = [_table(table) for table in _tables(page)] if chars else []
    tables = [table for table in tables if len({cell[1] for cell in table["cells"]}) > 1]
    outside = page
    if tables:
        boxes = [(table["top"], table["bottom"], table["x0"], table["x1"]) for table in tables]
        outside = page.filter(lambda thing: thing["object_type"] != "char" or not _within(thing, boxes))
    lines = outside.extract_text_lines(return_chars=True) if chars else []
    return {
        "width": float(page.width),
        "height": float(page.height),
        "images": len(page.images),
        "lines": [_line(line) for line in lines],
        "tables": tables,
    }


def _tables(page: Any) -> list[Any]:
    marks = len(page.lines) + len(page.rects) + len(page.curves)
    if not 2 <= marks <= MOST_LINES_FOR_TABLES:
        return []
    return [table for table in page.find_tables() if len(table.cells) > 1]


def _table(table: Any) -> dict[str, Any]:
    cells: list[list[Any]] = []
    for row, texts in zip(table.rows, table.extract(), strict=False):
        for box, text in zip(row.cells, texts, strict=False):
            if box is not None:
                cells.append([*(round(float(edge), DECIMALS) for edge in box), text or ""])
    x0, top, x1, bottom = table.bbox
    return {"x0": float(x0), "x1": float(x1), "top": float(top), "bottom": float(bottom), "cells": cells}


def _within(thing: dict[str, Any], boxes: list[tuple[float, float, float, float]]) -> bool:
    middle, across = (thing["top"] + thing["bottom"]) / 2, (thing["x0"] + thing["x1"]) / 2
    return any(top <= middle <= bottom and left <= across <= right for top, bottom, left, right in boxes)


def _line(line: dict[str, Any]) -> dict[str, Any]:
    chars = line["chars"]
    sizes = sorted(float(char["size"]) for char in chars)
    fonts = [str(char.get("fontname", "")).lower() for char in chars]
    return {
        "text": line["text"],
        "x0": round(float(line["x0"]), DECIMALS),
        "x1": round(float(line["x1"]), DECIMALS),
        "top": round(float(line["top"]), DECIMALS),
        "bottom": round(float(line["bottom"]), DECIMALS),
        "size": round(sizes[len(sizes) // 2], DECIMALS),
        "bold": bool(fonts) and all("bold" in font or "hei" in font for font in fonts),
    }


def _bound_memory(limit: int) -> None:
    """Refuse more address space than `limit` bytes, where the system knows such a bound."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError, OSError):
        return


class _OutOfTime(BaseException):
    """The time is over, whatever page is being read; no `Exception`, which the parser would swallow."""


class _BoundedInflate:
    """Stands in for zlib inside the parser: one stream may not inflate to more than the limit."""

    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    @staticmethod
    def decompress(data: bytes) -> bytes:
        inflater = zlib.decompressobj()
        content = inflater.decompress(data, MOST_STREAM_BYTES)
        if inflater.unconsumed_tail:
            raise MemoryError
        if not inflater.eof:
            raise zlib.error("incomplete stream")
        return content


def _bound_time(seconds: float) -> None:
    """Raise _OutOfTime in the midst of reading when the time is over, where the system knows such alarms."""

    def ring(*_: object) -> None:
        raise _OutOfTime

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _bound_streams() -> None:
    """Make the parser of this process inflate within bounds."""
    from pdfminer import pdftypes

    vars(pdftypes)["zlib"] = _BoundedInflate


def main() -> None:
    """Read the pdf from standard input; arguments: most pages, seconds, bytes of memory."""
    most_pages, seconds, memory = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    logging.disable(logging.CRITICAL)
    _bound_memory(memory)
    _bound_time(seconds)
    _bound_streams()
    try:
        answer = json.dumps(extract(sys.stdin.buffer.read(), most_pages, seconds))
    except _OutOfTime:
        answer = json.dumps({"problem": "pdf_time"})
    except MemoryError:
        answer = json.dumps({"problem": "pdf_memory"})
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
