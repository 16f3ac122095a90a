"""Bring the locked packages into ``.venv``. Run by make with the system's Python; needs the standard library only.

``python3 -m heli.config.install [--dev]``: does nothing when the lock has not changed since the last run.
Must be readable by older Pythons, so that they get a sentence rather than a syntax error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from heli.config.sentences import say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
OLDEST = (3, 11)
LOCKS = {"run": ROOT / "config" / "requirements.lock", "dev": ROOT / "config" / "requirements-dev.lock"}


class CannotInstall(Exception):
    """The message is one line for the person at the terminal."""


def install(kind: str) -> bool:
    """Install the packages of ``run`` or ``dev``; return whether anything had to be done."""
    if is_current(kind):
        return False
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise CannotInstall(say("install.python", found=found))
    _make_venv()
    print(say("install.installing", kind=kind, folder=VENV.name), flush=True)
    command = [str(_python()), "-m", "pip", "install", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    quiet = ["--quiet", "--quiet", "--no-compile", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*command, *quiet, "-r", str(LOCKS[kind])], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise CannotInstall(say("install.pip"))
    _link()
    _stamp(kind).write_text(_wanted(kind), encoding="ascii")
    return True


def is_current(kind: str) -> bool:
    """Return whether ``.venv`` holds what the lock asks for; the packages of ``dev`` include those of ``run``."""
    kinds = ("run", "dev") if kind == "run" else ("dev",)
    return _python().exists() and any(
        _stamp(one).is_file() and _stamp(one).read_text(encoding="ascii") == _wanted(one) for one in kinds
    )


def _make_venv() -> None:
    works = (
        _python().exists()
        and subprocess.run([str(_python()), "-m", "pip", "--version"], capture_output=True).returncode == 0
    )
    if works:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([_system_python(), "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    output = made.stdout + made.stderr
    if "ensurepip" in output or "No module named venv" in output:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise CannotInstall(say("install.venv", package=package))
    raise CannotInstall(say("install.environment", reason=output.strip().splitlines()[-1] if output.strip() else "?"))


def _system_python() -> str:
    """Return the Python to make an environment with: this one, unless it lies in the environment itself."""
    inside = VENV in Path(sys.executable).parents
    return str(getattr(sys, "_base_executable", sys.executable)) if inside else sys.executable


def _link() -> None:
    """Make ``heli`` importable and callable in the environment without building a package."""
    found = subprocess.run(
        [str(_python()), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    (Path(found.stdout.strip()) / "heli.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = VENV / "bin" / "heli"
    command.write_text(f'#!/bin/sh\nexec "{_python()}" -m heli "$@"\n', encoding="utf-8")
    command.chmod(0o755)


def _python() -> Path:
    return VENV / "bin" / "python"


def _stamp(kind: str) -> Path:
    return VENV / f"installed-{kind}"


def _wanted(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes() + os.fsencode(ROOT)).hexdigest()


def main() -> int:
    try:
        install("dev" if "--dev" in sys.argv[1:] else "run")
    except (CannotInstall, OSError) as reason:
        print(reason, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
