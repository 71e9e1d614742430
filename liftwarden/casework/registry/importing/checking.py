"""Checks the rows of a file one by one, every column of every row, and makes of each what can be made; pure.

What a lift's data may be is said by `columns.normalised`, as for a lift registered by hand: it is called here until it
has nothing more to refuse, so that every error of a row is found and no rule is written twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from liftwarden.casework.registry.columns import IDENTITIES, STORED, is_numbered, normalised
from liftwarden.casework.registry.importing import converting
from liftwarden.casework.registry.importing.converting import Read, Setting
from liftwarden.casework.registry.importing.faults import Consequence, Fault, Rule
from liftwarden.casework.registry.importing.mapping import (
    DATES,
    NUMBERS,
    OF_USE,
    REQUIRED,
    Column,
    Mapping,
    Mode,
    Party,
)
from liftwarden.casework.registry.importing.reading import Cell, Sheet
from liftwarden.casework.registry.rules import UseState
from liftwarden.kernel.codes import BadCode
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied

FIELD_RULES = {"品种": Rule.UNKNOWN_VARIETY, "使用场所": Rule.UNKNOWN_PLACE, "坐标": Rule.BAD_POINT}
FIELD_COLUMNS = {"品种": "variety", "使用场所": "place", "坐标": "longitude"}
POINT = ("longitude", "latitude", "datum")
ORDERS = (("made_on", "used_since_on"), ("last_inspected_on", "next_inspection_on"))
MOST_FLAGS = 400
MOST_NAME = 120
REMEMBERED = 50_000
RARE = frozenset((*DATES, *NUMBERS, "variety", "place", "use_state", "datum", "division", "catalogue"))


@dataclass(frozen=True)
class Ground:
    """What rows are checked against: the actor's divisions, all divisions, the day, and the widths of the columns."""

    reach: frozenset[str]
    known: Callable[[str], bool]
    names: dict[str, tuple[str, ...]]
    today: date
    widths: dict[str, int]
    credit_code: Callable[[str], str | None]


@dataclass(slots=True)
class Claim:
    """That a body is a party of the lift: by credit code, by name, from a day."""

    party: Party
    credit: str | None
    name: str
    from_on: date
    label: str


@dataclass(slots=True)
class Candidate:
    """One row's lift as it would be stored, values in the order of `columns.STORED`.

    `given` are the columns that the row itself speaks of, kept where the mode may amend what is registered.
    """

    row: int
    given: dict[str, Any]
    stored: tuple[Any, ...]
    use: dict[str, Any]
    division: str
    claims: list[Claim]


@dataclass(slots=True)
class Checked:
    """What came of one row; `numbers` are its well-formed numbers, also where the row cannot be taken."""

    row: int
    faults: list[Fault] = field(default_factory=list)
    candidate: Candidate | None = None
    numbers: dict[str, str] = field(default_factory=dict)


def headers(sheet: Sheet, mapping: Mapping) -> list[Fault]:
    """Check the header row: nothing unknown, nothing missing, nothing twice."""
    row = sheet.first_row - 1
    found, faults = [header for header in sheet.header if header], []

    def wrong(rule: Rule, header: str, allowed: str) -> None:
        faults.append(Fault(row, header, header, rule, allowed, Consequence.REJECT))

    for header in dict.fromkeys(found):
        if found.count(header) > 1:
            wrong(Rule.REPEATED_HEADER, header, "每个表头只能出现一次")
        if header not in mapping.headers and header not in mapping.source.ignored:
            wrong(Rule.UNKNOWN_HEADER, header, "请在映射中使用它，或列入 [source] ignored")
    for header in sorted(mapping.headers - set(found)):
        wrong(Rule.MISSING_HEADER, header, "映射用到它；文件中的表头是：" + "、".join(found[:20]))
    if not any(any(cell is not None for cell in cells) for cells in sheet.rows):
        wrong(Rule.NO_ROWS, "", "表头之下至少要有一行")
    return faults


