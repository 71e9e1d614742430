"""Asks the hazard ledger what changed between two counts, and why; the only place here that lists files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.queries import Counted
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

    def lifts(self) -> list[Counted]:
        """List what was counted."""
        return hazards.behind(
            self.programme, self.period, division=self.division, seen=self.seen, cells=changes.SUMS.keys()
        )

    def stood(self, files: Iterable[UUID]) -> dict[UUID, Counted]:
        """Tell how some files stood then, wherever they lay and whether counted or not."""
        return hazards.stood(self.programme, self.period, files=files, seen=self.seen)


def changed(before: Count, after: Count) -> tuple[Moved, ...]:
    """List every (lift, cohort) that moved between two counts of one division."""
    old, new = before.lifts(), after.lifts()
    old_keys, new_keys = {one.file_id for one in old}, {one.file_id for one in new}
    elsewhere = {**after.stood(old_keys - new_keys), **before.stood(new_keys - old_keys)}
    return changes.between(old, new, elsewhere)


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
