"""``heli rubric``: the rules that a scoring table states."""

from __future__ import annotations

import json

import click

from heli.config import papers
from heli.engines.scoring import columns, report


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a row is left to judgement.")
@click.option("--lang", metavar="zh|en", help="Language of the report.")
@click.pass_context
def rubric(context: click.Context, *, file: str, as_json: bool, strict: bool, lang: str | None) -> None:
    """Read the scoring table in FILE (csv, xlsx, docx, pdf, txt or md) as rules; - reads pasted text."""
    language = papers.language(lang)
    document = papers.read_paper(file, language)
    papers.tell_notes(file, document.notes, language)
    rows = columns.read_rubric(document.blocks)
    if not rows:
        papers.refuse("no_rubric", language, name=document.name)
    if as_json:
        click.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report.rubric_lines(rows, document.name, language)))
    judged = any(rule.kind == "judged" for row in rows for rule in row.rules)
    context.exit(1 if strict and judged else 0)
