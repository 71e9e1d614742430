"""Registers many lifts in one transaction, under the same rules as one; part of this room's writer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.registry.columns import IDENTITIES, normalised
from liftwarden.casework.registry.index import search_text
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.casework.registry.rules import PartyRole, UseState
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import UnknownDivision
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.bulk import insert_rows
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import Refusal


class LiftRefused(Refusal):
    """One lift of many that cannot stand; none is registered."""

    code = "lift_refused"
    sentence = "第 {number} 台不能登记：{reason}"


@dataclass(frozen=True)
class Entry:
    """One lift to register: its columns, division, and parties as (role, body, from day)."""

    values: Mapping[str, Any]
    division: str
    parties: tuple[tuple[PartyRole, UUID, date], ...] = ()


@transaction.atomic
def register_many(entries: Sequence[Entry], *, by: Actor) -> list[Lift]:
    """Put lifts on the registry, all or none.

    Source: the 2017 notice, part 2, item 3.
    Raises:
        NotYours: if `by` may not register in one of the divisions.
        LiftRefused: naming the first lift that cannot stand.
    """
    tree = divisions.tree()
    for division in {entry.division for entry in entries}:
        by.must(Permission.LIFT_WRITE, at=division)
        if not tree.knows(division):
            raise UnknownDivision(division=division, on=day_in_shanghai(by.now).isoformat())
    lifts = [_lift(entry, number) for number, entry in enumerate(entries, start=1)]
    _refuse_taken(lifts)
    journal.create_rows(lifts, "lift.registered", by=by.hand)
    parties = [
        LiftParty(lift_id=lift.pk, body_id=body_id, role=str(role), from_on=from_on)
        for lift, entry in zip(lifts, entries, strict=True)
        for role, body_id, from_on in entry.parties
    ]
    journal.create_rows(parties, "lift.party-began", by=by.hand)
    names = {division: tree.full_name(division) for division in {entry.division for entry in entries}}
    texts = [search_text(lift, division_name=names[lift.division_code]) for lift in lifts]
    columns = ["lift_id", "division_code", "words", "initials"]
    insert_rows(SearchText, columns, [[getattr(text, column) for column in columns] for text in texts])
    return lifts


def _lift(entry: Entry, number: int) -> Lift:
    try:
        lift = Lift(**normalised(entry.values), division_code=entry.division, home_node="local")
    except Refusal as refusal:
        raise LiftRefused(number=number, reason=refusal.words()) from refusal
    lift.use_state = str(UseState(entry.values.get("use_state") or UseState.IN_USE))
    if not lift.address or not any((*(getattr(lift, column) for column in IDENTITIES), lift.other_number)):
        raise LiftRefused(number=number, reason="使用地点和至少一个编号必填")
    return lift


def _refuse_taken(lifts: Sequence[Lift]) -> None:
    """Refuse a unique number that two of the lifts share or that another lift bears."""
    for column in ("device_code", "registration_code"):
        bearers: dict[str, int] = {}
        for number, lift in enumerate(lifts, start=1):
            text = getattr(lift, column)
            if text is not None and bearers.setdefault(text, number) != number:
                raise LiftRefused(number=number, reason=f"编号“{text}”与第 {bearers[text]} 台相同")
        held = Lift.objects.filter(**{f"{column}__in": list(bearers)}).values_list(column, flat=True).first()
        if held is not None:
            raise LiftRefused(number=bearers[held], reason=f"编号“{held}”已属于另一台电梯")
