"""``heli score``: units scored by a standard, every point explained."""

from __future__ import annotations

import json
from typing import NoReturn

import click

from heli.config import papers
from heli.engines.officedocs.document import Document
from heli.engines.scoring import results
from heli.engines.scoring.checks import check_standard
from heli.engines.scoring.fact_files import Units, facts_of_blocks, facts_of_json
from heli.engines.scoring.problems import Refused
from heli.engines.scoring.standard import Standard
from heli.engines.scoring.standard_files import standard_of_blocks, standard_of_json


@click.command()
@click.option(
    "--standard", "standard_file", required=True, metavar="FILE", help="Scoring table: xlsx, csv, docx or json."
)
@click.option(
    "--facts", "facts_file", required=True, metavar="FILE", help="What is known of each unit: xlsx, csv or json."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--strict", is_flag=True, help="Exit with 1 where something is not yet known.")
@click.option("--lang", metavar="zh|en", help="Language of the report.")
@click.pass_context
def score(
    context: click.Context, *, standard_file: str, facts_file: str, as_json: bool, strict: bool, lang: str | None
) -> None:
    """Score the units in the facts by the standard; - reads one of the two from standard input."""
    language = papers.language(lang)
    if standard_file == facts_file == papers.PASTED:
        papers.refuse("stdin_twice", language)
    standard = _standard(standard_file, language)
    units = _facts(facts_file, standard, language)
    try:
        scored = results.score_units(standard, units)
    except Refused as problem:
        _stop(facts_file, problem, language)
    if as_json:
        click.echo(json.dumps(results.as_json(scored, language), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(results.report_lines(scored, standard_file, language)))
    context.exit(1 if strict and not scored.is_final else 0)


def _standard(name: str, language: str) -> Standard:
    """Read and check a standard; the first problem is told, with how many more there are."""
    try:
        data, document = _read(name, language)
        standard = standard_of_blocks(document.blocks) if document else standard_of_json(data)
    except Refused as problem:
        _stop(name, problem, language)
    found = check_standard(standard)
    if found:
        more = papers.say("score_more", language, count=len(found) - 1) if len(found) > 1 else ""
        papers.refuse(
            "score_problem", language, name=_shown(name, language), problem=found[0].text(language), more=more
        )
    return standard


def _facts(name: str, standard: Standard, language: str) -> Units:
    try:
        data, document = _read(name, language)
        return facts_of_blocks(document.blocks, standard) if document else facts_of_json(data, standard)
    except Refused as problem:
        _stop(name, problem, language)


def _read(name: str, language: str) -> tuple[bytes, Document | None]:
    """Return the bytes of a JSON file, or the document that another file is."""
    data = papers.read_bytes(name, language)
    if name.lower().endswith(".json") or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return data, None
    document = papers.read_data(data, name, language)
    papers.tell_notes(name, document.notes, language)
    return data, document


def _shown(name: str, language: str) -> str:
    return papers.say("pasted", language) if name == papers.PASTED else name


def _stop(name: str, problem: Refused, language: str) -> NoReturn:
    papers.refuse(
        "score_problem", language, name=_shown(name, language), problem=problem.problem.text(language), more=""
    )
