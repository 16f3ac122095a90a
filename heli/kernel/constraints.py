"""Constraints that the database keeps for rows with ``valid_from`` and ``valid_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext as _

from heli.kernel.problems import Problem

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


class OneNumber(Func):
    """``int8range(x, x, '[]')``: equality that a core GiST index can hold, without an extension."""

    template = "int8range(%(expressions)s, %(expressions)s, '[]')"


class OneText(Func):
    """Equality of a short text that a core GiST index can hold: the range of its hash alone."""

    template = "int8range(hashtextextended(%(expressions)s, 0), hashtextextended(%(expressions)s, 0), '[]')"


class NotAmong(Func):
    """``one <> ALL (many)``: a number that an array column does not hold; true where there is no number."""

    template = "(%(expressions)s))"
    arg_joiner = " <> ALL ("
    output_field = models.BooleanField()


class Contradiction(Problem):
    """The database refused a row: somebody else was faster, or a rule of the room was not asked before."""

    status = 409


_WORDS: dict[str, tuple[StrPromise | str, StrPromise | str]] = {}


def explain(name: str, what: StrPromise | str, remedy: StrPromise | str) -> None:
    """Say in words what it means when the constraint ``name`` is broken; called when an app is ready."""
    _WORDS[name] = (what, remedy)


def contradiction(error: BaseException) -> Contradiction:
    """Return what the database refused as a refusal for people, in the words of the constraint where it has some."""
    what, remedy = _WORDS.get(constraint_of(error), (_("This was not saved."), _("Open the page again and repeat it.")))
    return Contradiction(str(what), _("It contradicts something that was saved at the same moment."), str(remedy))


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
