"""Whoever gets past the guards and changes one thing anywhere, in the journal or in a folded row, is found by `verify`.

Each tamper is one random statement in a savepoint that is rolled back; `LIFTWARDEN_SEED` chooses another run, and a
failure prints the statement. The tamperer knows SQL: another type of the same look, another spelling of the same moment,
two rows swapped, one deleted with its link, one copied in.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from liftwarden.ground.journal import guards
from liftwarden.ground.journal.verify import verify
from liftwarden.kernel.declared import folds
from tests.factories import a_finding, a_lift, a_problem, an_actor, an_order, closed, day, serve, show_evidence

pytestmark = pytest.mark.django_db
SEED = os.environ.get("LIFTWARDEN_SEED", "2017")
ON_POSTGRES = connection.vendor == "postgresql"


@dataclass(frozen=True)
class Tamper:
    """One statement, or two that belong together, and what it is called."""

    name: str
    statements: tuple[tuple[str, tuple[Any, ...]], ...]


class Tamperer:
    """Knows every table that `verify` answers for, and thinks of one change at a time."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)
        self.tables = {"journal_entry": "id", "journal_chain": "sequence"}
        self.tables |= {fold.model._meta.db_table: str(fold.model._meta.pk.column) for fold in folds()}
        self.keys = {table: self._keys(table, key) for table, key in self.tables.items()}
        self.keys = {table: keys for table, keys in self.keys.items() if keys}
        self.columns = {table: self._columns(table) for table in self.keys}

    def _keys(self, table: str, key: str) -> list[Any]:
        return [row[0] for row in self._ask(f"SELECT {key} FROM {table} ORDER BY {key}")]

    def _columns(self, table: str) -> list[str]:
        with connection.cursor() as cursor:
            return [column.name for column in connection.introspection.get_table_description(cursor, table)]

    def _ask(self, sql: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def think(self) -> Tamper:
        """Think of one change that makes a difference in the database."""
        kind = self.random.choices(
            (self._changed, self._removed, self._swapped, self._copied, self._unlinked), (12, 2, 2, 1, 1)
        )[0]
        return kind()

    def _row(self) -> tuple[str, str, Any]:
        table = self.random.choice(list(self.keys))
        # Half of the time the journal itself, whose rows are most.
        if self.random.random() < 0.5:
            table = self.random.choice(("journal_entry", "journal_chain"))
        return table, self.tables[table], self.random.choice(self.keys[table])

    def _changed(self) -> Tamper:
        table, key, row = self._row()
        column = self.random.choice(self.columns[table])
        raw = column if ON_POSTGRES else f"+{column}"
        (value,) = self._ask(f"SELECT {raw} FROM {table} WHERE {key} = %s", (row,))[0]
        other = self._other(value)
        return Tamper(
            f"{table}.{column}: {value!r} -> {other!r}",
            ((f"UPDATE {table} SET {column} = %s WHERE {key} = %s", (other, row)),),
        )

    def _other(self, value: Any) -> Any:
        """Give a value that the database holds apart from the old one."""
        choices: list[Any] = []
        match value:
            case None:
                choices = ["", "x", 0, uuid4(), datetime(2017, 1, 1, tzinfo=UTC), date(2017, 1, 1)]
            case bool():
                choices = [not value]
            case int():
                choices = [value + 1, -value - 1, value + 1_000_000]
                choices += [] if ON_POSTGRES else [f"{value}x", value + 0.5, 1 - value]
            case str():
                choices = [value + " ", value + "a", value.swapcase(), "", value[:-1], value.replace("0", "1", 1)]
                if not ON_POSTGRES:
                    choices += [value.encode(), value.replace(" ", "T", 1), value + "+00:00", None]
            case UUID():
                choices = [uuid4()]
            case datetime():
                choices = [value + timedelta(microseconds=1), value + timedelta(days=31)]
            case date():
                choices = [value + timedelta(days=1)]
            case _:
                choices = [value + 1, None]
        if value is not None and self.random.random() < 0.1:
            choices = [None]
        different = [one for one in choices if type(one) is not type(value) or one != value]
        chosen = self.random.choice(different or [None])
        return chosen.hex if isinstance(chosen, UUID) and not ON_POSTGRES else chosen

    def _removed(self) -> Tamper:
        table, key, row = self._row()
        return Tamper(f"{table} {row} removed", ((f"DELETE FROM {table} WHERE {key} = %s", (row,)),))

    def _swapped(self) -> Tamper:
        """Give two rows of one table each other's content, by swapping their keys."""
        table, key, one = self._row()
        other = self.random.choice(self.keys[table])
        spare: Any = -1 if isinstance(one, int) else (uuid4() if isinstance(one, UUID) else uuid4().hex)
        move = f"UPDATE {table} SET {key} = %s WHERE {key} = %s"
        return Tamper(
            f"{table}: {one} and {other} swapped", ((move, (spare, one)), (move, (one, other)), (move, (other, spare)))
        )

    def _copied(self) -> Tamper:
        """Put a copy of a row in under a key of its own, for the journal one behind the last."""
        table, key, row = self._row()
        if table == "journal_chain":
            return self._removed()
        columns = [column for column in self.columns[table] if column != key]
        fresh: Any = uuid4() if ON_POSTGRES else uuid4().hex
        if table == "journal_entry":
            fresh = self.keys[table][-1] + 1_000
        names = ", ".join(columns)
        return Tamper(
            f"{table} {row} copied in",
            (
                (
                    f"INSERT INTO {table} ({key}, {names}) SELECT %s, {names} FROM {table} WHERE {key} = %s",
                    (fresh, row),
                ),
            ),
        )

    def _unlinked(self) -> Tamper:
        """Take an entry out together with its link; from the middle, a cut tail being another matter."""
        number = self.random.choice(self.keys["journal_entry"][:-1])
        return Tamper(
            f"entry {number} removed with its link",
            (
                ("DELETE FROM journal_chain WHERE entry_id = %s", (number,)),
                ("DELETE FROM journal_entry WHERE id = %s", (number,)),
            ),
        )


def some_life() -> None:
    """Fill every room's tables with a little of everything."""
    chief, inspector = an_actor("chief"), an_actor("inspector")
    lift = a_lift(longitude=120.1, latitude=30.2, datum="GCJ02", speed_m_per_s=1.75, floors=18)
    serve(lift, an_body())
    problem = a_problem(lift, by=chief, found=day("2016-05-01"))
    from liftwarden.casework.hazards import actions as hazards
    from liftwarden.casework.hazards.actions.listings import ListingOrder
    from liftwarden.casework.hazards.actions.shut_downs import SealOrder

    hazards.instruct([problem.pk], an_order(chief), at=day("2017-02-02"), by=chief)
    order = ListingOrder("分管副县长", date(2019, 6, 1), "fund")
    hazards.list_for_supervision(problem.file_id, order, at=day("2017-02-03"), by=chief)
    hazards.shut_down(
        problem.file_id, SealOrder("封1", "《特种设备安全法》", "监察机构"), at=day("2017-02-04"), by=chief
    )
    other = a_problem(by=chief, found=day("2017-02-01"))
    closed(other, day("2017-05-01"), by=chief, checker=inspector)
    show_evidence(problem, by=chief)
    assert a_finding()


def an_body() -> Any:
    from tests.factories import a_body

    return a_body()


def small_world() -> None:
    """Drop the divisions' thousands of rows and entries, so that each `verify` is quick; the chain is made anew."""
    from liftwarden.ground.divisions.models import Division

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_chain")
        cursor.execute("DELETE FROM journal_entry WHERE subject_kind IN ('division', 'division-load')")
    Division.objects.all().delete()


def misses(count: int, seed: str) -> Iterator[str]:
    """Try so many tampers, each undone again; tell those that `verify` did not find."""
    tamperer, tried = Tamperer(seed), Counter[str]()
    while sum(tried.values()) < count:
        tamper = tamperer.think()
        try:
            with transaction.atomic():
                for sql, params in tamper.statements:
                    with connection.cursor() as cursor:
                        cursor.execute(sql, params)
                        if cursor.rowcount != 1:
                            raise DatabaseError("changed nothing")
                if _is_same(tamper):
                    raise DatabaseError("changed nothing")
                tried[tamper.name.split(" ")[0].split(".")[0]] += 1
                # The guards are lifted: each of them is one break, that must not hide that there is no other.
                if not [found for found in verify().breaks if found.where != "守卫"]:
                    yield tamper.name
                transaction.set_rollback(True)
        except DatabaseError:
            continue  # the database would not have it: a constraint stood in the way, or nothing was changed
    assert len(tried) >= 5


def _is_same(tamper: Tamper) -> bool:
    """Whether the database took the new value for the old one (a text of digits for a number, say)."""
    if " -> " not in tamper.name:
        return tamper.name.endswith("swapped") and tamper.statements[0][1][1] == tamper.statements[1][1][1]
    table, column = tamper.name.split(":")[0].split(".")
    raw = column if ON_POSTGRES else f"+{column}"
    sql, (_, row) = tamper.statements[0]
    key = sql.split(" WHERE ")[1].split(" ")[0]
    if column == key:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {raw} FROM {table} WHERE {key} = %s", [row])
        held = cursor.fetchone()[0]
    return repr(held) == tamper.name.split(": ", 1)[1].split(" -> ")[0]


def prepare() -> None:
    some_life()
    guards.lift(connection)
    small_world()
    rechain()
    assert [found for found in verify().breaks if found.where != "守卫"] == []


def rechain() -> None:
    """Chain what is left, as the collector would have."""
    from liftwarden.ground.journal import chain, shapes
    from liftwarden.ground.journal.models import Entry

    rows = Entry.objects.order_by("id").values_list(*shapes.COLUMNS)
    chain._link([(row[0], shapes.digest(row)) for row in rows])


def test_three_hundred_random_tampers_are_all_found():
    prepare()

    assert list(misses(300, f"{SEED}/few")) == []


@pytest.mark.nightly
def test_ten_thousand_random_tampers_are_all_found():
    prepare()

    assert list(misses(10_000, f"{SEED}/many")) == []
