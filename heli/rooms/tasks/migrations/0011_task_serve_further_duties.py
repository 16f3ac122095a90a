"""Before deploy: a task may meet several duties of the rulebook; the first stays on the task."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0010_task_index_what_follows"),
    ]

    operations = [
        migrations.CreateModel(
            name="FurtherDuty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="further_duties", to="tasks.task"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["code", "task"], name="tasks_further_duty_by_code")],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "code"), name="tasks_further_duty_once"),
                    models.CheckConstraint(
                        condition=models.Q(("code", ""), _negated=True), name="tasks_further_duty_named"
                    ),
                ],
            },
        ),
    ]
