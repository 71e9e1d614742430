"""Keeps the standing of a file true to its facts; called by the actions after every change."""

from datetime import datetime

from liftwarden.casework.hazards import rules
from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import FileMove, Listing, Problem, ProblemFile, ShutDown, Standing
from liftwarden.casework.hazards.rules import Cohort, FileFacts, Move, ProblemFacts, Span, Stands
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Hand


def facts(file: ProblemFile) -> FileFacts:
    """Gather what decides the class of a file."""
    problems = Problem.objects.filter(file=file).order_by("found_at", "id")
    shut_downs = ShutDown.objects.filter(file=file).order_by("imposed_at", "id")
    listings = Listing.objects.filter(file=file).order_by("listed_at", "id")
    moves = FileMove.objects.filter(file=file).order_by("moved_at", "id")
    return FileFacts(
        cohort=Cohort(file.cohort),
        problems=tuple(problem_facts(p) for p in problems),
        shut_downs=tuple(Span(s.imposed_at, s.lifted_at) for s in shut_downs),
        listings=tuple(Span(s.listed_at, s.delisted_at) for s in listings),
        divisions=tuple(Move(m.moved_at, m.division_code) for m in moves),
        corrected_at=file.corrected_at,
        covered=_covered(file),
    )


def _covered(file: ProblemFile) -> tuple[Span, ...]:
    """Tell when an earlier file of the lift and cohort, since corrected away, was counted in this one's place."""
    earlier = ProblemFile.objects.filter(
        lift_id=file.lift_id, programme=file.programme, cohort=file.cohort, corrected_at__isnull=False, pk__lt=file.pk
    ).order_by("id")
    return tuple(Span(one.opened_at, one.corrected_at) for one in earlier)


def problem_facts(row: Problem) -> ProblemFacts:
    """Take from a problem what decides the class of its file."""
    return ProblemFacts(
        row.cause, row.found_at, row.begun_at, row.ended_at, in_error=row.state == State.WITHDRAWN, way=row.way
    )


def settle(file: ProblemFile, event: str, *, by: Hand, at: datetime) -> None:
    """Bring a file's standing and present cell up to date with its facts.

    Rows are added, never changed: for each moment at which the standing was or is now due to turn, a row is written if
    what was last known of that moment differs. The rows name the entry that caused them, the newest of the transaction.
    """
    entry_no = journal.last_number()
    known = facts(file)
    programme = rules.programmes()[file.programme]
    kept = {s.since_at: s for s in Standing.objects.filter(file=file).order_by("since_at", "entry_no", "id")}
    before: Stands | None = None
    for moment in sorted({*rules.turning_points(known), *kept}):
        due = rules.stands_at(known, moment, programme)
        held = kept.get(moment)
        if held is None and due == before:
            continue
        if held is None or Stands(held.cell, held.division_code, held.way) != due:
            _add(file, due, moment, entry_no=entry_no, by=by)
        before = due
    _show(file, known, event, by=by, at=at)


def _add(file: ProblemFile, due: Stands, moment: datetime, *, entry_no: int, by: Hand) -> None:
    row = Standing(
        file=file,
        lift_id=file.lift_id,
        programme=file.programme,
        cohort=file.cohort,
        cell=due.cell,
        division_code=due.division,
        way=due.way,
        since_at=moment,
        entry_no=entry_no,
    )
    journal.create(row, "hazard.standing", division=due.division, by=by, at=moment, about=About("lift", file.lift_id))


def _show(file: ProblemFile, known: FileFacts, event: str, *, by: Hand, at: datetime) -> None:
    """Set on the file what pages show of it: its cell by the newest fact, and its observation period once closed."""
    programme = rules.programmes()[file.programme]
    newest = max(rules.turning_points(known))
    counts_as_closed = not known.is_open(newest) and known.corrected_at is None
    ended = known.last_end(newest) if counts_as_closed else None
    due = {
        "cell": str(rules.cell_at(known, newest, programme)),
        "division_code": rules.division_at(known, newest),
        "opened_at": known.begins_at,
        "observed_until": rules.observed_until(ended, programme) if ended else None,
    }
    changes = {column: value for column, value in due.items() if getattr(file, column) != value}
    if changes:
        journal.change(
            file, changes, event, division=file.division_code, by=by, at=at, about=About("lift", file.lift_id)
        )
