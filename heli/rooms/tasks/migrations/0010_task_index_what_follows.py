"""Before deploy: an index that finds what rests on a duty, whatever the unit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_people_add_checks"),
        ("tasks", "0009_add_reminders"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("obligation", ""), _negated=True),
                fields=["obligation", "state", "due_on"],
                include=("unit",),
                name="tasks_task_follows",
            ),
        ),
    ]
