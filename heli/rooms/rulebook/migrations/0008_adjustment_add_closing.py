"""Before deploy: a closing of a unit or post is a change too, and names the unit it happens in."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_PLACES = ("unit", "post")


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0007_told_add"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.unit",
            ),
        ),
        migrations.AlterField(
            model_name="adjustment",
            name="family",
            field=models.CharField(
                choices=[
                    ("instrument", "Instrument"),
                    ("obligation", "Duty"),
                    ("key_link", "Key link"),
                    ("unit", "Unit"),
                    ("post", "Post"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=Q(family__in=_PLACES, hands=[], unit__isnull=False)
                | (~Q(family__in=_PLACES) & Q(unit__isnull=True)),
                name="rulebook_adjustment_closing_names_unit",
            ),
        ),
    ]
