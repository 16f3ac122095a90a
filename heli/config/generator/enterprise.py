"""Puts a generated enterprise together, in one transaction."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction

from heli.config.generator import staff, structure, work
from heli.kernel import audit

_SEED = 20270310
PREFIX = "G"  # of the codes of units and of staff numbers


class AlreadyGenerated(RuntimeError):
    """The site holds a generated enterprise; a second would mix with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many rows were written."""

    units: int
    persons: int
    tasks: int
    evidence: int


def generate(*, units: int, persons: int, years: int, at: datetime, on_step: Callable[[str], None]) -> Made:
    """Write an enterprise of ``units`` (both trees together) and ``persons`` with ``years`` of tasks up to ``at``.

    ``on_step`` hears the name of each step. Raises AlreadyGenerated where one was made before.
    """
    shapes: dict[str, Any] = tomllib.loads(Path(__file__).with_name("shapes.toml").read_text(encoding="utf-8"))
    chance = random.Random(_SEED)  # noqa: S311 - the same enterprise every time
    founded = date(at.year - max(years, 1) - 1, 1, 1)
    unit_model = apps.get_model("people.Unit")
    with transaction.atomic():
        if unit_model.objects.filter(code__startswith=f"{PREFIX}-").exists():
            raise AlreadyGenerated
        on_step("units")
        trees = structure.write(shapes, units, founded, PREFIX)
        on_step("persons")
        people = staff.write(shapes, trees, persons, founded, chance, PREFIX)
        on_step("tasks")
        tasks, evidence = work.write(shapes["work"], trees, people, years, at, chance)
        made = Made(len(trees.units), persons, tasks, evidence)
        audit.record(
            "enterprise.generated",
            subject=("enterprise", PREFIX),
            by="generate",
            at=at,
            changes={"units": made.units, "persons": made.persons, "tasks": made.tasks, "evidence": made.evidence},
        )
    return made
