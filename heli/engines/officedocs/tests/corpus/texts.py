"""Plain text, Markdown and separated values: encodings, odd characters, sizes, impostors."""

from __future__ import annotations

import random

from heli.engines.officedocs.tests.corpus.cases import Case, Reads, Refused
from heli.engines.officedocs.tests.corpus.containers import zip_of

PLAN = "年度工作要点\n一、组织领导\n1.召开专题会议。\n2.开展廉政谈话，每季度不少于1次。\n"
PLAN_TEXTS = ("年度工作要点", "一、组织领导", "1.召开专题会议。", "2.开展廉政谈话，每季度不少于1次。")
TABLE = "序号,任务,责任部门\n1,讲党课,党群部\n2,廉政谈话,纪检室\n"
TABLE_TEXTS = ("1 | 讲党课 | 党群部", "2 | 廉政谈话 | 纪检室")
MEGABYTE = 1024 * 1024
MARKDOWN = """# 年度要点

- 讲党课
    - 每人一次
1. **廉政**谈话

| 任务 | 部门 |
| --- | --- |
| 宣讲 | 党群部 |

```
召开会议。
```
"""


def _mixed() -> bytes:
    return "第一行文字\n第二行文字\n".encode() + "第三行文字\n".encode("gb18030") + "第四行文字\n".encode()


def _many_rows() -> bytes:
    return ("序号,任务,部门\n" + "".join(f"{n},第{n}项任务,党群部\n" for n in range(1, 50_001))).encode()


def _html_workbook() -> bytes:
    return "<html><body><table><tr><td>任务</td></tr></table></body></html>".encode()


def _xml_workbook() -> bytes:
    return b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook></Workbook>'


ENCODINGS = (
    Case("utf-8", "计划.txt", PLAN.encode, Reads("txt", PLAN_TEXTS, blocks=4)),
    Case("utf-8 with mark", "计划.txt", lambda: PLAN.encode("utf-8-sig"), Reads("txt", PLAN_TEXTS, blocks=4)),
    Case("utf-16 little endian", "计划.txt", lambda: PLAN.encode("utf-16"), Reads("txt", PLAN_TEXTS, blocks=4)),
    Case(
        "utf-16 big endian",
        "计划.txt",
        lambda: b"\xfe\xff" + PLAN.encode("utf-16-be"),
        Reads("txt", PLAN_TEXTS, blocks=4),
    ),
    Case("utf-16 without mark", "计划.txt", lambda: PLAN.encode("utf-16-le"), Reads("txt", PLAN_TEXTS, blocks=4)),
    Case("gb18030", "计划.txt", lambda: PLAN.encode("gb18030"), Reads("txt", PLAN_TEXTS, ("decoded_as",), 4)),
    Case("gb18030 one word", "a.txt", lambda: "党员".encode("gb18030"), Reads("txt", ("党员",), ("decoded_as",), 1)),
    Case("mixed encodings", "计划.txt", _mixed, Refused("mixed_encoding", "line 3")),
    Case("broken utf-8", "计划.txt", lambda: PLAN.encode() + b"\xff\xff\xff\n", Refused("broken_text", "line 5")),
    Case("odd utf-16", "计划.txt", lambda: PLAN.encode("utf-16") + b"\x00", Refused("broken_text", "UTF-16")),
    Case(
        "random bytes",
        "计划.txt",
        lambda: random.Random(3).randbytes(5_000).replace(b"\x00", b"\x01"),
        Refused("broken_text", "line"),
    ),
    Case(
        "Korean text",
        "a.txt",
        lambda: ("가나다라마바사아자차" * 20).encode("euc-kr"),
        Reads("txt", (), ("decoded_as",), 1),
    ),
    Case("NUL bytes", "计划.txt", lambda: PLAN.encode() + b"a\x00\x00\n", Refused("nul_bytes", "line 5")),
    Case("NUL bytes only", "计划.txt", lambda: b"\x00" * 4096, Refused("nul_bytes", "line 1")),
)

