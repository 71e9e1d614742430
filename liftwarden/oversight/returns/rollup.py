"""One division's return beside those of the divisions below: their filed sums, the ledger's recount, who has filed."""

from dataclasses import dataclass
from datetime import date, datetime

from liftwarden.casework.hazards import queries as hazards
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import ROOT, Node
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import counting, deadlines, definition, queries, sources
from liftwarden.oversight.returns.changes import Moved
from liftwarden.oversight.returns.counting import Count
from liftwarden.oversight.returns.deadlines import Receipt
from liftwarden.oversight.returns.definition import Cell, Form
from liftwarden.oversight.returns.filled import Filled, Stage
from liftwarden.oversight.returns.models import Return


@dataclass(frozen=True, slots=True)
class Filing:
    """One division below: its newest version, the one that stands, and what the ledger counts for it now."""

    division: Node
    receipt: Receipt
    newest: Return | None
    standing: Return | None
    filed: Filled | None
    recount: dict[str, int]

    @property
    def counts(self) -> dict[str, int | None]:
        """The filed counts by cell."""
        return dict(self.filed.cells) if self.filed else {}

    def apart(self, code: str) -> int | None:
        """Tell by how much the filed number exceeds the recount; none where either is absent."""
        value = self.filed.cell(code) if self.filed else None
        return None if value is None or code not in self.recount else value - self.recount[code]


@dataclass(frozen=True, slots=True)
class RollUp:
    """All of them, with the sums."""

    form: Form
    division: str
    period: Period
    due_on: date
    own: Filled | None
    own_return: Return | None
    filings: tuple[Filing, ...]
    recount: dict[str, int]

    def summed(self, cell: Cell) -> int | None:
        """Add up one count over what was filed; none where nothing was."""
        filed = [filing.filed.cell(cell.code) for filing in self.filings if filing.filed]
        values = [value for value in filed if value is not None]
        return sum(values) if values else None

    def blank_in(self, cell: Cell) -> tuple[Node, ...]:
        """List those who have not filed one count, so that a sum is known to be partial."""
        return tuple(f.division for f in self.filings if f.filed is None or f.filed.cell(cell.code) is None)

    def recounted(self, cell: Cell) -> int | None:
        """Recount one count over those alone who have filed it, to lay beside their sum."""
        counted = [f.recount.get(cell.code) for f in self.filings if f.filed and f.filed.cell(cell.code) is not None]
        known = [value for value in counted if value is not None]
        return sum(known) if known else None

    def with_receipt(self, receipt: Receipt) -> tuple[Filing, ...]:
        """List those received, late, missing or awaited."""
        return tuple(filing for filing in self.filings if filing.receipt is receipt)

    @property
    def chase(self) -> tuple[Filing, ...]:
        """List whom to call: not filed, the overdue first, each with how far its draft has come."""
        return (*self.with_receipt(Receipt.MISSING), *self.with_receipt(Receipt.AWAITED))


def units_below(division: str, *, on: date) -> tuple[Node, ...]:
    """List the divisions whose returns make up one: the nation's filing units, else the children."""
    tree = divisions.tree()
    return tree.filing_units(on=on) if division == ROOT else tree.children(division, on=on)


def rollup(form_code: str, division: str, period: Period, *, now: datetime, by: Actor) -> RollUp:
    """Lay a division's return beside the filed ones below it and a recount of the ledger.

    Raises:
        UnknownForm, NotFound: if there is no such form, or the division lies out of reach.

    """
    queries.let_in(division, by=by)
    form = definition.load(form_code)
    units = units_below(division, on=period.ends_on)
    recounts = _recounts(form, period, (division, *(unit.code for unit in units)), seen=journal.snapshot())
    held = _newest(form_code, period, [unit.code for unit in units])
    filings = []
    for unit in units:
        newest, standing = held.get(unit.code, (None, None))
        signed_off_at = _first_signed_off(standing)
        filings.append(
            Filing(
                division=unit,
                receipt=deadlines.receipt(form_code, period, signed_off_at=signed_off_at, now=now),
                newest=newest,
                standing=standing,
                filed=queries.read(standing) if standing else None,
                recount=recounts[unit.code],
            )
        )
    own = queries.signed_off(form_code, division, period)
    return RollUp(
        form=form,
        division=division,
        period=period,
        due_on=deadlines.due_on(form_code, period),
        own=queries.read(own) if own else None,
        own_return=own,
        filings=tuple(filings),
        recount=recounts[division],
    )


