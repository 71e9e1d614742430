"""The only reader of the hazard ledger for others; every query takes the actor first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import (
    BaselineFreeze,
    Evidence,
    Instruction,
    InstructionItem,
    Listing,
    Problem,
    ProblemFile,
    ShutDown,
)
from liftwarden.casework.hazards.rules import Cell, tally
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import NotFound

OPEN_STATES = (State.FOUND, State.ORDERED, State.RECTIFYING, State.REPORTED, State.PASSED)


def files(by: Actor) -> "QuerySet[ProblemFile]":
    """Give the problem-lift files an actor may see."""
    if not by.may(Permission.HAZARD_READ):
        return ProblemFile.objects.none()
    if by.role.side == "division":
        return ProblemFile.objects.filter(division_code__in=by.codes)
    return ProblemFile.objects.filter(lift_id__in=registry.visible(by).values("pk"))


def problems(by: Actor) -> "QuerySet[Problem]":
    """Give the problems an actor may see."""
    if not by.may(Permission.HAZARD_READ):
        return Problem.objects.none()
    if by.role.side == "division":
        return Problem.objects.filter(division_code__in=by.codes)
    return Problem.objects.filter(lift_id__in=registry.visible(by).values("pk"))


def file(file_id: UUID, *, by: Actor) -> ProblemFile:
    """Give one file.

    Raises:
        NotFound: if there is none within reach.
    """
    found = files(by).filter(pk=file_id).first()
    if found is None:
        raise NotFound(what="问题电梯档案")
    return found


def file_to_change(file_id: UUID, *, by: Actor) -> ProblemFile:
    """Give one file, locked."""
    found = files(by).select_for_update(of=("self",)).filter(pk=file_id).first()
    if found is None:
        raise NotFound(what="问题电梯档案")
    return found


def problem(problem_id: UUID, *, by: Actor) -> Problem:
    """Give one problem with its file.

    Raises:
        NotFound: if there is none within reach.
    """
    found = problems(by).select_related("file").filter(pk=problem_id).first()
    if found is None:
        raise NotFound(what="隐患")
    return found


def problem_to_change(problem_id: UUID, *, by: Actor) -> Problem:
    """Give one problem, its file locked first, so that two steps on one file follow each other."""
    found = problem(problem_id, by=by)
    file_to_change(found.file_id, by=by)
    return problem(problem_id, by=by)


def problems_in(file: ProblemFile) -> list[Problem]:
    """List the problems of one file, oldest first."""
    return list(Problem.objects.filter(file=file).order_by("found_at", "id"))


def files_of_lift(lift_id: UUID, *, by: Actor) -> list[ProblemFile]:
    """List the files of one lift."""
    return list(files(by).filter(lift_id=lift_id).order_by("opened_at", "id"))


def live_shut_down(file: ProblemFile) -> ShutDown | None:
    """Give the shut-down in force on a file."""
    return ShutDown.objects.filter(file=file, lifted_at__isnull=True).first()


def live_listing(file: ProblemFile) -> Listing | None:
    """Give the listing in force on a file."""
    return Listing.objects.filter(file=file, delisted_at__isnull=True).first()


def evidence_of(problem: Problem) -> list[Evidence]:
    """List what is kept with a problem."""
    return list(Evidence.objects.filter(problem=problem).order_by("added_at", "id"))


def one_evidence(evidence_id: UUID, *, by: Actor) -> Evidence:
    """Give one piece of evidence within reach.

    Raises:
        NotFound: if there is none.
    """
    found = Evidence.objects.filter(pk=evidence_id, problem__in=problems(by)).first()
    if found is None:
        raise NotFound(what="证据")
    return found


def instructions(by: Actor) -> "QuerySet[Instruction]":
    """Give the instructions an actor may see: an official's in reach, a body's own."""
    if not by.may(Permission.HAZARD_READ):
        return Instruction.objects.none()
    if by.role.side == "division":
        return Instruction.objects.filter(division_code__in=by.codes)
    if by.role.side == "use_unit":
        return Instruction.objects.filter(body_id=by.body_id)
    return Instruction.objects.none()


def instruction(instruction_id: UUID, *, by: Actor) -> Instruction:
    """Give one instruction.

    Raises:
        NotFound: if there is none within reach.
    """
    found = instructions(by).filter(pk=instruction_id).first()
    if found is None:
        raise NotFound(what="监察指令书")
    return found


def items_of(instruction: Instruction) -> list[InstructionItem]:
    """List the problems on an instruction."""
    return list(InstructionItem.objects.filter(instruction=instruction).select_related("problem").order_by("id"))


def instructions_of(problem: Problem) -> list[Instruction]:
    """List the instructions that name a problem, oldest first."""
    ids = InstructionItem.objects.filter(problem=problem).values("instruction_id")
    return list(Instruction.objects.filter(pk__in=ids).order_by("issued_at", "id"))


@dataclass(frozen=True)
class Due:
    """One line of the work list: what is to be done, by when, and how late it is on a day."""

    problem: Problem
    what: str
    due_on: date | None
    days_left: int | None


def worklist(by: Actor, *, on: date, limit: int = 200) -> list[Due]:
    """List open problems by the date that presses most, undated ones last."""
    rows = problems(by).filter(state__in=OPEN_STATES).select_related("file").order_by("found_at", "id")
    dues = [_due(problem, on) for problem in rows]
    dues.sort(key=lambda due: (due.due_on is None, due.due_on or date.max, due.problem.pk))
    return dues[:limit]


def _due(problem: Problem, on: date) -> Due:
    words = {
        State.FOUND: "下达监察指令书",
        State.ORDERED: "等待整改",
        State.RECTIFYING: "等待整改报告",
        State.REPORTED: "复查",
        State.PASSED: "销号",
    }
    state = State(problem.state)
    pressing = {State.REPORTED: problem.recheck_due_on, State.PASSED: problem.recheck_due_on}.get(
        state, problem.deadline_on
    )
    dates = [day for day in (pressing, problem.next_try_on) if day is not None]
    due_on = min(dates, default=None)
    return Due(problem, words[state], due_on, (due_on - on).days if due_on else None)


# ---- The census: what the annex counts -----------------------------------------------------------------------------

LATEST = """
    SELECT file_id, lift_id, cohort, cell, division_code, since_at FROM (
        SELECT file_id, lift_id, cohort, cell, division_code, since_at,
               row_number() OVER (PARTITION BY file_id ORDER BY since_at DESC, entry_no DESC, id DESC) AS newest
        FROM hazards_standing
        WHERE programme = %s AND since_at < %s AND entry_no <= %s {unseen}
    ) AS latest WHERE newest = 1
