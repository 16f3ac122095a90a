"""Before deploy: minutes stand on the task, as whoever asks stated them."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0011_task_serve_further_duties"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gt=0),
                name="tasks_task_minutes",
            ),
        ),
    ]