def _newest(form_code: str, period: Period, codes: list[str]) -> dict[str, tuple[Return | None, Return | None]]:
    """Find, for each division, its newest version and the newest that is signed off."""
    found: dict[str, tuple[Return | None, Return | None]] = {}
    rows = Return.objects.filter(form_code=form_code, period=str(period), division_code__in=codes)
    for row in rows.order_by("division_code", "version"):
        standing = found.get(row.division_code, (None, None))[1]
        found[row.division_code] = (row, row if row.state == Stage.SIGNED_OFF else standing)
    return found


def _first_signed_off(standing: Return | None) -> datetime | None:
    """Tell when the first version was signed off: a later correction does not make a return late."""
    if standing is None or standing.version == 1:
        return standing.signed_off_at if standing else None
    first = Return.objects.filter(
        form_code=standing.form_code, division_code=standing.division_code, period=standing.period, version=1
    ).first()
    return first.signed_off_at if first else standing.signed_off_at


def _recounts(form: Form, period: Period, codes: tuple[str, ...], *, seen: Snapshot) -> dict[str, dict[str, int]]:
    """Count the ledger once and add it up for each division."""
    programme, keys = sources.programme_of(form), sources.ledger_keys(form)
    if programme is None:
        return {code: {} for code in codes}
    counted = hazards.census(programme, period, seen=seen)
    tree = divisions.tree()
    totals: dict[str, dict[str, int]] = {}
    for code in codes:
        inside = [counted[place] for place in tree.below(code) & counted.keys()]
        totals[code] = {cell: sum(cells[letter] for cells in inside) for cell, letter in keys.items()}
    return totals


class Work(Choice):
    """What kind of difference asks for work."""

    NOT_FILED = "not_filed", "下级未报"
    OVERRIDDEN = "overridden", "下级改填了台账数"
    LEDGER_MOVED = "ledger_moved", "下级签发后台账有变化"
    OWN_SUM = "own_sum", "本级已报数与下级之和不符"
    OUTSIDE = "outside", "台账中有下级以外的数"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One difference between what was filed and what the ledger counts, with the lifts that make it."""

    work: Work
    division: str
    cell: str
    filed: int | None
    recount: int | None
    reason: str = ""
    moves: tuple[Moved, ...] = ()


def differences(form_code: str, division: str, period: Period, *, now: datetime, by: Actor) -> tuple[WorkItem, ...]:
    """List what does not agree: those who have not filed, and every cell whose filed number is not the recount.

    Raises:
        UnknownForm, NotFound: as for `rollup`.

    """
    told = rollup(form_code, division, period, now=now, by=by)
    return work_items(told)


def work_items(told: RollUp) -> tuple[WorkItem, ...]:
    """List the differences in a roll-up."""
    items: list[WorkItem] = []
    for filing in told.filings:
        items += _of_filing(told, filing)
    for cell in told.form.cells:
        items += _of_sums(told, cell)
    return tuple(items)


def _of_filing(told: RollUp, filing: Filing) -> list[WorkItem]:
    if filing.filed is None or filing.standing is None:
        return [WorkItem(Work.NOT_FILED, filing.division.code, "", None, None)]
    apart = [cell.code for cell in told.form.cells if filing.apart(cell.code)]
    if not apart:
        return []
    typed = {override.cell: override for override in filing.filed.overrides}
    moves = _moved(told, filing.standing)
    letters = sources.ledger_keys(told.form)
    items = []
    for code in apart:
        filed, recount = filing.filed.cell(code), filing.recount[code]
        here = tuple(move for move in moves if move.delta(letters[code]))
        if code in typed:
            reason = typed[code].reason
            items.append(WorkItem(Work.OVERRIDDEN, filing.division.code, code, filed, recount, reason, here))
        else:
            items.append(WorkItem(Work.LEDGER_MOVED, filing.division.code, code, filed, recount, moves=here))
    return items


def _moved(told: RollUp, standing: Return) -> tuple[Moved, ...]:
    programme = sources.programme_of(told.form)
    if programme is None:
        return ()
    then = Count(programme, told.period, standing.division_code, journal.snapshot(standing.sequence))
    return counting.changed(then, Count(programme, told.period, standing.division_code, journal.snapshot()))


def _of_sums(told: RollUp, cell: Cell) -> list[WorkItem]:
    items = []
    filed, summed = (told.own.cell(cell.code) if told.own else None), told.summed(cell)
    if filed is not None and summed is not None and not told.blank_in(cell) and filed != summed:
        items.append(WorkItem(Work.OWN_SUM, told.division, cell.code, filed, summed))
    inside = sum(filing.recount.get(cell.code, 0) for filing in told.filings)
    if told.filings and told.recount.get(cell.code, 0) != inside:
        items.append(WorkItem(Work.OUTSIDE, told.division, cell.code, inside, told.recount[cell.code]))
    return items
