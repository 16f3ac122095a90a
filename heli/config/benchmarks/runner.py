"""Runs benchmarks in a process of its own: ``python -m heli.config.benchmarks.runner NAME…`` prints JSON.

Modules beside this one name theirs in ``MEASURES``: name → function that returns a figure. ``NEEDS_SITE = True``
asks for a database with a generated enterprise; ``prepare`` adds to it, in the owner's role, what it lacks.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from types import ModuleType

from heli.config import benchmarks, paths
from heli.config.benchmarks.measuring import Figure
from heli.config.supervisor.session import database_up, start_django

UNITS, PEOPLE = "HELI_BENCH_UNITS", "HELI_BENCH_PEOPLE"


def modules() -> list[ModuleType]:
    """Return the modules with benchmarks; Django must have started."""
    found = (
        importlib.import_module(f"{benchmarks.__name__}.{one.name}")
        for one in pkgutil.iter_modules(benchmarks.__path__)
    )
    return [module for module in found if hasattr(module, "MEASURES")]


def run(names: Iterable[str]) -> dict[str, Figure]:
    """Measure the benchmarks whose names begin with one of ``names``; all without names."""
    wanted = tuple(names) or ("",)
    figures: dict[str, Figure] = {}
    with ExitStack() as stack:
        start_django()
        chosen = [(one, name) for one in modules() for name in one.MEASURES if name.startswith(wanted)]
        used = list(dict.fromkeys(module for module, _name in chosen))
        if any(getattr(module, "NEEDS_SITE", False) for module in used):
            stack.enter_context(database_up())
            (paths.VAR / "static").mkdir(exist_ok=True)
            _prepare_site(used)
        for module, name in chosen:
            sys.stderr.write(f"{name} …\n")
            figures[name] = module.MEASURES[name]()
    return figures


def _prepare_site(used: Iterable[ModuleType]) -> None:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from heli.config import generator
    from heli.config.supervisor import prepare

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["USER"] = "heli_owner"
    prepare.prepare()
    units, people = int(os.environ.get(UNITS, "50000")), int(os.environ.get(PEOPLE, "1000000"))
    try:
        generator.generate(
            units=units,
            persons=people,
            years=1,
            at=timezone.localtime(),
            on_step=lambda step: print(step, "…", file=sys.stderr),
        )
    except generator.AlreadyGenerated:
        sys.stderr.write("measuring the enterprise that is there\n")
    for module in used:
        if hasattr(module, "prepare"):
            module.prepare()
    connection.close()
    connection.settings_dict["USER"] = "heli_app"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(sys.argv[1:]), ensure_ascii=False) + "\n")
