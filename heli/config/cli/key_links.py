"""``heli key-links``: which key links a paper deploys."""

from __future__ import annotations

import json

import click

from heli.config import papers
from heli.engines.alignment import key_links as links
from heli.engines.alignment import report


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list and nothing else.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a key link is missing.")
@click.option("--lang", metavar="zh|en", help="Language of the report.")
@click.pass_context
def key_links(context: click.Context, *, file: str, as_json: bool, strict: bool, lang: str | None) -> None:
    """Say which key links FILE deploys, each with its evidence; - reads pasted text."""
    language = papers.language(lang)
    document = papers.read_paper(file, language)
    papers.tell_notes(file, document.notes, language)
    hits = links.find_key_links(block.text for block in document.blocks)
    if as_json:
        rows = [{"key_link": hit.key_link, "present": hit.present, "evidence": hit.evidence} for hit in hits]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(report.key_link_lines(hits, document.name, language)))
    context.exit(1 if strict and not all(hit.present for hit in hits) else 0)
