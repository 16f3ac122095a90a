"""Before deploy: changes that show first what follows; circumstances that never overlap, with who said so."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import heli.kernel.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_people_add_checks"),
        ("rulebook", "0003_add_calendar_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "family",
                    models.CharField(
                        choices=[("instrument", "Instrument"), ("obligation", "Duty"), ("key_link", "Key link")],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("title_zh", models.CharField(max_length=120)),
                ("title_en", models.CharField(max_length=200)),
                ("cells", models.JSONField(default=dict)),
                ("switches", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                ("base_version", models.PositiveIntegerField()),
                ("effective_on", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Awaiting decision"),
                            ("decided", "Decided, not yet in force"),
                            ("in_force", "In force"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "hands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("drafted_at", models.DateTimeField()),
                ("proposed_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("in_force_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-drafted_at", "-id"], name="rulebook_adjustment_newest"),
                    models.Index(fields=["family", "code"], name="rulebook_adjustment_entry"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("draft", "proposed"))),
                        fields=("family", "code"),
                        name="rulebook_adjustment_one_under_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rulebook_adjustment_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("proposed_at__isnull", False),
                                ("state__in", ("decided", "in_force", "declined")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("decided", "in_force", "declined")), _negated=True),
                                ("decided_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rulebook_adjustment_decided_has_decider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("in_force_at__isnull", False), ("state", "in_force"), ("told_at__isnull", False)),
                            models.Q(models.Q(("state", "in_force"), _negated=True), ("in_force_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="rulebook_adjustment_in_force_was_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentEffect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=40)),
                ("act", models.CharField(blank=True, default="", max_length=10)),
                ("count", models.PositiveIntegerField()),
                ("units", models.PositiveIntegerField()),
                ("is_accepted", models.BooleanField()),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("applied", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_accepted", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="rulebook_effect_declined_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentException",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("group", models.CharField(max_length=40)),
                ("line", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=300)),
                ("reason", models.CharField(max_length=300)),
                ("left_out_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rulebook_exception_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="circumstance",
            name="rulebook_circumstance_one_open",
        ),
        migrations.AddField(
            model_name="circumstance",
            name="declared_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="circumstance",
            name="declared_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="circumstance",
            name="ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="circumstance",
            name="ended_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddConstraint(
            model_name="circumstance",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (heli.kernel.constraints.OneNumber("unit_id"), "&&"),
                    (heli.kernel.constraints.OneText("condition"), "&&"),
                    (
                        heli.kernel.constraints.DateRange(
                            "valid_from", "valid_to", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                ],
                name="rulebook_circumstance_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="circumstance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("declared_at__isnull", True), ("declared_by__isnull", True)),
                    models.Q(("declared_at__isnull", False), ("declared_by__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_circumstance_declared_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="circumstance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False), ("valid_to__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_circumstance_ended_pair",
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="decided_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="drafted_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="adjustmenteffect",
            name="adjustment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="effects", to="rulebook.adjustment"
            ),
        ),
        migrations.AddField(
            model_name="adjustmentexception",
            name="adjustment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exceptions", to="rulebook.adjustment"
            ),
        ),
        migrations.AddField(
            model_name="adjustmentexception",
            name="left_out_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddField(
            model_name="adjustmentnotice",
            name="acknowledged_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="adjustmentnotice",
            name="adjustment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="rulebook.adjustment"
            ),
        ),
        migrations.AddField(
            model_name="adjustmentnotice",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_at__isnull", True), ("proposed_by__isnull", True)),
                    models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_adjustment_proposed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_adjustment_decided_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_adjustment_withdrawn_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=heli.kernel.constraints.NotAmong(models.F("decided_by"), models.F("hands")),
                name="rulebook_adjustment_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmenteffect",
            constraint=models.UniqueConstraint(fields=("adjustment", "group"), name="rulebook_effect_once"),
        ),
        migrations.AddConstraint(
            model_name="adjustmentexception",
            constraint=models.UniqueConstraint(fields=("adjustment", "group", "line"), name="rulebook_exception_once"),
        ),
        migrations.AddIndex(
            model_name="adjustmentnotice",
            index=models.Index(
                condition=models.Q(("acknowledged_at__isnull", True)),
                fields=["unit", "adjustment"],
                name="rulebook_notice_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentnotice",
            constraint=models.UniqueConstraint(fields=("adjustment", "unit"), name="rulebook_notice_once"),
        ),
        migrations.AddConstraint(
            model_name="adjustmentnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                    models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                    _connector="OR",
                ),
                name="rulebook_notice_acknowledged_pair",
            ),
        ),
    ]
