"""Before deploy: a roster keeps its questions, examples and lines left out; three columns with defaults, no rewrite."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_people_add_appointment_version"),
    ]

    operations = [
        migrations.AddField(
            model_name="rosterimport",
            name="examples",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="rosterimport",
            name="left_out",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="rosterimport",
            name="questions",
            field=models.JSONField(default=list),
        ),
    ]
