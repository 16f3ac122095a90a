"""Before deploy: who stands in for the holder of a post."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import heli.kernel.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_people_add_roster_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("reason", models.CharField(max_length=200)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stand_ins", to="people.appointment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stands_in", to="people.person"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person", "valid_to"], name="people_stand_in_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="people_stand_in_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (heli.kernel.constraints.OneNumber("appointment_id"), "&&"),
                            (
                                heli.kernel.constraints.DateRange(
                                    "valid_from", "valid_to", django.contrib.postgres.fields.ranges.RangeBoundary()
                                ),
                                "&&",
                            ),
                        ],
                        name="people_stand_in_one_at_a_time",
                    ),
                ],
            },
        ),
    ]
