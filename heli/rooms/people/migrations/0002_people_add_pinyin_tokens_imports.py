import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("hint", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RosterImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200)),
                ("file_hash", models.CharField(max_length=64)),
                ("content", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("refused", "Has errors"),
                            ("checked", "Waiting for your confirmation"),
                            ("writing", "Being written"),
                            ("done", "Imported"),
                            ("failed", "Failed, nothing was written"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="reading",
                        max_length=12,
                    ),
                ),
                ("uploaded_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("effective_on", models.DateField()),
                ("rows", models.PositiveIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("fault_count", models.PositiveIntegerField(default=0)),
                ("sample", models.JSONField(default=list)),
                ("failure", models.JSONField(default=dict)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["reading", "refused", "checked", "writing", "done", "failed", "withdrawn"])
                        ),
                        name="people_rosterimport_state_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="must_use_second_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="account",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="unit",
            name="pinyin",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="person",
            name="pinyin",
            field=models.CharField(blank=True, db_collation="C", max_length=120),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["pinyin", "staff_no"], name="people_person_pinyin"),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="people.person"
            ),
        ),
        migrations.AddField(
            model_name="rosterimport",
            name="uploaded_by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"),
        ),
        migrations.AddIndex(
            model_name="apitoken",
            index=models.Index(fields=["person", "created_at"], name="people_apitoken_person"),
        ),
        migrations.AddIndex(
            model_name="rosterimport",
            index=models.Index(fields=["uploaded_by", "uploaded_at"], name="people_rosterimport_by"),
        ),
    ]
