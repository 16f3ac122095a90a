"""Constraints that the database keeps for rows with ``valid_from`` and ``valid_to``."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class OneNumber(Func):
    """``int8range(x, x, '[]')``: equality that a core GiST index can hold, without an extension."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"


class NotAmong(Func):
    """``one <> ALL (many)``: a number that an array column does not hold; true where there is no number."""

    template = "(%(expressions)s))"
    arg_joiner = " <> ALL ("
    output_field = models.BooleanField()


def constraint_of(error: BaseException) -> str:
    """Return the name of the constraint that the database says was broken, or nothing."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")


def no_overlap(name: str, *columns: str) -> ExclusionConstraint:
    """Refuse two rows with equal ``columns`` (whole numbers) whose days overlap."""
    held: list[tuple[Func, str]] = [(OneNumber(column), RangeOperators.OVERLAPS) for column in columns]
    days = DateRange("valid_from", "valid_to", RangeBoundary())
    return ExclusionConstraint(name=name, expressions=[*held, (days, RangeOperators.OVERLAPS)])


def ends_after_start(name: str) -> models.CheckConstraint:
    """Refuse a row that ends on or before the day it starts."""
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name)
