"""Before deploy: days off and working days that the enterprise enters itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0002_instrument_edition_in_two_languages"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                (
                    "kind",
                    models.CharField(blank=True, choices=[("off", "Day off"), ("work", "Working day")], max_length=4),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=300)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["day", "-id"], name="rulebook_calendarday_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rulebook_calendarday_has_reason"
                    )
                ],
            },
        ),
    ]
