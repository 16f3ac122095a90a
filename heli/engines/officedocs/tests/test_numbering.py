"""Automatic numbers of docx, as Word prints them."""

from __future__ import annotations

import pytest

from heli.engines.officedocs.reading import read
from heli.engines.officedocs.tests.corpus.containers import docx_of, numbered, p, word_part
from heli.engines.officedocs.wordfile.numerals import printed


@pytest.mark.parametrize(
    ("form", "number", "text"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 7, "07"),
        ("decimalFullWidth", 12, "１２"),
        ("chineseCounting", 1, "一"),
        ("chineseCounting", 10, "十"),
        ("chineseCounting", 12, "十二"),
        ("chineseCounting", 20, "二十"),
        ("chineseCounting", 101, "一百〇一"),
        ("chineseCountingThousand", 110, "一百一十"),
        ("chineseCountingThousand", 1003, "一千〇三"),
        ("chineseCounting", 0, "〇"),
        ("chineseLegalSimplified", 12, "壹拾贰"),
        ("ideographDigital", 12, "一二"),
        ("ideographTraditional", 3, "丙"),
        ("ideographTraditional", 11, "11"),
        ("ideographZodiac", 12, "亥"),
        ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircle", 51, "51"),
        ("decimalEnclosedParen", 3, "⑶"),
        ("upperRoman", 14, "XIV"),
        ("lowerRoman", 9, "ix"),
        ("upperLetter", 3, "C"),
        ("lowerLetter", 28, "bb"),
        ("aForm", 5, "5"),
        ("chineseCounting", 10_000, "10000"),
        ("decimal", -1, "-1"),
    ],
)
def test_numbers_print_by_form(form: str, number: int, text: str) -> None:
    assert printed(number, form) == text


def _level(index: int, form: str, text: str, more: str = "", start: str = '<w:start w:val="1"/>') -> str:
    return f'<w:lvl w:ilvl="{index}">{start}<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def _numbering(levels: str, instances: str = "", before: str = "") -> str:
    first = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return word_part(
        "numbering", f'{before}<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{first}{instances}'
    )


def _texts(body: str, **parts: str) -> list[str]:
    return [block.text for block in read(docx_of(body, **parts), "a.docx").blocks]


def test_deeper_levels_start_anew_below_each_number() -> None:
    levels = _level(0, "decimal", "%1.") + _level(1, "decimal", "%1.%2")
    body = "".join(
        numbered(text, 1, level) for text, level in [("甲。", 0), ("乙。", 1), ("丙。", 1), ("丁。", 0), ("戊。", 1)]
    )

    assert _texts(body, numbering=_numbering(levels)) == ["1.甲。", "1.1 乙。", "1.2 丙。", "2.丁。", "2.1 戊。"]


def test_level_that_never_restarts_goes_on() -> None:
    levels = _level(0, "decimal", "%1.") + _level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>')
    body = numbered("甲。", 1) + numbered("乙。", 1, 1) + numbered("丙。", 1) + numbered("丁。", 1, 1)

    assert _texts(body, numbering=_numbering(levels)) == ["1.甲。", "(1)乙。", "2.丙。", "(2)丁。"]


def test_legal_numbering_prints_upper_levels_as_figures() -> None:
    levels = _level(0, "chineseCounting", "第%1章") + _level(1, "decimal", "%1.%2", "<w:isLgl/>")

    texts = _texts(numbered("总则", 1) + numbered("目的。", 1, 1), numbering=_numbering(levels))

    assert texts == ["第一章 总则", "1.1 目的。"]


def test_override_restarts_a_shared_list_once() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = numbered("甲。", 1) + numbered("乙。", 2) + numbered("丙。", 2) + numbered("丁。", 1)

    texts = _texts(body, numbering=_numbering(_level(0, "decimal", "%1."), again))

    assert texts == ["1.甲。", "5.乙。", "6.丙。", "7.丁。"]


def test_override_can_change_the_level_itself() -> None:
    other = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        + _level(0, "upperLetter", "%1)")
        + "</w:lvlOverride></w:num>"
    )

    assert _texts(numbered("甲。", 2), numbering=_numbering(_level(0, "decimal", "%1."), other)) == ["A)甲。"]


def test_bullets_and_levels_without_number() -> None:
    levels = _level(0, "bullet", "\uf0b7") + _level(1, "bullet", "－") + _level(2, "none", "")
    body = numbered("甲。", 1) + numbered("乙。", 1, 1) + numbered("丙。", 1, 2)

    document = read(docx_of(body, numbering=_numbering(levels)), "a.docx")

    assert [(block.text, block.level, block.number) for block in document.blocks] == [
        ("• 甲。", 1, "•"),
        ("－乙。", 2, "－"),
        ("丙。", 0, ""),
    ]


def test_number_of_a_style_and_its_level() -> None:
    styles = word_part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="item"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        '</w:pPr></w:style><w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/></w:style>',
    )
    levels = _level(0, "decimal", "%1.") + _level(1, "decimal", "(%2)", '<w:pStyle w:val="B"/>')
    body = p("甲。", '<w:pStyle w:val="B"/>') + p("乙。", '<w:pStyle w:val="C"/>')

    assert _texts(body, styles=styles, numbering=_numbering(levels)) == ["(1)甲。", "(2)乙。"]


def test_numbering_taken_from_a_numbering_style() -> None:
    styles = word_part(
        "styles",
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="9"/></w:numPr></w:pPr></w:style>',
    )
    real = (
        f'<w:abstractNum w:abstractNumId="7">{_level(0, "chineseCounting", "%1、")}</w:abstractNum>'
        '<w:num w:numId="9"><w:abstractNumId w:val="7"/></w:num>'
    )
    numbering = _numbering('<w:numStyleLink w:val="L"/>', before=real)

    assert _texts(numbered("甲。", 1), styles=styles, numbering=numbering) == ["一、甲。"]


def test_paragraph_that_switches_numbering_off_prints_none() -> None:
    styles = word_part(
        "styles",
        '<w:style w:type="paragraph" w:styleId="B"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )
    off = p("乙。", '<w:pStyle w:val="B"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = p("甲。", '<w:pStyle w:val="B"/>') + off

    assert _texts(body, styles=styles, numbering=_numbering(_level(0, "decimal", "%1."))) == ["1.甲。", "乙。"]


def test_absurd_figures_in_numbering_do_no_harm() -> None:
    levels = _level(0, "decimal", "%1.", start=f'<w:start w:val="{"9" * 5000}"/>') + _level(99, "decimal", "%9")
    body = numbered("甲。", 1) + numbered("乙。", 1, 77)

    assert _texts(body, numbering=_numbering(levels))[0] == "1.甲。"
