"""The only writer of the journal, and of every row that the journal can refold.

A folded row is made or changed through `create`, `change` or `create_rows`, so that the row and its entry hold the same
values by construction.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from liftwarden.ground.journal import chain, shapes
from liftwarden.ground.journal.bulk import converters, insert_one, insert_row, insert_rows, update_row
from liftwarden.ground.journal.models import Entry, Link
from liftwarden.kernel.declared import kind_of

R = TypeVar("R", bound=models.Model)
# The transaction takes its own number first, so that the collector can tell when every holder of an entry number up to
# some other is done (see `chain._settled`).
OWN_ID = "WITH mine AS MATERIALIZED (SELECT pg_current_xact_id())"


@dataclass(frozen=True)
class Hand:
    """Whose hand wrote: a post (none for the node itself), through which door, and when this node learned it."""

    post_id: UUID | None
    channel: str
    now: datetime


@dataclass(frozen=True)
class About:
    """What an entry tells the life of, beside its own subject: a lift, mostly."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class Draft:
    """One entry on its way into the journal."""

    event: str
    kind: str
    subject_id: UUID
    division: str
    happened_at: datetime
    changes: Mapping[str, Any]
    about: About | None = None
    reason: str = ""


def create(
    row: R, event: str, *, division: str, by: Hand, at: datetime, about: About | None = None, reason: str = ""
) -> R:
    """Insert a folded row and record it, every column; gives the row back."""
    with _together():
        changes = insert_row(row)
        _record_one(Draft(event, kind_of(type(row)), row.pk, division, at, changes, about, reason), by=by)
    return row


def change(
    row: R,
    changes: Mapping[str, Any],
    event: str,
    *,
    division: str,
    by: Hand,
    at: datetime,
    about: About | None = None,
    reason: str = "",
) -> R:
    """Set some columns of a folded row and record them; gives the row back."""
    for column, value in changes.items():
        setattr(row, column, value)
    stored = {column: getattr(row, column) for column in changes}
    with _together():
        if stored:
            update_row(row, tuple(stored))
        _record_one(Draft(event, kind_of(type(row)), row.pk, division, at, stored, about, reason), by=by)
    return row


def last_number() -> int:
    """Give the number of the entry this transaction wrote last, for rows that must say which fact made them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT currval('journal_entry_number')")
        else:
            cursor.execute("SELECT max(id) FROM journal_entry")
        return int(cursor.fetchone()[0])


def note(draft: Draft, *, by: Hand) -> int:
    """Record an event that changes no column; gives the entry's number."""
    with _together():
        return _record_one(draft, by=by)


def create_rows(rows: Sequence[R], event: str, *, by: Hand, at: datetime | None = None) -> int:
    """Insert many folded rows of one model and record each under its own `division` (its code, for a division)."""
    if not rows:
        return 0
    model = type(rows[0])
    columns = [field.attname for field in model._meta.concrete_fields]
    with transaction.atomic():
        insert_rows(model, columns, [[getattr(row, column) for column in columns] for row in rows])
        return record_many([_draft_of(row, event, columns, at or by.now) for row in rows], by=by)


def _draft_of(row: models.Model, event: str, columns: Sequence[str], at: datetime) -> Draft:
    changes = {column: getattr(row, column) for column in columns}
    division = changes.get("division_code", changes.get("code", ""))
    about = About("lift", changes["lift_id"]) if "lift_id" in changes else None
    return Draft(event, kind_of(type(row)), row.pk, division, at, changes, about)


def record_many(drafts: Sequence[Draft], *, by: Hand) -> int:
    """Write entries in one go and let the chain take them up."""
    if not drafts:
        return 0
    with transaction.atomic():
        numbers = reserve(len(drafts))
        rows = [_as_row(draft, number, by) for number, draft in zip(numbers, drafts, strict=True)]
        insert_rows(Entry, shapes.COLUMNS, rows)
        chain.follow(rows)
    return len(drafts)


def _record_one(draft: Draft, *, by: Hand) -> int:
    """Write one entry; on SQLite, where the head of the chain is asked for anyway, with its link by one cursor."""
    ready = converters(Entry, shapes.COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            row = _as_row(draft, 0, by)
            names, places = ", ".join(shapes.COLUMNS), ", ".join(["%s"] * (len(shapes.COLUMNS) - 1))
            cursor.execute(
                f"{OWN_ID} INSERT INTO journal_entry ({names}) "
                f"SELECT nextval('journal_entry_number'), {places} FROM mine RETURNING id",
                [made(value) for made, value in zip(ready[1:], row[1:], strict=True)],
            )
            number = int(cursor.fetchone()[0])
            chain.follow([(number, *row[1:])])
        else:
            highest, sequence, hash_before = chain.tip(cursor)
            number = highest + 1
            row = _as_row(draft, number, by)
            insert_one(cursor, Entry, shapes.COLUMNS, [made(value) for made, value in zip(ready, row, strict=True)])
            link = (sequence + 1, number, shapes.linked(hash_before, shapes.digest(row)))
            insert_one(cursor, Link, chain.COLUMNS, link)
    return number


def _together() -> AbstractContextManager[Any]:
    """Bind a row and its entry together; inside a transaction they are already, and a savepoint each would cost a third."""
    return nullcontext() if connection.in_atomic_block else transaction.atomic()


def _as_row(draft: Draft, number: int, by: Hand) -> tuple[Any, ...]:
    changes = shapes.canonical({column: shapes.plain(value) for column, value in draft.changes.items()})
    about_kind, about_id = (draft.about.kind, draft.about.id) if draft.about else ("", None)
    return (
        number,
        shapes.VERSION,
        draft.event,
        draft.kind,
        draft.subject_id,
        about_kind,
        about_id,
        draft.division,
        draft.happened_at,
        by.now,
        by.post_id,
        by.channel,
        draft.reason,
        changes,
    )


def reserve(count: int) -> list[int]:
    """Take entry numbers; they may have gaps on PostgreSQL, the chain's sequence has none."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"{OWN_ID} SELECT nextval('journal_entry_number') FROM mine, generate_series(1, %s)", [count]
            )
            return [row[0] for row in cursor.fetchall()]
        # One writer at a time (IMMEDIATE) and nothing is ever deleted: the highest number is the last one given.
        cursor.execute("SELECT coalesce(max(id), 0) FROM journal_entry")
        first = cursor.fetchone()[0] + 1
        return list(range(first, first + count))
