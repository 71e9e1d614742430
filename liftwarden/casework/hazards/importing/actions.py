"""Takes a ledger over: reads it, matches it, checks it whole, then records it line by line.

Each line is one short transaction and is known again by its digest, so a killed import is simply run again: lines that
are in are left alone. The dry run takes each line over and back, so that what it says is what the actions say.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from liftwarden.casework.hazards import queries, rules
from liftwarden.casework.hazards.actions.ledger_import import AlreadyTakenOver, LedgerLine, take_over
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import PROGRAMME, Finding
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.importing.mapping import DATES, NEEDED, Column, Mapping
from liftwarden.casework.hazards.importing.matching import Lifts
from liftwarden.casework.hazards.models import FinderKind
from liftwarden.casework.registry.importing import converting, tables
from liftwarden.casework.registry.importing.reading import Cell, Sheet
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period, day_in_shanghai, start_of_day
from liftwarden.kernel.refusals import Refusal
from liftwarden.kernel.words import tidied

Progress = Callable[[str, int, int], None]
EVERY = 50
LONGEST = 400


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the file or a line of it."""

    row: int
    column: str
    value: str
    rule: str
    allowed: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line that can be tried: which lift, which history."""

    row: int
    lift_id: UUID
    told: LedgerLine


@dataclass
class Outcome:
    """What came of a ledger."""

    sheet: Sheet
    rows: int = 0
    taken: int = 0
    known: int = 0
    faults: list[Fault] = field(default_factory=list)
    fatal: bool = False
    baseline_lifts: set[UUID] = field(default_factory=set)
    baseline_in_ledger: int = 0

    @property
    def rejected(self) -> int:
        """How many lines were refused."""
        return len({fault.row for fault in self.faults if fault.row >= self.sheet.first_row})

    @property
    def baseline(self) -> int:
        """A, as it is or (dry) would be: lifts unfinished on the baseline day."""
        return self.baseline_in_ledger


def check(path: Path, mapping: Mapping, *, correction_reason: str = "", by: Actor, progress: Progress) -> Outcome:
    """Try every line and write nothing.

    Raises:
        NotYours: if `by` may not import ledgers.
        UnsafeFile, ParserStopped, ParserFailed, ParserRefused: if the file cannot be read.

    """
    outcome, lines = _prepared(path, mapping, by=by, progress=progress)
    for done, line in enumerate(lines):
        with transaction.atomic():
            _take(outcome, line, correction_reason, by=by)
            transaction.set_rollback(True)
        _tell(progress, "试行", done, len(lines))
    _count_baseline(outcome, by=by)
    return outcome


def import_cases(
    path: Path, mapping: Mapping, *, correction_reason: str = "", by: Actor, progress: Progress
) -> Outcome:
    """Take over every line that can be; those that cannot are told.

    Source: the 2017 notice, part 1, item 1; annex, A.

    Raises:
        NotYours, UnsafeFile, ParserStopped, ParserFailed, ParserRefused: as for `check`.

    """
    outcome, lines = _prepared(path, mapping, by=by, progress=progress)
    for done, line in enumerate(lines if not outcome.fatal else []):
        _take(outcome, line, correction_reason, by=by)
        _tell(progress, "写入", done, len(lines))
    outcome.baseline_lifts.clear()
    _count_baseline(outcome, by=by)
    return outcome


def machine(outcome: Outcome, *, dry_run: bool, filed: int | None) -> dict[str, Any]:
    """Tell everything, in the documented shape; `filed` is the A that the province filed for 2016.

    Shape: docs/manual/import.md, "the report of a ledger".
    """
    a = outcome.baseline
    return {
        "dry_run": dry_run,
        "fatal": outcome.fatal,
        "counts": {
            "rows": outcome.rows,
            "added": outcome.taken,
            "skipped": outcome.known,
            "rejected": outcome.rejected,
        },
        "baseline": {"A": a, "filed": filed, "difference": None if filed is None else a - filed},
        "errors": [
            {
                "row": fault.row,
                "column": fault.column,
                "value": fault.value,
                "rule": fault.rule,
                "label": fault.allowed,
                "allowed": fault.allowed,
                "action": "reject",
                "candidates": list(fault.candidates),
            }
            for fault in sorted(outcome.faults, key=lambda fault: fault.row)
        ],
    }


def _prepared(path: Path, mapping: Mapping, *, by: Actor, progress: Progress) -> tuple[Outcome, list[Line]]:
    by.must(Permission.HAZARD_IMPORT, at=by.division)
    progress("读取", 0, 1)
    sheet = tables.read(path, mapping.source)
    outcome = Outcome(sheet)
    _check_header(outcome, mapping)
    lifts, reader = Lifts(by=by), _Reader(sheet, mapping, today=day_in_shanghai(by.now), name=path.name)
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row, cells in enumerate(sheet.rows, start=sheet.first_row):
        if all(cell is None for cell in cells):
            continue
        outcome.rows += 1
        told, faults = reader.line(row, cells)
        found = lifts.of(reader.numbers(cells), reader.places(cells))
        if found.lift_id is None:
            faults.append(Fault(row, "、".join(reader.match_headers), "", "no_lift", found.why, found.candidates))
        if told is not None and told.digest in seen:
            faults.append(Fault(row, "", "", "repeated_line", f"与第 {seen[told.digest]} 行完全相同"))
        elif told is not None:
            seen[told.digest] = row
        outcome.faults += faults
        if not faults and told is not None and found.lift_id is not None:
            lines.append(Line(row, found.lift_id, told))
    # What was found first is filed first, so that joining and recurrence are judged as they would have been.
    return outcome, sorted(lines, key=lambda line: (line.told.finding.found_at, line.row))


def _check_header(outcome: Outcome, mapping: Mapping) -> None:
    sheet, row = outcome.sheet, outcome.sheet.first_row - 1
    for header in dict.fromkeys(header for header in sheet.header if header):
        if sheet.header.count(header) > 1:
            outcome.faults.append(Fault(row, header, header, "repeated_header", "每个表头只能出现一次"))
        if header not in mapping.headers | mapping.source.ignored:
            allowed = "请在映射中使用它，或列入 [source] ignored"
            outcome.faults.append(Fault(row, header, header, "unknown_header", allowed))
    for header in sorted(mapping.headers - set(sheet.header)):
        outcome.faults.append(Fault(row, header, "", "missing_header", "映射用到它，文件里没有"))
    outcome.fatal = bool(outcome.faults)


def _take(outcome: Outcome, line: Line, reason: str, *, by: Actor) -> None:
    try:
        with transaction.atomic():
            problem = take_over(line.lift_id, line.told, correction_reason=reason, by=by)
    except AlreadyTakenOver:
        outcome.known += 1
    except Refusal as refusal:
        outcome.faults.append(Fault(line.row, "", "", refusal.code, refusal.words()))
    else:
        outcome.taken += 1
        if problem.file.cohort == rules.Cohort.BASELINE:
            outcome.baseline_lifts.add(problem.lift_id)


def _count_baseline(outcome: Outcome, *, by: Actor) -> None:
    """Count A for the actor's division as the ledger has it, with what a dry run would add."""
    period = Period.of(rules.programmes()[PROGRAMME].baseline_on)
    seen = journal.snapshot()
    behind = queries.behind(PROGRAMME, period, division=by.division, seen=seen, cells=("A",))
    outcome.baseline_in_ledger = len({one.lift_id for one in behind} | outcome.baseline_lifts)


