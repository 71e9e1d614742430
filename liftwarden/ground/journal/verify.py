"""Proves the journal: the chain is whole, every row equals the fold of its entries, and no tail was cut.

Rows are read as the database holds them, past the ORM: its converters would forgive a value of another type or spelling
(`2017-01-01T00:00:00` for `2017-01-01 00:00:00`), which a comparison in SQL does not.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from liftwarden.ground.journal import chain, guards, shapes
from liftwarden.ground.journal.models import Link
from liftwarden.ground.journal.stored import Reader, decoded, entry_reader, raw
from liftwarden.kernel.declared import Fold, folds

READ_AHEAD = 5_000


@dataclass(frozen=True)
class Break:
    """The first thing that does not hold, in words a person can act on."""

    where: str
    what: str

    def words(self) -> str:
        """Say it."""
        return f"{self.where}：{self.what}"


@dataclass(frozen=True)
class Verdict:
    """What was checked and what was found."""

    entries: int
    rows: int
    head: tuple[int, str]
    breaks: tuple[Break, ...]


def verify(*, heads: Path | None = None) -> Verdict:
    """Check guards, chain, fold and, where a file of exported heads is given, the tail."""
    chain.drain()
    found: list[Break] = [Break("守卫", f"触发器 {name} 不在、已停用或被改写") for name in guards.missing(connection)]
    with _still():
        entries, broken = check_chain()
        rows, unfolded = check_folds()
    found += broken or _check_outside()
    found += unfolded
    if heads is not None:
        found += _check_heads(heads)
    return Verdict(entries, rows, chain.head(), tuple(found))


@contextmanager
def _still() -> Iterator[None]:
    """Read all from one moment on PostgreSQL, so that a writer at work is not taken for a break.

    On SQLite no lock is taken: a row and its entries are read by two statements that run together, which share a moment.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def check_chain() -> tuple[int, list[Break]]:
    """Walk the links in order, recomputing each hash; gives how many hold, and the first that does not."""
    count, hash_before, plain = 0, shapes.GENESIS, entry_reader()
    for sequence, kept, number, row in _links_with_entries():
        if sequence != count + 1:
            return count, [Break(f"链 {count + 1}", f"序号断开，下一个是 {sequence}")]
        if row[0] is None:
            return count, [Break(f"链 {sequence}", f"对应的流水 {number} 不见了")]
        hash_before = shapes.linked(hash_before, shapes.digest_of_plain(plain(row)))
        if hash_before != kept:
            return count, [Break(f"链 {sequence}（流水 {row[0]}，{row[2]}）", "内容与散列不符，流水或链被改动")]
        count += 1
    return count, []


def _links_with_entries() -> Iterator[tuple[Any, Any, Any, tuple[Any, ...]]]:
    """Read links with their entries, in blocks, each through its own index."""
    columns = ", ".join(raw(f"e.{column}") for column in shapes.COLUMNS)
    query = (
        f"SELECT c.sequence, c.hash, c.entry_id, {columns} FROM journal_chain c "
        "LEFT JOIN journal_entry e ON e.id = c.entry_id {after} ORDER BY c.sequence LIMIT %s"
    )
    after: str = ""
    params: list[Any] = []
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query.replace("{after}", after), [*params, READ_AHEAD])
            block = cursor.fetchall()
        for row in block:
            yield row[0], row[1], row[2], row[3:]
        if len(block) < READ_AHEAD:
            return
        after, params = "WHERE c.sequence > %s", [block[-1][0]]


