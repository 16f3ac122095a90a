"""``heli backup DIR``: everything of this site in one folder."""

from __future__ import annotations

from pathlib import Path

import click

from heli.config.refusals import refusals
from heli.config.sentences import say
from heli.config.supervisor import backup as backups
from heli.config.supervisor.session import database_up


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Write database, files, keys and settings to FOLDER; Heli may go on running meanwhile."""
    with refusals(), database_up():
        done = backups.back_up(folder.resolve())
    click.echo(say("backup.done", folder=folder, rows=done.rows, tables=done.tables, files=done.files, size=done.size))
