"""Before deploy: who was told of a change; a decided change can be taken back before its day."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_DECIDED = ("decided", "in_force", "declined")
_WITH_DECIDER = Q(state__in=_DECIDED, decided_at__isnull=False, proposed_at__isnull=False)
_WITHOUT = ~Q(state__in=_DECIDED) & Q(decided_at__isnull=True)


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0006_edition_choice_add"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdjustmentTold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_at", models.DateTimeField()),
                (
                    "adjustment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="told", to="rulebook.adjustment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("adjustment", "person"), name="rulebook_told_once"),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="adjustment", name="rulebook_adjustment_decided_has_decider"),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=_WITH_DECIDER | Q(state="withdrawn") | _WITHOUT,
                name="rulebook_adjustment_decided_has_decider",
            ),
        ),
    ]
