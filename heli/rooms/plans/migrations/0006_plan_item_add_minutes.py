from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deploy: one nullable column and its check; 0010 looks at the rows, 0011 builds the index beside them."""

    dependencies = [
        ("plans", "0005_reach_by_rule"),
    ]

    operations = [
        migrations.AddField(
            model_name="planitem",
            name="minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        AddConstraintNotValid(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__isnull", True), ("minutes__gt", 0), _connector="OR"),
                name="plans_planitem_minutes",
            ),
        ),
    ]
