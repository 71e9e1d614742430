"""Asks the hazard ledger what changed between two counts, and why; the only place here that lists files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.queries import AsOf, Counted
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.queries import Snapshot, Told
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import changes
from liftwarden.oversight.returns.changes import Kind, Moved
from liftwarden.oversight.returns.composing import CORRECTING

REASONED = {
    Kind.ADDED: "hazard.baseline-added",
    Kind.CORRECTED: "hazard.corrected",
    Kind.TRANSFERRED_IN: "hazard.file-moved",
    Kind.TRANSFERRED_OUT: "hazard.file-moved",
}


@dataclass(frozen=True, slots=True)
class Count:
    """One count of a division: of a programme, at a period's cut-off, as known at a snapshot."""

    programme: str
    period: Period
    division: str
    seen: Snapshot

    @property
    def as_of(self) -> AsOf:
        """The moment of the count."""
        return AsOf(self.period, self.seen)


def changed(before: Count, after: Count) -> tuple[Moved, ...]:
    """List every (lift, cohort) that moved between two counts of one division."""
    old, new = hazards.differing(after.programme, before.as_of, after.as_of)
    below = divisions.tree().below(after.division)
    left, outside_then = _split(old, below)
    came, outside_now = _split(new, below)
    elsewhere = {**{file: one for file, one in outside_then.items() if file in came}, **outside_now}
    return changes.between(left, came, elsewhere)


def _split(found: Mapping[UUID, Counted], below: frozenset[str]) -> tuple[dict[UUID, Counted], dict[UUID, Counted]]:
    """Part what a division counts from what it does not."""
    inside: dict[UUID, Counted] = {}
    outside: dict[UUID, Counted] = {}
    for file, one in found.items():
        side = inside if one.division in below and one.cell in changes.COUNTED else outside
        side[file] = one
    return inside, outside


def reasons(moves: Iterable[Moved], *, seen: Snapshot) -> dict[str, str]:
    """Find the written reason of every correction among the moves, as known at a snapshot, by file key."""
    found: dict[str, str] = {}
    for move in moves:
        if move.kind in CORRECTING and (told := _told(move, seen)):
            found[move.file_id.hex] = told[-1].reason
    return found


def _told(move: Moved, seen: Snapshot) -> list[Told]:
    return [
        entry
        for entry in journal.life_of(about=move.lift_id)
        if entry.event == REASONED[move.kind]
        and entry.number <= seen.highest
        and entry.number not in seen.unseen
        and (entry.subject_id == move.file_id or _file_in(entry.changes) == move.file_id.hex)
    ]


def _file_in(told: Mapping[str, object]) -> str:
    return str(told.get("file_id", ""))
