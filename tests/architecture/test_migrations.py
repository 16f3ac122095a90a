"""Migrations are complete and their names say what they do."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture import house


@pytest.mark.django_db
def test_the_models_have_no_change_without_a_migration() -> None:
    output = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=output, verbosity=1)
    except SystemExit:
        pytest.fail(output.getvalue())

    assert "No changes detected" in output.getvalue()


def test_migrations_have_names_and_numbers_without_gaps() -> None:
    faults = []
    for folder in sorted(house.HELI.rglob("migrations")):
        names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
        faults += [f"{house.name(folder)}/{name}" for name in names if re.search(r"_auto_|_alter_\w+_and_more", name)]
        numbers = [int(name[:4]) for name in names]
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append(f"{house.name(folder)}: numbers {numbers}")

    assert faults == []
