"""Before deploy: tasks opened before they held minutes and further duties take them from their item in force."""

from django.db import migrations


def onto_tasks(apps, _schema_editor):
    task = apps.get_model("tasks", "Task")
    duty = apps.get_model("tasks", "FurtherDuty")
    items = apps.get_model("plans", "PlanItem").objects.filter(
        version__state__in=["published", "superseded"], left_out_reason=""
    )
    newest = items.order_by("lineage", "-version__number", "pk").distinct("lineage")
    for lineage, minutes, codes in newest.values_list("lineage", "minutes", "obligations"):
        opened = task.objects.filter(source=f"plans.item:{lineage}")
        if minutes is not None:
            opened.filter(minutes__isnull=True).update(minutes=minutes)
        if further := list(dict.fromkeys(codes[1:])):
            rows = [
                duty(task_id=pk, code=code)
                for pk, first in opened.values_list("pk", "obligation").order_by("pk")
                for code in further
                if code and code != first
            ]
            duty.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0007_version_state_words"),
        ("tasks", "0013_task_validate_minutes"),
    ]

    operations = [
        migrations.RunPython(onto_tasks, migrations.RunPython.noop),
    ]
