"""Which Heli this is."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

import heli


def version() -> str:
    """Return the version of Heli: the installed package's, or the clone's."""
    try:
        return importlib.metadata.version("heli")
    except importlib.metadata.PackageNotFoundError:
        project = Path(heli.__file__).parent.with_name("pyproject.toml")
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
