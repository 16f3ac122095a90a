"""Pdf pages to paragraphs and tables, and the bounds of the process that parses them."""

from __future__ import annotations

import logging
import time

import pytest

from heli.engines.officedocs.document import Draft
from heli.engines.officedocs.pdffile import worker
from heli.engines.officedocs.pdffile.grids import joined_cell, table_rows
from heli.engines.officedocs.reading import Limits, Unreadable, read
from heli.engines.officedocs.tests.corpus.pages import _bomb, _with_stream
from heli.engines.officedocs.tests.corpus.pdfs import PdfPage, build_pdf
from heli.engines.officedocs.texts import join_wrapped

LEFT, RIGHT = 79.0, 521.0
FULL = "各单位要把廉政教育纳入年度计划统筹安排定期检查落实情况"
INSIDE = Limits(pdf_isolated=False)


def _texts(*pages: PdfPage) -> list[str]:
    return [block.text for block in read(build_pdf(list(pages)), "a.pdf", limits=INSIDE).blocks]


def _full(start: float, top: float, text: str = FULL) -> tuple[float, float, float, str]:
    return start, top, 16.0, text


def test_paragraph_goes_on_over_the_page() -> None:
    first = PdfPage(texts=[_full(LEFT + 32, 690, FULL[:25])])
    second = PdfPage(texts=[_full(LEFT, 110, "接着说完。"), _full(LEFT + 32, 139, "另起一段。")])

    assert _texts(first, second) == [FULL[:25] + "接着说完。", "另起一段。"]


def test_hanging_list_entries_are_joined() -> None:
    page = PdfPage(
        texts=[
            _full(LEFT, 150, "1." + FULL[:26]),
            _full(LEFT + 32, 179, "并报告。"),
            _full(LEFT, 208, "2.开展谈话。"),
        ]
    )

    assert _texts(page) == ["1." + FULL[:26] + "并报告。", "2.开展谈话。"]


def test_title_over_two_centred_lines_is_one_heading() -> None:
    page = PdfPage(
        texts=[
            (LEFT + 44, 110, 22.0, "关于印发年度党风廉政建设工作计划"),
            (LEFT + 176, 145, 22.0, "的通知"),
            _full(LEFT + 32, 200, FULL[:25]),
            _full(LEFT, 229, "请落实。"),
        ]
    )

    blocks = read(build_pdf([page]), "a.pdf", limits=INSIDE).blocks

    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "关于印发年度党风廉政建设工作计划的通知"),
        ("paragraph", FULL[:25] + "请落实。"),
    ]


def test_space_between_lines_parts_paragraphs() -> None:
    page = PdfPage(texts=[_full(LEFT, 150), _full(LEFT, 260, "隔开的一段。")])

    assert _texts(page) == [FULL, "隔开的一段。"]


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("党风", "廉政", "党风廉政"),
        ("work", "plan", "work plan"),
        ("coordi-", "nation", "coordination"),
        ("2027", "年", "2027年"),
        ("20", "27", "2027"),
        ("plan.", "Next", "plan. Next"),
    ],
)
def test_lines_join_by_script(above: str, below: str, joined: str) -> None:
    assert join_wrapped(above, below) == joined


def test_cells_keep_numbered_lines_apart() -> None:
    assert joined_cell("1.讲党课，\n每人一次\n2.谈话\n\n", Draft()) == "1.讲党课，每人一次\n2.谈话"


def test_merged_cells_of_a_ruled_table_are_filled() -> None:
    cells = [
        (0.0, 0.0, 50.0, 40.0, "教育"),
        (50.0, 0.0, 150.0, 20.0, "讲党课"),
        (50.0, 20.0, 100.0, 40.0, "甲"),
        (100.0, 20.0, 150.0, 40.0, "乙"),
    ]

    assert table_rows(cells, Draft()) == [(["教育", "讲党课", "讲党课"], {2}), (["教育", "甲", "乙"], set())]


def test_time_bound_stops_a_page_that_never_ends() -> None:
    began = time.monotonic()

    with pytest.raises(Unreadable) as caught:
        read(_with_stream(b"q 1 0 0 1 0 0 cm " * 1_500_000), "a.pdf", limits=Limits(seconds=1))

    assert caught.value.code == "pdf_time"
    assert "1 seconds" in caught.value.text("en")
    assert time.monotonic() - began < 40


def test_memory_bound_stops_a_bomb() -> None:
    with pytest.raises(Unreadable) as caught:
        read(_bomb(), "a.pdf", limits=Limits(pdf_memory=400 * 1024 * 1024))

    assert caught.value.code == "pdf_memory"


def test_too_little_memory_to_start_is_said() -> None:
    with pytest.raises(Unreadable) as caught:
        read(build_pdf([PdfPage()]), "a.pdf", limits=Limits(pdf_memory=20 * 1024 * 1024))

    assert caught.value.code == "pdf_memory"


def test_page_count_is_checked_before_pages_are_read() -> None:
    data = build_pdf([PdfPage()]).replace(b"/Count 1", b"/Count 9")

    assert worker.extract(data, 8, 10.0) == {"problem": "pdf_pages", "count": 9}


def test_time_is_checked_between_pages() -> None:
    assert worker.extract(build_pdf([PdfPage()] * 3), 10, 0.0) == {"problem": "pdf_time"}


def test_reading_in_this_process_leaves_its_log_alone() -> None:
    worker.extract(build_pdf([PdfPage()]), 8, 10.0)

    assert logging.getLogger().isEnabledFor(logging.CRITICAL)


def test_inflating_is_bounded_and_complete() -> None:
    import zlib

    packed = zlib.compress(b"text" * 1_000)

    assert worker._BoundedInflate.decompress(packed) == b"text" * 1_000
    with pytest.raises(zlib.error):
        worker._BoundedInflate.decompress(packed[:-8])
    with pytest.raises(MemoryError):
        worker._BoundedInflate.decompress(zlib.compress(bytes(worker.MOST_STREAM_BYTES + 1)))