def _tell(progress: Progress, phase: str, done: int, total: int) -> None:
    if done % EVERY == 0 or done == total - 1:
        progress(phase, done + 1, total)


class _Reader:
    """Reads lines."""

    def __init__(self, sheet: Sheet, mapping: Mapping, *, today: date, name: str) -> None:
        self._mapping, self._today, self._name = mapping, today, name
        self._at = {header: place for place, header in enumerate(sheet.header)}
        self.match_headers = (*mapping.numbers.values(), *mapping.places.values())

    def numbers(self, cells: list[Cell]) -> dict[str, str]:
        """Give the numbers of a line."""
        return self._texts(cells, self._mapping.numbers)

    def places(self, cells: list[Cell]) -> dict[str, str]:
        """Give what a line says of the place."""
        return self._texts(cells, self._mapping.places)

    def line(self, row: int, cells: list[Cell]) -> tuple[LedgerLine | None, list[Fault]]:
        """Read one line; every error of it is told."""
        faults: list[Fault] = []
        told = {column.target: self._value(column, row, cells, faults) for column in self._mapping.columns}
        wrong = {fault.column for fault in faults}
        for column in self._mapping.columns:
            if column.target in NEEDED and told[column.target] is None and column.label not in wrong:
                faults.append(Fault(row, column.label, "", "required_missing", "不能为空"))
        self._agree(row, told, faults)
        return (None if faults else self._made(row, cells, told)), faults

    def _value(self, column: Column, row: int, cells: list[Cell], faults: list[Fault]) -> Any:
        read = converting.text_of(column.constant if column.header is None else self._cell(cells, column.header))
        if read.rule is not None:
            faults.append(Fault(row, column.label, read.text, str(read.rule), read.allowed))
            return None
        text = tidied(read.value or "")
        if not text or text in column.blank:
            return column.otherwise
        if column.values is not None:
            if text not in column.values and column.otherwise is None:
                allowed = "应为 " + "、".join(list(column.values)[:12]) + " 之一"
                faults.append(Fault(row, column.label, text, "unknown_value", allowed))
            text = column.values.get(text, column.otherwise or "")
        if column.target not in DATES:
            return text or None
        late = None if column.target.endswith("_on") else self._today
        got = converting.as_date(text, column.dates, late)
        if got.rule is not None:
            faults.append(Fault(row, column.label, got.text, str(got.rule), got.allowed))
        return got.value

    def _agree(self, row: int, told: dict[str, Any], faults: list[Fault]) -> None:
        """Refuse a line whose status says what its dates do not."""
        label = next((column.label for column in self._mapping.columns if column.target == "status"), "status")
        status = told.get("status")
        needed = {"begun": "begun_at", "closed": "ended_at", "dismantled": "ended_at"}
        needed |= {"shut_down": "sealed_at", "listed": "listed_at"}
        date_column = needed.get(str(status))
        if date_column is not None and told.get(date_column) is None:
            faults.append(Fault(row, label, str(status), "status_without_date", f"状态要求有 {date_column} 对应的日期"))
        if status is not None and status not in ("closed", "dismantled") and told.get("ended_at") is not None:
            faults.append(Fault(row, label, str(status), "date_without_status", "有完成日期，状态却不是已完成"))
        steps = [(name, told.get(name)) for name in ("found_at", "begun_at", "reported_at", "ended_at")]
        dated = [(name, day) for name, day in steps if day is not None]
        for (first, earlier), (second, later) in pairwise(dated):
            if later < earlier:
                faults.append(Fault(row, second, str(later), "dates_out_of_order", f"不能早于 {first}（{earlier}）"))

    def _made(self, row: int, cells: list[Cell], told: dict[str, Any]) -> LedgerLine:
        data = msgspec.json.encode([self._mapping.sha256, cells])
        return LedgerLine(
            finding=self._finding(told),
            digest=hashlib.sha256(data).hexdigest(),
            source=f"{self._name} 第 {row} 行",
            size_bytes=len(data),
            begun_at=_moment(told.get("begun_at")),
            reported_at=_moment(told.get("reported_at")),
            ended_at=_moment(told.get("ended_at")),
            dismantled=told.get("status") == "dismantled" or told.get("way") == "dismantled",
            seal=self._seal(told),
            sealed_at=_moment(told.get("sealed_at")),
            unsealed_at=_moment(told.get("unsealed_at")),
            listing=self._listing(told),
            listed_at=_moment(told.get("listed_at")),
        )

    def _finding(self, told: dict[str, Any]) -> Finding:
        return Finding(
            category=told["category"],
            cause=told["cause"],
            description=told["description"][:LONGEST],
            grade_scheme=told.get("grade_scheme") or "",
            grade=told["grade"],
            finder=FinderKind.LEDGER,
            found_at=start_of_day(told["found_at"]),
        )

    def _seal(self, told: dict[str, Any]) -> SealOrder | None:
        if told.get("sealed_at") is None:
            return None
        number, basis, authority = (
            str(told.get(name) or "") for name in ("seal_order_number", "seal_legal_basis", "seal_authority")
        )
        return SealOrder(number, basis, authority, expires_on=told.get("seal_expires_on"))

    def _listing(self, told: dict[str, Any]) -> ListingOrder | None:
        if told.get("listed_at") is None:
            return None
        deadline = told.get("listing_deadline_on") or told["listed_at"]
        return ListingOrder(told.get("listing_supervisor") or "", deadline, told.get("listing_blocker") or "other")

    def _texts(self, cells: list[Cell], headers: Any) -> dict[str, str]:
        read = {name: converting.text_of(self._cell(cells, header)).value for name, header in headers.items()}
        return {name: tidied(text) for name, text in read.items() if text and tidied(text)}

    def _cell(self, cells: list[Cell], header: str) -> Cell:
        place = self._at.get(header, -1)
        return cells[place] if 0 <= place < len(cells) else None


def _moment(day: date | None) -> datetime | None:
    return None if day is None else start_of_day(day)
