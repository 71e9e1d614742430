"""Database triggers that refuse to change or remove what the journal has written, on both databases."""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

KEYS = {"journal_entry": ("id",), "journal_chain": ("sequence", "entry_id")}
GUARDED = tuple(KEYS)
REFUSAL = " BEGIN RAISE EXCEPTION 'the journal is append-only: % on % is refused', TG_OP, TG_TABLE_NAME; END "


@dataclass(frozen=True)
class Guard:
    """One trigger: on a table, against a verb."""

    table: str
    verb: str

    @property
    def name(self) -> str:
        """What the database calls it."""
        return f"{self.table}_no_{self.verb}"

    @property
    def definition(self) -> str:
        """SQLite's statement, which it stores word for word.

        SQLite's REPLACE removes the row in its way without asking the triggers on delete: so an insert in the way of a
        row is refused too.
        """
        when = f"BEFORE {self.verb.upper()} ON {self.table}"
        if self.verb == "replace":
            clashes = [f"EXISTS (SELECT 1 FROM {self.table} WHERE {key} = NEW.{key})" for key in KEYS[self.table]]
            when = f"BEFORE INSERT ON {self.table} WHEN {' OR '.join(clashes)}"
        words = f"the journal is append-only: {self.verb} on {self.table} is refused"
        return f"CREATE TRIGGER {self.name} {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"

    @property
    def call(self) -> str:
        """How PostgreSQL ends its definition."""
        level = "STATEMENT" if self.verb == "truncate" else "ROW"
        return f"{self.table} FOR EACH {level} EXECUTE FUNCTION journal_is_append_only()"


def guards(vendor: str) -> tuple[Guard, ...]:
    """List the guards that a database must have."""
    own = "truncate" if vendor == "postgresql" else "replace"
    return tuple(Guard(table, verb) for table in GUARDED for verb in ("update", "delete", own))


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place, anew."""
    lift(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $${REFUSAL}$$"
            )
        for guard in guards(connection.vendor):
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TRIGGER {guard.name} BEFORE {guard.verb.upper()} ON {guard.call}")
            else:
                cursor.execute(guard.definition)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take the guards away; for the test runner's flush only, which must empty every table."""
    with connection.cursor() as cursor:
        for guard in guards(connection.vendor):
            on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the guards that should stand and do not, are switched off, or no longer say what we wrote."""
    wanted = guards(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            standing = dict(cursor.fetchall())
            return [guard.name for guard in wanted if standing.get(guard.name) != guard.definition]
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'journal_is_append_only'")
        refuses = [row[0].strip() for row in cursor.fetchall()] == [REFUSAL.strip()]
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        standing = dict(cursor.fetchall())
    return [guard.name for guard in wanted if not refuses or not _stands(standing.get(guard.name, ""), guard)]


def _stands(definition: str, guard: Guard) -> bool:
    """Whether PostgreSQL's own words for a trigger are ours; it names the schema between ON and the table."""
    begins = f"CREATE TRIGGER {guard.name} BEFORE {guard.verb.upper()} ON "
    return definition.startswith(begins) and definition.endswith(f".{guard.call}") and " WHEN " not in definition