"""


@dataclass(frozen=True)
class Counted:
    """One (lift, cohort) behind a figure."""

    file_id: UUID
    lift_id: UUID
    cohort: str
    cell: str
    division: str
    since_at: datetime


def census(programme: str, period: Period, *, seen: Snapshot) -> dict[str, dict[str, int]]:
    """Count lifts by division and cell at a period's cut-off, as known at a snapshot.

    Out: division code → {A…I: lifts}; divisions without a file are absent; A and F are sums of their parts.
    Source: the 2017 notice, annex with notes 1 and 2.
    """
    query, params = _latest(programme, period, seen)
    sql = f"SELECT division_code, cell, count(*) FROM ({query}) AS standing GROUP BY division_code, cell"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    cells: dict[str, list[tuple[Cell, int]]] = {}
    for division, cell, number in rows:
        cells.setdefault(division, []).append((Cell(cell), number))
    return {division: tally(counted) for division, counted in cells.items()}


def figures(programme: str, period: Period, *, division: str, seen: Snapshot) -> dict[str, int]:
    """Add the census up for a division and all below it."""
    below = divisions.tree().below(division)
    counted = tally([])
    for code, cells in census(programme, period, seen=seen).items():
        if code in below:
            counted = {letter: counted[letter] + cells[letter] for letter in counted}
    return counted


def behind(programme: str, period: Period, *, division: str, seen: Snapshot, cells: Iterable[str]) -> list[Counted]:
    """List the exact (lift, cohort)s behind a figure; `cells` may hold the sums A and F too."""
    letters = {part for cell in cells for part in {"A": "BCDE", "F": "GHI"}.get(cell, cell)}
    below = divisions.tree().below(division)
    query, params = _latest(programme, period, seen)
    places = ", ".join(["%s"] * len(letters))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query}) AS standing WHERE cell IN ({places})", [*params, *sorted(letters)])
        rows = cursor.fetchall()
    counted = [_counted(row) for row in rows if row[4] in below]
    return sorted(counted, key=lambda one: (one.division, one.file_id.hex))


def _latest(programme: str, period: Period, seen: Snapshot) -> tuple[str, list[object]]:
    unseen = f"AND entry_no NOT IN ({', '.join(['%s'] * len(seen.unseen))})" if seen.unseen else ""
    return LATEST.format(unseen=unseen), [programme, period.cut_off, seen.highest, *seen.unseen]


def _counted(row: tuple[object, ...]) -> Counted:
    file_id, lift_id, cohort, cell, division, since = row
    return Counted(_key(file_id), _key(lift_id), str(cohort), str(cell), str(division), _moment(since))


def _key(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))


def _moment(value: object) -> datetime:
    from datetime import UTC

    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def baseline_freeze(programme: str, division: str) -> BaselineFreeze | None:
    """Give the freeze that covers a division: its own or one above it."""
    path = divisions.tree().path(division)
    return BaselineFreeze.objects.filter(programme=programme, division_code__in=path).order_by("frozen_at").first()
