"""Proves the journal: the chain is whole, every row equals the fold of its entries, and no tail was cut."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from liftwarden.ground.journal import chain, guards, shapes
from liftwarden.kernel.declared import Fold, folds
from liftwarden.ground.journal.models import Entry, Link

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
    found: list[Break] = [Break("守卫", f"触发器 {name} 不在或已停用") for name in guards.missing(connection)]
    entries, broken = _check_chain()
    found += broken
    rows, unfolded = _check_folds()
    found += unfolded
    if heads is not None:
        found += _check_heads(heads)
    return Verdict(entries, rows, chain.head(), tuple(found))


def _check_chain() -> tuple[int, list[Break]]:
    """Walk the links in order, recomputing each hash; then look for entries outside the chain."""
    count, expected, hash_before = 0, 1, shapes.GENESIS
    for sequence, kept, row in _links_with_entries():
        if sequence != expected:
            return count, [Break(f"链 {expected}", f"序号断开，下一个是 {sequence}")]
        if row is None:
            return count, [Break(f"链 {sequence}", "对应的流水不见了")]
        hash_before = shapes.linked(hash_before, shapes.digest(row))
        if hash_before != kept:
            return count, [Break(f"链 {sequence}（流水 {row[0]}，{row[2]}）", "内容与散列不符，流水或链被改动")]
        count, expected = count + 1, expected + 1
    outside = Entry.objects.count() - count
    if outside:
        return count, [Break("链", f"有 {outside} 条流水不在链上")]
    return count, []


def _links_with_entries() -> Iterator[tuple[int, str, tuple[Any, ...] | None]]:
    """Read links and entries in step, in blocks, each through its own index."""
    last = 0
    while block := list(
        Link.objects.filter(sequence__gt=last).order_by("sequence").values_list("sequence", "entry_id", "hash")[:READ_AHEAD]
    ):
        numbers = [number for _, number, _ in block]
        entries = {
            row[0]: row
            for row in Entry.objects.filter(id__gte=min(numbers), id__lte=max(numbers)).values_list(*shapes.COLUMNS)
        }
        if len(entries) < len(numbers):
            entries |= {row[0]: row for row in Entry.objects.filter(id__in=numbers).values_list(*shapes.COLUMNS)}
        for sequence, number, kept in block:
            yield sequence, kept, entries.get(number)
        last = block[-1][0]


def _check_folds() -> tuple[int, list[Break]]:
    count, found = 0, []
    for fold in folds():
        rows, broken = _check_fold(fold)
        count += rows
        found += broken
    return count, found


def _check_fold(fold: Fold) -> tuple[int, list[Break]]:
    """Compare each row with the fold of its entries, both read in order of key; name the first that differs."""
    rows = _rows(fold)
    states = _states(fold)
    count = 0
    row, state = next(rows, None), next(states, None)
    while row is not None or state is not None:
        if state is None or (row is not None and row[0] < state[0]):
            return count, [Break(f"{fold.kind} {row[0]}", "有这一行，却没有任何流水")]  # type: ignore[index]
        if row is None or state[0] < row[0]:
            return count, [Break(f"{fold.kind} {state[0]}", "流水里有，表里的行却不见了")]
        for column, value in row[1].items():
            if column not in state[1]:
                return count, [Break(f"{fold.kind} {row[0]}", f"列 {column} 从未记入流水")]
            if state[1][column] != value:
                return count, [Break(f"{fold.kind} {row[0]}", f"列 {column} 与流水不符")]
        count += 1
        row, state = next(rows, None), next(states, None)
    return count, []


def _rows(fold: Fold) -> Iterator[tuple[str, dict[str, Any]]]:
    columns = [field.attname for field in fold.model._meta.concrete_fields]
    for values in fold.model._default_manager.order_by("pk").values_list(*columns).iterator(READ_AHEAD):
        plain = [shapes.plain(value) for value in values]
        yield plain[0], dict(zip(columns, plain, strict=True))


def _states(fold: Fold) -> Iterator[tuple[str, dict[str, Any]]]:
    """Merge the changes of each subject, in order of writing."""
    entries = (
        Entry.objects.filter(subject_kind=fold.kind)
        .order_by("subject_id", "id")
        .values_list("subject_id", "changes")
        .iterator(READ_AHEAD)
    )
    subject, state = None, {}
    for subject_id, changes in entries:
        if subject_id != subject:
            if subject is not None:
                yield subject.hex, state
            subject, state = subject_id, {}
        state |= json.loads(changes)
    if subject is not None:
        yield subject.hex, state


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
    for line in path.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        sequence, expected = told["sequence"], told["hash"]
        kept = Link.objects.filter(sequence=sequence).values_list("hash", flat=True).first()
        if sequence and kept is None:
            return [Break(f"链头 {sequence}", "链比已导出的链头短，尾部被截断")]
        if sequence and kept != expected:
            return [Break(f"链头 {sequence}", "与已导出的链头不符，链被重写")]
    return []
