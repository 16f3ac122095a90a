"""Numbers of papers: gapless per unit and year."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

_NEXT = """
INSERT INTO tasks_numberseries (series, unit_id, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (series, unit_id, year) DO UPDATE SET last = tasks_numberseries.last + 1
RETURNING last
"""


def next_number(series: str, unit_id: int, year: int) -> int:
    """Return the next number, held until the caller's transaction ends; given back where that fails."""
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("next_number needs transaction.atomic: its number belongs to a paper")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series, unit_id, year])
        number: int = cursor.fetchone()[0]
    return number
