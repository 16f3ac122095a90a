"""What every model keeps: constraints for paired fields, a privacy class for each field, no hidden machinery."""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps
from django.db import models

from tests.architecture import house

PRIVACY_CLASSES = {"public", "internal", "personal", "secret"}
MODELS = [model for model in apps.get_models() if model.__module__.startswith("heli.")]
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "receiver", "Signal"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_has_a_privacy_class(model: type[models.Model]) -> None:
    classes = getattr(model, "PRIVACY", {})
    fields = {field.name for field in model._meta.get_fields() if field.concrete and not field.auto_created}
    fields -= {"id"}

    missing = fields - set(classes)
    unknown = set(classes) - fields - {"id"}

    assert (missing, unknown, set(classes.values()) - PRIVACY_CLASSES) == (set(), set(), set())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_time_and_its_actor_are_both_there_or_neither(model: type[models.Model]) -> None:
    names = {field.name: field for field in model._meta.get_fields() if field.concrete}
    pairs = [name[:-3] for name in names if name.endswith("_at") and f"{name[:-3]}_by" in names]
    optional = [pair for pair in pairs if names[f"{pair}_at"].null or names[f"{pair}_by"].null]
    checks = " ".join(
        str(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    )

    unguarded = [pair for pair in optional if f"{pair}_at" not in checks or f"{pair}_by" not in checks]

    assert unguarded == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_models_order_nothing_by_themselves_and_name_themselves(model: type[models.Model]) -> None:
    own_name = model.__str__ is not models.Model.__str__

    assert (model._meta.ordering, own_name) == ([], True)


def test_constraints_carry_the_name_of_their_application() -> None:
    strays = [
        f"{model.__name__}: {constraint.name}"
        for model in MODELS
        for constraint in model._meta.constraints
        if not constraint.name.startswith(f"{model._meta.app_label}_")
    ]

    assert strays == []


def test_no_signal_steers_anything() -> None:
    used = []
    for path in house.sources():
        for node in ast.walk(house.tree(path)):
            if (
                isinstance(node, ast.ImportFrom)
                and node.module
                and re.match(r"django\.(db\.models\.signals|dispatch)", node.module)
            ):
                used += [f"{house.name(path)}: {alias.name}" for alias in node.names if alias.name in SIGNALS]

    assert used == []
