"""Gather, for one label in a document, the texts that may be its value: behind it, to its right, or beneath it."""

from dataclasses import dataclass

from liftwarden.oversight.returns.reading.labels import Found
from liftwarden.oversight.returns.reading.page import Box


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be a label's value, and where it stands."""

    text: str
    place: str
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """What stands behind a label in its own cell, and in the cells that are its own."""

    inline: Candidate
    beside: tuple[Candidate, ...]


def region(index: int, found: Found, boxes: tuple[Box, ...], labels: dict[int, tuple[Found, ...]]) -> Region:
    """Gather the region of one label.

    Its own cells are those to the right, in its rows, as far as the next label; where a label follows at once,
    or nothing at all, the cell right beneath it.
    """
    box = boxes[index]
    inline = Candidate(box.text[found.end : _end(found, labels[index], box)], box.place)
    if found is not labels[index][-1]:
        # Another label follows in the cell: what stands beside the cell is that one's.
        return Region(inline, ())
    first, last = box.row, _last_row(index, boxes, labels)
    right: list[Candidate] = []
    saw_cell = False
    for row in range(first, last + 1):
        for other_index in _rightward(box, row, boxes):
            other = boxes[other_index]
            leading = _leading(other, labels.get(other_index, ()))
            if row in (other.row, first):
                candidate = Candidate(leading, other.place, other.unreadable)
                if candidate not in right:
                    right.append(candidate)
            if other_index in labels:
                saw_cell = saw_cell or bool(leading.strip())
                break
            saw_cell = True
    if saw_cell or inline.text.strip():
        return Region(inline, tuple(right))
    return Region(inline, (*right, *_beneath(box, boxes, labels)))


def _end(found: Found, row: tuple[Found, ...], box: Box) -> int:
    later = [other.start for other in row if other.start >= found.end and other is not found]
    return min(later, default=len(box.text))


def _leading(box: Box, found: tuple[Found, ...]) -> str:
    """Take what a cell says before its first label; all of it if it has none."""
    return box.text[: found[0].start] if found else box.text


def _rightward(box: Box, row: int, boxes: tuple[Box, ...]) -> list[int]:
    """List the cells that cross a row to the right of a cell, from left to right."""
    crossing = [
        (other.column, index)
        for index, other in enumerate(boxes)
        if other.grid == box.grid
        and other.column >= box.column + box.columns
        and other.row <= row < other.row + other.rows
    ]
    return [index for _, index in sorted(crossing)]


def _last_row(index: int, boxes: tuple[Box, ...], labels: dict[int, tuple[Found, ...]]) -> int:
    """Let a label whose merge was undone own the rows below where its column is blank, no label to its left."""
    box = boxes[index]
    last = box.row + box.rows - 1
    while True:
        below = [o for o in boxes if o.grid == box.grid and o.row <= last + 1 < o.row + o.rows]
        under = [o for o in below if o.column <= box.column < o.column + o.columns]
        starting = {o.column for i, o in enumerate(boxes) if i in labels and o.grid == box.grid and o.row == last + 1}
        own = under and all(o.column == box.column and not o.text.strip() and not o.unreadable for o in under)
        if not own or any(column <= box.column for column in starting):
            return last
        last += 1


def _beneath(box: Box, boxes: tuple[Box, ...], labels: dict[int, tuple[Found, ...]]) -> tuple[Candidate, ...]:
    """Take the cell right under a label, unless it or its row belongs to a label of its own."""
    row = box.row + box.rows
    crossing = [(index, o) for index, o in enumerate(boxes) if o.grid == box.grid and o.row <= row < o.row + o.rows]
    if any(index in labels and o.column <= box.column for index, o in crossing):
        return ()
    return tuple(
        Candidate(o.text, o.place, o.unreadable) for _, o in crossing if o.row == row and o.column == box.column
    )
