"""Invented papers for the tests of the document half."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from heli.engines.alignment.board import Paper
from heli.engines.alignment.figures import readable
from heli.engines.alignment.items import Split


@dataclass(frozen=True)
class Block:
    """A block of a document as a reader would give it."""

    text: str
    kind: str = "paragraph"
    level: int = 0
    place: str = ""
    cells: tuple[tuple[str, str], ...] = ()


def lines(text: str) -> list[Block]:
    """One plain block a line of ``text``."""
    return [Block(line, place=f"line {number}") for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _plain(text: str) -> str:
    return "".join(text.split())


def assert_nothing_lost(blocks: list[Block], found: Split) -> None:
    covered = [bytearray(len(block.text)) for block in blocks]
    parts = [*found.items, *found.headings, *found.left_out]
    for part in parts:
        for span in part.spans:
            covered[span.block][span.start : span.end] = b"\x01" * (span.end - span.start)
    for block, marks in zip(blocks, covered, strict=True):
        lost = [c for c, mark in zip(block.text, marks, strict=True) if not mark and not c.isspace()]
        assert lost == []
    source = Counter(_plain(readable("".join(block.text for block in blocks))))
    said = Counter(_plain("".join(part.source for part in parts)))
    assert source - said == Counter()


def rows(header: str, *values: str) -> list[Block]:
    """One row block a line of ``values``; cells are parted by a bar."""
    names = [name.strip() for name in header.split("|")]
    made = []
    for number, value in enumerate(values, 2):
        cells = tuple(zip(names, (cell.strip() for cell in value.split("|")), strict=True))
        made.append(Block(" | ".join(cell for _, cell in cells), "row", place=f"row {number}", cells=cells))
    return made


def paper(text: str, file: str = "plan.txt") -> Paper:
    return Paper(file, lines(text))


PARTY = """某水务公司党委2027年党建工作要点
各党支部：
为做好全年工作，现制定如下要点：
一、思想建设
1.党委理论学习中心组每季度集中学习不少于1次。（责任部门：党群工作部；完成时限：12月底）
2.召开警示教育大会，通报典型案例。（责任部门：党群工作部；完成时限：6月底）
二、组织建设
（一）规范组织生活
1.各党支部每月开展一次主题党日，落实“三会一课”。
2.完成6个到期支部换届，发展党员8名。（责任部门：组织人事部；完成时限：9月底）
（二）压实责任
1.逐级签订全面从严治党责任书。（责任部门：党群工作部；完成时限：2月底）
2.对照巡察反馈问题完成整改销号。（责任部门：党群工作部；完成时限：6月30日）
附件：任务分解表
某水务公司党委
2027年1月8日
"""

INTEGRITY = """某水务公司2027年党风廉政建设工作要点
1.召开全公司警示教育会，用身边案例教育干部职工。（责任部门：纪委办公室；完成时限：9月底）
2.与各单位负责人签订党风廉政建设责任书。（责任部门：纪委办公室；完成时限：3月底）
3.督促巡察整改，逐项验收。（责任部门：纪委办公室；完成时限：9月30日）
4.岗位廉洁风险点排查并更新防控清单。（责任部门：纪委办公室、各部门；完成时限：5月底）
5.党委理论学习中心组每月集中学习1次。（责任部门：纪委办公室；完成时限：10月底）
"""
