"""Many writers at once on PostgreSQL: the sequence has no gap, a late commit is taken up late, no reader misses a row."""

import random
import threading
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal import chain, guards, queries
from liftwarden.ground.journal.models import Entry, Link
from liftwarden.ground.journal.verify import verify
from tests.factories import load_divisions, node

NOON = datetime(2017, 7, 3, 4, tzinfo=UTC)
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


@pytest.fixture
def stood_up(transactional_db: None) -> None:
    """Guards and divisions, which the flush after the last such test took away."""
    guards.install(connection)
    load_divisions()


def note(text: str) -> int:
    return journal.note(journal.Draft("node.noted", "node", uuid4(), "", NOON, {"text": text}), by=node())


class TestAReader:
    @pytest.mark.django_db
    def test_gets_the_entries_behind_a_sequence_in_order(self):
        start = chain.drain()
        written = [note(str(i)) for i in range(5)]
        chain.drain()

        told = queries.after(start, limit=10)

        assert [entry.number for _, entry in told] == written
        assert [sequence for sequence, _ in told] == list(range(start + 1, start + 6))

    @pytest.mark.django_db
    def test_gets_no_more_than_it_asked_for(self):
        start = chain.drain()
        for i in range(5):
            note(str(i))
        chain.drain()

        assert len(queries.after(start, limit=2)) == 2


class Elsewhere:
    """A transaction in another thread, which writes an entry and commits when told."""

    def __init__(self, text: str) -> None:
        self.number = 0
        self._written, self._may_commit = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(text,))
        self._thread.start()
        assert self._written.wait(10)

    def _run(self, text: str) -> None:
        try:
            with transaction.atomic():
                self.number = note(text)
                self._written.set()
                self._may_commit.wait(20)
        finally:
            connections.close_all()

    def commit(self) -> None:
        """Let it commit, and wait until it has."""
        self._may_commit.set()
        self._thread.join(20)


@on_postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stood_up")
class TestALateCommit:
    def test_comes_behind_those_that_committed_before_it(self):
        late = Elsewhere("late")
        start = chain.drain()
        early = note("early")

        seen_first = [entry.number for _, entry in queries.after(start, limit=10)]
        late.commit()
        sequence = queries.after(start, limit=10)[-1][0]
        chain.drain()

        assert late.number < early
        assert seen_first == [early]
        assert [entry.number for _, entry in queries.after(start, limit=10)] == [early, late.number]
        assert sequence >= start + 1

    def test_is_not_in_a_snapshot_taken_before_it(self):
        late = Elsewhere("late")
        early = note("early")

        before = queries.snapshot()
        late.commit()
        chain.drain()
        again = queries.snapshot(before.sequence)

        assert sees(before, early)
        assert not sees(before, late.number)
        assert not sees(again, late.number)
        assert sees(queries.snapshot(), late.number)

    def test_that_is_rolled_back_leaves_no_gap_in_the_sequence(self):
        with transaction.atomic():
            note("never")
            transaction.set_rollback(True)
        note("after")

        chain.drain()

        sequences = list(Link.objects.order_by("sequence").values_list("sequence", flat=True))
        assert sequences == list(range(1, len(sequences) + 1))
        assert verify().breaks == ()


def sees(snapshot: queries.Snapshot, number: int) -> bool:
    sql, params = snapshot.condition("id")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM journal_entry WHERE {sql} AND id = %s", [*params, number])
        return bool(cursor.fetchone()[0])


@on_postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stood_up")
def test_sixteen_writers_and_a_reader_lose_nothing():
    stop, read, failed = threading.Event(), list[int](), list[BaseException]()

    def write(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for turn in range(60):
                try:
                    with transaction.atomic():
                        for _ in range(rng.randint(1, 4)):
                            note(f"{seed}/{turn}")
                        if rng.random() < 0.2:
                            time.sleep(rng.random() / 50)  # a late commit
                        if rng.random() < 0.1:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
        except BaseException as fault:
            failed.append(fault)
        finally:
            connections.close_all()

    def follow() -> None:
        at = 0
        try:
            while True:
                last = stop.is_set()
                told = queries.after(at, limit=50)
                for sequence, entry in told:
                    assert sequence == at + 1
                    read.append(entry.number)
                    at = sequence
                if not told and last:
                    return
        except BaseException as fault:
            failed.append(fault)
        finally:
            connections.close_all()

    threads: list[Any] = [threading.Thread(target=write, args=(seed,)) for seed in range(16)]
    reader = threading.Thread(target=follow)
    for thread in [*threads, reader]:
        thread.start()
    for thread in threads:
        thread.join()
    chain.drain()
    stop.set()
    reader.join()

    assert failed == []
    assert sorted(read) == list(Entry.objects.order_by("id").values_list("id", flat=True))
    assert len(set(read)) == len(read)
    assert verify().breaks == ()
