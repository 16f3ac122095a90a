"""``heli create-administrator`` and ``heli reset-sign-in``: what the server's shell does for sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from django.db import connection

from heli.config.cli import create_administrator as module
from heli.config.cli import reset_sign_in as reset_module
from heli.rooms.people.models import Account


@pytest.fixture
def runner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @contextmanager
    def up() -> Iterator[None]:
        connection.ensure_connection()
        yield

    for each in (module, reset_module):
        monkeypatch.setattr(each, "database_up", up)  # the run's own server is up already
        monkeypatch.setattr(each, "start_django", lambda: None)
    return CliRunner()


def test_password_is_made_shown_once_and_must_be_changed(runner: CliRunner) -> None:
    result = runner.invoke(module.create_administrator, ["security", "--name", "wachter"])

    account = Account.objects.get(sign_in_name="wachter")
    assert result.exit_code == 0
    assert account.administrator == "security"
    assert account.must_change_password
    assert account.person is None
    assert account.check_password(result.output.split()[-1])


def test_easy_password_and_taken_name_are_refused_in_one_line(runner: CliRunner) -> None:
    easy = runner.invoke(module.create_administrator, ["audit", "--name", "a", "--password-stdin"], input="12345\n")
    runner.invoke(module.create_administrator, ["audit", "--name", "pruefer"])
    taken = runner.invoke(module.create_administrator, ["system", "--name", "pruefer"])

    assert (easy.exit_code, taken.exit_code) == (2, 2)
    assert Account.objects.filter(administrator="system").count() == 0


def test_unknown_kind_is_refused(runner: CliRunner) -> None:
    assert runner.invoke(module.create_administrator, ["king", "--name", "x"]).exit_code == 2


def test_reset_gives_a_one_time_password_or_removes_the_factor(runner: CliRunner) -> None:
    runner.invoke(module.create_administrator, ["security", "--name", "wachter"])

    password = runner.invoke(reset_module.reset_sign_in, ["wachter"])
    factor = runner.invoke(reset_module.reset_sign_in, ["wachter", "--second-factor"])
    unknown = runner.invoke(reset_module.reset_sign_in, ["nobody"])

    account = Account.objects.get(sign_in_name="wachter")
    assert (password.exit_code, factor.exit_code, unknown.exit_code) == (0, 0, 2)
    assert account.check_password(password.output.split()[-1])
    assert account.must_change_password
    assert account.one_time_until is not None