def _check_outside() -> list[Break]:
    """Look for entries that no link names, or whose number was never given out."""
    chain.drain()
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM journal_chain)")
        entries, links = cursor.fetchone()
        if entries != links:
            cursor.execute(
                "SELECT min(e.id) FROM journal_entry e LEFT JOIN journal_chain c ON c.entry_id = e.id "
                "WHERE c.entry_id IS NULL"
            )
            return [Break("链", f"有 {entries - links} 条流水不在链上，第一条是流水 {cursor.fetchone()[0]}")]
        if connection.vendor == "postgresql":
            cursor.execute("SELECT max(id) FROM journal_entry")
            highest = cursor.fetchone()[0] or 0
            cursor.execute("SELECT last_value FROM journal_entry_number")
            if highest > cursor.fetchone()[0]:
                return [Break(f"流水 {highest}", "编号不是由编号序列给出的，这条流水是另外写入的")]
    return []


def check_folds() -> tuple[int, list[Break]]:
    """Compare every folded row with its entries; gives how many hold, and the first of each kind that does not."""
    count, found = 0, []
    for fold in folds():
        rows, broken = _check_fold(fold)
        count += rows
        found += broken
    return count, found


def _check_fold(fold: Fold) -> tuple[int, list[Break]]:
    """Compare each row with the fold of its entries, both read in order of key; name the first that differs."""
    reader = Reader(fold.model)
    count = 0
    with connection.chunked_cursor() as rows, connection.chunked_cursor() as entries:
        rows.execute(reader.query)
        entries.execute(
            "SELECT subject_id, changes FROM journal_entry WHERE subject_kind = %s ORDER BY subject_id, id", [fold.kind]
        )
        kept, folded = _each(rows), _states(_each(entries))
        row, state = next(kept, None), next(folded, None)
        while row is not None or state is not None:
            key = reader.key(row) if row is not None else None
            if row is not None and not isinstance(key, str):
                return count, [Break(f"{fold.kind} {key!r}", "主键不是一个编号")]
            if state is None or (key is not None and key < state[0]):
                return count, [Break(f"{fold.kind} {key}", "有这一行，却没有任何流水")]
            if row is None or key is None or state[0] < key:
                return count, [Break(f"{fold.kind} {state[0]}", "流水里有，表里的行却不见了")]
            if state[1] is None:
                return count, [Break(f"{fold.kind} {key}", "流水的内容读不懂")]
            if wrong := reader.differs(row, state[1]):
                return count, [Break(f"{fold.kind} {key}", wrong)]
            count += 1
            row, state = next(kept, None), next(folded, None)
    return count, []


def _each(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while block := cursor.fetchmany(READ_AHEAD):
        yield from block


def _states(entries: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Merge the changes of each subject, in order of writing; none for a subject with an entry that cannot be read."""
    subject: Any = None
    state: dict[str, Any] | None = {}
    for subject_id, changes in entries:
        if subject_id != subject:
            if subject is not None:
                yield _hex(subject), state
            subject, state = subject_id, {}
        told = decoded(changes)
        state = None if state is None or told is None else state | told
    if subject is not None:
        yield _hex(subject), state


def _hex(key: Any) -> str:
    return key.hex if isinstance(key, UUID) else key if isinstance(key, str) else repr(key)


def export_heads(path: Path, *, at: datetime) -> tuple[int, str]:
    """Append the head of the chain to a file kept elsewhere, so that a tail cut later is found."""
    chain.drain()
    sequence, hash_now = chain.head()
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"sequence": sequence, "hash": hash_now, "at": at.astimezone(UTC).isoformat()})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return sequence, hash_now


def _check_heads(path: Path) -> list[Break]:
    if not path.exists():
        return [Break(str(path), "没有这个链头文件")]
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        told = decoded(line)
        if told is None or not isinstance(told.get("sequence"), int):
            return [Break(f"{path} 第 {place} 行", "读不懂，链头文件被改动")]
        sequence = told["sequence"]
        kept = Link.objects.filter(sequence=sequence).values_list("hash", flat=True).first()
        if sequence and kept is None:
            return [Break(f"链头 {sequence}", "链比已导出的链头短，尾部被截断")]
        if sequence and kept != told.get("hash"):
            return [Break(f"链头 {sequence}", "与已导出的链头不符，链被重写")]
    return []
