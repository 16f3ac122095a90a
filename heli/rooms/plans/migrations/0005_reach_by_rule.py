from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deploy: one more kind of reach; 0010 looks at the rows, while others read and write them."""

    dependencies = [
        ("plans", "0004_draftitem_add_helpers"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="planitem",
            name="plans_planitem_reach_known",
        ),
        migrations.AlterField(
            model_name="planitem",
            name="reach",
            field=models.CharField(
                choices=[
                    ("lead", "The lead unit alone"),
                    ("unit", "The unit of the plan itself"),
                    ("rule", "Each unit of which the rule asks it"),
                    ("committees", "Each Party committee and general branch below"),
                    ("branches", "Each Party branch below"),
                    ("groups", "Each Party group below"),
                ],
                default="lead",
                max_length=12,
            ),
        ),
        AddConstraintNotValid(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("reach__in", ["lead", "unit", "rule", "committees", "branches", "groups"])),
                name="plans_planitem_reach_known",
            ),
        ),
    ]
