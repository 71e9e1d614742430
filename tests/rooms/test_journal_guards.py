"""The database itself refuses to change or remove what the journal has written, and says so when its guards are gone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import checks
from django.db import DatabaseError, connection, transaction

from liftwarden.ground.journal import chain, guards
from liftwarden.ground.journal.verify import export_heads, verify

pytestmark = pytest.mark.django_db
NOON = datetime(2017, 7, 3, 4, tzinfo=UTC)


def run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", ["journal_entry", "journal_chain"])
class TestTheDatabaseRefuses:
    def test_an_update(self, table):
        column = {"journal_entry": "reason", "journal_chain": "hash"}[table]

        with pytest.raises(DatabaseError, match="append-only"):
            run(f"UPDATE {table} SET {column} = 'x'")

    def test_a_delete(self, table):
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"DELETE FROM {table}")

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
    def test_a_truncate(self, table):
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"TRUNCATE {table}")

    @pytest.mark.skipif(connection.vendor == "postgresql", reason="its upsert is an update")
    def test_a_replacement_that_removes_in_passing(self, table):
        key = {"journal_entry": "id", "journal_chain": "sequence"}[table]

        with pytest.raises(DatabaseError, match="append-only"):
            run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE {key} = (SELECT min({key}) FROM {table})")


NAMES = [guard.name for guard in guards.guards(connection.vendor)]


def drop(name: str) -> None:
    on = f" ON {name.split('_no_', maxsplit=1)[0]}" if connection.vendor == "postgresql" else ""
    run(f"DROP TRIGGER {name}{on}")


@pytest.mark.parametrize("name", NAMES)
class TestAGuardThatIsGone:
    def test_is_named_by_verify(self, name):
        drop(name)

        assert [found.what for found in verify().breaks] == [f"触发器 {name} 不在、已停用或被改写"]

    def test_is_named_by_the_system_check(self, name):
        drop(name)

        found = checks.run_checks(tags=["database"], databases=["default"])

        assert [error.msg for error in found if error.id == "journal.E002"] == [f"journal guard {name} is missing"]


def test_a_guard_of_the_same_name_that_does_nothing_is_named():
    drop("journal_entry_no_update")
    if connection.vendor == "postgresql":
        run("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        run(
            "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry "
            "FOR EACH ROW EXECUTE FUNCTION nothing()"
        )
    else:
        run("CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry BEGIN SELECT 1; END")

    assert guards.missing(connection) == ["journal_entry_no_update"]


def test_a_guard_that_is_switched_off_is_named():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite cannot switch a trigger off")
    run("ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_no_delete")

    assert guards.missing(connection) == ["journal_entry_no_delete"]


class TestACutTail:
    def cut(self, links: int) -> None:
        chain.drain()
        guards.lift(connection)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM journal_entry WHERE id IN (SELECT entry_id FROM journal_chain WHERE sequence > "
                "(SELECT max(sequence) FROM journal_chain) - %s)",
                [links],
            )
            cursor.execute(
                "DELETE FROM journal_chain WHERE sequence > (SELECT max(sequence) FROM journal_chain) - %s", [links]
            )
        guards.install(connection)

    def with_tail(self) -> None:
        from liftwarden.ground.journal import actions as journal
        from liftwarden.kernel.declared import folds
        from tests.factories import node

        for _ in range(3):  # notes: they change no row, so that the fold has nothing to say
            journal.note(journal.Draft("node.noted", "node", folds_key(), "", NOON, {}), by=node())
        assert folds()

    def test_is_found_with_the_exported_heads(self, tmp_path: Path):
        self.with_tail()
        export_heads(tmp_path / "heads.jsonl", at=NOON)

        self.cut(2)

        assert [found.what for found in verify(heads=tmp_path / "heads.jsonl").breaks] == [
            "链比已导出的链头短，尾部被截断"
        ]

    def test_is_not_found_without_them(self):
        self.with_tail()

        self.cut(2)

        assert verify().breaks == ()

    def test_that_was_written_anew_is_found(self, tmp_path: Path):
        self.with_tail()
        export_heads(tmp_path / "heads.jsonl", at=NOON)

        self.cut(3)
        self.with_tail()

        assert [found.what for found in verify(heads=tmp_path / "heads.jsonl").breaks] == [
            "与已导出的链头不符，链被重写"
        ]

    def test_a_heads_file_that_cannot_be_read_is_named(self, tmp_path: Path):
        (tmp_path / "heads.jsonl").write_text("{torn", encoding="utf-8")

        assert "链头文件被改动" in verify(heads=tmp_path / "heads.jsonl").breaks[0].what

    def test_a_heads_file_that_is_missing_is_named(self, tmp_path: Path):
        assert verify(heads=tmp_path / "none").breaks[0].what == "没有这个链头文件"


def folds_key() -> object:
    from liftwarden.ground.journal.keys import new_key

    return new_key()
