"""The ``heli`` command. Each command lives in a module of its own and is imported when it is called."""

from __future__ import annotations

import csv
import importlib
import os
import pkgutil
from functools import cache
from pathlib import Path

import click

from heli.config.release import version
from heli.config.sentences import language


def in_the_terminals_language(command: click.Command, name: str) -> click.Command:
    """Give the command and its options their Chinese help where the terminal is Chinese; English stands in the code."""
    if language() == "zh":
        words = chinese_help()
        command.help = words.get((name, ""), command.help)
        for option in command.params:
            if isinstance(option, click.Option):
                option.help = words.get((name, option.opts[-1]), option.help)
    return command


@cache
def chinese_help() -> dict[tuple[str, str], str]:
    """Return the Chinese help by command and option; that of the program itself stands under an empty name."""
    with Path(__file__).with_name("help_zh.csv").open(encoding="utf-8", newline="") as file:
        return {(row["command"], row["option"]): row["zh"] for row in csv.DictReader(file)}


class _LazyGroup(click.Group):
    """Find ``heli verb-noun`` in ``heli/config/cli/verb_noun.py`` as the command ``verb_noun``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = {module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)}
        return sorted(names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        if name.startswith("_") or cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{name}")
        command: click.Command = getattr(module, name)
        return in_the_terminals_language(command, cmd_name)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), message="Heli %(version)s")
def main() -> None:
    """Heli: one plan, one set of responsibilities, one assessment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")


in_the_terminals_language(main, "")
