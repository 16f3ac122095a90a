"""``heli doctor``: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import json

import click

from heli.config.sentences import say
from heli.config.supervisor.examination import Finding, examine_database, examine_machine, has_database, is_running

_SIGNS = {"good": "✓", "warning": "!", "bad": "✗"}


@click.command()
@click.option("--strict", is_flag=True, help="Exit with status 1 when something is wrong.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(*, strict: bool, as_json: bool) -> None:
    """Say in plain words what is wrong here and how to mend it; changes nothing."""
    findings, running = list(examine_machine()), is_running()
    if has_database():
        findings += examine_database(with_worker=running)
    bad = sum(finding.level == "bad" for finding in findings)
    if as_json:
        click.echo(json.dumps({"ok": not bad, "findings": [_plain(one) for one in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{_SIGNS[finding.level]} {_sentence(finding)}")
            if finding.level != "good":
                click.echo(f"  → {_remedy(finding)}")
        click.echo(_summary(findings))
    raise SystemExit(1 if bad and strict else 0)


def _summary(findings: list[Finding]) -> str:
    bad, hints = (sum(finding.level == level for finding in findings) for level in ("bad", "warning"))
    if bad:
        return say("doctor.sick.one") if bad == 1 else say("doctor.sick", count=bad)
    if hints:
        return say("doctor.hints.one") if hints == 1 else say("doctor.hints", count=hints)
    return say("doctor.well")


def _plain(finding: Finding) -> dict[str, str]:
    remedy = "" if finding.level == "good" else _remedy(finding)
    return {"subject": finding.subject, "level": finding.level, "text": _sentence(finding), "remedy": remedy}


def _sentence(finding: Finding) -> str:
    return say(f"doctor.{finding.code}", **finding.values)


def _remedy(finding: Finding) -> str:
    return say(f"doctor.{finding.code}.mend", **finding.values)
