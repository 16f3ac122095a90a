"""Before deploy: what is due on a day can move as a change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rulebook", "0008_adjustment_add_closing"),
    ]

    operations = [
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
                    ("day", "Day"),
                ],
                max_length=20,
            ),
        ),
    ]
