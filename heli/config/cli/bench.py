"""``heli bench``: what the design promises, measured on this machine beside a plain floor."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from heli.config.refusals import refuse
from heli.config.sentences import say


@click.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--units", default=50_000, show_default=True, help="Units of the generated site.")
@click.option("--people", default=1_000_000, show_default=True, help="Persons of the generated site.")
@click.option("--tasks", default=10_000_000, show_default=True, help="Tasks of the generated site, at least.")
@click.option("--site", type=click.Path(path_type=Path), help="Keep the generated site here, or use the one kept here.")
def bench(names: tuple[str, ...], units: int, people: int, tasks: int, site: Path | None, *, as_json: bool) -> None:
    """Run the benchmarks whose names begin with NAMES (all without), on a site of their own."""
    folder = site.resolve() if site else Path(tempfile.mkdtemp(prefix="heli-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)  # as root the database runs under another account
    sizes = {"UNITS": units, "PEOPLE": people, "TASKS": tasks}
    own = {"HELI_VAR": str(folder), **{f"HELI_BENCH_{name}": str(number) for name, number in sizes.items()}}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "heli.config.benchmarks.runner", *names],
            env={**plain, **own},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        if site is None:
            shutil.rmtree(folder, ignore_errors=True)
    if done.returncode != 0:
        refuse(say("bench.failed"))
    figures = json.loads(done.stdout.splitlines()[-1])
    if not figures:
        refuse(say("bench.unknown", names=" ".join(names)))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _print(figures)


def _print(figures: dict[str, dict[str, object]]) -> None:
    width = max(len(name) for name in figures)
    click.echo(f"{say('bench.name'):<{width}}  {'value':>12}  {'reference':>12}  {'ratio':>7}  unit")
    for name, row in figures.items():
        ratio = "-" if row["ratio"] is None else row["ratio"]
        click.echo(f"{name:<{width}}  {row['value']:>12}  {row['reference']:>12}  {ratio:>7}  {row['unit']}")
