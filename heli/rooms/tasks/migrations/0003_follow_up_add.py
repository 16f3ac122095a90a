import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import heli.kernel.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_people_add_throttle"),
        ("tasks", "0002_task_keep_hands"),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(max_length=200)),
                ("text", models.TextField()),
                (
                    "line",
                    models.CharField(
                        choices=[("party", "Party building"), ("integrity", "Integrity"), ("both", "Both lines")],
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("closed", "Closed"), ("withdrawn", "Withdrawn")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("remind_days", models.SmallIntegerField()),
                ("urge_days", models.SmallIntegerField()),
                ("list_days", models.SmallIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closing_note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "hands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("reopen_reason", models.CharField(blank=True, default="", max_length=500)),
                ("withdraw_reason", models.CharField(blank=True, default="", max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-asked_at", "-id"], name="tasks_followup_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "year", "number"), name="tasks_followup_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="tasks_followup_number_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_followup_closed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="tasks_followup_closed_has_closer",
                    ),
                    models.CheckConstraint(
                        condition=heli.kernel.constraints.NotAmong(models.F("closed_by"), models.F("hands")),
                        name="tasks_followup_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remind_days__lt", models.F("urge_days")), ("urge_days__lt", models.F("list_days"))
                        ),
                        name="tasks_followup_ladder_rises",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUpUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(choices=[("lead", "Lead"), ("help", "Co-operating")], max_length=10)),
                (
                    "rung",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Not reminded"), (1, "Reminded"), (2, "Urged"), (3, "Listed")], default=0
                    ),
                ),
                ("climbed_on", models.DateField(blank=True, null=True)),
                (
                    "follow_up",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="tasks.followup"
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasks.task"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["follow_up", "id"], name="tasks_followupunit_of"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("follow_up", "unit"), name="tasks_followupunit_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "lead")), fields=("follow_up",), name="tasks_followupunit_one_lead"
                    ),
                    models.CheckConstraint(condition=models.Q(("rung__lte", 3)), name="tasks_followupunit_rung_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("is_granted", models.BooleanField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="extensions", to="tasks.followupunit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("decided_by__isnull", True), ("is_granted__isnull", True)
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("is_granted__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_extension_decided_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="tasks_extension_four_eyes",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at__isnull", True)),
                        fields=("asked_of",),
                        name="tasks_extension_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("series", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("series", "unit", "year"), name="tasks_numberseries_once"),
                ],
            },
        ),
    ]
