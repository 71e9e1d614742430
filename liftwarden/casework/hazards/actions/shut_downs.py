"""The seal register: shut down by an authority's order (依法封停), asked to be lifted, lifted (启封)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.actions.opening import refuse_future
from liftwarden.casework.hazards.lifecycles import SHUT_DOWN, Overlay, OverlayAction
from liftwarden.casework.hazards.models import ProblemFile, ShutDown
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, NotFound, Refusal
from liftwarden.kernel.words import narrowed, tidied


class NothingOpen(Refusal):
    """A shut-down or listing of a file in which nothing is wrong any more."""

    code = "nothing_open"
    status = 409
    sentence = "档案中没有未销号的隐患，不能{action}。"


class BeforeItsFile(Refusal):
    """An overlay dated before what it overlays."""

    code = "before_its_file"
    status = 409
    sentence = "发生时间 {at} 早于{what}（{before}）。"


@dataclass(frozen=True)
class SealOrder:
    """The decision that shuts a lift down: who, under what number and law."""

    order_number: str
    legal_basis: str
    authority: str
    expires_on: date | None = None


@transaction.atomic
def shut_down(file_id: UUID, order: SealOrder, *, at: datetime, by: Actor) -> ShutDown:
    """Shut a problem lift down by an authority's order: class D, or I in F.

    Source: 特种设备安全法 art. 61; 总局令第57号 art. 26. An owner's own stoppage is not a shut-down.

    Raises:
        NotFound, NotYours, ActionNotAllowed: as for any step.
        NothingOpen, BeforeItsFile, BadInput: if it cannot stand.

    """
    file = _file(file_id, at=at, by=by)
    state = SHUT_DOWN.after(Overlay(file.shut_down), OverlayAction.IMPOSE)
    refuse_settled(file, at, action="封停")
    for text, field in (
        (order.order_number, "决定书编号"),
        (order.legal_basis, "法律依据"),
        (order.authority, "决定机关"),
    ):
        if not tidied(text):
            raise BadInput(field=field, reason="不能为空")
    days = rules.programmes()[file.programme].seal_days
    row = ShutDown(
        file=file,
        lift_id=file.lift_id,
        order_number=narrowed(order.order_number),
        legal_basis=tidied(order.legal_basis),
        authority=tidied(order.authority),
        state=str(state),
        imposed_at=at,
        imposed_by=by.post_id,
        expires_on=order.expires_on or day_in_shanghai(at) + timedelta(days=days),
    )
    if row.expires_on < day_in_shanghai(at):
        raise BadInput(field="到期日", reason="不能早于封停日期")
    journal.create(
        row, "shut-down.imposed", division=file.division_code, by=by.hand, at=at, about=About("lift", file.lift_id)
    )
    return _overlaid(file, row, state, at=at, by=by)


@transaction.atomic
def renew_shut_down(file_id: UUID, *, expires_on: date, reason: str, at: datetime, by: Actor) -> ShutDown:
    """Extend a shut-down to a later day, with the reason.

    Raises:
        BadInput: if the day is no later.

    """
    file = _file(file_id, at=at, by=by)
    row, state = _moved(file, OverlayAction.RENEW, at=at)
    if expires_on <= row.expires_on:
        raise BadInput(field="新的到期日", reason=f"应晚于原到期日 {row.expires_on.isoformat()}")
    changes = {"state": str(state), "expires_on": expires_on}
    return _change(file, row, changes, "shut-down.renewed", state, at=at, by=by, reason=reason)


@transaction.atomic
def ask_to_unseal(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> ShutDown:
    """Ask for unsealing; the use unit does."""
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_ACKNOWLEDGE, at=file.division_code)
    refuse_future(at, by=by)
    row, state = _moved(file, OverlayAction.ASK, at=at)
    changes = {"state": str(state), "asked_at": at, "asked_reason": tidied(reason)}
    return _change(file, row, changes, "shut-down.asked", state, at=at, by=by, reason=reason)


@transaction.atomic
def refuse_unsealing(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> ShutDown:
    """Refuse an unsealing that was asked for, with the reason."""
    file = _file(file_id, at=at, by=by)
    row, state = _moved(file, OverlayAction.REFUSE, at=at)
    return _change(file, row, {"state": str(state)}, "shut-down.kept", state, at=at, by=by, reason=reason)


@transaction.atomic
def unseal(file_id: UUID, *, reason: str, at: datetime, by: Actor) -> ShutDown:
    """Lift a shut-down (启封), with the reason."""
    file = _file(file_id, at=at, by=by)
    row, state = _moved(file, OverlayAction.LIFT, at=at)
    changes = {
        "state": str(state),
        "lifted_at": at,
        "lifted_by": by.post_id,
        "lifted_reason": tidied(reason),
    }
    return _change(file, row, changes, "shut-down.lifted", state, at=at, by=by, reason=reason)


def end_with_lift(file: ProblemFile, *, at: datetime, by: Actor) -> None:
    """End a shut-down, if there is one, because its lift is gone."""
    row = queries.live_shut_down(file)
    if row is None:
        return
    ends_at, reason = max(at, row.imposed_at), "电梯已拆除注销，封停随之终止"
    changes = {"state": str(Overlay.NONE), "lifted_at": ends_at, "lifted_by": by.post_id, "lifted_reason": reason}
    _change(file, row, changes, "shut-down.lifted", Overlay.NONE, at=ends_at, by=by, reason=reason)


def refuse_settled(file: ProblemFile, at: datetime, *, action: str) -> None:
    """Refuse to lay anything over a file with no open problem at that moment, or before its beginning.

    Raises:
        NothingOpen, BeforeItsFile.

    """
    if at < file.opened_at:
        raise BeforeItsFile(at=_said(at), what="建档", before=_said(file.opened_at))
    if file.corrected_at is not None or not ledger.facts(file).is_open(at):
        raise NothingOpen(action=action)


def _file(file_id: UUID, *, at: datetime, by: Actor) -> ProblemFile:
    file = queries.file_to_change(file_id, by=by)
    by.must(Permission.HAZARD_SHUT_DOWN, at=file.division_code)
    refuse_future(at, by=by)
    return file


def _moved(file: ProblemFile, action: OverlayAction, *, at: datetime) -> tuple[ShutDown, Overlay]:
    state = SHUT_DOWN.after(Overlay(file.shut_down), action)
    row = queries.live_shut_down(file)
    if row is None:
        raise NotFound(what="有效的封停")
    before = max(moment for moment in (row.imposed_at, row.asked_at) if moment is not None)
    if at < before:
        raise BeforeItsFile(at=_said(at), what="上一步", before=_said(before))
    return row, state


def _change(
    file: ProblemFile,
    row: ShutDown,
    changes: dict[str, Any],
    event: str,
    state: Overlay,
    *,
    at: datetime,
    by: Actor,
    reason: str,
) -> ShutDown:
    if not tidied(reason):
        raise BadInput(field="理由", reason="不能为空")
    about = About("lift", file.lift_id)
    journal.change(
        row, changes, event, division=file.division_code, by=by.hand, at=at, about=about, reason=tidied(reason)
    )
    return _overlaid(file, row, state, at=at, by=by)


def _overlaid(file: ProblemFile, row: ShutDown, state: Overlay, *, at: datetime, by: Actor) -> ShutDown:
    about = About("lift", file.lift_id)
    changes = {"shut_down": str(state)}
    journal.change(file, changes, "hazard.overlaid", division=file.division_code, by=by.hand, at=at, about=about)
    ledger.settle(file, "hazard.file-settled", by=by.hand, at=at)
    return row


def _said(moment: datetime) -> str:
    return day_in_shanghai(moment).isoformat()
