"""The hash chain of the audit log: how an entry is hashed, and how an export is checked.

Needs only the standard library, so that an auditor can run this one file on any machine:
``python log_verifier.py EXPORT.jsonl``.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST_PREVIOUS = "0" * 64
# What an act was about, and the salt without which a digest of few words could be guessed. An export may leave it out.
CONTENT_FIELDS = ("subject_label", "changes", "salt")
SEALED_FIELDS = (
    "number",
    "at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_label",
    "subject_kind",
    "subject_id",
    "content_digest",
    "previous_hash",
)
# The older form of an entry, whose hash covers the content itself.
HASHED_FIELDS = (
    "number",
    "at",
    "action",
    "actor_kind",
    "actor_id",
    "actor_label",
    "subject_kind",
    "subject_id",
    "subject_label",
    "changes",
    "previous_hash",
)


def content_digest(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of what the act was about."""
    return _digest_of(entry, CONTENT_FIELDS)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of the sealed fields, or of all where the entry has no digest.

    ``at`` is an ISO-8601 string in UTC with microseconds, ``number`` an integer, ``changes`` a JSON object.
    """
    return _digest_of(entry, SEALED_FIELDS if "content_digest" in entry else HASHED_FIELDS)


def _digest_of(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    canonical = json.dumps(
        {name: entry[name] for name in names},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verification:
    """Result of a check: how many entries were good, and the first bad one with its reason."""

    checked: int
    last_hash: str
    bad_number: int | None = None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        return self.bad_number is None


def entry_in(line: str) -> Mapping[str, Any] | None:
    """Return the entry that one line of an export holds; None where it is not exactly one JSON object.

    A name given twice makes it none: what a reader sees would not be what is hashed.
    """
    try:
        found = json.loads(line, object_pairs_hook=_only_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _only_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def verify(entries: Iterable[Mapping[str, Any] | None]) -> Verification:
    """Walk the chain in order and stop at the first entry that does not follow from the one before.

    None stands for a line that holds no entry. The chain alone cannot show that its end was cut off or that all of it
    was written anew: for that, compare an entry with its hash noted elsewhere.
    """
    checked, previous = 0, FIRST_PREVIOUS
    for expected, entry in enumerate(entries, start=1):
        reason = _fault(entry, expected, previous)
        if reason:
            return Verification(checked, previous, expected, reason)
        checked, previous = checked + 1, str(entry["hash"]) if entry is not None else ""
    return Verification(checked, previous)


def _fault(entry: Mapping[str, Any] | None, expected: int, previous: str) -> str:
    if entry is None:
        return "not exactly one JSON object"
    names = _names_due(entry)
    missing = [name for name in names if name not in entry]
    if missing:
        return f"fields missing: {', '.join(missing)}"
    foreign = sorted(set(entry) - set(names))
    if foreign:
        return f"fields that no hash covers: {', '.join(foreign)}"
    if entry["number"] != expected or type(entry["number"]) is not int:
        return f"number {entry['number']} where {expected} was due: an entry was removed, added or moved"
    if entry["previous_hash"] != previous:
        return "does not follow from the entry before it"
    return _fault_of_content(entry)


def _names_due(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that an entry of this form has: all, or all but its content."""
    if "content_digest" not in entry:
        return (*HASHED_FIELDS, "hash")
    content = CONTENT_FIELDS if set(CONTENT_FIELDS) & set(entry) else ()
    return (*SEALED_FIELDS, *content, "hash")


def _fault_of_content(entry: Mapping[str, Any]) -> str:
    """Return what is wrong with hash or digest; signs that no text has match neither."""
    try:
        is_good = entry["hash"] == entry_hash(entry)
        if "salt" in entry:
            is_good = is_good and entry["content_digest"] == content_digest(entry)
    except (UnicodeEncodeError, RecursionError):
        is_good = False
    return "" if is_good else "content does not match its hash: it was changed"


def _main(path: str) -> int:
    try:
        with Path(path).open(encoding="utf-8") as lines:
            result = verify(entry_in(line) for line in lines if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        print(f"{path} cannot be read: {error}", file=sys.stderr)
        return 2
    if result.is_good and not result.checked:
        print(f"{path} holds no entry, so it proves nothing", file=sys.stderr)
        return 2
    if result.is_good:
        print(f"{result.checked} entries, chain unbroken, last hash {result.last_hash}")
        print("A cut end or a chain written anew shows only beside a hash noted elsewhere: compare the last one.")
        return 0
    print(f"first bad entry: {result.bad_number}: {result.reason} ({result.checked} good entries before it)")
    return 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]) if len(sys.argv) == 2 else "usage: log_verifier.py EXPORT.jsonl")
