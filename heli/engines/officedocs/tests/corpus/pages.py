"""pdf: text, tables, page heads, scans, passwords, traps, damage."""

from __future__ import annotations

import zlib

from heli.engines.officedocs.tests.corpus.cases import Case, Reads, Refused
from heli.engines.officedocs.tests.corpus.pdfs import PdfPage, assemble, build_pdf, grid_rules

LEFT, INDENTED, SIZE = 79.0, 111.0, 16.0
FULL = "各单位要把廉政教育纳入年度计划统筹安排定期检查落实情况"
TABLE = [["序号", "任务", "责任部门"], ["1", "讲党课", "党群部"], ["2", "廉政谈话", "纪检室"]]
ROWS = ("1 | 讲党课 | 党群部", "2 | 廉政谈话 | 纪检室")


def _lines(*texts: str, top: float = 110.0) -> PdfPage:
    return PdfPage(texts=[(LEFT, top + 29 * index, SIZE, text) for index, text in enumerate(texts)])


def _wrapped() -> bytes:
    page = PdfPage(
        texts=[
            (INDENTED, 150, SIZE, FULL[:26]),
            (LEFT, 179, SIZE, FULL[26:] + "并报告结果。"),
            (INDENTED, 208, SIZE, "第二段文字。"),
        ]
    )
    return build_pdf([page])


def _table(rows: list[list[str]], top: float = 200.0) -> PdfPage:
    columns = [80.0, 150.0, 350.0, 500.0]
    edges = [top + 25 * index for index in range(len(rows) + 1)]
    page = PdfPage(rules=grid_rules(columns, edges))
    for row, texts in enumerate(rows):
        page.texts += [(columns[column] + 4, edges[row] + 5, 12.0, text) for column, text in enumerate(texts)]
    return page


def _running() -> bytes:
    pages = []
    for number in range(1, 4):
        page = _lines(f"{number}.第{number}项任务按期完成。", f"{number + 10}.第{number + 10}项任务。")
        page.texts += [(230, 40, 9, "内部资料注意保存"), (280, 800, 12, f"— {number} —")]
        pages.append(page)
    return build_pdf(pages)


def _over_pages() -> bytes:
    return build_pdf([_table(TABLE, 600), _table([TABLE[0], ["3", "看展览", "工会"]], 90)])


def _locked() -> bytes:
    encrypt = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >>"
    page = _lines("密文")
    trailer = b"/Encrypt 8 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]"
    return build_pdf([page], extra=[encrypt], trailer=trailer)


def _with_stream(content: bytes, entries: bytes = b"") -> bytes:
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
            b"<< /Length " + str(len(content)).encode() + entries + b" >>\nstream\n" + content + b"\nendstream",
        ]
    )


def _bomb() -> bytes:
    once = zlib.compress(bytes(300_000_000), 9)
    return _with_stream(zlib.compress(once, 9), b" /Filter [/FlateDecode /FlateDecode]")


def _circle() -> bytes:
    return assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def _unnamed_characters() -> bytes:
    content = b"BT /F1 12 Tf 80 700 Td <00010002000300040005000600070008> Tj ET"
    return assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
                b" /Resources << /Font << /F1 5 0 R >> >> >>"
            ),
            b"<< /Length " + str(len(content)).encode() + b" >>\nstream\n" + content + b"\nendstream",
            b"<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [6 0 R] >>",
            (
                b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /DW 1000"
                b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
            ),
        ]
    )


CASES = (
    Case(
        "pdf",
        "a.pdf",
        lambda: build_pdf([_lines("讲党课。", "开展谈话。")]),
        Reads("pdf", ("讲党课。", "开展谈话。"), (), 2),
    ),
    Case(
        "pdf named docx",
        "a.docx",
        lambda: build_pdf([_lines("讲党课。")]),
        Reads("pdf", ("讲党课。",), ("read_as",), 1),
    ),
    Case("pdf wrapped lines", "a.pdf", _wrapped, Reads("pdf", (FULL + "并报告结果。", "第二段文字。"), (), 2)),
    Case(
        "pdf table", "a.pdf", lambda: build_pdf([_table(TABLE)]), Reads("pdf", ROWS, (), 2, ("序号 | 任务 | 责任部门",))
    ),
    Case("pdf table over pages", "a.pdf", _over_pages, Reads("pdf", (*ROWS, "3 | 看展览 | 工会"), (), 3)),
    Case("pdf page heads and numbers", "a.pdf", _running, Reads("pdf", (), (), 6, ("内部资料注意保存", "— 1 —"))),
    Case(
        "pdf one page scanned",
        "a.pdf",
        lambda: build_pdf([_lines("讲党课。"), PdfPage(image=True)]),
        Reads("pdf", ("讲党课。",), ("pages_without_text",), 1),
    ),
    Case("pdf scanned", "扫描.pdf", lambda: build_pdf([PdfPage(image=True)] * 3), Refused("scanned_pdf", "扫描.pdf")),
    Case("pdf blank", "a.pdf", lambda: build_pdf([PdfPage()]), Refused("no_text")),
    Case("pdf without pages", "a.pdf", lambda: build_pdf([]), Refused("no_text")),
    Case("pdf 5,000 pages", "a.pdf", lambda: build_pdf([_lines("页")] * 5_000), Refused("pdf_pages", "5000")),
    Case("pdf with password", "密.pdf", _locked, Refused("encrypted_pdf", "password")),
    Case("pdf header only", "a.pdf", lambda: b"%PDF-1.7\n", Refused("corrupt_pdf")),
    Case("pdf garbage", "a.pdf", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 40, Refused("corrupt_pdf")),
    Case("pdf pages in a circle", "a.pdf", _circle, Refused("no_text")),
    Case("pdf stream bomb", "a.pdf", _bomb, Refused("pdf_memory")),
    Case("pdf fonts without characters", "a.pdf", _unnamed_characters, Refused("pdf_fonts")),
    Case("pdf operators without end", "a.pdf", lambda: _with_stream(b"q " * 200_000), Refused("no_text")),
)
