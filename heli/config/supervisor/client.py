"""PostgreSQL's client programs: the wheel's, or the system's where the connection must be encrypted."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from heli.config.supervisor.accounts import wheel_programs

# The public schema exists in every new database; servers before 17 do not know the setting.
_UNFIT = {"CREATE SCHEMA public;\n", "SET transaction_timeout = 0;\n"}
_ENCRYPTED = {"require", "verify-ca", "verify-full"}


class ClientFailed(RuntimeError):
    """A client program ended with an error; the message is its last line."""


class ClientMissing(RuntimeError):
    """The wheel's programs cannot encrypt, and the system has none."""


def run(program: str, url: str, *arguments: str) -> None:
    """Run ``pg_dump``, ``pg_restore`` or ``psql`` against ``url``; raises ClientFailed with its reason."""
    info = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    path = _program(program, info.get("sslmode", ""))
    # The password goes through the environment: arguments are visible to every user of the machine.
    password = info.pop("password", "")
    plain = " ".join(f"{key}='{_escaped(value)}'" for key, value in info.items())
    done = subprocess.run(
        [str(path), "-d", plain, *arguments],
        env={**os.environ, "PGPASSWORD": password, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ClientFailed(_reason(done.stderr, program))


def convert(dump: Path, script: Path) -> None:
    """Write the archive ``dump`` as SQL that servers 15 to 18 take."""
    done = subprocess.run(
        [str(wheel_programs() / "pg_restore"), "--no-owner", "--no-privileges", "-f", str(script), str(dump)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ClientFailed(_reason(done.stderr, "pg_restore"))
    scratch = script.with_suffix(".fitted")
    with script.open(encoding="utf-8", newline="") as lines, scratch.open("w", encoding="utf-8", newline="") as out:
        is_data = False
        for line in lines:
            is_data = is_data or line.startswith("COPY ")
            if is_data or line not in _UNFIT:
                out.write(line)
    scratch.replace(script)


def _program(name: str, sslmode: str) -> Path:
    if sslmode not in _ENCRYPTED:
        return wheel_programs() / name
    found = shutil.which(name)
    if found is None:
        raise ClientMissing(name)
    return Path(found)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _reason(stderr: str, program: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return lines[-1] if lines else f"{program} failed without a message"
