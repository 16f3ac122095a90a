"""Before deploy: what was chosen of each entry of an edition, and the change that came of it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0005_review_add"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditionChoice",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("added", "New"), ("withdrawn", "Withdrawn"), ("changed", "Changed")], max_length=10
                    ),
                ),
                (
                    "taken",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "kept",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "adjustment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="edition_choice",
                        to="rulebook.adjustment",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="rulebook.edition"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("edition", "family", "code"), name="rulebook_choice_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kept", []), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="rulebook_choice_kept_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adjustment__isnull", True), ("taken", [])),
                            models.Q(models.Q(("taken", []), _negated=True), ("adjustment__isnull", False)),
                            _connector="OR",
                        ),
                        name="rulebook_choice_taken_is_a_change",
                    ),
                ],
            },
        ),
    ]
