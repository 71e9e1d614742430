"""The only reader of the journal for others."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from liftwarden.ground.journal import chain
from liftwarden.ground.journal.models import Entry, Link


@dataclass(frozen=True)
class Told:
    """One entry as a reader meets it."""

    number: int
    event: str
    kind: str
    subject_id: UUID
    division: str
    happened_at: datetime
    learned_at: datetime
    by_post: UUID | None
    channel: str
    reason: str
    changes: dict[str, Any]


def life_of(*, about: UUID) -> tuple[Told, ...]:
    """Tell everything recorded about one subject or as one subject, in order of happening."""
    entries = Entry.objects.filter(Q(about_id=about) | Q(subject_id=about)).order_by("happened_at", "id")
    return tuple(_told(entry) for entry in entries)


def after(sequence: int, *, limit: int) -> tuple[tuple[int, Told], ...]:
    """List the entries behind a sequence number, in chain order, for feeds and exchange."""
    chain.catch_up()
    links = list(Link.objects.filter(sequence__gt=sequence).order_by("sequence")[:limit])
    found = Entry.objects.in_bulk([link.entry_id for link in links])
    return tuple((link.sequence, _told(found[link.entry_id])) for link in links)


@dataclass(frozen=True)
class Snapshot:
    """Which entries a figure has seen: all up to a number, but for a few that the chain took up only later."""

    sequence: int
    highest: int
    unseen: tuple[int, ...]

    def condition(self, column: str) -> tuple[str, list[int]]:
        """Give the SQL that keeps the rows whose entry (its number is in `column`) was seen, and its parameters."""
        parts, params = [f"{column} <= %s"], [self.highest]
        for first, last in _runs(self.unseen):
            parts.append(f"{column} NOT BETWEEN %s AND %s")
            params += [first, last]
        return " AND ".join(parts), params


def snapshot(sequence: int | None = None) -> Snapshot:
    """Fix what a figure sees: everything chained up to `sequence`, or up to now once the collector has drained."""
    at = chain.drain() if sequence is None else sequence
    seen = Link.objects.filter(sequence__lte=at).order_by("-entry_id").values_list("entry_id", flat=True).first() or 0
    late = (
        Link.objects.filter(sequence__gt=at, entry_id__lt=seen).order_by("entry_id").values_list("entry_id", flat=True)
    )
    # What is in flight now may commit before the figure is read, and would be chained behind this snapshot.
    return Snapshot(at, seen, tuple(sorted({*late, *chain.in_flight(seen)})))


def _runs(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    """Join neighbouring numbers into runs, first and last."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _told(entry: Entry) -> Told:
    return Told(
        number=entry.pk,
        event=entry.event,
        kind=entry.subject_kind,
        subject_id=entry.subject_id,
        division=entry.division,
        happened_at=entry.happened_at,
        learned_at=entry.learned_at,
        by_post=entry.by_post,
        channel=entry.channel,
        reason=entry.reason,
        changes=json.loads(entry.changes),
    )
