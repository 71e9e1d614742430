"""Reads a CSV or XLSX file into rows of cells, in the capped child process; no Django in here.

A cell is text, or a number as the spreadsheet holds it (a number cell may have lost digits, which is for the checks
to say), or null. Dates of date cells become ISO text. Nothing is guessed.
"""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
from defusedxml.ElementTree import fromstring

from liftwarden.kernel.refusals import Refusal
from liftwarden.kernel.words import FORMULA_STARTS

Cell = str | int | float | None
MOST_UNPACKED = 512 * 2**20
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ERROR_CELL = re.compile(rb'<c ([^>]*\br="[A-Z]+\d+"[^>]*\bt="e"[^>]*|[^>]*\bt="e"[^>]*\br="[A-Z]+\d+"[^>]*)>(.*?)</c>')
ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')
VALUE = re.compile(rb"<v>([^<]*)</v>")
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"


class Unreadable(Refusal):
    """A file that is no table we can read."""

    code = "unreadable_table"
    sentence = "无法读取“{name}”：{reason}。"


class Sheet(msgspec.Struct):
    """A table as it stands in the file: the header, the rows under it, and the file's number of the first of them."""

    header: list[str]
    rows: list[list[Cell]]
    first_row: int
    kind: str


def table(path: str, sheet: str, header_row: str, encoding: str, delimiter: str) -> Sheet:
    """Read a table by the file's first bytes, never by its name.

    Raises:
        Unreadable: for a missing sheet, a text that is neither UTF-8 nor GB 18030, or a gzip that unpacks to too much.
    """
    file = Path(path)
    with file.open("rb") as opened:
        start = opened.read(4)
    if start == ZIP:
        rows = _workbook(file, sheet)
        kind = "xlsx"
    else:
        rows = _text(file, start, encoding, delimiter)
        kind = "csv"
    at = int(header_row)
    if len(rows) < at:
        raise Unreadable(name=file.name, reason=f"没有第 {at} 行（表头）")
    header = [_header(cell) for cell in rows[at - 1]]
    while header and not header[-1]:
        header.pop()
    return Sheet(header, rows[at:], at + 1, kind)


def _workbook(file: Path, sheet: str) -> list[list[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(file))
        names = book.sheet_names
        if sheet and sheet not in names:
            raise Unreadable(name=file.name, reason=f"没有名为“{sheet}”的工作表；有：" + "、".join(names))
        found = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
        rows = found.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Unreadable(name=file.name, reason=f"不是完好的 XLSX（{error}）") from error
    table = [[_plain(cell) for cell in row] for row in rows]
    for row, column, text in _formula_errors(file, sheet or names[0]):
        if row < len(table) and column < len(table[row]):
            table[row][column] = text
    return table


def _formula_errors(file: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Find the cells that hold a formula's error, which calamine gives as blanks: blank they are not."""
    with zipfile.ZipFile(file) as package:
        book = fromstring(package.read("xl/workbook.xml"))
        links = {one.get("Id"): one.get("Target", "") for one in fromstring(package.read("xl/_rels/workbook.xml.rels"))}
        for one in book.iter(f"{{{MAIN}}}sheet"):
            if one.get("name") == sheet:
                target = links.get(one.get(f"{{{RELATED}}}id"), "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                xml = package.read(part) if part in package.namelist() else b""
                if b't="e"' in xml:
                    yield from map(_error, ERROR_CELL.finditer(xml))


def _error(found: "re.Match[bytes]") -> tuple[int, int, str]:
    letters, digits = ADDRESS.search(found[1]).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters.decode():
        column = column * 26 + ord(letter) - 64
    text = VALUE.search(found[2])
    return int(digits) - 1, column - 1, text[1].decode() if text else "#N/A"


def _plain(cell: object) -> Cell:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell.total_seconds()) if isinstance(cell, timedelta) else str(cell)


def _text(file: Path, start: bytes, encoding: str, delimiter: str) -> list[list[Cell]]:
    try:
        with gzip.open(file, "rb") if start.startswith(GZIP) else file.open("rb") as packed:
            data = packed.read(MOST_UNPACKED + 1)
    except (gzip.BadGzipFile, EOFError) as error:
        raise Unreadable(name=file.name, reason="压缩文件已损坏") from error
    if len(data) > MOST_UNPACKED:
        raise Unreadable(name=file.name, reason=f"解压后超过 {MOST_UNPACKED // 2**20} MiB")
    text = _decoded(file, data, encoding)
    if not delimiter:
        first = text.partition("\n")[0]
        delimiter = "\t" if first.count("\t") > first.count(",") else ","
    csv.field_size_limit(2**20)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable(name=file.name, reason=f"不是完好的 CSV（{error}）") from error
    return [[_unquoted(cell) if cell else None for cell in row] for row in rows]


def _decoded(file: Path, data: bytes, encoding: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    tried = ("utf-8-sig", "gb18030") if encoding == "auto" else ("utf-8-sig" if encoding == "utf-8" else "gb18030",)
    for name in tried:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise Unreadable(name=file.name, reason="文字编码既不是 UTF-8 也不是 GBK/GB 18030")


def _unquoted(text: str) -> str:
    """Take away the apostrophe that our own export puts before what a spreadsheet would run as a formula."""
    return text[1:] if text[0] == "'" and text[1:].startswith(FORMULA_STARTS) else text


def _header(cell: Cell) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""
