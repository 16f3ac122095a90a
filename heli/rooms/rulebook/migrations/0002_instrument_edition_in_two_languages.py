"""Before deploy: what an instrument's edition is called, in both languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rulebook", "0001_initial")]

    operations = [
        migrations.RenameField("instrumentwording", "edition", "edition_zh"),
        migrations.AddField(
            "instrumentwording",
            "edition_en",
            models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
    ]