class Checker:
    """Checks rows of one file by one mapping."""

    def __init__(self, sheet: Sheet, mapping: Mapping, ground: Ground) -> None:
        self._mapping, self._ground, self._header = mapping, ground, sheet.header
        self._at = {header: index for index, header in enumerate(sheet.header)}
        constants = {column.target: column.constant for column in mapping.columns}
        setting = Setting(ground.today, str(constants.get("catalogue") or "2014"), ground.names)
        self._columns = [(column, self._reading(column, setting)) for column in mapping.columns]
        self._numbered = {column.label for column in mapping.columns if column.target in converting.NUMBERED}
        self._by_target = {column.target: column for column in mapping.columns}

    def check(self, row: int, cells: list[Cell]) -> Checked:
        """Check one row."""
        checked = Checked(row)
        if len(cells) > len(self._header) and any(cell is not None for cell in cells[len(self._header) :]):
            self._wrong(checked, None, "", Rule.ROW_SHAPE, f"应为 {len(self._header)} 格")
        for aside in self._mapping.asides:
            text = tidied(str(self._cell(cells, aside.header) or ""))
            if text in aside.among:
                told = Fault(row, aside.header, text, Rule.NAMED_ASIDE, aside.because, Consequence.SET_ASIDE)
                checked.faults = [told]
                return checked
        values = self._values(cells, checked)
        self._required(values, checked)
        division = self._division(values, checked)
        self._orders(values, checked)
        self._lengths(values, checked)
        self._within(values, checked)
        given = {name: value for name, value in values.items() if name not in OF_USE and name != "division"}
        stored = self._stored(given, checked)
        claims = self._claims(cells, checked)
        checked.numbers = {name: stored[name] for name in (*IDENTITIES, "other_number") if stored[name]}
        if not is_numbered(stored) and not any(fault.column in self._numbered for fault in checked.faults):
            self._wrong(checked, None, "", Rule.NO_NUMBER, "至少要有一个编号")
        use = {name: values.get(name) for name in OF_USE}
        use["stated"] = use["use_state"] is not None
        use["use_state"] = use["use_state"] or str(UseState.IN_USE)
        use = {name: value if name == "use_state_on" else value or "" for name, value in use.items()}
        kept = given if self._mapping.mode is Mode.UPDATE else {}
        checked.candidate = Candidate(row, kept, tuple(stored[name] for name in STORED), use, division, claims)
        return checked

    def _values(self, cells: list[Cell], checked: Checked) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for column, read in self._columns:
            got = read(cells)
            if got.rule is not None:
                self._wrong(checked, column, got.text, got.rule, got.allowed)
            values[column.target] = got.value
            if got.value is None and column.otherwise is not None:
                values[column.target] = column.otherwise
                if got.rule is None and column.target in REQUIRED:
                    allowed = f"为空，按映射取“{column.otherwise}”"
                    null = Consequence.NULL_AND_FLAG
                    told = Fault(checked.row, column.label, "", Rule.REQUIRED_MISSING, allowed, null, column.target)
                    checked.faults.append(told)
        return values

    def _reading(self, column: Column, setting: Setting) -> Callable[[list[Cell]], Read]:
        convert = converting.reader(column, setting)
        if column.constant is not None:
            fixed = convert(column.constant)
            return lambda cells: fixed
        if len(column.pieces) > 1:
            return lambda cells: self._joined(column, cells, convert)
        (piece,) = column.pieces
        at = self._at.get(piece.header, -1)
        blank = column.blank | piece.blank

        def plainly(cell: Cell) -> Read:
            read = converting.piece_text(piece, cell)
            if read.value is None or read.value in blank:
                return read._replace(value=None)
            return convert(read.value)

        if column.target not in RARE:
            return lambda cells: plainly(cells[at] if 0 <= at < len(cells) else None)
        met: dict[Cell, Read] = {}

        def remembered(cells: list[Cell]) -> Read:
            cell = cells[at] if 0 <= at < len(cells) else None
            read = met.get(cell)
            if read is None:
                if len(met) > REMEMBERED:
                    met.clear()
                read = met[cell] = plainly(cell)
            return read

        return remembered

    def _joined(self, column: Column, cells: list[Cell], convert: Callable[[str], Read]) -> Read:
        reads = [converting.piece_text(piece, self._cell(cells, piece.header)) for piece in column.pieces]
        for read in reads:
            if read.rule is not None:
                return read
        text = column.glue.join(read.value for read in reads if read.value)
        return convert(text) if text and text not in column.blank else Read(None, text)

    def _cell(self, cells: list[Cell], header: str) -> Cell:
        at = self._at.get(header, -1)
        return cells[at] if 0 <= at < len(cells) else None

    def _wrong(
        self, checked: Checked, column: Column | None, text: str, rule: Rule, allowed: str, label: str = ""
    ) -> None:
        consequence = self._mapping.consequence(rule, column, label)
        target = column.target if column else ""
        where = column.label if column else label
        checked.faults.append(Fault(checked.row, where, text, rule, allowed, consequence, target))

    def _required(self, values: dict[str, Any], checked: Checked) -> None:
        told = {fault.column for fault in checked.faults if fault.consequence is not Consequence.NULL_AND_FLAG}
        for name in REQUIRED:
            column = self._by_target[name]
            if values[name] is None and column.label not in told:
                fault = Fault(checked.row, column.label, "", Rule.REQUIRED_MISSING, "不能为空", self._without(column))
                checked.faults.append(fault)

    def _without(self, column: Column) -> Consequence:
        """Tell what becomes of a row that lacks what it must have: it cannot be nulled, there is nothing to fall back on."""
        told = self._mapping.consequence(Rule.REQUIRED_MISSING, column, "")
        return Consequence.REJECT if told is Consequence.NULL_AND_FLAG else told

    def _division(self, values: dict[str, Any], checked: Checked) -> str:
        code = values["division"]
        column = self._by_target["division"]
        if code is None:
            return ""
        for rule, holds, allowed in (
            (Rule.UNKNOWN_DIVISION, self._ground.known(code), "应为行政区划代码"),
            (Rule.DIVISION_OUT_OF_REACH, code in self._ground.reach, "只能导入您管辖范围内的电梯"),
        ):
            if not holds:
                self._wrong(checked, column, code, rule, allowed)
                if checked.faults[-1].consequence is Consequence.NULL_AND_FLAG and column.otherwise:
                    return column.otherwise
                break
        return str(code)

    def _orders(self, values: dict[str, Any], checked: Checked) -> None:
        for first, second in ORDERS:
            earlier, later = values.get(first), values.get(second)
            if earlier and later and later < earlier:
                allowed = f"不能早于“{self._by_target[first].label}”（{earlier}）"
                self._wrong(checked, self._by_target[second], str(later), Rule.DATES_OUT_OF_ORDER, allowed)
                values[second] = None

    def _lengths(self, values: dict[str, Any], checked: Checked) -> None:
        for name, width in self._ground.widths.items():
            value = values.get(name)
            if value is not None and len(value) > width:
                column = self._by_target[name]
                self._wrong(checked, column, value, Rule.TOO_LONG, f"最多 {width} 字，现为 {len(value)} 字")
                if name not in REQUIRED:
                    values[name] = None

    def _within(self, values: dict[str, Any], checked: Checked) -> None:
        longitude, latitude = values.get("longitude"), values.get("latitude")
        if self._mapping.within is None or longitude is None or latitude is None:
            return
        west, south, east, north = self._mapping.within
        if not (west <= longitude <= east and south <= latitude <= north):
            allowed = f"经度应在 {west}～{east}，纬度应在 {south}～{north}"
            point = f"{longitude},{latitude}"
            self._wrong(checked, self._by_target["longitude"], point, Rule.POINT_OUTSIDE, allowed)
            values.update(dict.fromkeys(POINT))

    def _stored(self, given: dict[str, Any], checked: Checked) -> dict[str, Any]:
        """Let the registry's own rules have their say, again and again, until they refuse nothing more."""
        if given.get("longitude") is None and given.get("latitude") is None:
            given.update({name: None for name in POINT if name in given})
        told = dict(given)
        while True:
            try:
                stored = normalised(told)
            except BadCode:
                self._codes(told, given, checked)
            except BadInput as refusal:
                label, reason = str(refusal.facts["field"]), str(refusal.facts["reason"])
                column = self._by_target.get(FIELD_COLUMNS[label])
                if not (column and column.target == "variety" and given.get("variety") is None):
                    self._wrong(checked, column, self._said(told, label), FIELD_RULES[label], reason)
                self._mended(told, given, label)
            else:
                return stored

    def _codes(self, told: dict[str, Any], given: dict[str, Any], checked: Checked) -> None:
        """Name every number of a wrong shape, and go on without it."""
        for name, check in IDENTITIES.items():
            try:
                if told.get(name):
                    check(told[name])
            except BadCode as refusal:
                allowed = str(refusal.facts["allowed"])
                self._wrong(checked, self._by_target[name], str(told[name]), Rule.BAD_CODE, allowed)
                told[name] = given[name] = None

    def _said(self, told: dict[str, Any], label: str) -> str:
        names = POINT if label == "坐标" else (FIELD_COLUMNS[label],)
        return ",".join(str(told.get(name)) for name in names if told.get(name) is not None)

    def _mended(self, told: dict[str, Any], given: dict[str, Any], label: str) -> None:
        """Put something harmless in place of what was refused, so that the next rule can be asked."""
        if label == "品种":
            told["catalogue"], told["variety"] = "2014", "3110"
            return
        for name in POINT if label == "坐标" else (FIELD_COLUMNS[label],):
            told[name] = None
            if name in given:
                given[name] = None

    def _claims(self, cells: list[Cell], checked: Checked) -> list[Claim]:
        found = []
        for party in self._mapping.parties:
            claim = self._claim(party, cells, checked)
            if claim is not None:
                found.append(claim)
        return found

    def _claim(self, party: Party, cells: list[Cell], checked: Checked) -> Claim | None:
        name, credit = self._party_text(party, party.name, cells, checked), None
        code = self._party_text(party, party.credit, cells, checked)
        label = party.credit if code and party.credit else party.name or str(party.role)
        if code:
            try:
                credit = self._ground.credit_code(code)
            except Refusal:
                self._party_wrong(party, checked, label, code, Rule.BAD_CREDIT_CODE, "应为 18 位，且校验位相符")
        if not name and not credit:
            return None
        since = self._since(party, cells, checked)
        return Claim(party, credit, name, since, label) if since else None

    def _party_text(self, party: Party, header: str | None, cells: list[Cell], checked: Checked) -> str:
        if header is None:
            return ""
        read = converting.text_of(self._cell(cells, header))
        if read.rule is not None:
            self._party_wrong(party, checked, header, read.text, read.rule, read.allowed)
        text = tidied(read.value or "")
        if len(text) > MOST_NAME:
            self._party_wrong(party, checked, header, text, Rule.TOO_LONG, f"最多 {MOST_NAME} 字")
            return ""
        return "" if text in party.blank else text

    def _since(self, party: Party, cells: list[Cell], checked: Checked) -> date | None:
        if party.from_on is None:
            return party.since
        read = converting.text_of(self._cell(cells, party.from_on))
        if not read.value:
            self._party_wrong(
                party, checked, party.from_on, read.text, Rule.PARTY_DATE_MISSING, "写了单位就要写起始日期"
            )
            return None
        got = converting.as_date(tidied(read.value), party.dates, self._ground.today)
        if got.rule is not None:
            self._party_wrong(party, checked, party.from_on, got.text, got.rule, got.allowed)
            return None
        found: date = got.value
        return found

    def _party_wrong(self, party: Party, checked: Checked, label: str, text: str, rule: Rule, allowed: str) -> None:
        named = self._mapping.rules.get(f"{rule}:{party.role}") or self._mapping.rules.get(str(rule))
        checked.faults.append(
            Fault(checked.row, label, text, rule, allowed, named or Consequence.REJECT, str(party.role))
        )


def flags(faults: list[Fault]) -> str:
    """Put together what a taken lift carries of its nulled values, as much as fits."""
    told = sorted({fault.flag for fault in faults if fault.consequence is Consequence.NULL_AND_FLAG})
    text = " ".join(told)
    return text if len(text) <= MOST_FLAGS else text[: MOST_FLAGS - 1].rpartition(" ")[0] + "…"
