"""Draw a filled form as XLSX, one A4 page; every cell is written as text, so that none can become a formula."""

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled
from liftwarden.oversight.returns.rendering import packing
from liftwarden.oversight.returns.rendering import sheet as sheets
from liftwarden.oversight.returns.rendering.sheet import Box, Sheet

SONG, HEI = "宋体", "黑体"
TITLE_SIZE = 16
# Excel counts a column's width in digits of the standard font, about 2 mm each, and allows rows up to 409 points.
MM_PER_CHARACTER = 2.0
POINTS_PER_MM = 2.835
TALLEST_ROW = 409.0
MM_PER_INCH = 25.4
FIXED = datetime(2017, 4, 7, tzinfo=UTC)


def render(form: Form, filled: Filled) -> bytes:
    """Draw the form as XLSX."""
    drawn = sheets.sheet(form, filled)
    out = io.BytesIO()
    options = {"in_memory": True, "default_format_properties": {"font_name": SONG, "font_size": 11}}
    workbook = xlsxwriter.Workbook(out, options)
    workbook.set_properties({"title": drawn.title, "author": "LiftWarden", "created": FIXED})
    workbook.set_calc_mode("auto")
    worksheet = workbook.add_worksheet("统计表")
    _set_up(worksheet, drawn)
    top = _head(workbook, worksheet, drawn)
    for box in drawn.boxes:
        _write(worksheet, top, box, workbook.add_format(_style(box, drawn.size)))
    for index, height in enumerate(drawn.heights):
        worksheet.set_row(top + index, min(TALLEST_ROW, height * POINTS_PER_MM))
    _below(workbook, worksheet, drawn, top + len(drawn.heights))
    workbook.close()
    return packing.repacked(out.getvalue())


def _set_up(worksheet: Any, drawn: Sheet) -> None:
    worksheet.set_paper(9)
    worksheet.set_portrait()
    worksheet.fit_to_pages(1, 1)
    worksheet.center_horizontally()
    worksheet.hide_gridlines(2)
    side, top = sheets.SIDE_MARGIN / MM_PER_INCH, sheets.TOP_MARGIN / MM_PER_INCH
    worksheet.set_margins(left=side, right=side, top=top, bottom=sheets.BOTTOM_MARGIN / MM_PER_INCH)
    for column, width in enumerate(drawn.widths):
        worksheet.set_column(column, column, width / MM_PER_CHARACTER)


def _head(workbook: Any, worksheet: Any, drawn: Sheet) -> int:
    """Write what stands above the table; give the row where the table begins."""
    last = len(drawn.widths) - 1
    row = 0
    if drawn.above or drawn.mark:
        worksheet.write_string(row, 0, drawn.above, workbook.add_format(_font(sheets.NOTE_SIZE)))
        marked = workbook.add_format({**_font(TITLE_SIZE - 4), "bold": True, "align": "right"})
        worksheet.write_string(row, last, f"【{drawn.mark}】" if drawn.mark else "", marked)
        row += 1
    title = workbook.add_format(
        {**_font(TITLE_SIZE), "font_name": HEI, "bold": True, "align": "center", "valign": "vcenter"}
    )
    _across(worksheet, row, (0, last), drawn.title, title)
    worksheet.set_row(row, 32)
    row += 1
    starts = [round(index * (last + 1) / len(drawn.headings)) for index in range(len(drawn.headings))]
    style = workbook.add_format({**_font(sheets.SIZES[0]), "valign": "vcenter", "text_wrap": True})
    for start, end, line in zip(starts, [*starts[1:], last + 1], drawn.headings, strict=True):
        _across(worksheet, row, (start, max(start, end - 1)), line, style)
    worksheet.set_row(row, 22)
    return row + 1


def _below(workbook: Any, worksheet: Any, drawn: Sheet, row: int) -> None:
    last = len(drawn.widths) - 1
    sized = [(sheets.NOTE_SIZE, line) for line in drawn.notes]
    sized += [(sheets.SMALL_SIZE, line) for line in (*drawn.remarks, *drawn.footer)]
    styles = {size: workbook.add_format({**_font(size), "text_wrap": True, "valign": "top"}) for size, _ in sized}
    for offset, (size, line) in enumerate(sized):
        _across(worksheet, row + offset, (0, last), line, styles[size])
        height = sheets.height_of(line, sheets.BODY_WIDTH, size) * POINTS_PER_MM + 3
        worksheet.set_row(row + offset, min(TALLEST_ROW, height))


def _across(worksheet: Any, row: int, columns: tuple[int, int], text: str, style: Any) -> None:
    first, last = columns
    if last > first:
        worksheet.merge_range(row, first, row, last, "", style)
    worksheet.write_string(row, first, text, style)


def _write(worksheet: Any, top: int, box: Box, style: Any) -> None:
    row = top + box.row
    if box.rows > 1 or box.columns > 1:
        worksheet.merge_range(row, box.column, row + box.rows - 1, box.column + box.columns - 1, "", style)
    # write_string, never write: a text that begins with = + - @ stays a text.
    worksheet.write_string(row, box.column, box.text, style)


def _style(box: Box, size: float) -> dict[str, Any]:
    return {
        **_font(size),
        "border": 1,
        "text_wrap": True,
        "align": "center" if box.kind == "count" else "left",
        "indent": 0 if box.kind == "count" else 1,
        "valign": "top" if box.kind == "text" else "vcenter",
        "num_format": "@",
    }


def _font(size: float) -> dict[str, Any]:
    return {"font_name": SONG, "font_size": size}
