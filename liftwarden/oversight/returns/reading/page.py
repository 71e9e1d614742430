"""A document as its parser saw it: cells with their places, lines around them; data only, to leave the child."""

from dataclasses import dataclass

# What an honest sheet never reaches; the matcher's work grows with these.
MOST_BOXES = 6000
MOST_LINES = 2000
LONGEST_TEXT = 20_000
LONGEST_LINE = 2000


@dataclass(frozen=True, slots=True)
class Box:
    """One cell: the grid it is in, its row and column from 0, its spans, its text, and the name of its place."""

    grid: int
    row: int
    column: int
    rows: int
    columns: int
    text: str
    place: str
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole document. `lines` are paragraphs outside tables, headers, footers and text boxes among them."""

    boxes: tuple[Box, ...]
    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def cropped(boxes: list[Box], lines: list[str], remarks: tuple[str, ...] = ()) -> Page:
    """Make a page no larger than the matcher can take, and say so where something was left out."""
    said = list(remarks)
    if len(boxes) > MOST_BOXES or len(lines) > MOST_LINES:
        said.append(f"文档很大，只读了前 {MOST_BOXES} 个单元格和前 {MOST_LINES} 行文字")
    return Page(tuple(boxes[:MOST_BOXES]), tuple(line[:LONGEST_LINE] for line in lines[:MOST_LINES]), tuple(said))
