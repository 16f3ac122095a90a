"""Writes audit entries through the application until it is stopped, and says each number once it is committed."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime


def main() -> None:
    from heli.config.supervisor.session import start_django

    start_django()
    from django.db import DatabaseError, InterfaceError, connection, transaction

    from heli.kernel import audit

    number = int(sys.argv[1])
    while True:
        try:
            with transaction.atomic():
                audit.record("drill.written", subject=("drill", str(number)), by="system", at=datetime.now(UTC))
        except (DatabaseError, InterfaceError):
            connection.close()
            time.sleep(0.2)
        else:
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
        number += 1


if __name__ == "__main__":
    main()
