"""What changed between two counts of the same division: every (lift, cohort) that moved, named; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from liftwarden.casework.hazards.queries import Counted
from liftwarden.casework.hazards.rules import BASELINE_CELLS, FOUND_CELLS, Cell
from liftwarden.kernel.choices import Choice

BASELINE = frozenset(str(cell) for cell in BASELINE_CELLS)
FOUND = frozenset(str(cell) for cell in FOUND_CELLS)
COUNTED = BASELINE | FOUND
DONE = frozenset({str(Cell.B), str(Cell.G)})
SUMS = {"A": BASELINE, "F": FOUND}


class Kind(Choice):
    """Why a (lift, cohort) stands elsewhere than it did."""

    NEW = "new", "新发现"
    CLOSED = "closed", "整改完成销号"
    REOPENED = "reopened", "复发或同一电梯又有新隐患"
    MOVED = "moved", "办理进度变化"
    ADDED = "added", "基准补录"
    CORRECTED = "corrected", "更正，不再计数"
    TRANSFERRED_IN = "transferred_in", "自其他区划移入"
    TRANSFERRED_OUT = "transferred_out", "移交其他区划"


@dataclass(frozen=True, slots=True)
class Moved:
    """One (lift, cohort) with the cell it left and the cell it came to; blank is outside the count."""

    file_id: UUID
    lift_id: UUID
    cohort: str
    before: str
    after: str
    kind: Kind
    division: str
    since_at: datetime

    def delta(self, letter: str) -> int:
        """Tell what it does to a cell, a sum cell included: +1, −1 or 0."""
        cells = SUMS.get(letter, frozenset({letter}))
        return (self.after in cells) - (self.before in cells)


@dataclass(frozen=True, slots=True)
class Flow:
    """The lifts that came to a cell, or left it, for one reason."""

    kind: Kind
    delta: int
    moves: tuple[Moved, ...]


def between(
    before: Mapping[UUID, Counted], after: Mapping[UUID, Counted], elsewhere: Mapping[UUID, Counted]
) -> tuple[Moved, ...]:
    """List every (lift, cohort) whose cell differs between two counts, in order of division and key.

    `elsewhere` holds, for each file that is in one count only, how it stood at the time of the other, outside of it.
    """
    moves = []
    for file_id in before.keys() | after.keys():
        left, came = before.get(file_id), after.get(file_id)
        if left is not None and came is not None and left.cell == came.cell:
            continue
        moves.append(_moved(left, came, elsewhere.get(file_id)))
    return tuple(sorted(moves, key=lambda one: (one.division, one.file_id.hex)))


def _moved(left: Counted | None, came: Counted | None, outside: Counted | None) -> Moved:
    told = came or outside or left
    if told is None:
        raise AssertionError("a move has one end at least")
    before, after = left.cell if left else "", came.cell if came else ""
    return Moved(
        told.file_id, told.lift_id, told.cohort, before, after, _kind(left, came, outside), told.division, told.since_at
    )


def _kind(left: Counted | None, came: Counted | None, outside: Counted | None) -> Kind:
    if left is None:
        if outside is not None and outside.cell in COUNTED:
            return Kind.TRANSFERRED_IN
        return Kind.ADDED if came is not None and came.cell in BASELINE else Kind.NEW
    if came is None:
        return Kind.CORRECTED if outside is None or outside.cell == Cell.OUT else Kind.TRANSFERRED_OUT
    if came.cell in DONE:
        return Kind.CLOSED
    return Kind.REOPENED if left.cell in DONE else Kind.MOVED


def flows(moves: Iterable[Moved], letter: str) -> tuple[Flow, ...]:
    """Break the change of one cell down by reason, coming and going apart: ΔB = closures − recurrences, and so on."""
    grouped: dict[tuple[Kind, int], list[Moved]] = {}
    for move in moves:
        if delta := move.delta(letter):
            grouped.setdefault((move.kind, delta), []).append(move)
    order = list(Kind)
    return tuple(
        Flow(kind, sign * len(group), tuple(group))
        for (kind, sign), group in sorted(grouped.items(), key=lambda each: (-each[0][1], order.index(each[0][0])))
    )


def totals(moves: Iterable[Moved]) -> dict[str, int]:
    """Sum what the moves do to every letter; letters without a change are absent."""
    counted: Counter[str] = Counter()
    for move in moves:
        for letter in (*BASELINE, *FOUND, *SUMS):
            counted[letter] += move.delta(letter)
    return {letter: number for letter, number in sorted(counted.items()) if number}
