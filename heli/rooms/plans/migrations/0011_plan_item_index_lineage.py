from django.db import migrations, models

NAME = "plans_planitem_of_task"


def build(_apps, schema_editor):
    """Build the index while others write; it may be there from 0006 as it once was, or half built by a broken run."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [NAME])
        found = cursor.fetchone()
        if found is not None and not found[0]:
            cursor.execute(f"DROP INDEX CONCURRENTLY {NAME}")
        if found is None or not found[0]:
            cursor.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON plans_planitem (lineage)")


def drop(_apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")


class Migration(migrations.Migration):
    """Before deploy: the items of a task are found by index."""

    # A concurrent build cannot stand in a transaction.
    atomic = False

    dependencies = [
        ("plans", "0010_plan_item_validate"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(build, drop)],
            state_operations=[
                migrations.AddIndex(
                    model_name="planitem",
                    index=models.Index(fields=["lineage"], name=NAME),
                ),
            ],
        ),
    ]
