"""Where Heli keeps what is not code: everything lies under one folder, ``var/``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("HELI_VAR", ROOT / "var")).resolve()
FILES = VAR / "files"
KEYS = VAR / "keys"
ASSETS = ROOT / "var" / "assets"  # built once for a clone, whatever HELI_VAR says
LOGS = VAR / "logs"


def secret_key() -> str:
    """Return the signing key; the first call makes it (readable by the owner only)."""
    if from_environment := os.environ.get("HELI_SECRET_KEY"):
        return from_environment
    path = KEYS / "secret_key"
    if not path.exists():
        KEYS.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = path.with_suffix(f".{os.getpid()}")
        scratch.write_text(secrets.token_urlsafe(64), encoding="ascii")
        scratch.chmod(0o600)
        try:
            os.link(scratch, path)  # the first of several starting processes wins
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    return path.read_text(encoding="ascii").strip()
