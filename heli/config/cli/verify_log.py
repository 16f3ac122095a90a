"""``heli verify-log``: is the audit log whole, and if not, which entry is the first bad one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor.session import database_up, start_django
from heli.kernel.log_verifier import Verification, entry_in, verify


@click.command("verify-log")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--live", is_flag=True, help="Check the log in the database.")
@click.option(
    "--export", "export_to", type=click.Path(path_type=Path, dir_okay=False), help="Write the log to this file."
)
@click.option("--anchor", help="NUMBER:HASH of an entry noted elsewhere, as in a backup's manifest.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify_log(file: Path | None, export_to: Path | None, anchor: str | None, *, live: bool, as_json: bool) -> None:
    """Check the chain of the audit log in FILE (one JSON object a line) or in the database."""
    if (file is None) == (not (live or export_to)):
        refuse(say("log.what"))
    noted = _Anchor(anchor)
    with refusals():
        if export_to is not None:
            _export(export_to)
        source = file or export_to
        result = verify(noted.watch(_read(source) if source is not None else _from_database()))
    if source is not None and result.is_good and not result.checked:
        refuse(say("log.empty", file=source))
    if result.is_good and noted.fault:
        result = Verification(result.checked, result.last_hash, noted.number, noted.fault)
    _tell(result, as_json=as_json, is_anchored=bool(noted.number))
    raise SystemExit(0 if result.is_good else 1)


class _Anchor:
    """An entry that must be in the log with this hash: shows what a chain alone cannot, a cut or rewritten end."""

    def __init__(self, text: str | None) -> None:
        number, _, digest = (text or "0:").partition(":")
        if not number.isdigit() or (text and not digest):
            refuse(say("log.anchor"))
        self.number, self.digest, self.seen = int(number), digest, ""

    def watch(self, entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for entry in entries:
            if entry.get("number") == self.number:
                self.seen = str(entry.get("hash"))
            yield entry

    @property
    def fault(self) -> str:
        if not self.number or self.seen == self.digest:
            return ""
        return "another entry stands here than the one noted" if self.seen else "the log ends before the noted entry"


def _read(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _entry(line, file, number)


def _entry(line: str, file: Path, number: int) -> Mapping[str, Any]:
    entry = entry_in(line)
    if entry is None:
        refuse(say("log.unreadable", file=file, line=number))
    return entry


def _from_database() -> Iterator[Mapping[str, Any]]:
    with database_up():
        start_django()
        from heli.kernel.audit import export_entries  # models exist only after Django has started

        yield from export_entries()


def _export(file: Path) -> None:
    if file.exists():
        refuse(say("log.exists", file=file))
    with file.open("x", encoding="utf-8") as out:
        out.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in _from_database())


def _tell(result: Verification, *, as_json: bool, is_anchored: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                {
                    "good": result.is_good,
                    "checked": result.checked,
                    "last_hash": result.last_hash,
                    "bad_number": result.bad_number,
                    "reason": result.reason,
                    "anchored": is_anchored,
                }
            )
        )
    elif result.is_good:
        click.echo(say("log.good", checked=result.checked, last=result.last_hash))
        if not is_anchored:
            click.echo(say("log.unanchored"))
    else:
        reason = _in_words(result.reason)
        click.echo(say("log.bad", number=result.bad_number, reason=reason, checked=result.checked))


def _in_words(reason: str) -> str:
    """Return the verifier's reason, which is English, in the language of the terminal."""
    for pattern, code in _REASONS:
        found = pattern.fullmatch(reason)
        if found:
            return say(code, **found.groupdict())
    return reason


_REASONS = tuple(
    (re.compile(pattern), f"log.reason.{code}")
    for pattern, code in (
        ("not exactly one JSON object", "line"),
        ("fields missing: (?P<names>.*)", "missing"),
        ("fields that no hash covers: (?P<names>.*)", "foreign"),
        ("number (?P<number>.*) where (?P<due>\\d+) was due: .*", "number"),
        ("does not follow from the entry before it", "order"),
        ("content does not match its hash: it was changed", "content"),
        ("another entry stands here than the one noted", "other"),
        ("the log ends before the noted entry", "end"),
    )
)
