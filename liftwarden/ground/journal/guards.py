"""Database triggers that refuse to change or remove what the journal has written, on both databases."""

from django.db.backends.base.base import BaseDatabaseWrapper

GUARDED = ("journal_entry", "journal_chain")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; those that stand already are left."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
                "BEGIN RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME; END $$"
            )
        for name, table, verb in _names():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                level = "STATEMENT" if verb == "truncate" else "ROW"
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                    f"FOR EACH {level} EXECUTE FUNCTION journal_is_append_only()"
                )
            elif verb != "truncate":
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'the journal is append-only: {verb} on {table} is refused'); END"
                )


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away; for the test runner's flush only, which must empty every table."""
    with connection.cursor() as cursor:
        for name, table, verb in _names():
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            elif verb != "truncate":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the guards that should stand and do not, or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        standing = {row[0] for row in cursor.fetchall()}
    wanted = [name for name, _, verb in _names() if verb != "truncate" or connection.vendor == "postgresql"]
    return [name for name in wanted if name not in standing]


def _names() -> list[tuple[str, str, str]]:
    return [(f"{table}_no_{verb}", table, verb) for table in GUARDED for verb in ("update", "delete", "truncate")]
