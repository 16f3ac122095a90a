"""Before deploy: tasks opened before they held minutes and further duties take them from their item.

A closed task takes them from the version in force when it was closed, an undone one from the newest: what was asked
then is not made more by what is asked now.
"""

from collections import defaultdict
from uuid import UUID

from django.db import migrations
from django.db.models import Max

AT_ONCE = 50_000
_SOURCE = "plans.item:"


def onto_tasks(apps, _schema_editor):
    task = apps.get_model("tasks", "Task")
    last = task.objects.aggregate(last=Max("pk"))["last"] or 0
    for start in range(0, last, AT_ONCE):
        rows = task.objects.filter(pk__gt=start, pk__lte=start + AT_ONCE, source__startswith=_SOURCE)
        _take(apps, list(rows.exclude(state="canceled").order_by("pk")))


def _take(apps, tasks):
    duty = apps.get_model("tasks", "FurtherDuty")
    stated = _stated(apps, {one.source.removeprefix(_SOURCE) for one in tasks if _is_lineage(one.source)})
    by_minutes, duties = defaultdict(list), []
    for one in tasks:
        item = _item_of(one, stated.get(one.source.removeprefix(_SOURCE), ()))
        if item is None:
            continue
        _approved_at, minutes, codes = item
        if minutes is not None and one.minutes is None:
            by_minutes[minutes].append(one.pk)
        further = (code for code in dict.fromkeys(codes[1:]) if code and code != one.obligation)
        duties += [duty(task_id=one.pk, code=code) for code in further]
    for minutes, ids in by_minutes.items():
        apps.get_model("tasks", "Task").objects.filter(pk__in=ids).update(minutes=minutes)
    duty.objects.bulk_create(duties, batch_size=2000, ignore_conflicts=True)


def _stated(apps, lineages):
    """Return lineage → (approved at, minutes, duties) of each version that was in force, oldest first."""
    items = apps.get_model("plans", "PlanItem").objects.filter(
        lineage__in=lineages, version__state__in=["published", "superseded"], left_out_reason=""
    )
    found = defaultdict(list)
    rows = items.order_by("version__number", "pk")
    for lineage, *item in rows.values_list("lineage", "version__approved_at", "minutes", "obligations"):
        found[str(lineage)].append(tuple(item))
    return found


def _is_lineage(source):
    try:
        UUID(source.removeprefix(_SOURCE))
    except ValueError:
        return False
    return True


def _item_of(one, items):
    held = [item for item in items if one.closed_at is None or item[0] is None or item[0] <= one.closed_at]
    return held[-1] if held else None


class Migration(migrations.Migration):
    # Each range is committed by itself; begun anew it writes only what is not there.
    atomic = False

    dependencies = [
        ("plans", "0007_version_state_words"),
        ("tasks", "0014_task_take_minutes_of_templates"),
    ]

    operations = [
        migrations.RunPython(onto_tasks, migrations.RunPython.noop),
    ]
