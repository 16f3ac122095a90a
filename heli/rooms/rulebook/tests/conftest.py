from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from datetime import date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from heli.rooms.people.tests.fixtures import Everyone
from heli.rooms.rulebook import catalogue, services
from heli.rooms.rulebook.catalogue.reading import DATA

SINCE = date(2026, 1, 1)


@pytest.fixture
def installed(everyone: Everyone, at: datetime) -> Everyone:
    """The small enterprise with the shipped catalogue in force since 2026."""
    services.install_catalogue(by=everyone.party_clerk, at=at, valid_from=SINCE)
    return everyone


@pytest.fixture
def edition(tmp_path: Path) -> Callable[..., catalogue.Catalogue]:
    """Return a maker of editions: the shipped files with replacements, as ``(file, before, after)``."""

    def make(*replacements: tuple[str, str, str], version: str = "2027.1") -> catalogue.Catalogue:
        folder = Path(shutil.copytree(DATA, tmp_path / version))
        for file, before, after in (("catalogue.toml", '"2026.1"', f'"{version}"'), *replacements):
            text = (folder / file).read_text(encoding="utf-8")
            assert before in text, before
            (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")
        return catalogue.read(folder)

    return make


@pytest.fixture
def in_english() -> Generator[None, None, None]:
    """Let refusals speak English, so that tests can read them."""
    with translation.override("en"):
        yield


@pytest.fixture
def english(client_of: Callable[..., Client]) -> Callable[..., Client]:
    """Sign-ins that read English."""

    def signed_in(person: object) -> Client:
        client = client_of(person)
        client.cookies["heli_language"] = "en"
        return client

    return signed_in
