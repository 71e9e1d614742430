"""Takes over one line of a ledger that a district kept before: its whole history, step by step, as of its own dates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import rules
from liftwarden.casework.hazards.actions import listings, opening, shut_downs, steps
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import PROGRAMME, Finding
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.lifecycles import Action
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, FinderKind, Problem
from liftwarden.casework.hazards.rules import Way
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import Refusal

REASON = "历史台账导入"


class AlreadyTakenOver(Refusal):
    """A line that is in the ledger already."""

    code = "already_taken_over"
    status = 409
    sentence = "这一行此前已经导入。"


class SealNotLifted(Refusal):
    """A line that is closed though its shut-down was never lifted."""

    code = "seal_not_lifted"
    sentence = "已销号却没有启封日期：封停未解除不能销号，请补启封日期。"


@dataclass(frozen=True)
class LedgerLine:
    """One line of an old ledger; `digest` tells it from every other line, `source` says where it stands."""

    finding: Finding
    digest: str
    source: str
    size_bytes: int
    begun_at: datetime | None = None
    reported_at: datetime | None = None
    ended_at: datetime | None = None
    dismantled: bool = False
    seal: SealOrder | None = None
    sealed_at: datetime | None = None
    unsealed_at: datetime | None = None
    listing: ListingOrder | None = None
    listed_at: datetime | None = None


@transaction.atomic
def take_over(lift_id: UUID, line: LedgerLine, *, correction_reason: str = "", by: Actor) -> Problem:
    """Record the history of one line, an entry a step; the line itself stands as the evidence.

    Who re-checked and who closed then is not known: both steps are recorded as taken over by `by`, through the channel
    of the import, so the rule of the second person is not asked of them. What is still open goes on by the usual rules.
    Source: the 2017 notice, part 1, item 1 (2015年以来集中整治的建档问题电梯), annex, A.

    Raises:
        NotFound: if the lift is out of reach.
        NotYours: if `by` may not import ledgers there; for a shut-down, a listing or a dismantling, may not do that.
        AlreadyTakenOver: if the line is in the ledger already.
        BadInput, SchemeNotInForce, BeforeTheCampaign, NotYet, OutOfOrder, BaselineFrozen: if its facts cannot stand.

    """
    lift = registry.to_change(lift_id, by=by)
    by.must(Permission.HAZARD_IMPORT, at=lift.division_code)
    if is_taken_over(line.digest):
        raise AlreadyTakenOver
    line = replace(line, finding=replace(line.finding, finder=FinderKind.LEDGER))
    if line.ended_at is not None and _is_of_the_frame(line):
        problem = opening.filed_completed(lift, line.finding, completed_at=line.ended_at, by=by)
        _keep(problem, line, by=by)
        return problem
    problem = opening.opened(lift, line.finding, correction_reason=correction_reason, by=by)
    _keep(problem, line, by=by)
    _overlay(problem, line, by=by)
    _go_on(problem, line, by=by)
    return problem


def is_taken_over(digest: str) -> bool:
    """Whether a line is in the ledger already."""
    return Evidence.objects.filter(kind=EvidenceKind.LEDGER, sha256=digest).exists()


def _is_of_the_frame(line: LedgerLine) -> bool:
    """Whether a line was found and finished by the baseline day: a look-back object, in no cell."""
    baseline_on = rules.programmes()[PROGRAMME].baseline_on
    return line.ended_at is not None and day_in_shanghai(line.ended_at) <= baseline_on


def _keep(problem: Problem, line: LedgerLine, *, by: Actor) -> None:
    row = Evidence(
        problem=problem,
        lift_id=problem.lift_id,
        kind=str(EvidenceKind.LEDGER),
        media_type="text/plain",
        sha256=line.digest,
        size_bytes=line.size_bytes,
        caption=line.source[:200],
        added_at=by.now,
        added_by=by.post_id,
    )
    about = About("lift", problem.lift_id)
    journal.create(row, "evidence.added", division=problem.division_code, by=by.hand, at=by.now, about=about)


def _overlay(problem: Problem, line: LedgerLine, *, by: Actor) -> None:
    """Put on the listing and the shut-down of the line, and take the shut-down off again."""
    if line.listing is not None and line.listed_at is not None:
        listings.list_for_supervision(problem.file_id, line.listing, at=line.listed_at, by=by)
    if line.seal is None or line.sealed_at is None:
        return
    shut_downs.shut_down(problem.file_id, line.seal, at=line.sealed_at, by=by)
    if line.unsealed_at is not None:
        shut_downs.unseal(problem.file_id, reason=REASON, at=line.unsealed_at, by=by)
    elif line.ended_at is not None:
        raise SealNotLifted


def _go_on(problem: Problem, line: LedgerLine, *, by: Actor) -> None:
    """Take the steps that the line names; what an end leaves out (begun, reported, re-checked) happened by then."""
    if line.begun_at is not None:
        _step(problem, Action.BEGIN, {"begun_at": line.begun_at}, at=line.begun_at, by=by)
    if line.ended_at is not None and line.dismantled:
        steps.close_as_dismantled(problem.pk, at=line.ended_at, by=by)
        return
    reported_at = line.reported_at or line.ended_at
    if reported_at is None:
        return
    if problem.begun_at is None:
        _step(problem, Action.BEGIN, {"begun_at": reported_at}, at=reported_at, by=by)
    _step(problem, Action.REPORT, {"reported_at": reported_at}, at=reported_at, by=by)
    if line.ended_at is None:
        return
    _step(problem, Action.PASS, {"passed_at": line.ended_at}, at=line.ended_at, by=by)
    ended = {"ended_at": line.ended_at, "ended_by": by.post_id, "way": str(Way.RECTIFIED)}
    _step(problem, Action.CLOSE, ended, at=line.ended_at, by=by)


def _step(problem: Problem, action: Action, changes: Mapping[str, Any], *, at: datetime, by: Actor) -> None:
    # The file is shown anew by every step: take it as the last one left it.
    problem.refresh_from_db()
    steps.step(problem, action, Permission.HAZARD_IMPORT, changes, at=at, by=by, reason=REASON)
