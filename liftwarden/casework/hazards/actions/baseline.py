"""A and F change by a reasoned correction, each file named; a lift may move to another district."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.actions.opening import (
    PROGRAMME,
    Finding,
    file_completed,
    open_problem,
    refuse_future,
)
from liftwarden.casework.hazards.actions.shut_downs import BeforeItsFile
from liftwarden.casework.hazards.lifecycles import Overlay, State
from liftwarden.casework.hazards.models import (
    BaselineFreeze,
    FileMove,
    FinderKind,
    LookBackVisit,
    Problem,
    ProblemFile,
)
from liftwarden.casework.hazards.rules import Cohort, CorrectionKind
from liftwarden.casework.registry import actions as registry_actions
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal import queries as journal_queries
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period, day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied


class AlreadyCorrected(Refusal):
    """A second correction of one file."""

    code = "already_corrected"
    status = 409
    sentence = "该档案已更正（{kind}），不再计数。"


class NothingToJoin(Refusal):
    """A file that cannot be joined to the lift's file in A."""

    code = "nothing_to_join"
    status = 409
    sentence = "不能并入攻坚基本数档案：{reason}。"


@transaction.atomic
def correct(file_id: UUID, kind: CorrectionKind, *, reason: str, at: datetime, by: Actor) -> ProblemFile:
    """Take a file out of the count, from a moment on, because it is a duplicate or no lift at all.

    Its open problems are withdrawn with it: nobody is to work on what is not there.
    Source: `docs/decisions/0002`: F falls, and A changes, only by a reasoned correction.

    Raises:
        NotFound, NotYours, NotYet: as for any step.
        AlreadyCorrected, BeforeItsFile, BadInput: if it cannot stand.

    """
    file = _file_to_correct(file_id, reason, at=at, by=by)
    if kind not in (CorrectionKind.DUPLICATE, CorrectionKind.NEVER_A_LIFT):
        raise BadInput(field="更正类型", reason=f"“{kind.label}”有自己的办理入口")
    _withdraw_open(file, reason=reason, at=at, by=by)
    return _taken_out(file, kind, reason, since=at, at=at, by=by)


@transaction.atomic
def correct_as_done_before(
    file_id: UUID, *, completed_at: datetime, reason: str, at: datetime, by: Actor
) -> ProblemFile:
    """Take a lift out of A that was in truth completed by the baseline day; gives its look-back object.

    What was found after the baseline day and is still open is filed anew, by the same rule as any problem: in F.

    Raises:
        NotFound, NotYours, NotYet, AlreadyCorrected, BeforeItsFile: as for `correct`.
        NotInTheFrame: if it was completed later.
        BadInput: if the file is not one of A, was found after it was completed, or is shut down or listed still.

    """
    file = _file_to_correct(file_id, reason, at=at, by=by)
    if file.cohort != Cohort.BASELINE:
        raise BadInput(field="档案", reason="只有攻坚基本数（A）的档案可以这样更正")
    if (file.shut_down, file.listing) != (Overlay.NONE, Overlay.NONE):
        raise BadInput(field="档案", reason="仍有有效的封停或挂牌，请先解除")
    held = [p for p in queries.problems_in(file) if p.state != State.WITHDRAWN]
    old = [p for p in held if p.found_at <= completed_at]
    later = [p for p in held if p.found_at > completed_at and p.ended_at is None]
    if not old:
        raise BadInput(field="完成日期", reason="早于档案中全部隐患的发现日期")
    _withdraw_open(file, reason=reason, at=at, by=by)
    _taken_out(file, CorrectionKind.DONE_BEFORE, reason, since=at, at=at, by=by)
    for problem in old:
        filed = file_completed(file.lift_id, _told_again(problem), completed_at=completed_at, by=by)
    for problem in later:
        open_problem(file.lift_id, _told_again(problem), correction_reason=reason, by=by)
    return filed.file


