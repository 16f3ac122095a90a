"""``heli restore DIR``: a backup into an empty place."""

from __future__ import annotations

from pathlib import Path

import click

from heli.config import paths
from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor import backup as backups
from heli.config.supervisor import postgres
from heli.config.supervisor.lock import SiteLock
from heli.config.supervisor.session import database_up


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(folder: Path) -> None:
    """Bring the backup in FOLDER into an empty var/ and an empty database."""
    with refusals():
        backups.check(folder)  # before a database is made: a damaged backup leaves no trace
        if postgres.is_embedded() and SiteLock(paths.VAR).is_held():
            refuse(say("restore.running"))
        with database_up():
            done = backups.restore(folder)
    click.echo(say("restore.done", folder=folder, rows=done.rows, tables=done.tables, files=done.files))
