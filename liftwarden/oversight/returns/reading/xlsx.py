"""Read the visible sheets of an XLSX as a `Page`: merged cells whole, formulas only where their value was kept."""

from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from liftwarden.oversight.returns.reading.page import LONGEST_TEXT, Box, Page, cropped

# A form is one page; what lies beyond is not of it, and a sheet may claim a million rows.
MOST_ROWS = 400
MOST_COLUMNS = 60


def read(path: str) -> Page:
    """Read one XLSX; called in the capped child."""
    values = load_workbook(path, data_only=True, keep_links=False)
    formulas = load_workbook(path, data_only=False, keep_links=False)
    boxes: list[Box] = []
    remarks: list[str] = []
    visible = [sheet for sheet in values.worksheets if sheet.sheet_state == "visible"]
    if len(visible) < len(values.worksheets):
        remarks.append(f"有 {len(values.worksheets) - len(visible)} 张隐藏的工作表未读")
    for grid, sheet in enumerate(visible):
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            remarks.append(f"工作表“{sheet.title}”只读了前 {MOST_ROWS} 行、{MOST_COLUMNS} 列")
        boxes.extend(_sheet(grid, sheet, formulas[sheet.title]))
    return cropped(boxes, [], tuple(remarks))


def _sheet(grid: int, values: Any, formulas: Any) -> list[Box]:
    ranges = [r for r in values.merged_cells.ranges if r.min_row <= MOST_ROWS and r.min_col <= MOST_COLUMNS]
    merged = {(r.min_row, r.min_col): (r.max_row - r.min_row + 1, r.max_col - r.min_col + 1) for r in ranges}
    last_row, last_column = _bounds(formulas, ranges)
    covered = {
        (row, column)
        for r in ranges
        for row in range(r.min_row, min(r.max_row, MOST_ROWS) + 1)
        for column in range(r.min_col, min(r.max_col, MOST_COLUMNS) + 1)
    } - merged.keys()
    boxes = []
    for row in range(1, last_row + 1):
        for column in range(1, last_column + 1):
            if (row, column) in covered:
                continue
            value = values.cell(row, column).value
            formula = formulas.cell(row, column)
            text, unreadable = _text(value)
            if formula.data_type == "f" and value is None:
                unreadable = f"公式 {_formula(formula.value)} 没有保存计算结果"
            rows, columns = merged.get((row, column), (1, 1))
            place = f"工作表“{values.title}”单元格 {get_column_letter(column)}{row}"
            boxes.append(Box(grid, row - 1, column - 1, rows, columns, text[:LONGEST_TEXT], place, unreadable))
    return boxes


def _bounds(sheet: Any, ranges: list[Any]) -> tuple[int, int]:
    """Find the last row and column that hold anything: formatted blanks may reach to the end of the sheet."""
    filled = [
        (cell.row, cell.column)
        for row in sheet.iter_rows(max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, MOST_COLUMNS))
        for cell in row
        if cell.value is not None
    ]
    ends = [(min(r.max_row, MOST_ROWS), min(r.max_col, MOST_COLUMNS)) for r in ranges]
    rows, columns = zip(*(filled + ends), strict=True) if filled or ends else ((0,), (0,))
    return max(rows), max(columns)


def _text(value: Any) -> tuple[str, str]:
    """Write a cell's value as a person would type it; a date or a truth value is nobody's count."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return "", f"真假值 {value}"
    if isinstance(value, int):
        return str(value), ""
    if isinstance(value, float):
        return (str(int(value)), "") if value.is_integer() and abs(value) < 1e15 else (repr(value), "")
    if isinstance(value, (datetime, date, time)):
        return "", f"日期或时间 {value}"
    text = str(value)
    return ("", f"错误值 {text}") if text.startswith("#") and text.endswith(("!", "?", "/A", "0")) else (text, "")


def _formula(value: Any) -> str:
    return str(getattr(value, "text", value))[:80]