@transaction.atomic
def join_baseline(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> ProblemFile:
    """Join a lift's F-file to its A-file, because A became known late: F falls by one, named; gives the A-file.

    A new problem on a lift still open in A belongs to A. Where the A-file, or a problem in it, was entered after the
    new problem, the new one had gone to F; nothing moves by itself, this correction does it.

    Raises:
        NotFound, NotYours, NotYet, AlreadyCorrected: as for `correct`.
        NothingToJoin: if there is no A-file, or it was closed when the problems in F were found.

    """
    file = _file_to_correct(file_id, reason, at=at, by=by)
    target = _joinable(file)
    record = _recorder(file, reason, at=at, by=by)
    for problem in queries.problems_in(file):
        record(problem, {"file_id": target.pk}, "hazard.joined")
    for row in (*queries.shut_downs_of(file), *queries.listings_of(file)):
        record(row, {"file_id": target.pk}, "hazard.overlay-joined")
    for column in ("shut_down", "listing"):
        if (state := getattr(file, column)) != Overlay.NONE:
            record(target, {column: state}, "hazard.overlaid")
            record(file, {column: str(Overlay.NONE)}, "hazard.overlaid")
    _taken_out(file, CorrectionKind.JOINED, reason, since=file.opened_at, at=at, by=by)
    ledger.settle(target, "hazard.file-settled", by=by.hand, at=at)
    return target


def _recorder(
    file: ProblemFile, reason: str, *, at: datetime, by: Actor
) -> Callable[[Model, dict[str, Any], str], None]:
    """Give a way to record changes of several rows about one file, for one reason."""

    def record(row: Model, changes: dict[str, Any], event: str) -> None:
        journal.change(
            row,
            changes,
            event,
            division=file.division_code,
            by=by.hand,
            at=at,
            about=About("lift", file.lift_id),
            reason=tidied(reason),
        )

    return record


def _joinable(file: ProblemFile) -> ProblemFile:
    """Give the A-file that a lift's F-file belongs to, locked."""
    if file.cohort != Cohort.FOUND:
        raise NothingToJoin(reason="只有“回头看”新发现（F）的档案可以并入")
    others = queries.files_of_lift_to_change(file.lift_id, division=file.division_code)
    target = next((other for other in others if other.cohort == Cohort.BASELINE), None)
    if target is None:
        raise NothingToJoin(reason="该电梯没有攻坚基本数（A）的档案")
    known, programme = ledger.facts(target), rules.programmes()[file.programme]
    first = queries.problems_in(file)[0]
    placed = rules.placement(found_at=first.found_at, cause=first.cause, baseline=known, programme=programme)
    if placed.cohort is not Cohort.BASELINE:
        raise NothingToJoin(reason="F 中的隐患发现时，A 的档案已经完成整改")
    for column in ("shut_down", "listing"):
        if Overlay.NONE not in (getattr(file, column), getattr(target, column)):
            raise NothingToJoin(reason="两份档案都有有效的封停或挂牌，请先解除其中一项")
    return target


def _file_to_correct(file_id: UUID, reason: str, *, at: datetime, by: Actor) -> ProblemFile:
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_CORRECT, at=file.division_code)
    refuse_future(at, by=by)
    if file.corrected_at is not None:
        raise AlreadyCorrected(kind=CorrectionKind(file.correction).label)
    if not tidied(reason):
        raise BadInput(field="更正理由", reason="不能为空")
    if at < file.opened_at:
        raise BeforeItsFile(at=_said(at), what="建档", before=_said(file.opened_at))
    return file


def _withdraw_open(file: ProblemFile, *, reason: str, at: datetime, by: Actor) -> None:
    """Withdraw the open problems of a file that leaves the count."""
    for problem in queries.problems_in(file):
        if problem.state in queries.OPEN_STATES:
            # A withdrawal never comes before the problem's own last step, whenever the correction holds from.
            ended_at = max(at, problem.last_step_at)
            changes = {
                "state": str(State.WITHDRAWN),
                "ended_at": ended_at,
                "ended_by": by.post_id,
                "last_step_at": ended_at,
            }
            _recorder(file, reason, at=ended_at, by=by)(problem, changes, "hazard.withdraw")


def _taken_out(
    file: ProblemFile, kind: CorrectionKind, reason: str, *, since: datetime, at: datetime, by: Actor
) -> ProblemFile:
    changes = {"corrected_at": since, "correction": str(kind), "correction_reason": tidied(reason)}
    _recorder(file, reason, at=at, by=by)(file, changes, "hazard.corrected")
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=at)
    return file


def _told_again(problem: Problem) -> Finding:
    told = {name: getattr(problem, name) for name in Finding.__dataclass_fields__ if name != "finder"}
    return Finding(finder=FinderKind(problem.finder), **told)


