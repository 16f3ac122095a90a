"""``heli generate``: an invented enterprise of any size, for measuring."""

from __future__ import annotations

import time

import click

from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor.session import database_up, start_django


@click.command()
@click.option("--units", default=500, show_default=True, type=click.IntRange(2, 500_000), help="Units of both trees.")
@click.option("--people", default=10_000, show_default=True, type=click.IntRange(1, 5_000_000), help="Persons.")
@click.option("--years", default=1, show_default=True, type=click.IntRange(0, 10), help="Years of tasks.")
def generate(units: int, people: int, years: int) -> None:
    """Write an invented enterprise of this size into the site, all or nothing."""
    started = time.monotonic()
    with refusals(), database_up():
        start_django("owner")
        from django.utils import timezone

        from heli.config import generator

        try:
            made = generator.generate(
                units=units,
                persons=people,
                years=years,
                at=timezone.localtime(),
                on_step=lambda step: click.echo(say(f"generate.{step}")),
            )
        except generator.AlreadyGenerated:
            refuse(say("generate.exists"))
    seconds = time.monotonic() - started
    click.echo(
        say(
            "generate.done",
            units=made.units,
            persons=made.persons,
            tasks=made.tasks,
            evidence=made.evidence,
            seconds=seconds,
        )
    )
