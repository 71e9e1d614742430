"""Turns one cell into the value of one column, or says what is wrong with it; pure, and never a guess."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry.columns import IDENTITIES
from liftwarden.casework.registry.importing.faults import Rule
from liftwarden.casework.registry.importing.mapping import DATES, NUMBERS, Column, Piece
from liftwarden.casework.registry.importing.reading import Cell
from liftwarden.casework.registry.rules import Datum, UseState
from liftwarden.kernel.words import narrowed, tidied

# A spreadsheet keeps 15 significant digits of a number; what stands behind them in a longer one is not what was typed.
KEPT_DIGITS = 15
LONGEST_SAFE = 10**KEPT_DIGITS
# As a spreadsheet writes it, with its plus: 3.11064E+19. New York's 1E33584 is a device number, and stays one.
SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[eE]\+\d{2,3}")
CELL_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!)")
UNSEPARATED = re.compile(r"%[Ymd]%[Ymd]")
NUMBERED = frozenset((*IDENTITIES, "other_number"))
EARLIEST = date(1850, 1, 1)
LATEST = date(2100, 1, 1)
# What can be, ours and generous: (least, most, decimal places of the column).
RANGES: dict[str, tuple[Decimal, Decimal, int]] = {
    "floors": (Decimal(1), Decimal(300), 0),
    "speed_m_per_s": (Decimal(0), Decimal(30), 3),
    "load_kg": (Decimal(1), Decimal(100_000), 0),
    "longitude": (Decimal(-180), Decimal(180), 7),
    "latitude": (Decimal(-90), Decimal(90), 7),
}
MOST_NAMED = 12


class Read(NamedTuple):
    """A value, the text it came from and, where it cannot stand, the rule it breaks and what is allowed."""

    value: Any
    text: str
    rule: Rule | None = None
    allowed: str = ""


@dataclass(frozen=True)
class Setting:
    """What conversion needs to know beside the cell."""

    today: date
    catalogue: str
    divisions: dict[str, tuple[str, ...]]


def reader(column: Column, setting: Setting) -> Callable[[str], Read]:
    """Give the function that turns the text of a column into its value."""
    if column.values is not None:
        inner = _kind(column, setting)
        table, allowed = column.values, _named(column.values)
        return lambda text: (
            inner(table[text])._replace(text=text)
            if text in table
            else Read(None, text, Rule.UNKNOWN_VALUE, f"应为 {allowed} 之一")
        )
    return _kind(column, setting)


def _kind(column: Column, setting: Setting) -> Callable[[str], Read]:
    target = column.target
    if target in DATES:
        return lambda text: as_date(text, column.dates, None if target == "next_inspection_on" else setting.today)
    if target in NUMBERS:
        return lambda text: as_number(text, column)
    if target in NUMBERED:
        return lambda text: as_code(text, column)
    labels: dict[str, Callable[[], dict[str, str]]] = {
        "variety": lambda: {
            name: code for (kept, code), name in catalogue.varieties().items() if kept == setting.catalogue
        },
        "place": lambda: {place.label: code for code, place in catalogue.places().items()},
        "use_state": lambda: {state.label: state.value for state in UseState},
        "datum": lambda: {datum.label: datum.value for datum in Datum},
    }
    if target in labels:
        found = labels[target]()
        rules = {"use_state": Rule.UNKNOWN_USE_STATE, "datum": Rule.BAD_POINT}
        return lambda text: _coded(text, found, rules.get(target))
    if target == "division":
        return lambda text: _division(text, column, setting)
    return lambda text: Read(text, text)


def text_of(cell: Cell) -> Read:
    """Turn a cell into text; a number that has lost digits is said to have."""
    if cell is None:
        return Read(None, "")
    if isinstance(cell, str):
        if CELL_ERROR.fullmatch(cell):
            return Read(None, cell, Rule.CELL_ERROR, "请在表格中改正公式后另存")
        return Read(cell, cell)
    if abs(cell) >= LONGEST_SAFE:
        return Read(None, f"{cell:.15g}", Rule.DIGITS_LOST, "数字格只保留 15 位，请把该列设为“文本”后重新录入")
    if float(cell).is_integer():
        return Read(str(int(cell)), str(int(cell)))
    return Read(repr(cell), repr(cell))


def piece_text(piece: Piece, cell: Cell) -> Read:
    """Turn a cell into the text of a piece: tidied, cut, blank where the mapping says so."""
    read = text_of(cell)
    if read.value is None:
        return read
    text = tidied(read.value)
    if not text or text in piece.blank:
        return Read(None, read.text)
    return Read(text[: piece.first] if piece.first else text, read.text)


def as_code(text: str, column: Column) -> Read:
    """Check what a spreadsheet may have done to a number that is text; its own form is checked by `columns`."""
    code = narrowed(text)
    if SCIENTIFIC.fullmatch(code):
        return Read(None, text, Rule.DIGITS_LOST, "科学记数法丢掉了后面的数字，请从原表以“文本”重新导出")
    if len(code) == 20 and code.isdigit() and not code[KEPT_DIGITS:].strip("0"):
        return Read(None, text, Rule.DIGITS_LOST, "第 15 位以后全是 0，是数字格截断的痕迹，请以“文本”重新录入")
    if column.digits and code.isdigit() and len(code) < column.digits:
        return Read(
            None, text, Rule.LEADING_ZERO_LOST, f"应为 {column.digits} 位，现为 {len(code)} 位，开头的 0 可能已丢失"
        )
    return Read(code, text)


def as_date(text: str, formats: tuple[str, ...], not_after: date | None) -> Read:
    """Read a date by the formats named, and ISO, which a date cell becomes; never a date that does not fit exactly."""
    told = narrowed(text)
    for form in (*formats, "%Y-%m-%d"):
        try:
            found = datetime.strptime(told, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
        # 2017315 is 15 March to strptime and 31 May to the next reader: without separators every digit must be there.
        if UNSEPARATED.search(form) and found.strftime(form) != told:
            continue
        if not EARLIEST <= found <= (not_after or LATEST):
            return Read(None, text, Rule.DATE_OUT_OF_RANGE, f"应在 {EARLIEST} 与 {not_after or LATEST} 之间")
        return Read(found, text)
    return Read(None, text, Rule.BAD_DATE, "应形如 " + "、".join(dict.fromkeys((*formats, "%Y-%m-%d"))))


def as_number(text: str, column: Column) -> Read:
    """Read a number, scaled and rounded to what the column keeps."""
    least, most, places = RANGES[column.target]
    least, most = column.least if column.least is not None else least, column.most if column.most is not None else most
    try:
        found = Decimal(narrowed(text))
    except InvalidOperation:
        return Read(None, text, Rule.BAD_NUMBER, "应为数字，不带单位和千分号")
    if not found.is_finite():
        return Read(None, text, Rule.BAD_NUMBER, "应为数字")
    scaled = found * column.scale if column.scale is not None else found
    if not least <= scaled <= most:
        return Read(None, text, Rule.NUMBER_OUT_OF_RANGE, f"应在 {least} 与 {most} 之间")
    if places == 0 and column.scale is None and scaled != scaled.to_integral_value():
        return Read(None, text, Rule.BAD_NUMBER, "应为整数")
    kept = scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return Read(int(kept) if places == 0 else kept, text)


def _coded(text: str, labels: dict[str, str], rule: Rule | None) -> Read:
    """Take a code, or the label of one; whether a variety or place is known is for `columns.normalised` to say."""
    code = narrowed(text)
    if code in labels.values():
        return Read(code, text)
    if text in labels:
        return Read(labels[text], text)
    if rule is not None:
        return Read(None, text, rule, f"应为 {_named(labels)} 之一")
    return Read(code, text)


def _division(text: str, column: Column, setting: Setting) -> Read:
    if column.match == "code":
        return Read(narrowed(text), text)
    codes = setting.divisions.get(text, ())
    if len(codes) == 1:
        return Read(codes[0], text)
    if codes:
        return Read(None, text, Rule.UNKNOWN_DIVISION, "同名区划不止一个（" + "、".join(codes) + "），请改用代码")
    return Read(None, text, Rule.UNKNOWN_DIVISION, "应为您管辖范围内的区划名称，例如 " + _named(setting.divisions))


def _named(allowed: Mapping[str, Any]) -> str:
    names = list(allowed)
    return "、".join(names[:MOST_NAMED]) + (f" 等 {len(names)} 种" if len(names) > MOST_NAMED else "")
