"""Many new rows with their entries, made ready before the transaction that writes them, so that it is short.

What depends on the moment of writing (entry numbers, the head of the chain) is left for `write`; all else, which is
most of the work, is done by `ready` while other writers have the database. Each value is brought into its journal form
once, and the row, the entry and the digest are all made from that (measured: bench/import_lifts.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import msgspec
from django.db import models, transaction

from liftwarden.ground.journal import chain, shapes
from liftwarden.ground.journal.actions import Hand, reserve
from liftwarden.ground.journal.bulk import insert_prepared, prepared
from liftwarden.ground.journal.models import Entry
from liftwarden.kernel.declared import kind_of

REST = shapes.COLUMNS[1:]
AT_SUBJECT, AT_DIVISION = REST.index("subject_id"), REST.index("division")
# Kinds of column that take a value's journal form as it stands; a moment or a decimal has another in SQLite.
TAKES_PLAIN = frozenset(
    (
        *("CharField", "TextField", "UUIDField", "DateField", "BooleanField"),
        *("IntegerField", "SmallIntegerField", "BigIntegerField", "ForeignKey", "OneToOneField"),
    )
)
# Keys are put in order by the caller, which is quicker than having each object sorted: the same bytes as `canonical`.
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Batch:
    """Rows of one model ready for the database, each with its entry but for the entry's number."""

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    entries: list[tuple[Any, ...]]
    digests: list[bytes]


def ready(model: type[models.Model], values: Sequence[Sequence[Any]], event: str, *, by: Hand, at: datetime) -> Batch:
    """Make new rows ready, each recorded under its own `division_code`, about its lift; touches no database.

    `values` holds one sequence for each row, in the order of the model's columns, of which `id` is one; keys may be
    given as text already. A row of a model without a `division_code` takes the one given as one more, last value.
    """
    columns = tuple(field.attname for field in model._meta.concrete_fields)
    kind, width = kind_of(model), len(columns)
    key = columns.index("id")
    place = columns.index("division_code") if "division_code" in columns else width
    lift = columns.index("lift_id") if "lift_id" in columns else (key if kind == "lift" else None)
    in_order, pick = tuple(sorted(columns)), itemgetter(*(columns.index(name) for name in sorted(columns)))
    as_it_is, plain = shapes.AS_IT_IS, shapes.plain
    entry = _Entry(event, kind, by=by, at=at)
    rows, entries, digests = [], [], []
    for row in values:
        told = [value if type(value) in as_it_is else plain(value) for value in row]
        changes = _encode(dict(zip(in_order, pick(told), strict=True))).decode()
        rest, digest = entry.of(told[key], told[lift] if lift is not None else None, told[place], changes)
        rows.append(tuple(told[:width]))
        entries.append(rest)
        digests.append(digest)
    return Batch(model, columns, _stored(model, columns, rows, values), entries, digests)


class _Entry:
    """Makes entries that differ only in subject, lift, division and changes; the rest is written once."""

    def __init__(self, event: str, kind: str, *, by: Hand, at: datetime) -> None:
        sample = (
            *(shapes.VERSION, event, kind, None, "lift", None, ""),
            *(at, by.now, by.post_id, by.channel, "", ""),
        )
        (row,) = prepared(Entry, REST, [sample])
        parts = [_encode(shapes.plain(value)) for value in sample]
        self._before, self._after = row[:AT_SUBJECT], row[AT_DIVISION + 1 : -1]
        self._head = b"[" + b",".join(parts[:AT_SUBJECT]) + b","
        self._tail = b"," + b",".join(parts[AT_DIVISION + 1 : -1]) + b","
        self._divisions: dict[str, bytes] = {}

    def of(self, subject: str, about: str | None, division: str, changes: str) -> tuple[tuple[Any, ...], bytes]:
        """Give one entry's row but for its number, and what its digest is made of (see `shapes.finished`)."""
        if division not in self._divisions:
            self._divisions[division] = _encode(division)
        about_kind = "" if about is None else "lift"
        row = (*self._before, subject, about_kind, about, division, *self._after, changes)
        told = b'"lift","%s"' % about.encode() if about is not None else b'"",null'
        middle = b'"%s",%s,%s' % (subject.encode(), told, self._divisions[division])
        return row, self._head + middle + self._tail + _encode(changes) + b"]"


def _stored(
    model: type[models.Model], columns: Sequence[str], rows: list[tuple[Any, ...]], values: Sequence[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """Give rows as the database takes them."""
    kinds = [field.get_internal_type() for field in model._meta.concrete_fields]
    special = [place for place, kind in enumerate(kinds) if kind not in TAKES_PLAIN]
    if not special:
        return rows
    own = prepared(model, [columns[place] for place in special], [[row[place] for place in special] for row in values])
    found = []
    for row, mine in zip(rows, own, strict=True):
        changed = list(row)
        for place, value in zip(special, mine, strict=True):
            changed[place] = value
        found.append(tuple(changed))
    return found


@transaction.atomic
def write(batches: Sequence[Batch]) -> int:
    """Insert the rows and their entries and let the chain take them up; gives the number of entries."""
    for batch in batches:
        insert_prepared(batch.model, batch.columns, batch.rows)
    entries = [entry for batch in batches for entry in batch.entries]
    digests = [digest for batch in batches for digest in batch.digests]
    numbers = reserve(len(entries))
    insert_prepared(Entry, shapes.COLUMNS, [(n, *entry) for n, entry in zip(numbers, entries, strict=True)])
    chain.follow_digests([(n, shapes.finished(n, rest)) for n, rest in zip(numbers, digests, strict=True)])
    return len(entries)
