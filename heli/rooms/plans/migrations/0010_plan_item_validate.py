from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Before deploy: the checks of 0005 and 0006 hold for every row; reads and writes go on meanwhile."""

    dependencies = [
        ("plans", "0009_finding_item_add_reason"),
    ]

    operations = [
        ValidateConstraint(model_name="planitem", name="plans_planitem_reach_known"),
        ValidateConstraint(model_name="planitem", name="plans_planitem_minutes"),
    ]
