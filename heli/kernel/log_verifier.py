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


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of the hashed fields.

    ``at`` is an ISO-8601 string in UTC with microseconds, ``number`` an integer, ``changes`` a JSON object.
    """
    canonical = json.dumps(
        {name: entry[name] for name in HASHED_FIELDS},
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


def verify(entries: Iterable[Mapping[str, Any]]) -> Verification:
    """Walk the chain in order and stop at the first entry that does not follow from the one before."""
    checked, previous = 0, FIRST_PREVIOUS
    for expected, entry in enumerate(entries, start=1):
        reason = _fault(entry, expected, previous)
        if reason:
            return Verification(checked, previous, expected, reason)
        checked, previous = checked + 1, str(entry["hash"])
    return Verification(checked, previous)


def _fault(entry: Mapping[str, Any], expected: int, previous: str) -> str:
    missing = [name for name in (*HASHED_FIELDS, "hash") if name not in entry]
    if missing:
        return f"fields missing: {', '.join(missing)}"
    if entry["number"] != expected:
        return f"number {entry['number']} where {expected} was due: an entry was removed, added or moved"
    if entry["previous_hash"] != previous:
        return "does not follow from the entry before it"
    if entry["hash"] != entry_hash(entry):
        return "content does not match its hash: it was changed"
    return ""


def _main(path: str) -> int:
    with Path(path).open(encoding="utf-8") as lines:
        result = verify(json.loads(line) for line in lines if line.strip())
    if result.is_good:
        print(f"{result.checked} entries, chain unbroken, last hash {result.last_hash}")
        return 0
    print(f"first bad entry: {result.bad_number}: {result.reason} ({result.checked} good entries before it)")
    return 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1]))
