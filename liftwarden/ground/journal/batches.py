"""Many new rows with their entries, made ready before the transaction that writes them, so that it is short.

What depends on the moment of writing (entry numbers, the head of the chain) is left for `write`; all else, which is
most of the work, is done by `ready` while other writers have the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from liftwarden.ground.journal import chain, shapes
from liftwarden.ground.journal.actions import About, Hand, reserve
from liftwarden.ground.journal.bulk import insert_prepared, prepared
from liftwarden.ground.journal.models import Entry
from liftwarden.kernel.declared import kind_of

REST = shapes.COLUMNS[1:]


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

    `values` holds one sequence for each row, in the order of the model's columns; `id` is the key. A row without a
    `division_code` takes the one given as one more, last value.
    """
    columns = tuple(field.attname for field in model._meta.concrete_fields)
    kind, key, width = kind_of(model), columns.index("id"), len(columns)
    place = columns.index("division_code") if "division_code" in columns else width
    lift = columns.index("lift_id") if "lift_id" in columns else (key if kind == "lift" else None)
    rows, entries, digests = [], [], []
    for row in values:
        told = row[:width]
        about = About("lift", row[lift]) if lift is not None else None
        changes = shapes.canonical({c: shapes.plain(v) for c, v in zip(columns, told, strict=True)})
        about_kind, about_id = (about.kind, about.id) if about else ("", None)
        entry = (
            *(shapes.VERSION, event, kind, row[key], about_kind, about_id, row[place]),
            *(at, by.now, by.post_id, by.channel, "", changes),
        )
        rows.append(told)
        entries.append(entry)
        digests.append(shapes.headless(entry))
    return Batch(model, columns, prepared(model, columns, rows), prepared(Entry, REST, entries), digests)


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
