"""``heli align``: the papers of both lines side by side, with duplicates, gaps and conflicts."""

from __future__ import annotations

import io
import json
from itertools import chain
from pathlib import Path

import click

from heli.config import papers
from heli.engines.alignment import board as boards
from heli.engines.alignment import dates, gaps, report
from heli.engines.officedocs.document import Document
from heli.rooms.rulebook import catalogue


def _paper(name: str, document: Document, language: str) -> boards.Paper:
    shown = papers.say("pasted", language) if name == papers.PASTED else document.name
    return boards.Paper(shown, document.blocks)


def _year(asked: int | None, documents: list[boards.Paper], language: str) -> int:
    """The year asked for, else the first that a paper's opening lines name, else the running one."""
    if asked is not None:
        if not 1990 <= asked <= 2100:
            papers.refuse("year", language, name=asked)
        return asked
    for paper in documents:
        named = dates.context_year("\n".join(block.text[:200] for block in paper.blocks[:3]))
        if named:
            return named
    return papers.this_year()


def _write(board: boards.Board, out: str, language: str) -> None:
    from heli.engines.alignment import workbook  # openpyxl is loaded only for a workbook

    buffer = io.BytesIO()
    workbook.write_board(board, buffer, language)
    try:
        Path(out).write_bytes(buffer.getvalue())
    except OSError as problem:
        papers.refuse("out", language, name=out, detail=problem.strerror or problem)


def _check(board: boards.Board, names: dict[str, tuple[str, ...]], language: str) -> None:
    for (_, line, split), name in zip(board.splits, [n for each in names.values() for n in each], strict=True):
        if line != "upper" and not split.items:
            papers.refuse("no_items", language, name=name)


class _ManyFiles(click.Command):
    """Let an option of files take all names that follow it, as the shell writes them: ``--party a.docx b.docx``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spread: list[str] = []
        option = ""
        for arg in args:
            if arg.startswith("-") and arg != papers.PASTED:
                option = arg if arg in ("--party", "--integrity", "--upper") else ""
                spread.append(arg)
            elif option and spread[-1] != option:
                spread += [option, arg]
            else:
                spread.append(arg)
        return super().parse_args(ctx, spread)


@click.command(cls=_ManyFiles)
@click.option("--party", multiple=True, metavar="FILE", help="A paper of Party work; - for pasted text.")
@click.option("--integrity", multiple=True, metavar="FILE", help="A paper of the integrity line.")
@click.option("--upper", multiple=True, metavar="FILE", help="What upper units already deployed.")
@click.option("--year", type=int, help="Year of the plans; read from their titles when not given.")
@click.option("--unit-type", default="", help="Kind of unit whose duties apply, for instance a Party branch.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--out", metavar="FILE.xlsx", help="Write the board as a workbook.")
@click.option("--strict", is_flag=True, help="Exit with 1 where there are duplicates, gaps or conflicts.")
@click.option("--lang", metavar="zh|en", help="Language of the report.")
@click.pass_context
def align(
    context: click.Context,
    *,
    party: tuple[str, ...],
    integrity: tuple[str, ...],
    upper: tuple[str, ...],
    year: int | None,
    unit_type: str,
    as_json: bool,
    out: str | None,
    strict: bool,
    lang: str | None,
) -> None:
    """Align the plans of both lines and report duplicates, gaps and conflicts."""
    language = papers.language(lang)
    if not party or not integrity:
        papers.refuse("options", language)
    if [*party, *integrity, *upper].count(papers.PASTED) > 1:
        papers.refuse("stdin_twice", language)
    if out and not out.lower().endswith(".xlsx"):
        papers.refuse("out_kind", language, name=out)
    try:
        gaps.unit_type(unit_type)
    except ValueError:
        papers.refuse("unit_type", language, name=unit_type, known=", ".join(gaps.unit_type_names()))
    read = [[(name, papers.read_paper(name, language)) for name in names] for names in (party, integrity, upper)]
    ours, theirs, above = ([_paper(name, document, language) for name, document in each] for each in read)
    board = boards.align(
        ours,
        theirs,
        above,
        year=_year(year, [*ours, *theirs], language),
        unit_type=unit_type,
        catalogue=catalogue.load().obligations,
    )
    _check(board, {"party": party, "integrity": integrity, "upper": upper}, language)
    for name, document in chain(*read):
        papers.tell_notes(name, document.notes, language)
    if out:
        _write(board, out, language)
    if as_json:
        click.echo(json.dumps(board.as_json(language), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report.board_lines(board, language)))
        if out:
            click.echo(papers.say("written", language, name=out))
    found = board.gaps or board.conflicts or any(match.verdict == "duplicate" for match in board.matches)
    context.exit(1 if strict and found else 0)
