"""Before deploy: an index that lists undone tasks in the order of their pages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0006_rectification_add"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "accepted", "handed_in", "returned"])),
                fields=["due_on", "id"],
                name="tasks_task_undone",
            ),
        ),
    ]
