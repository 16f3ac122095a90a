"""Which open tasks go beyond what a changed duty asks: of each series as many stay as each period asks for."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import ExtractMonth, ExtractYear, Floor, RowNumber

from heli.rooms.rulebook import queries as rulebook
from heli.rooms.rulebook.records import Change, Rate
from heli.rooms.tasks.enums import TaskState
from heli.rooms.tasks.models import Task, TaskQuerySet, TemplateIssue
from heli.rooms.tasks.queries.duties import begun, serves_besides

SURPLUS = "tasks.surplus"


def tasks_beyond(change: Change) -> TaskQuerySet | None:
    """Return the open tasks from the day on that nothing asks for after the change; None where it asks for no less.

    A series is what one plan item or one template gave a unit. Of it each period keeps as many as the duty asks for:
    first what somebody took in hand or what meets another duty as well, which stays anyway, then what is due in the
    months the duty is best met in, then the latest. Tasks that a person gave by hand are in no series. Tasks of units
    that are asked no longer go whole.
    """
    if change.less is None and not change.narrows:
        return None
    wanted = Q(unit__in=rulebook.units_asked_no_longer(change).values("pk"))
    if change.less is not None:
        wanted |= Q(pk__in=_ranked(change, change.less).values("pk"))
    given = Task.objects.exclude(source="")
    found = given.filter(wanted, obligation__in=change.duties, state=TaskState.OPEN, due_on__gte=change.on)
    return found.exclude(begun()).exclude(serves_besides(change.duties))


def _ranked(change: Change, rate: Rate) -> TaskQuerySet:
    """Return the tasks of each series beyond the first so many of each period."""
    year_begins = date(change.on.year, 1, 1)
    tasks = Task.objects.filter(obligation__in=change.duties, due_on__gte=year_begins).exclude(source="")
    place = Window(
        RowNumber(),
        partition_by=["unit_id", "post_kind", "obligation", "series", "year", "period"],
        order_by=["is_late", "is_aside", F("due_on").desc(), "pk"],
    )
    return (
        tasks.exclude(state=TaskState.CANCELED)
        .annotate(
            series=_series(change),
            year=ExtractYear("due_on"),
            period=Floor((ExtractMonth("due_on") - 1) / Value(rate.months, output_field=IntegerField())),
            is_late=Case(
                When(begun() | serves_besides(change.duties), then=0),
                default=1,
                output_field=IntegerField(),
            ),
            is_aside=Case(When(due_on__month__in=sorted(rate.best), then=0), default=1, output_field=IntegerField()),
            place=place,
        )
        .filter(place__gt=rate.times)
        .order_by()
    )


def _series(change: Change) -> Case | F:
    """Return what tasks of one item or template share: each issue of a template is a source of its own."""
    issues: dict[int, list[str]] = {}
    found = TemplateIssue.objects.filter(template__obligation__in=change.duties).order_by("pk")
    for issue in found:
        issues.setdefault(issue.template_id, []).append(issue.source)
    if not issues:
        return F("source")
    whens = [When(source__in=sources, then=Value(f"template:{pk}")) for pk, sources in issues.items()]
    return Case(*whens, default=F("source"), output_field=CharField())
