"""``heli run``: everything in one foreground process tree."""

from __future__ import annotations

import os

import click

from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor.lock import AlreadyRunning
from heli.config.supervisor.tree import CannotRun, Options, Tree


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on; 0 takes any free one.")
@click.option("--workers", default=min(2, os.cpu_count() or 1), show_default=True, help="Web worker processes.")
@click.option("--migrate", is_flag=True, help="Change the tables of the server in DATABASE_URL where needed.")
@click.option("--demo", is_flag=True, help="Load the demo enterprise into an empty database.")
def run(host: str, port: int, workers: int, *, migrate: bool, demo: bool) -> None:
    """Run Heli: database, pages and jobs, until Ctrl-C."""
    try:
        with refusals():
            Tree(Options(host, port, workers, migrate, demo)).run()
    except AlreadyRunning as held:
        refuse(say("run.already", pid=held.pid, address=held.address or "-"))
    except CannotRun as reason:
        refuse(str(reason))
