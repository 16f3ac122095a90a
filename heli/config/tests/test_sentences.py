"""What the terminal says is complete in both languages."""

from __future__ import annotations

import csv
import re
import string
import subprocess
import sys
from pathlib import Path

import click
import pytest

from heli.config import cli, sentences

ROOT = Path(sentences.__file__).parents[2]
ROWS = list(
    csv.DictReader(Path(sentences.__file__).with_name("sentences.csv").read_text(encoding="utf-8").splitlines())
)
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(sentences.__file__).parent.rglob("*.py")
    if "tests" not in path.parts
)


def _names(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name}


def test_codes_are_unique() -> None:
    codes = [row["code"] for row in ROWS]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_both_languages_say_the_same_with_the_same_values(row: dict[str, str]) -> None:
    assert row["zh"]
    assert row["en"]
    assert _names(row["zh"]) == _names(row["en"])


def test_every_sentence_that_is_asked_for_is_there() -> None:
    asked = set(re.findall(r'(?:say|_tell|BackupRefused)\(\s*"([a-z_]+\.[a-z_.]+)"', SOURCES))

    assert asked - {row["code"] for row in ROWS} == set()


@pytest.mark.parametrize(
    ("locale", "language"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("", "en"), ("C.UTF-8", "en")]
)
def test_the_language_is_that_of_the_terminal(monkeypatch: pytest.MonkeyPatch, locale: str, language: str) -> None:
    for name in ("HELI_LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)

    assert sentences.language() == language


def test_a_locale_without_a_language_does_not_hide_the_one_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELI_LANGUAGE", raising=False)
    for name, value in (("LC_ALL", "C.UTF-8"), ("LC_MESSAGES", "POSIX"), ("LANG", "zh_CN.UTF-8")):
        monkeypatch.setenv(name, value)

    assert sentences.language() == "zh"


def test_every_command_and_option_has_its_help_in_chinese() -> None:
    group = click.Context(cli.main)
    commands = {"": cli.main, **{name: cli.main.get_command(group, name) for name in cli.main.list_commands(group)}}
    wanted = {(name, "") for name in commands}
    for name, command in commands.items():
        assert command is not None
        wanted |= {(name, one.opts[-1]) for one in command.get_params(group) if isinstance(one, click.Option)}
    shared = {(name, "--help") for name in commands if name}

    assert wanted - shared == set(cli.chinese_help())


@pytest.mark.parametrize(("language", "words"), [("zh", "显示版本"), ("en", "Show the version")])
def test_help_speaks_the_language_of_the_terminal(language: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "heli", "--help"],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"HELI_LANGUAGE": language, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert words in done.stdout
