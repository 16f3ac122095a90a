"""Reading of pdf files with text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from heli.engines.officedocs.pdffile.layout import Page, add_pages
from heli.engines.officedocs.pdffile.worker import extract
from heli.engines.officedocs.problems import Unreadable

if TYPE_CHECKING:
    from heli.engines.officedocs.document import Draft
    from heli.engines.officedocs.limits import Limits

WORKER = Path(__file__).with_name("worker.py")
START_SECONDS = 10.0
GARBLED_SHARE = 0.3


def read_pdf(data: bytes, draft: Draft, limits: Limits) -> None:
    """Add the paragraphs and ruled tables of a pdf to the draft; page heads, feet and numbers are left out.

    Raises Unreadable: encrypted_pdf, corrupt_pdf, pdf_pages, pdf_time, pdf_memory, scanned_pdf, pdf_fonts, no_text.
    """
    answer = _in_own_process(data, limits) if limits.pdf_isolated else extract(data, limits.pages, limits.seconds)
    if "problem" in answer:
        raise Unreadable(
            answer["problem"], count=answer.get("count", 0), limit=limits.pages, seconds=round(limits.seconds)
        )
    pages = [Page.of(number, found) for number, found in enumerate(answer["pages"], start=1)]
    _check_text(pages, draft)
    add_pages(pages, draft)
    if not draft.blocks:
        raise Unreadable("no_text")


def _in_own_process(data: bytes, limits: Limits) -> dict[str, Any]:
    command = [sys.executable, "-I", str(WORKER), str(limits.pages), str(limits.seconds), str(limits.pdf_memory)]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=limits.seconds + START_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return {"problem": "pdf_time"}
    except OSError:
        return {"problem": "pdf_memory"}
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"problem": "pdf_memory" if done.returncode else "corrupt_pdf"}
    return answer


def _check_text(pages: list[Page], draft: Draft) -> None:
    """Refuse a scan, and text whose fonts do not say which characters they show."""
    silent = [page.number for page in pages if not page.lines and not page.tables]
    pictures = any(page.images for page in pages)
    if len(silent) == len(pages):
        raise Unreadable("scanned_pdf" if pictures else "no_text")
    if silent and pictures:
        shown = ", ".join(map(str, silent[:20]))
        draft.add_note("pages_without_text", pages=shown)
    text = "".join(line.text for page in pages for line in page.lines)
    if text and len("(cid:0)") * text.count("(cid:") > GARBLED_SHARE * len(text):
        raise Unreadable("pdf_fonts")
