"""Before deploy: the check of minutes holds for every row; reads and writes go on meanwhile."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0012_task_state_minutes"),
    ]

    operations = [
        ValidateConstraint(model_name="task", name="tasks_task_minutes"),
    ]
