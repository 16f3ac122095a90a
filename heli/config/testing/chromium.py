"""Where the browser of the browser tests is. ``python -m heli.config.testing.chromium`` says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find() -> str | None:
    """Return the browser's program: ``CHROMIUM``, the system's, or the one playwright brought; None without any."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    installed = [*(shutil.which(name) for name in _NAMES), *(path for path in _MAC if Path(path).exists())]
    return next((path for path in installed if path), None) or _own()


def arguments() -> list[str]:
    """Return the switches a headless run in a closed place needs."""
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return [*quiet, "--no-sandbox"] if os.geteuid() == 0 else quiet


def _own() -> str | None:
    from playwright.sync_api import sync_playwright  # starts a helper program; only where nothing else was found

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Make sure there is a browser; exit status 2 with one line when there is none and none can be had."""
    if find():
        return 0
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0 and find():
        return 0
    sys.stderr.write("The browser tests need Chromium: apt-get install chromium (or name it in CHROMIUM).\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
