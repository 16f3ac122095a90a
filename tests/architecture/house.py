"""What the architecture tests walk over: the source files of the house, parsed once."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELI = ROOT / "heli"
ROOMS = (  # low to high; DESIGN section 4
    "people",
    "information",
    "resources",
    "rulebook",
    "responsibilities",
    "tasks",
    "plans",
    "procedures",
    "education",
    "meetings",
    "integrity",
    "cases",
    "assessments",
    "reports",
)


@cache
def rooms() -> tuple[str, ...]:
    """Return the rooms that exist, lowest first."""
    found = {path.parent.name for path in HELI.glob("rooms/*/__init__.py")}
    unknown = found - set(ROOMS)
    assert not unknown, f"Rooms without a place in DESIGN section 4: {sorted(unknown)}"
    return tuple(room for room in ROOMS if room in found)


@cache
def sources(*, with_tests: bool = False, with_migrations: bool = False) -> tuple[Path, ...]:
    """Return the Python files of the product."""
    return tuple(
        path
        for path in sorted(HELI.rglob("*.py"))
        if (with_tests or "tests" not in path.parts) and (with_migrations or "migrations" not in path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def tracked() -> tuple[Path, ...]:
    """Return the files of the repository, new ones included, ignored ones not; empty without git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return tuple(path for path in (ROOT / name for name in names) if path.is_file())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    """Return the room a file lies in, or an empty string."""
    parts = path.relative_to(HELI).parts
    return parts[1] if parts[0] == "rooms" and len(parts) > 2 else ""
