"""A and F change by a reasoned correction, each file named; a lift may move to another district."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.actions.opening import PROGRAMME, refuse_future
from liftwarden.casework.hazards.actions.shut_downs import BeforeItsFile
from liftwarden.casework.hazards.models import BaselineFreeze, FileMove, Problem, ProblemFile
from liftwarden.casework.hazards.rules import CorrectionKind
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


@transaction.atomic
def correct(file_id: UUID, kind: CorrectionKind, *, reason: str, at: datetime, by: Actor) -> ProblemFile:
    """Take a file out of the count, from a moment on: duplicate, never a lift, or done before the baseline day.

    Source: `docs/decisions/0002`: F falls, and A changes, only by a reasoned correction.
    Raises:
        NotFound, NotYours, NotYet: as for any step.
        AlreadyCorrected, BeforeItsFile, BadInput: if it cannot stand.
    """
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_CORRECT, at=file.division_code)
    refuse_future(at, by=by)
    if file.corrected_at is not None:
        raise AlreadyCorrected(kind=CorrectionKind(file.correction).label)
    if kind in (CorrectionKind.TRANSFER, CorrectionKind.ADDED):
        raise BadInput(field="更正类型", reason="移交与补录各有自己的办理入口")
    if not tidied(reason):
        raise BadInput(field="更正理由", reason="不能为空")
    if at < file.opened_at:
        raise BeforeItsFile(at=_said(at), what="建档", before=_said(file.opened_at))
    changes = {"corrected_at": at, "correction": str(kind), "correction_reason": tidied(reason)}
    about = About("lift", file.lift_id)
    journal.change(
        file, changes, "hazard.corrected", division=file.division_code, by=by.hand, at=at, about=about, reason=reason
    )
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=at)
    return file


@transaction.atomic
def transfer(file_id: UUID, *, division: str, reason: str, at: datetime, by: Actor) -> ProblemFile:
    """Hand a file over to another division: its sums move with it, named on both sides.

    Raises:
        NotFound, NotYours, NotYet, UnknownDivision, BeforeItsFile, BadInput: if it cannot stand.
    """
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_CORRECT, at=file.division_code)
    refuse_future(at, by=by)
    divisions.tree().at(division, on=day_in_shanghai(at))
    if division == file.division_code:
        raise BadInput(field="接收区划", reason="与现区划相同")
    if not tidied(reason):
        raise BadInput(field="移交理由", reason="不能为空")
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
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=at)
    return file


@transaction.atomic
def freeze_baseline(division: str, *, at: datetime, by: Actor) -> BaselineFreeze:
    """Freeze A for a division and all below it; from now on it changes only by a reasoned correction.

    Raises:
        NotYours: if `by` may not.
        BadInput: if it is frozen already.
    """
    by.must(Permission.RETURN_APPROVE, at=division)
    if held := queries.baseline_freeze(PROGRAMME, division):
        raise BadInput(field="基数", reason=f"已于 {_said(held.frozen_at)} 冻结，A={held.figure}")
    baseline_on = rules.programmes()[PROGRAMME].baseline_on
    seen = journal_queries.snapshot()
    counted = queries.figures(PROGRAMME, Period.of(baseline_on), division=division, seen=seen)
    row = BaselineFreeze(programme=PROGRAMME, division_code=division, frozen_at=at, figure=counted["A"])
    return journal.create(row, "hazard.baseline-frozen", division=division, by=by.hand, at=at)


def _said(moment: datetime) -> str:
    return day_in_shanghai(moment).isoformat()