@transaction.atomic
def transfer(file_id: UUID, *, division: str, reason: str, at: datetime, by: Actor) -> ProblemFile:
    """Hand a lift over to another division, from one of its files: see `transfer_lift`; gives that file.

    Raises:
        NotFound: if the file is out of reach; and as `transfer_lift`.
        BadInput: if the file is one that no longer moves with its lift.

    """
    file = queries.file(file_id, by=by)
    moved = transfer_lift(file.lift_id, division=division, reason=reason, at=at, by=by)
    if file.pk not in {one.pk for one in moved}:
        raise BadInput(field="问题电梯档案", reason="已更正，或不在电梯现属的区划，不随电梯移交")
    return next(one for one in moved if one.pk == file.pk)


@transaction.atomic
def transfer_lift(lift_id: UUID, *, division: str, reason: str, at: datetime, by: Actor) -> tuple[ProblemFile, ...]:
    """Hand a lift with all its files over to another division: sums move, named on both sides; gives the files.

    The lift moves in the registry too, so that the receiving division sees lift and files alike. What either division
    counted at an earlier cut-off stays as it was. A lift without files only moves in the registry.
    Source: `docs/decisions/0002` (transfer between districts is a correction).

    Raises:
        NotFound, NotYours, NotYet, UnknownDivision, BeforeItsFile, BadInput: if it cannot stand.

    """
    lift = registry.lift(lift_id, by=by)
    left, on = lift.division_code, day_in_shanghai(at)
    # Asked past what `by` may read: a registrar, who sees no files, may not take a lift away from them.
    filed = ProblemFile.objects.filter(lift_id=lift_id, corrected_at__isnull=True).exists()
    by.must(Permission.HAZARD_CORRECT if filed else Permission.LIFT_WRITE, at=left)
    refuse_future(at, by=by)
    divisions.tree().at(division, on=on)
    if division == left:
        raise BadInput(field="接收区划", reason="与现区划相同")
    if not tidied(reason):
        raise BadInput(field="移交理由", reason="不能为空")
    # The lift is locked before its files, as in filing a problem.
    registry_actions.move_to_division(lift_id, division=division, on=on, reason=reason, by=by)
    files = queries.files_of_lift_to_change(lift_id, division=left)
    for file in files:
        _move(file, division, reason, at=at, by=by)
    return tuple(files)


def _move(file: ProblemFile, division: str, reason: str, *, at: datetime, by: Actor) -> None:
    moved = FileMove.objects.filter(file=file).order_by("-moved_at").first()
    if moved is not None and at <= moved.moved_at:
        raise BeforeItsFile(at=_said(at), what="上一次归属变更", before=_said(moved.moved_at))
    left, about = file.division_code, About("lift", file.lift_id)
    row = FileMove(file=file, lift_id=file.lift_id, division_code=division, moved_at=at, reason=tidied(reason))
    journal.create(row, "hazard.file-moved", division=left, by=by.hand, at=at, about=about, reason=tidied(reason))
    for problem in Problem.objects.filter(file=file).order_by("id"):
        journal.change(
            problem, {"division_code": division}, "hazard.moved", division=left, by=by.hand, at=at, about=about
        )
    for visit in LookBackVisit.objects.filter(file=file, state__in=queries.UNVISITED).order_by("id"):
        journal.change(
            visit, {"division_code": division}, "look-back.moved", division=left, by=by.hand, at=at, about=about
        )
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=at)


@transaction.atomic
def freeze_baseline(division: str, *, at: datetime, by: Actor) -> BaselineFreeze:
    """Freeze A for a division and all below it; from now on it changes only by a reasoned correction.

    Raises:
        NotYours: if `by` may not.
        BadInput: if it is frozen already.

    """
    by.must(Permission.RETURN_APPROVE, at=division)
    refuse_future(at, by=by)
    if held := queries.baseline_freeze(PROGRAMME, division):
        raise BadInput(field="基数", reason=f"已于 {_said(held.frozen_at)} 冻结，A={held.figure}")
    baseline_on = rules.programmes()[PROGRAMME].baseline_on
    seen = journal_queries.snapshot()
    counted = queries.figures(PROGRAMME, Period.of(baseline_on), division=division, seen=seen)
    row = BaselineFreeze(programme=PROGRAMME, division_code=division, frozen_at=at, figure=counted["A"])
    return journal.create(row, "hazard.baseline-frozen", division=division, by=by.hand, at=at)


def _said(moment: datetime) -> str:
    return day_in_shanghai(moment).isoformat()
