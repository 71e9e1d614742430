"""Gives entries their sequence numbers and binds each to all before it.

Writers never queue on the head of the chain. On SQLite, where there is one writer anyway, entries are chained in the
writer's own transaction; on PostgreSQL one collector at a time takes up what has been committed, after the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import local
from time import monotonic
from typing import Any

from django.db import connection, transaction

from liftwarden.ground.journal import shapes
from liftwarden.ground.journal.bulk import insert_rows
from liftwarden.ground.journal.models import Entry, Link

COLUMNS = ("sequence", "entry_id", "hash")
COLLECTOR_LOCK = 0x11F7
BATCH = 5_000
# Where nothing is known yet of what is in flight (a process's first collection), look this far behind the head.
LATE_WINDOW = 500_000
MOST_MARKS = 1_000
PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Mark:
    """Once no transaction older than `before` runs, every entry up to `number` is chained, or never comes."""

    number: int
    before: int


class _Written(local):
    """What this thread wrote and has not yet seen chained; numbers of transactions rolled back are harmless here."""

    def __init__(self) -> None:
        self.digests: dict[int, bytes] = {}
        self.collected_at = 0.0


@dataclass
class _Known:
    """What this process knows of a database: the settled number, and marks that wait for older transactions to end."""

    settled: int | None = None
    marks: list[Mark] = field(default_factory=list)


_by_database: dict[str, _Known] = {}
_written = _Written()


def follow(rows: Sequence[tuple[Any, ...]]) -> None:
    """See that freshly written entries (tuples in `shapes.COLUMNS` order) come onto the chain."""
    follow_digests([(row[0], shapes.digest(row)) for row in rows])


def follow_digests(links: Sequence[tuple[int, bytes]]) -> None:
    """See that freshly written entries, by number and digest, come onto the chain."""
    if connection.vendor != "postgresql":
        _link(links)
        return
    _written.digests.update(links)
    if not any(call is _after_commit for _, call, *_ in connection.run_on_commit):
        transaction.on_commit(_after_commit)


def _after_commit() -> None:
    """Chain what is committed, but not again at once: a burst of commits is chained in batches.

    What a burst leaves over is chained by the next commit, by any reader (`catch_up`, `drain`) or by the passing hour.
    """
    now = monotonic()
    if now - _written.collected_at >= PAUSE_SECONDS:
        _written.collected_at = now
        catch_up()


def catch_up() -> None:
    """Chain what is committed, unless another collector is at it already.

    The links need not be on disk before the writer goes on: lost in a crash, they are made again from the entries, and
    whatever commits durably after them takes them along.
    """
    if connection.vendor != "postgresql":
        return
    seen = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(%s), set_config('synchronous_commit', 'off', true)", [COLLECTOR_LOCK]
            )
            free = cursor.fetchone()[0]
        if free:
            seen = _collect()
    _confirm(seen)


def drain() -> int:
    """Chain every committed entry, waiting for the collector if need be, and give the last sequence number."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COLLECTOR_LOCK])
            seen = _collect()
        _confirm(seen)
    return head()[0]


def head() -> tuple[int, str]:
    """Give the last sequence number and its hash; (0, genesis) for an empty chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequence, hash FROM journal_chain ORDER BY sequence DESC LIMIT 1")
        last = cursor.fetchone()
    return (last[0], last[1]) if last else (0, shapes.GENESIS)


def tip(cursor: Any) -> tuple[int, int, str]:
    """Give the highest entry number, and the chain's last sequence number and hash; for SQLite's one writer."""
    cursor.execute(
        "SELECT coalesce((SELECT max(id) FROM journal_entry), 0), sequence, hash "
        "FROM (SELECT 1) LEFT JOIN journal_chain ON sequence = (SELECT max(sequence) FROM journal_chain)"
    )
    highest, sequence, hash_now = cursor.fetchone()
    return highest, sequence or 0, hash_now or shapes.GENESIS


def in_flight(highest: int) -> tuple[int, ...]:
    """List the entry numbers up to one that are taken and not chained: they may still come, or never.

    On SQLite there is one writer, whose entries are chained as they are written: none.
    """
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n FROM generate_series(%s + 1, %s) AS n "
            "LEFT JOIN journal_chain ON entry_id = n WHERE entry_id IS NULL ORDER BY n",
            [_settled(), highest],
        )
        return tuple(row[0] for row in cursor.fetchall())


def _collect() -> int:
    """Chain unchained entries in order of number, batch by batch; an entry that committed late comes later.

    Gives the id of the oldest transaction that ran before the look: what older ones wrote was there to see.
    """
    settled = _settled()
    with connection.cursor() as cursor:
        # Where this transaction had an id before it looked (a test's, say), its own is no bound for a mark.
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned() IS NULL"
        )
        oldest, marking = cursor.fetchone()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id, pg_current_xact_id()::text::bigint FROM journal_entry e "
                "LEFT JOIN journal_chain c ON c.entry_id = e.id "
                "WHERE c.entry_id IS NULL AND e.id > %s ORDER BY e.id LIMIT %s",
                [settled, BATCH],
            )
            found = cursor.fetchall()
        if found:
            _link(_digests([number for number, _ in found]))
        if found and marking:
            _known().marks.append(Mark(number=found[-1][0], before=found[-1][1]))
        if len(found) < BATCH:
            _written.digests.clear()
            return int(oldest)


def _digests(numbers: list[int]) -> list[tuple[int, bytes]]:
    """Give the digest of each entry: of those this thread wrote it is at hand, the others are read."""
    known = _written.digests
    foreign = [number for number in numbers if number not in known]
    read = (
        {row[0]: shapes.digest(row) for row in Entry.objects.filter(pk__in=foreign).values_list(*shapes.COLUMNS)}
        if foreign
        else {}
    )
    return [(number, known.get(number) or read[number]) for number in numbers]


def _settled() -> int:
    """Give a number up to which every entry is chained, or never comes."""
    known = _known()
    if known.settled is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(entry_id), 0) FROM journal_chain")
            known.settled = max(0, int(cursor.fetchone()[0]) - LATE_WINDOW)
    return known.settled


def _confirm(oldest: int) -> None:
    """Move the settled number on, once a collection is committed that began when no transaction older ran.

    A number is taken by a transaction that has its id by then, and a mark's `before` is an id given out after the mark's
    number was seen: so whoever took a number up to it is older. (A snapshot's xmax would not do: it follows the last
    *completed* transaction, and a running one may be newer.)
    """
    if connection.in_atomic_block:
        return  # the links may yet be rolled back with what is around them
    known = _known()
    past = [mark for mark in known.marks if mark.before <= oldest]
    if past:
        known.settled = max(known.settled or 0, *(mark.number for mark in past))
    known.marks = [mark for mark in known.marks if mark.before > oldest][-MOST_MARKS:]


def _known() -> "_Known":
    return _by_database.setdefault(_database(), _Known())


def _database() -> str:
    return f"{connection.settings_dict['HOST']}/{connection.settings_dict['NAME']}"


def _link(digests: Sequence[tuple[int, bytes]]) -> None:
    sequence, hash_before = head()
    links = []
    for number, digest in digests:
        sequence += 1
        hash_before = shapes.linked(hash_before, digest)
        links.append((sequence, number, hash_before))
    insert_rows(Link, COLUMNS, links)