LINES = (
    Case("empty", "计划.txt", lambda: b"", Refused("empty", "计划.txt")),
    Case("empty docx", "计划.docx", lambda: b"", Refused("empty")),
    Case("blanks only", "计划.txt", " \n\t\n　\n".encode, Refused("no_text")),
    Case("mark only", "计划.txt", lambda: b"\xef\xbb\xbf", Refused("no_text")),
    Case("10 MB in one line", "计划.txt", lambda: b"a" * (10 * MEGABYTE), Refused("line_too_long", "line 1")),
    Case(
        "10 MB in one Chinese line",
        "计划.txt",
        lambda: "标题\n".encode() + "党".encode() * (3 * MEGABYTE),
        Refused("line_too_long", "line 2"),
    ),
    Case("too large", "计划.txt", lambda: b"line of text\n" * (2 * MEGABYTE), Refused("too_large", "20 MB")),
    Case("too many lines", "计划.txt", lambda: b"line of text\n" * 300_000, Refused("too_many_blocks", "300000")),
    Case("old Mac line ends", "a.txt", "甲方案\r乙方案\r".encode, Reads("txt", ("甲方案", "乙方案"), (), 2)),
    Case("unicode line ends", "a.txt", "甲\u2028乙\u0085丙".encode, Reads("txt", ("甲", "乙", "丙"), (), 3)),
    Case(
        "zero width and direction marks",
        "a.txt",
        "廉\u200b政\u202e谈\u2066话\ufeff".encode,
        Reads("txt", ("廉政谈话",), ("invisible_removed",), 1),
    ),
    Case(
        "control characters",
        "a.txt",
        "廉政\x07谈话\x1b".encode,
        Reads("txt", ("廉政谈话",), ("control_removed",)),
    ),
    Case("beyond the basic plane", "a.txt", "𠮷家🙂".encode, Reads("txt", ("𠮷家🙂",), (), 1)),
    Case("full width blanks", "a.txt", "　　讲　党课".encode, Reads("txt", ("讲 党课",), (), 1)),
    Case("json", "a.json", lambda: b'{"a": 1}', Reads("txt", ('{"a": 1}',), ("read_as",), 1)),
    Case("folders in the name", "../../etc/计划.txt", PLAN.encode, Reads("txt", PLAN_TEXTS)),
    Case(
        "markdown", "计划.md", MARKDOWN.encode, Reads("md", ("年度要点", "讲党课", "每人一次", "宣讲 | 党群部"), (), 6)
    ),
    Case("markdown quotes", "a.md", lambda: b">" * 50_000 + b" text", Reads("md", ("text",), (), 1)),
    Case("markdown brackets", "a.md", lambda: b"[" * 90_000, Reads("md", (), (), 1)),
    Case("markdown stars", "a.md", lambda: b"**a " * 20_000, Reads("md", (), (), 1)),
    Case("markdown rules only", "a.md", lambda: b"---\n***\n", Refused("no_text")),
)

SEPARATED = (
    Case("csv", "计划.csv", TABLE.encode, Reads("csv", TABLE_TEXTS, (), 2, ("序号 | 任务 | 责任部门",))),
    Case("csv gb18030", "计划.csv", lambda: TABLE.encode("gb18030"), Reads("csv", TABLE_TEXTS, ("decoded_as",), 2)),
    Case("csv semicolons", "计划.csv", lambda: TABLE.replace(",", ";").encode(), Reads("csv", TABLE_TEXTS, (), 2)),
    Case("tsv", "计划.tsv", lambda: TABLE.replace(",", "\t").encode("utf-16"), Reads("csv", TABLE_TEXTS, (), 2)),
    Case("csv title row", "a.csv", f"年度计划,,\n{TABLE}".encode, Reads("csv", ("年度计划", *TABLE_TEXTS))),
    Case(
        "csv quoted line break",
        "a.csv",
        '任务,部门\n"讲党课\n每年一次",党群部\n谈话,纪检室\n'.encode,
        Reads("csv", ("讲党课 每年一次 | 党群部", "谈话 | 纪检室"), (), 2),
    ),
    Case(
        "csv quotation mark never closed",
        "a.csv",
        '任务,部门\n讲党课,党群部\n"谈话,纪检室\n宣讲,工会\n'.encode,
        Refused("csv_quotes", "line 3"),
    ),
    Case("csv loose quotes", "a.csv", '任务,部门\n讲"党课,党群部\n'.encode, Reads("csv", ('讲"党课 | 党群部',))),
    Case(
        "csv ragged",
        "a.csv",
        "任务,部门\n谈话\n宣讲,工会,多\n".encode,
        Reads("csv", ("谈话", "宣讲 | 工会 | 多")),
    ),
    Case("csv duplicate heads", "a.csv", "任务,任务\n甲,乙\n".encode, Reads("csv", ("甲 | 乙",), (), 1)),
    Case("csv 50,000 rows", "a.csv", _many_rows, Reads("csv", ("50000 | 第50000项任务 | 党群部",), (), 50_000)),
    Case("csv head only", "a.csv", "任务,部门\n".encode, Reads("csv", (), (), None)),
    Case("csv one wide row", "a.csv", lambda: b"," * 90_000 + b"x", Reads("csv", ("x",), (), 1)),
)

IMPOSTORS = (
    Case("program as docx", "计划.docx", lambda: b"MZ\x90\x00" + b"\x00" * 600, Refused("program")),
    Case("elf as txt", "计划.txt", lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 600, Refused("program")),
    Case("picture as pdf", "扫描.pdf", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, Refused("picture")),
    Case("photo", "照片.jpg", lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 100, Refused("picture")),
    Case("rtf as doc", "计划.doc", lambda: b"{\\rtf1\\ansi text}", Refused("rtf")),
    Case("web page as xls", "导出.xls", _html_workbook, Refused("web_page")),
    Case("old xml workbook", "导出.xls", _xml_workbook, Refused("old_xml")),
    Case("7z", "a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + b"\x00" * 50, Refused("archive")),
    Case("rar as docx", "a.docx", lambda: b"Rar!\x1a\x07\x00" + b"\x00" * 50, Refused("archive")),
    Case("gzip", "a.gz", lambda: b"\x1f\x8b\x08" + b"\x00" * 50, Refused("archive")),
    Case("zip of files", "a.zip", lambda: zip_of({"计划.txt": PLAN}), Refused("archive")),
    Case("text as docx", "计划.docx", PLAN.encode, Reads("txt", PLAN_TEXTS, ("read_as",), 4)),
    Case("text as pdf", "计划.pdf", PLAN.encode, Reads("txt", PLAN_TEXTS, ("read_as",), 4)),
    Case("no extension", "计划", PLAN.encode, Reads("txt", PLAN_TEXTS, ("read_as",), 4)),
)

CASES = ENCODINGS + LINES + SEPARATED + IMPOSTORS
