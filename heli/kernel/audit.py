"""The audit log: one entry per act, in the act's own transaction, hash-chained."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection, models
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb

from heli.kernel.log_verifier import CONTENT_FIELDS, FIRST_PREVIOUS, content_digest, entry_hash
from heli.kernel.models import AuditEntry

# One writer at a time holds this until it commits: the price of a log without gaps.
# Services lock rows before they record, and with ``no_key=True``, so no two can wait for each other.
_CHAIN_LOCK = 0x48454C49
_BATCH = 2000
_LOCK_AND_LAST = f"""
    SELECT pg_advisory_xact_lock({_CHAIN_LOCK});
    SELECT number, hash FROM kernel_auditentry ORDER BY number DESC LIMIT 1
"""  # noqa: S608 - both parts are ours

_COLUMNS = tuple(field.attname for field in AuditEntry._meta.concrete_fields)
_INSERT = f"INSERT INTO kernel_auditentry ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"  # noqa: S608


class Actor(Protocol):
    """A person or account; ``str()`` is the label kept for ever."""

    pk: Any


class AuditOutsideTransaction(TransactionManagementError):
    """``record`` was called where act and entry could not be saved together."""


def record(
    action: str,
    *,
    subject: models.Model | tuple[str, str],
    by: Actor | str,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry; takes the chain lock until the surrounding transaction ends.

    ``subject`` is a saved instance or ``(kind, id)``; ``by`` a person, an account or the name of a system
    actor; ``at`` must be aware; ``changes`` maps a field to ``[old, new]`` or a fact to its value.
    """
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction(f"audit.record({action!r}) needs transaction.atomic")
    with connection.cursor() as cursor:
        # Two statements in one trip: the second begins, and looks, only after the first holds the lock.
        cursor.execute(_LOCK_AND_LAST)
        cursor.nextset()
        last = cursor.fetchone() or (0, FIRST_PREVIOUS)
    entry = AuditEntry(
        number=last[0] + 1,
        at=at.astimezone(UTC),
        action=action,
        changes=_plain(changes or {}),
        salt=secrets.token_hex(16),
        previous_hash=last[1],
        **_actor_fields(by),
        **_subject_fields(subject),
    )
    entry.content_digest = content_digest({name: getattr(entry, name) for name in CONTENT_FIELDS})
    entry.hash = entry_hash(as_export(entry))
    values: list[Any] = [Jsonb(entry.changes) if name == "changes" else getattr(entry, name) for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)  # made once: every act of everybody ends with it
    return entry


def as_export(entry: AuditEntry, *, has_content: bool = True) -> dict[str, Any]:
    """Return the entry as the plain mapping that is hashed, exported and verified, with content or digest alone.

    An entry of the older form has no digest and always comes with its content.
    """
    row = {field.attname: getattr(entry, field.attname) for field in AuditEntry._meta.concrete_fields}
    row["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    left_out: tuple[str, ...] = () if has_content else CONTENT_FIELDS
    if not entry.content_digest:
        left_out = ("salt", "content_digest")
    return {name: value for name, value in row.items() if name not in left_out}


def export_entries(shows: Callable[[AuditEntry], bool] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the whole log in order, in constant memory; the content only of entries that ``shows`` says yes to."""
    last = 0
    while batch := list(AuditEntry.objects.filter(number__gt=last).order_by("number")[:_BATCH]):
        for entry in batch:
            yield as_export(entry, has_content=shows is None or shows(entry))
        last = batch[-1].number


def _actor_fields(by: Actor | str) -> dict[str, str]:
    if isinstance(by, str):
        return {"actor_kind": "system", "actor_id": by, "actor_label": by}
    return {"actor_kind": _kind(by), "actor_id": str(by.pk), "actor_label": str(by)[:200]}


def _subject_fields(subject: models.Model | tuple[str, str]) -> dict[str, str]:
    if isinstance(subject, tuple):
        return {"subject_kind": subject[0], "subject_id": subject[1], "subject_label": ""}
    return {
        "subject_kind": _kind(subject),
        "subject_id": str(subject.pk),
        "subject_label": str(subject)[:300],
    }


def _kind(record: object) -> str:
    return str(record._meta.label_lower) if isinstance(record, models.Model) else type(record).__name__.lower()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | models.Model):
        return str(value)
    return value
