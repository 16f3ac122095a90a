from django.db import migrations, models


class Migration(migrations.Migration):
    """Before deploy: another word for a state; nothing stored changes."""

    dependencies = [
        ("plans", "0006_plan_item_add_minutes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="planversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Awaiting approval"),
                    ("published", "Current"),
                    ("superseded", "Replaced by a newer version"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
    ]
