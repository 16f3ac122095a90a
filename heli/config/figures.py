"""``python -m heli.config.figures RUN.json… [--note TEXT]`` writes docs/figures.md from runs of ``heli bench --json``.

Of several runs the median ratio is taken, with the value and the floor of that run: the two were measured together.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heli.config import paths
from heli.config.benchmarks.runner import modules
from heli.config.supervisor.session import start_django

TARGET = paths.ROOT / "docs" / "figures.md"
# What the design promises: the highest value, or the highest ratio to the floor.
GOALS: dict[str, tuple[str, float]] = {
    "alignment.10k_x_10k": ("value", 10),
    "alignment.100k_group": ("value", 120),
    "board.open": ("value", 100),
    "cascade.10k_units": ("value", 10),
    "duties.1m_persons": ("value", 100),
    "import.100k_rows": ("value", 60),
    "list.20_of_100k": ("ratio", 0.7),
    "list.20_of_1m_to_100k": ("ratio", 1.1),
    "record.create": ("ratio", 2.5),
    "rollup.50k_x_40": ("ratio", 4),
    "rollup.50k_x_40_sql": ("value", 2),
    "rollup.one_change": ("value", 50),
    "todo.1m_persons": ("value", 100),
    "todo.1m_persons_group": ("value", 100),
    "tree.50k": ("value", 100),
}
_HEAD = """# Figures

Written by `python -m heli.config.figures` from runs of `heli bench --json`; not edited by hand. Each value stands
beside a plain floor measured in the same run, page and floor in turn. Pages are the 95th percentile of {times}
requests on a generated site of 50,000 units, 1,000,000 persons and 10,000,000 tasks, 1,000,000 of them undone.

Measured {day}, {cores} cores, {system}, Python {python}; the median of as many runs as the last column says.{note}

| Benchmark | What | Value | Floor | Ratio | Goal | Met | Runs |
|---|---|---:|---:|---:|---|---|---:|
"""


def page(runs: Iterable[Mapping[str, Mapping[str, Any]]], note: str = "") -> str:
    """Return the page for these runs; Django must have started."""
    from heli.config.benchmarks import measuring

    taken: dict[str, list[Mapping[str, Any]]] = {}
    for run in runs:
        for name, figure in run.items():
            taken.setdefault(name, []).append(figure)
    head = _HEAD.format(
        times=measuring.TIMES,
        day=datetime.now(UTC).date().isoformat(),
        cores=os.cpu_count(),
        system=platform.system(),
        python=platform.python_version(),
        note=f" {note}" if note else "",
    )
    said = {name: measure.__doc__ or "" for module in modules() for name, measure in module.MEASURES.items()}
    return head + "".join(_row(name, said.get(name, ""), taken[name]) for name in sorted(taken))


def _row(name: str, said: str, figures: list[Mapping[str, Any]]) -> str:
    middle = sorted(figures, key=lambda figure: figure["ratio"] or figure["value"])[len(figures) // 2]
    value, floor, unit = middle["value"], middle["reference"], middle["unit"]
    goal, met = "", ""
    if name in GOALS:
        kind, limit = GOALS[name]
        goal = f"≤ {limit:g} {unit}" if kind == "value" else f"≤ {limit:g}× its floor"
        met = "yes" if middle[kind] <= limit else "no"
    what = said.strip().splitlines()[0].rstrip(".") if said.strip() else ""
    cells = (f"`{name}`", what, f"{value:g} {unit}", f"{floor:g} {unit}", middle["ratio"], goal, met, len(figures))
    return f"| {' | '.join(map(str, cells))} |\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m heli.config.figures")
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--note", default="")
    given = parser.parse_args()
    start_django()
    found = [json.loads(line) for run in given.runs for line in run.read_text("utf-8").splitlines() if line.strip()]
    TARGET.write_text(page(found, given.note), encoding="utf-8")


if __name__ == "__main__":
    main()
