"""Puts the append-only guards in place, and on PostgreSQL the sequence that numbers entries."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from liftwarden.ground.journal import guards


def put_up(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the sequence and the guards."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE IF NOT EXISTS journal_entry_number CACHE 1")
    guards.install(schema_editor.connection)


def take_down(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away again."""
    guards.lift(schema_editor.connection)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE IF EXISTS journal_entry_number")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(put_up, take_down)]
