"""Listed supervision (挂牌督办): put on, escalated when overdue, asked off, taken off (摘牌) by its lister."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries
from liftwarden.casework.hazards.actions.opening import refuse_future
from liftwarden.casework.hazards.actions.shut_downs import BeforeItsFile, refuse_settled
from liftwarden.casework.hazards.lifecycles import LISTING, Overlay, OverlayAction
from liftwarden.casework.hazards.models import Listing, ProblemFile
from liftwarden.casework.hazards.vocabulary import vocabulary
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Hand
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, NotFound, Refusal
from liftwarden.kernel.words import tidied


class NotTheLister(Refusal):
    """A delisting by someone other than who listed."""

    code = "not_the_lister"
    status = 403
    sentence = "摘牌须由挂牌机关（{lister}）批准。"


@dataclass(frozen=True)
class ListingOrder:
    """Who supervises, until when, what blocks the lift."""

    supervisor: str
    deadline_on: date
    blocker: str
    department: str = ""


@transaction.atomic
def list_for_supervision(file_id: UUID, order: ListingOrder, *, at: datetime, by: Actor) -> Listing:
    """Put a problem lift under listed supervision.

    Source: the 2017 notice, part 1, item 2 (明确完成整改时间节点).

    Raises:
        NotFound, NotYours, ActionNotAllowed, NothingOpen, BeforeItsFile, NotYet: as for any step.
        BadInput: for an unknown blocker, or a supervisor or deadline that is missing.

    """
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_LIST, at=file.division_code)
    refuse_future(at, by=by)
    state = LISTING.after(Overlay(file.listing), OverlayAction.IMPOSE)
    refuse_settled(file, at, action="挂牌督办")
    blockers = vocabulary()["blockers"]
    if order.blocker not in blockers:
        raise BadInput(field="未完成原因", reason=f"没有“{order.blocker}”；可用：" + "、".join(blockers))
    if not tidied(order.supervisor):
        raise BadInput(field="督办人", reason="不能为空")
    if order.deadline_on < day_in_shanghai(at):
        raise BadInput(field="督办期限", reason="不能早于挂牌日期")
    row = Listing(
        file=file,
        lift_id=file.lift_id,
        state=str(state),
        lister_division=by.division,
        supervisor=tidied(order.supervisor),
        deadline_on=order.deadline_on,
        blocker=order.blocker,
        department=tidied(order.department) or blockers[order.blocker]["department"],
        listed_at=at,
        listed_by=by.post_id,
    )
    journal.create(
        row, "listing.imposed", division=file.division_code, by=by.hand, at=at, about=About("lift", file.lift_id)
    )
    return _overlaid(file, row, state, at=at, by=by.hand)


@transaction.atomic
def ask_to_delist(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> Listing:
    """Ask the lister to take a lift off listed supervision."""
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_RECHECK, at=file.division_code)
    refuse_future(at, by=by)
    row, state = _moved(file, OverlayAction.ASK, at=at)
    changes = {"state": str(state), "asked_at": at, "asked_reason": tidied(reason)}
    return _change(file, row, changes, "listing.asked", state, at=at, by=by.hand, reason=reason)


@transaction.atomic
def delist(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> Listing:
    """Take a lift off listed supervision (摘牌); only the lister's own office may.

    Raises:
        NotTheLister: if `by` sits elsewhere.

    """
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_LIST, at=file.division_code)
    refuse_future(at, by=by)
    row, state = _moved(file, OverlayAction.LIFT, at=at)
    _refuse_other(row, by)
    changes = {"state": str(state), "delisted_at": at, "delisted_by": by.post_id}
    return _change(file, row, changes, "listing.lifted", state, at=at, by=by.hand, reason=reason)


@transaction.atomic
def refuse_delisting(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> Listing:
    """Keep a lift listed though its removal was asked for, with the reason."""
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_LIST, at=file.division_code)
    refuse_future(at, by=by)
    row, state = _moved(file, OverlayAction.REFUSE, at=at)
    _refuse_other(row, by)
    return _change(file, row, {"state": str(state)}, "listing.kept", state, at=at, by=by.hand, reason=reason)


@transaction.atomic
def extend_listing(file_id: UUID, *, deadline_on: date, reason: str, at: datetime, by: Actor) -> Listing:
    """Set a later deadline for listed supervision, with the reason; only the lister's own office may.

    Raises:
        NotTheLister: if `by` sits elsewhere.
        BadInput: if the day is no later.

    """
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_LIST, at=file.division_code)
    refuse_future(at, by=by)
    row, state = _moved(file, OverlayAction.RENEW, at=at)
    _refuse_other(row, by)
    if deadline_on <= row.deadline_on:
        raise BadInput(field="新的督办期限", reason=f"应晚于原期限 {row.deadline_on.isoformat()}")
    changes = {"state": str(state), "deadline_on": deadline_on}
    return _change(file, row, changes, "listing.extended", state, at=at, by=by.hand, reason=reason)


@transaction.atomic
def escalate(listing_id: UUID, *, by: Hand, at: datetime) -> Listing:
    """Raise an overdue listing one division up; the clock does, once for each level."""
    row = Listing.objects.select_for_update(of=("self",)).get(pk=listing_id)
    path = divisions.tree().path(row.escalated_to or row.lister_division)
    above = path[1] if len(path) > 1 else path[0]
    file = row.file
    about = About("lift", file.lift_id)
    changes = {"escalated_to": above}
    return journal.change(
        row, changes, "listing.escalated", division=file.division_code, by=by, at=at, about=about, reason="逾期未完成"
    )


def _refuse_other(row: Listing, by: Actor) -> None:
    if by.division != row.lister_division:
        raise NotTheLister(lister=divisions.tree().name(row.lister_division))


def _moved(file: ProblemFile, action: OverlayAction, *, at: datetime) -> tuple[Listing, Overlay]:
    state = LISTING.after(Overlay(file.listing), action)
    row = queries.live_listing(file)
    if row is None:
        raise NotFound(what="有效的挂牌")
    before = max(moment for moment in (row.listed_at, row.asked_at) if moment is not None)
    if at < before:
        said = (day_in_shanghai(at).isoformat(), day_in_shanghai(before).isoformat())
        raise BeforeItsFile(at=said[0], what="上一步", before=said[1])
    return row, state


def _change(
    file: ProblemFile,
    row: Listing,
    changes: dict[str, Any],
    event: str,
    state: Overlay,
    *,
    at: datetime,
    by: Hand,
    reason: str,
) -> Listing:
    if not tidied(reason):
        raise BadInput(field="理由", reason="不能为空")
    about = About("lift", file.lift_id)
    journal.change(row, changes, event, division=file.division_code, by=by, at=at, about=about, reason=tidied(reason))
    return _overlaid(file, row, state, at=at, by=by)


def _overlaid(file: ProblemFile, row: Listing, state: Overlay, *, at: datetime, by: Hand) -> Listing:
    about = About("lift", file.lift_id)
    changes = {"listing": str(state)}
    journal.change(file, changes, "hazard.overlaid", division=file.division_code, by=by, at=at, about=about)
    ledger.settle(file, "hazard.file-settled", by=by, at=at)
    return row
