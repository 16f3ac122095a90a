"""The ``heli`` command. Each command lives in a module of its own and is imported when it is called."""

from __future__ import annotations

import importlib
import os
import pkgutil

import click

from heli.config.release import version


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
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), message="Heli %(version)s")
def main() -> None:
    """Heli: one plan, one set of responsibilities, one assessment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
