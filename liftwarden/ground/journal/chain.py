"""Gives entries their sequence numbers and binds each to all before it.

Writers never queue on the head of the chain. On SQLite, where there is one writer anyway, entries are chained in the
writer's own transaction; on PostgreSQL one collector at a time takes up what has been committed, after the commit.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from liftwarden.ground.journal import shapes
from liftwarden.ground.journal.bulk import insert_rows
from liftwarden.ground.journal.models import Entry, Link

COLLECTOR_LOCK = 0x11F7
BATCH = 5_000
# An entry that takes its number and commits only after this many others have been chained is found by `verify-journal`
# and by the nightly full collection, not by every small one.
LATE_WINDOW = 500_000


def follow(rows: Sequence[tuple[Any, ...]]) -> None:
    """See that freshly written entries (tuples in `shapes.COLUMNS` order) come onto the chain."""
    if connection.vendor == "postgresql":
        transaction.on_commit(collect_if_free)
    else:
        _extend(rows)


def follow_digests(links: Sequence[tuple[int, bytes]]) -> None:
    """See that freshly written entries, by number and digest, come onto the chain."""
    if connection.vendor == "postgresql":
        transaction.on_commit(collect_if_free)
    else:
        _link(links)


def collect_if_free() -> None:
    """Chain what is committed, unless another collector is at it already."""
    with transaction.atomic():
        if _locked(wait=False):
            _collect()


def drain() -> int:
    """Chain every committed entry, waiting for the collector if need be, and give the last sequence number."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _locked(wait=True)
            _collect()
    return head()[0]


def head() -> tuple[int, str]:
    """Give the last sequence number and its hash; (0, genesis) for an empty chain."""
    last = Link.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return last or (0, shapes.GENESIS)


def _locked(*, wait: bool) -> bool:
    with connection.cursor() as cursor:
        verb = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
        cursor.execute(f"SELECT {verb}(%s)", [COLLECTOR_LOCK])
        return wait or bool(cursor.fetchone()[0])


def _collect() -> None:
    """Chain unchained entries in order of number, batch by batch; an entry that committed late comes later."""
    while True:
        unchained = Entry.objects.raw(
            "SELECT e.* FROM journal_entry e LEFT JOIN journal_chain c ON c.entry_id = e.id "
            "WHERE c.entry_id IS NULL AND e.id > %s ORDER BY e.id LIMIT %s",
            [_settled(), BATCH],
        )
        rows = [tuple(getattr(entry, column) for column in shapes.COLUMNS) for entry in unchained]
        if not rows:
            return
        _extend(rows)
        if len(rows) < BATCH:
            return


def _settled() -> int:
    """Give a number below which every entry is chained: a window behind the head, wide enough for late commits."""
    highest = Link.objects.order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    return max(0, highest - LATE_WINDOW)


def _extend(rows: Sequence[tuple[Any, ...]]) -> None:
    _link([(row[0], shapes.digest(row)) for row in rows])


def _link(digests: Sequence[tuple[int, bytes]]) -> None:
    sequence, hash_before = head()
    links = []
    for number, digest in digests:
        sequence += 1
        hash_before = shapes.linked(hash_before, digest)
        links.append((sequence, number, hash_before))
    insert_rows(Link, ("sequence", "entry_id", "hash"), links)
