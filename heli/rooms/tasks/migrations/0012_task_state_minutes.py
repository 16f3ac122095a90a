"""Before deploy: minutes stand on the task, as whoever asks stated them; those of templates are written at once."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


def from_templates(apps, _schema_editor):
    task = apps.get_model("tasks", "Task")
    issues = apps.get_model("tasks", "TemplateIssue").objects.select_related("template")
    for issue in issues.order_by("pk").iterator():
        task.objects.filter(source=f"tasks.issue:{issue.pk}").update(minutes=issue.template.minutes)


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
        migrations.RunPython(from_templates, migrations.RunPython.noop),
    ]
