"""Tells what came of a file: for a machine, and as the file itself with an 错误 column, in which nothing is a formula."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liftwarden.casework.registry.importing.actions import Outcome
from liftwarden.casework.registry.importing.faults import Fault
from liftwarden.casework.registry.importing.reading import Cell, Sheet
from liftwarden.casework.registry.importing.sheets import Writer, writer

FIRST = ("行号", "结果", "错误")


def machine(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    """Tell everything, in the documented shape: counts, counts for each rule, every error.

    Shape: docs/manual/import.md, "the report".
    """
    plan = outcome.plan
    counted = Counter((fault.rule, fault.column, fault.consequence) for fault in plan.faults)
    return {
        "file": outcome.file_name,
        "sha256": outcome.file_sha256,
        "mapping_sha256": outcome.mapping.sha256,
        "mode": str(outcome.mapping.mode),
        "dry_run": dry_run,
        "published": outcome.published,
        "fatal": plan.fatal,
        "job": str(outcome.job.pk) if outcome.job else None,
        "counts": plan.counts(),
        "rules": [
            {"rule": str(rule), "label": rule.label, "column": column, "action": str(action), "count": number}
            for (rule, column, action), number in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        ],
        "errors": [_told(fault) for fault in plan.faults],
    }


def is_clean(outcome: Outcome) -> bool:
    """Whether no row was rejected and the file could be taken."""
    return not outcome.plan.fatal and not outcome.plan.rejected


def write(outcome: Outcome, path: Path) -> None:
    """Write the file again, every row of it, with what came of each; `.xlsx` or, for any other name, CSV."""
    by_row: dict[int, list[Fault]] = {}
    for fault in outcome.plan.faults:
        by_row.setdefault(fault.row, []).append(fault)
    sheet = outcome.sheet
    with writer(path) as out:
        head = by_row.get(sheet.first_row - 1, [])
        out.row([*FIRST, *sheet.header])
        if head:
            out.row([str(sheet.first_row - 1), "表头有误", "；".join(fault.words() for fault in head)])
        for number, cells in enumerate(sheet.rows, start=sheet.first_row):
            if any(cell is not None for cell in cells):
                _row(out, number, cells, by_row.get(number, []))


def write_rows(sheet: Sheet, wrong: Mapping[int, Sequence[str]], path: Path) -> None:
    """Write a table again, every row of it, with what is wrong with each in words."""
    with writer(path) as out:
        out.row([*FIRST, *sheet.header])
        head = wrong.get(sheet.first_row - 1)
        if head:
            out.row([str(sheet.first_row - 1), "表头有误", "；".join(head)])
        for number, cells in enumerate(sheet.rows, start=sheet.first_row):
            if any(cell is not None for cell in cells):
                told = wrong.get(number, ())
                out.row([str(number), "拒绝该行" if told else "可导入", "；".join(told), *map(_text, cells)])


def _row(out: Writer, number: int, cells: list[Cell], faults: list[Fault]) -> None:
    result = "、".join(dict.fromkeys(fault.consequence.label for fault in faults)) or "可导入"
    out.row([str(number), result, "；".join(fault.words() for fault in faults), *map(_text, cells)])


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if cell is None else str(cell)


def _told(fault: Fault) -> dict[str, Any]:
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "rule": str(fault.rule),
        "label": fault.rule.label,
        "allowed": fault.allowed,
        "action": str(fault.consequence),
    }
