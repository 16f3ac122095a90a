"""The install step of make: what it says on a bare machine, and when it has nothing to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from heli.config import install


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with two locks and no environment."""
    monkeypatch.setenv("HELI_LANGUAGE", "en")
    (tmp_path / "config").mkdir()
    for kind, name in (("run", "requirements.lock"), ("dev", "requirements-dev.lock")):
        lock = tmp_path / "config" / name
        lock.write_text(f"# {kind}\n")
        monkeypatch.setitem(install.LOCKS, kind, lock)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    return tmp_path


def _installed(clone: Path, kind: str) -> None:
    (clone / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    install._stamp(kind).write_text(install._wanted(kind))


def test_nothing_is_installed_in_a_fresh_clone(clone: Path) -> None:
    assert (install.is_current("run"), install.is_current("dev")) == (False, False)


def test_an_unchanged_lock_needs_nothing(clone: Path) -> None:
    _installed(clone, "run")

    assert install.install("run") is False
    assert install.is_current("dev") is False


def test_the_packages_for_tests_include_those_to_run(clone: Path) -> None:
    _installed(clone, "dev")

    assert install.is_current("run") is True


def test_a_changed_lock_is_installed_again(clone: Path) -> None:
    _installed(clone, "run")
    install.LOCKS["run"].write_text("# newer\n")

    assert install.is_current("run") is False


def test_an_old_python_gets_one_line_with_the_remedy(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(install.CannotInstall) as refused:
        install.install("run")

    assert str(refused.value) == (
        "Heli needs Python 3.11 or newer, and this is 3.9.2. Name a newer one: make PYTHON=python3.12 run"
    )


def test_a_missing_venv_module_names_the_package(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = clone / "bare-python"
    bare.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    bare.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(bare))

    with pytest.raises(install.CannotInstall) as refused:
        install.install("run")

    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"apt-get install python{version}-venv" in str(refused.value)
    assert not (clone / ".venv").exists()


def test_the_command_is_linked_without_a_build(clone: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(clone / ".venv")], check=True)
    (clone / "heli").mkdir()
    (clone / "heli" / "__main__.py").write_text("print('started')\n")

    install._link()
    done = subprocess.run([str(clone / ".venv" / "bin" / "heli")], capture_output=True, text=True, cwd="/", check=True)

    assert done.stdout == "started\n"
