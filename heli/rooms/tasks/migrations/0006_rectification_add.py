import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import heli.kernel.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_people_add_throttle"),
        ("tasks", "0005_add_parts_and_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rectification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("inspection", "Inspection"),
                            ("audit", "Audit"),
                            ("self_check", "Self-check"),
                            ("meeting", "Meeting"),
                        ],
                        max_length=12,
                    ),
                ),
                ("found_by", models.CharField(blank=True, default="", max_length=120)),
                ("found_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "verifier",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-found_on", "-id"], name="tasks_rectification_newest"),
                    models.Index(fields=["unit"], name="tasks_rectification_unit"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("verifier", "year", "number"), name="tasks_rectification_number_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.CharField(max_length=1000)),
                (
                    "line",
                    models.CharField(
                        choices=[("party", "Party building"), ("integrity", "Integrity"), ("both", "Both lines")],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Being rectified"), ("closed", "Crossed off")], default="open", max_length=10
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closing_note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "hands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("check_months", models.PositiveSmallIntegerField(default=0)),
                ("check_on", models.DateField(blank=True, null=True)),
                ("reopen_reason", models.CharField(blank=True, default="", max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "check_task",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tasks.task",
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
                    "rectification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="problems", to="tasks.rectification"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("check_on__isnull", False), ("check_task__isnull", True)),
                        fields=["check_on"],
                        name="tasks_problem_to_check",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("rectification", "number"), name="tasks_problem_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                            models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_problem_closed_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="tasks_problem_closed_has_closer",
                    ),
                    models.CheckConstraint(
                        condition=heli.kernel.constraints.NotAmong(models.F("closed_by"), models.F("hands")),
                        name="tasks_problem_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "task",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tasks.task",
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="measures", to="tasks.problem"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("problem", "number"), name="tasks_measure_number_once")
                ],
            },
        ),
    ]
