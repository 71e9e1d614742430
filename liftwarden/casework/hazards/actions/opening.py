"""Opens a problem: decides its cohort, makes or joins its file."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.lifecycles import PROBLEM, State
from liftwarden.casework.hazards.models import FileMove, FinderKind, Problem, ProblemFile
from liftwarden.casework.hazards.rules import Cell, Cohort, Way
from liftwarden.casework.hazards.vocabulary import refuse_unknown, scheme_on
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied

PROGRAMME = "2017"


class NotYet(Refusal):
    """A fact dated after the moment it is told."""

    code = "not_yet"
    sentence = "发生时间 {at} 还没有到，不能登记将来的事实。"


class BaselineFrozen(Refusal):
    """A finding that would raise A after it has been frozen."""

    code = "baseline_frozen"
    status = 409
    sentence = "“攻坚基本数”（A）已于 {frozen_on} 冻结；补录须由有更正权限的人写明理由。"


@dataclass(frozen=True)
class Finding:
    """What was found on a lift, by whom, when.

    A grade stands under the scheme of the day it was found; with no scheme named, under that day's default.
    """

    category: str
    cause: str
    description: str
    grade_scheme: str
    grade: str
    finder: FinderKind
    found_at: datetime
    finder_name: str = ""
    needs_certificate: bool = False
    grade_item: str = ""


@transaction.atomic
def open_problem(lift_id: UUID, finding: Finding, *, correction_reason: str = "", by: Actor) -> Problem:
    """File a problem on a lift; the file of its (lift, cohort) is made or joined.

    Source: the 2017 notice, part 1, item 1; annex.

    Raises:
        NotFound, NotYours: if the lift is out of reach or `by` may not file problems there.
        BadInput, SchemeNotInForce: for an unknown category, cause or grade.
        BeforeTheCampaign, NotYet, BaselineFrozen: if the date cannot stand.

    """
    lift = registry.to_change(lift_id, by=by)
    by.must(Permission.HAZARD_OPEN, at=lift.division_code)
    return opened(lift, finding, correction_reason=correction_reason, by=by)


def opened(lift: Lift, finding: Finding, *, correction_reason: str, by: Actor) -> Problem:
    """File a problem on a locked lift, whoever was let in to do so: `open_problem`, or the import of a ledger."""
    finding = _checked(finding, by=by)
    held = _files_to_change(lift)
    baseline = held.get(Cohort.BASELINE)
    placed = rules.placement(
        found_at=finding.found_at,
        cause=finding.cause,
        baseline=ledger.facts(baseline) if baseline else None,
        programme=rules.programmes()[PROGRAMME],
    )
    file = held.get(placed.cohort)
    if file is None:
        if placed.cohort is Cohort.BASELINE:
            _refuse_frozen(lift, correction_reason, by=by)
        file = _new_file(lift, placed.cohort, finding.found_at, reason=correction_reason, by=by)
    problem = _problem(file, finding)
    problem.recurrence = placed.recurrence
    event = "hazard.recurred" if placed.recurrence else "hazard.found"
    journal.create(
        problem, event, division=file.division_code, by=by.hand, at=finding.found_at, about=About("lift", lift.pk)
    )
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=finding.found_at)
    return problem


@transaction.atomic
def file_completed(lift_id: UUID, finding: Finding, *, completed_at: datetime, by: Actor) -> Problem:
    """File a look-back object: found in the campaigns of 2015-16 and completed by the baseline day; it has no cell.

    The record is of work done and checked then, so neither a second person nor evidence is asked for now.
    Source: the 2017 notice, part 1, item 1 (针对2015年以来集中整治的建档问题电梯).

    Raises:
        NotFound, NotYours, BadInput, SchemeNotInForce, NotYet: as for `open_problem`.
        BeforeTheCampaign, NotInTheFrame: if the dates are not those of the campaigns.
        BadInput: if it ends before it is found.

    """
    lift = registry.to_change(lift_id, by=by)
    by.must(Permission.HAZARD_OPEN, at=lift.division_code)
    return filed_completed(lift, finding, completed_at=completed_at, by=by)


def filed_completed(lift: Lift, finding: Finding, *, completed_at: datetime, by: Actor) -> Problem:
    """File a look-back object on a locked lift, whoever was let in: `file_completed`, or the import of a ledger."""
    finding = _checked(finding, by=by)
    programme = rules.programmes()[PROGRAMME]
    rules.refuse_outside_frame(found_at=finding.found_at, completed_at=completed_at, programme=programme)
    if completed_at < finding.found_at:
        raise BadInput(field="完成日期", reason="不能早于发现日期")
    file = _files_to_change(lift).get(Cohort.FRAME)
    if file is None:
        file = _new_file(lift, Cohort.FRAME, finding.found_at, reason="", by=by)
    problem = _problem(file, finding)
    problem.state, problem.way = str(State.CLOSED), str(Way.RECTIFIED)
    problem.begun_at, problem.last_step_at = finding.found_at, completed_at
    problem.ended_at, problem.ended_by = completed_at, by.post_id
    about = About("lift", lift.pk)
    journal.create(
        problem, "hazard.filed-completed", division=file.division_code, by=by.hand, at=completed_at, about=about
    )
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=completed_at)
    return problem


def refuse_future(at: datetime, *, by: Actor) -> None:
    """Refuse a fact from the future.

    Raises:
        NotYet: if `at` lies after the actor's now.

    """
    if at > by.now:
        raise NotYet(at=at.strftime("%Y-%m-%d %H:%M"))


def _checked(finding: Finding, *, by: Actor) -> Finding:
    """Give the finding with its scheme, or refuse it."""
    refuse_future(finding.found_at, by=by)
    found_on = day_in_shanghai(finding.found_at)
    told = replace(finding, grade_scheme=finding.grade_scheme or scheme_on(found_on))
    refuse_unknown(told, found_on=found_on)
    if not tidied(told.description):
        raise BadInput(field="隐患描述", reason="不能为空")
    return told


def _files_to_change(lift: Lift) -> dict[Cohort, ProblemFile]:
    """Give the files of a lift that count, locked, so that a step on one of them waits."""
    rows = ProblemFile.objects.select_for_update(of=("self",)).filter(
        lift_id=lift.pk, programme=PROGRAMME, corrected_at__isnull=True
    )
    return {Cohort(file.cohort): file for file in rows.order_by("id")}


def _problem(file: ProblemFile, finding: Finding) -> Problem:
    """Make the row of a problem, freshly found."""
    told = {name: getattr(finding, name) for name in Finding.__dataclass_fields__}
    told |= {"finder": str(finding.finder), "description": tidied(finding.description)}
    return Problem(
        file=file,
        lift_id=file.lift_id,
        division_code=file.division_code,
        state=str(PROBLEM.initial),
        last_step_at=finding.found_at,
        **told,
    )


def _new_file(lift: Lift, cohort: Cohort, at: datetime, *, reason: str, by: Actor) -> ProblemFile:
    file = ProblemFile(
        lift_id=lift.pk,
        programme=PROGRAMME,
        cohort=str(cohort),
        division_code=lift.division_code,
        cell=str({Cohort.FOUND: Cell.H, Cohort.BASELINE: Cell.C, Cohort.FRAME: Cell.FRAME}[cohort]),
        opened_at=at,
    )
    about = About("lift", lift.pk)
    event = "hazard.baseline-added" if reason and cohort is Cohort.BASELINE else "hazard.file-opened"
    journal.create(file, event, division=lift.division_code, by=by.hand, at=at, about=about, reason=tidied(reason))
    move = FileMove(file=file, lift_id=lift.pk, division_code=lift.division_code, moved_at=at)
    journal.create(move, "hazard.file-placed", division=lift.division_code, by=by.hand, at=at, about=about)
    return file


def _refuse_frozen(lift: Lift, reason: str, *, by: Actor) -> None:
    freeze = queries.baseline_freeze(PROGRAMME, lift.division_code)
    if freeze is None:
        return
    if not tidied(reason) or not by.may(Permission.HAZARD_CORRECT):
        raise BaselineFrozen(frozen_on=freeze.frozen_at.strftime("%Y-%m-%d"))
