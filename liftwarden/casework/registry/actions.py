"""The only writer of lifts, their parties and use states."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.registry import queries
from liftwarden.casework.registry.columns import AMENDABLE, is_numbered, normalised
from liftwarden.casework.registry.index import search_text
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.casework.registry.rules import USE, PartyRole, UseAction, UseState
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import UnknownDivision
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai, start_of_day
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied


class NumberTaken(Refusal):
    """A number that another lift already bears."""

    code = "number_taken"
    status = 409
    sentence = "{kind}“{text}”已属于另一台电梯（{address}）。"


class NoNumber(Refusal):
    """A lift that nothing can be called by."""

    code = "no_number"
    sentence = "至少要填一个编号：设备代码、设备注册代码、使用登记证编号、应急救援识别码或其他编号。"


class PartyOverlap(Refusal):
    """Two bodies in one role on one day."""

    code = "party_overlap"
    status = 409
    sentence = "自 {from_on} 起已有{role}在任，新的起始日必须晚于它。"


@transaction.atomic
def register(values: Mapping[str, Any], *, division: str, by: Actor) -> Lift:
    """Put one lift on the registry.

    `values` maps the columns in `AMENDABLE`, and `use_state`, to Python values; texts are normalised here.
    Source: the 2017 notice, part 2, item 3 (registration data joined into one record for each lift).
    Raises:
        NotYours: if `by` may not register there.
        BadCode, BadInput, NoNumber, NumberTaken, UnknownDivision: if the values cannot stand.
    """
    by.must(Permission.LIFT_WRITE, at=division)
    if not divisions.tree().knows(division):
        raise UnknownDivision(division=division, on=day_in_shanghai(by.now).isoformat())
    lift = Lift(**normalised(values), division_code=division, home_node="local")
    lift.use_state = str(UseState(values.get("use_state") or UseState.IN_USE))
    if not lift.address:
        raise BadInput(field="使用地点", reason="不能为空")
    _refuse_unnumbered(lift)
    _refuse_taken(lift)
    journal.create(lift, "lift.registered", division=division, by=by.hand, at=by.now, about=About("lift", lift.pk))
    _reindex(lift)
    return lift


@transaction.atomic
def amend(lift_id: UUID, values: Mapping[str, Any], *, reason: str = "", by: Actor) -> Lift:
    """Correct or complete the data of a lift; only what differs is recorded.

    Raises:
        NotFound: if the lift is out of reach.
        NotYours, BadCode, BadInput, NumberTaken: as for `register`.
    """
    lift = queries.to_change(lift_id, by=by)
    by.must(Permission.LIFT_WRITE, at=lift.division_code)
    given = normalised({**{c: getattr(lift, c) for c in AMENDABLE}, **values})
    changes = {column: value for column, value in given.items() if getattr(lift, column) != value}
    if not changes:
        return lift
    for column, value in changes.items():
        setattr(lift, column, value)
    _refuse_unnumbered(lift)
    _refuse_taken(lift)
    _change(lift, changes, "lift.amended", by=by, on=None, reason=reason)
    _reindex(lift)
    return lift


@transaction.atomic
def change_use(lift_id: UUID, action: UseAction, *, on: date, reason: str, acting_body: str, by: Actor) -> Lift:
    """Stop, restart, scrap, dismantle or otherwise change the use of a lift, with the reason and who decided.

    Raises:
        NotFound, NotYours: as for `amend`.
        ActionNotAllowed: if its use state has no such step.
    """
    lift = queries.to_change(lift_id, by=by)
    by.must(Permission.LIFT_WRITE, at=lift.division_code)
    changes = {
        "use_state": str(USE.after(UseState(lift.use_state), action)),
        "use_state_reason": tidied(reason),
        "use_state_body": tidied(acting_body),
        "use_state_on": on,
    }
    return _change(lift, changes, f"lift.use-{action}", by=by, on=on, reason=reason)


@transaction.atomic
def set_party(lift_id: UUID, role: PartyRole, *, body_id: UUID, from_on: date, by: Actor) -> LiftParty:
    """Say which body is what to a lift from a day on; the one before it ends that day.

    Raises:
        NotFound, NotYours: as for `amend`.
        PartyOverlap: if the one in office began on that day or later.
    """
    lift = queries.to_change(lift_id, by=by)
    by.must(Permission.LIFT_WRITE, at=lift.division_code)
    held = LiftParty.objects.select_for_update().filter(lift=lift, role=role, to_on__isnull=True).first()
    if held is not None:
        if held.from_on >= from_on:
            raise PartyOverlap(from_on=held.from_on.isoformat(), role=role.label)
        _record(held, {"to_on": from_on}, "lift.party-ended", lift, by=by, on=from_on)
    party = LiftParty(lift=lift, body_id=body_id, role=role, from_on=from_on)
    return journal.create(
        party,
        "lift.party-began",
        division=lift.division_code,
        by=by.hand,
        at=start_of_day(from_on),
        about=About("lift", lift.pk),
    )


@transaction.atomic
def move_to_division(lift_id: UUID, *, division: str, on: date, reason: str, by: Actor) -> Lift:
    """Put a lift under another division, which the actor need not reach; its past stays where it was.

    Raises:
        NotFound, NotYours, UnknownDivision: as above.
    """
    lift = queries.to_change(lift_id, by=by)
    by.must(Permission.LIFT_WRITE, at=lift.division_code)
    divisions.tree().at(division, on=on)
    _change(lift, {"division_code": division}, "lift.moved-division", by=by, on=on, reason=reason)
    _reindex(lift)
    return lift


def reindex() -> int:
    """Rebuild the search index from the lifts; gives how many."""
    count = 0
    for lift in Lift.objects.order_by("id").iterator(2_000):
        _reindex(lift)
        count += 1
    return count


def _refuse_unnumbered(lift: Lift) -> None:
    if not is_numbered(vars(lift)):
        raise NoNumber


def _refuse_taken(lift: Lift) -> None:
    others = Lift.objects.exclude(pk=lift.pk)
    for column, kind in (
        ("device_code", "设备代码"),
        ("registration_code", "设备注册代码"),
        ("other_number", "其他编号"),
    ):
        text = getattr(lift, column)
        scope = {"other_number_kind": lift.other_number_kind} if column == "other_number" else {}
        if text and (held := others.filter(**{column: text}, **scope).first()):
            raise NumberTaken(
                kind=kind,
                text=text,
                address=held.address if held.division_code == lift.division_code else "不在同一区划",
            )


def _change(lift: Lift, changes: dict[str, Any], event: str, *, by: Actor, on: date | None, reason: str = "") -> Lift:
    _record(lift, changes, event, lift, by=by, on=on, reason=reason)
    return lift


def _record(
    row: Any, changes: dict[str, Any], event: str, lift: Lift, *, by: Actor, on: date | None, reason: str = ""
) -> None:
    journal.change(
        row,
        changes,
        event,
        division=lift.division_code,
        by=by.hand,
        at=by.now if on is None else start_of_day(on),
        about=About("lift", lift.pk),
        reason=tidied(reason),
    )


def _reindex(lift: Lift) -> None:
    row = search_text(lift, division_name=divisions.tree().full_name(lift.division_code))
    SearchText.objects.update_or_create(
        lift_id=lift.pk,
        defaults={"division_code": row.division_code, "words": row.words, "initials": row.initials},
    )
