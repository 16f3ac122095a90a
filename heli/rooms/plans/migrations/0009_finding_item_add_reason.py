from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deploy: one column with a constant default, which PostgreSQL adds without writing any row."""

    dependencies = [
        ("plans", "0008_minutes_and_duties_of_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="findingitem",
            name="reason",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
