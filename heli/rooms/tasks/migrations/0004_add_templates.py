"""Before deploy: task templates and their issues."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_people_add_throttle"),
        ("tasks", "0003_follow_up_add"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                (
                    "line",
                    models.CharField(
                        choices=[("party", "Party building"), ("integrity", "Integrity"), ("both", "Both lines")],
                        max_length=10,
                    ),
                ),
                ("deliverable", models.CharField(max_length=500)),
                ("obligation", models.CharField(blank=True, default="", max_length=20)),
                ("unit_kinds", models.JSONField(default=list)),
                ("post_kind", models.CharField(blank=True, default="", max_length=30)),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("month", "Every month"),
                            ("quarter", "Every quarter"),
                            ("half", "Every half-year"),
                            ("year", "Every year"),
                            ("once", "Once"),
                            ("event", "After something happens"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "falls_on",
                    models.CharField(
                        choices=[
                            ("day", "a day of the month"),
                            ("working_day", "a working day of the month, counted"),
                            ("last_day", "the last day of the month"),
                            ("last_working_day", "the last working day of the month"),
                        ],
                        default="last_day",
                        max_length=20,
                    ),
                ),
                ("nth", models.PositiveSmallIntegerField(default=0)),
                ("month", models.PositiveSmallIntegerField(default=1)),
                (
                    "shift",
                    models.CharField(
                        choices=[
                            ("before", "to the working day before"),
                            ("after", "to the working day after"),
                            ("stay", "nowhere, it stays"),
                        ],
                        default="before",
                        max_length=10,
                    ),
                ),
                ("once_on", models.DateField(blank=True, null=True)),
                ("event", models.CharField(blank=True, default="", max_length=100)),
                ("deadline", models.CharField(blank=True, default="", max_length=10)),
                ("lead_days", models.PositiveSmallIntegerField(default=10)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("basis", models.CharField(max_length=300)),
                ("minutes", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Awaiting approval"),
                            ("approved", "Approved"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("hands", models.JSONField(default=list)),
                ("drafted_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, default="", max_length=300)),
                ("return_reason", models.CharField(blank=True, default="", max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"),
                ),
                (
                    "submitted_by",
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
                    models.Index(fields=["state", "ends_on", "id"], name="tasks_template_in_force"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("submitted_at__isnull", True), ("submitted_by__isnull", True)),
                            models.Q(("submitted_at__isnull", False), ("submitted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_template_submitted_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at__isnull", True), ("approved_by__isnull", True)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_template_approved_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_template_ended_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(
                                models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                                models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tasks_template_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "ended"]), _negated=True),
                            ("approved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="tasks_template_approved_has_approver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="tasks_template_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0), models.Q(("basis", ""), _negated=True)),
                        name="tasks_template_burden_stated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("every", "once"), _negated=True), ("once_on__isnull", False), _connector="OR"
                        ),
                        name="tasks_template_once_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("every", "event"), _negated=True),
                            models.Q(models.Q(("event", ""), _negated=True), models.Q(("deadline", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="tasks_template_event_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TemplateIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.CharField(max_length=20)),
                ("due_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting to be issued"),
                            ("running", "Being issued"),
                            ("issued", "Issued"),
                            ("failed", "Failed, nothing was issued"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("failure", models.TextField(blank=True, default="")),
                ("is_nightly", models.BooleanField(default=False)),
                ("requested_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdraw_reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="tasks.tasktemplate"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["template", "-due_on", "-id"], name="tasks_issue_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("template", "period"),
                        name="tasks_issue_period_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="tasks_issue_withdrawn_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["queued", "running"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["issued", "failed", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="tasks_issue_ended_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))), name="tasks_issue_done"
                    ),
                ],
            },
        ),
    ]
