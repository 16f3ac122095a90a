"""The job worker process: procrastinate on the site's database. Started by ``heli run``.

A job of a worker that was killed is given out again: jobs run at least once and are written so that twice does no harm.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heli.config.supervisor import postgres
from heli.config.supervisor.lifeline import die_with_parent

if TYPE_CHECKING:
    from procrastinate import App

_STALLED_SECONDS = 30.0


async def work(app: App) -> None:
    """Take jobs until SIGTERM; a job under way may take eight seconds more."""
    async with app.open_async():
        # The embedded database has no second worker, so whatever is under way now belongs to a dead one.
        await _give_out_again(app, 0.0 if postgres.is_embedded() else _STALLED_SECONDS)
        watch = asyncio.create_task(_watch(app))
        try:
            await app.run_worker_async(concurrency=2, delete_jobs="successful", shutdown_graceful_timeout=8)
        finally:
            watch.cancel()


async def _watch(app: App) -> None:
    while True:
        await asyncio.sleep(_STALLED_SECONDS)
        await _give_out_again(app, _STALLED_SECONDS)


async def _give_out_again(app: App, silent_seconds: float) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_seconds):
        await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))


def main() -> None:
    """Start Django and work."""
    die_with_parent()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    assert isinstance(app.connector, DjangoConnector)  # noqa: S101 - procrastinate's own app; for the type
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        asyncio.run(work(working))


if __name__ == "__main__":
    main()
