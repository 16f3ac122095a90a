from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deploy: one nullable column, its check and an index."""

    dependencies = [
        ("plans", "0005_reach_by_rule"),
    ]

    operations = [
        migrations.AddField(
            model_name="planitem",
            name="minutes",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="planitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__isnull", True), ("minutes__gt", 0), _connector="OR"),
                name="plans_planitem_minutes",
            ),
        ),
        migrations.AddIndex(
            model_name="planitem",
            index=models.Index(fields=["lineage"], name="plans_planitem_of_task"),
        ),
    ]
