"""Before deploy: tasks of templates take the minutes these state, range by range, while work goes on."""

from django.db import migrations
from django.db.models import Max

AT_ONCE = 50_000

_TAKE = """
UPDATE tasks_task task SET minutes = template.minutes
FROM tasks_templateissue issue JOIN tasks_tasktemplate template ON template.id = issue.template_id
WHERE task.id > %s AND task.id <= %s AND task.minutes IS NULL AND task.source = 'tasks.issue:' || issue.id"""


def take(apps, schema_editor):
    last = apps.get_model("tasks", "Task").objects.aggregate(last=Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for start in range(0, last, AT_ONCE):
            cursor.execute(_TAKE, [start, start + AT_ONCE])


class Migration(migrations.Migration):
    # Each range is committed by itself; begun anew it goes on where nothing stands yet.
    atomic = False

    dependencies = [
        ("tasks", "0013_task_validate_minutes"),
    ]

    operations = [
        migrations.RunPython(take, migrations.RunPython.noop),
    ]
