"""Before deploy: an index that finds the items of a duty."""

import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_people_add_checks"),
        ("responsibilities", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="item",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["obligations"], name="responsibilities_item_duties", opclasses=["jsonb_path_ops"]
            ),
        ),
    ]
