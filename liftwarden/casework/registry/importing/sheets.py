"""Writes text into CSV or XLSX so that no spreadsheet can take any of it for a formula, and none loses a digit in XLSX."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from liftwarden.kernel.words import defused

# A plain number is none of the things a spreadsheet runs; -73.98 must stay what it is.
PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# What an XLSX cell may hold.
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576


class Writer(Protocol):
    """Takes rows of text."""

    def row(self, texts: Sequence[str]) -> None:
        """Write one row."""


class _Csv:
    def __init__(self, out: Any) -> None:
        self._out = out

    def row(self, texts: Sequence[str]) -> None:
        self._out.writerow([safe(text) for text in texts])


class _Xlsx:
    def __init__(self, sheet: Any) -> None:
        self._sheet, self._at = sheet, 0

    def row(self, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts):
            # write_string makes a text cell whatever the text looks like: no formula, no number, no link.
            self._sheet.write_string(self._at, column, text[:LONGEST_CELL])
        self._at += 1


def safe(text: str) -> str:
    """Make a text safe for a CSV, whose cells have no type."""
    return text if PLAIN_NUMBER.fullmatch(text) else defused(text)


@contextmanager
def writer(path: Path) -> Iterator[Writer]:
    """Open a file for rows: `.xlsx`, or CSV in UTF-8 with the mark that spreadsheets want; in place once it is whole."""
    made = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".xlsx":
            import xlsxwriter

            book = xlsxwriter.Workbook(str(made), {"constant_memory": True})
            yield _Xlsx(book.add_worksheet("电梯"))
            book.close()
        else:
            with made.open("w", encoding="utf-8-sig", newline="") as file:
                yield _Csv(csv.writer(file))
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
