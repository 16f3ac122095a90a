"""Who works with an item's owner, as the paper names them. Before deploy: the column has a default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_second_opinion")]

    operations = [
        migrations.AddField(
            model_name="draftitem", name="helpers", field=models.TextField(blank=True, default="", db_default="")
        ),
    ]
