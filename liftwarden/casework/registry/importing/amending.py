"""Works out what differs between a row and the lift it names, for the mode that updates; writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from liftwarden.casework.registry.columns import AMENDABLE, normalised
from liftwarden.casework.registry.importing.checking import POINT, Candidate, Checked, Claim
from liftwarden.casework.registry.importing.faults import Consequence, Fault, Rule
from liftwarden.casework.registry.importing.mapping import Mapping
from liftwarden.casework.registry.importing.matching import BLOCK, Bodies, Body
from liftwarden.casework.registry.models import Lift, LiftParty
from liftwarden.casework.registry.rules import USE, PartyRole, UseState
from liftwarden.kernel.refusals import Refusal


@dataclass(slots=True)
class Begun:
    """A party to begin, and the one in office that it ends."""

    role: PartyRole
    body: Body
    from_on: date
    ends: UUID | None


@dataclass(slots=True)
class Amendment:
    """What a row changes on a registered lift; `before` is what stood there when it was compared."""

    row: int
    lift_id: UUID
    division: str
    before: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)
    use: dict[str, Any] = field(default_factory=dict)
    use_action: str = ""
    parties: list[Begun] = field(default_factory=list)

    @property
    def bodies(self) -> list[Body]:
        """The bodies that become parties."""
        return [begun.body for begun in self.parties]

    def changes_anything(self) -> bool:
        """Whether the row differs from the lift at all."""
        return bool(self.changes or self.use or self.parties)


class Amender:
    """Compares rows with registered lifts, many at a time."""

    def __init__(self, mapping: Mapping, bodies: Bodies) -> None:
        self._mapping, self._bodies = mapping, bodies
        self._columns = {column.target: column for column in mapping.columns}
        self._found: dict[int, Amendment] = {}

    def of(self, row: int) -> Amendment | None:
        """Give what a row changes, or none where nothing differs."""
        return self._found.get(row)

    def amend(self, rows: Sequence[tuple[Checked, UUID]]) -> None:
        """Compare rows with their lifts; faults go to the rows."""
        for start in range(0, len(rows), BLOCK):
            block = rows[start : start + BLOCK]
            lifts = Lift.objects.in_bulk([key for _, key in block])
            parties: dict[UUID, list[LiftParty]] = {}
            for party in LiftParty.objects.filter(lift_id__in=lifts).order_by("from_on", "id"):
                parties.setdefault(party.lift_id, []).append(party)
            for one, key in block:
                if one.candidate is not None:
                    self._compare(one, one.candidate, lifts[key], parties.get(key, []))

    def _compare(self, one: Checked, told: Candidate, lift: Lift, parties: list[LiftParty]) -> None:
        stands = {column: getattr(lift, column) for column in AMENDABLE}
        try:
            given = normalised({**stands, **self._speaks(told)})
        except Refusal as refusal:
            self._wrong(one, "address", lift.address, Rule.BAD_CODE, refusal.words())
            return
        changes = {column: value for column, value in given.items() if getattr(lift, column) != value}
        amendment = Amendment(one.row, lift.pk, lift.division_code, {c: getattr(lift, c) for c in changes}, changes)
        self._division(one, told, lift)
        self._use(one, told, lift, amendment)
        for claim in told.claims:
            self._party(one, claim, parties, amendment)
        if amendment.changes_anything():
            self._found[one.row] = amendment

    def _speaks(self, told: Candidate) -> dict[str, Any]:
        """Give the columns that the row speaks of; a blank says nothing, unless the mapping has it clear."""
        given = dict(told.given)
        if given.get("longitude") is None:
            given = {name: value for name, value in given.items() if name not in POINT}
        if self._mapping.clear_blanks:
            return given
        return {name: value for name, value in given.items() if value not in (None, "")}

    def _division(self, one: Checked, told: Candidate, lift: Lift) -> None:
        if told.division and told.division != lift.division_code:
            allowed = f"登记在 {lift.division_code}；移交请另办“变更区划”"
            self._wrong(one, "division", told.division, Rule.OTHER_DIVISION, allowed)

    def _use(self, one: Checked, told: Candidate, lift: Lift, amendment: Amendment) -> None:
        state = told.use["use_state"]
        if not told.use["stated"] or state == lift.use_state:
            return
        steps = {after: action for (before, action), after in USE.table.items() if before == lift.use_state}
        action = steps.get(UseState(state))
        if action is None:
            allowed = f"现为“{UseState(lift.use_state).label}”，只能变为：" + "、".join(after.label for after in steps)
            self._wrong(one, "use_state", UseState(state).label, Rule.USE_STATE_STEP, allowed)
            return
        names = ("use_state", "use_state_reason", "use_state_body", "use_state_on")
        amendment.use = {name: told.use[name] for name in names}
        amendment.before |= {name: getattr(lift, name) for name in names}
        amendment.use_action = str(action)

    def _party(self, one: Checked, claim: Claim, parties: list[LiftParty], amendment: Amendment) -> None:
        role, body = claim.party.role, self._bodies.of(claim)
        held = [party for party in parties if party.role == role]
        live = next((party for party in held if party.to_on is None), None)
        if live is not None and live.body_id == body.id:
            return
        latest = max((party.from_on if party.to_on is None else party.to_on for party in held), default=None)
        if latest is not None and (claim.from_on < latest or (live is not None and claim.from_on == latest)):
            named = self._mapping.rules.get(f"{Rule.PARTY_OVERLAP}:{role}") or self._mapping.rules.get("party_overlap")
            allowed = f"必须晚于 {latest}"
            text = str(claim.from_on)
            consequence = named or Consequence.REJECT
            one.faults.append(Fault(one.row, claim.label, text, Rule.PARTY_OVERLAP, allowed, consequence))
            return
        amendment.parties.append(Begun(role, body, claim.from_on, live.pk if live else None))

    def _wrong(self, one: Checked, target: str, text: str, rule: Rule, allowed: str) -> None:
        column = self._columns.get(target)
        label = column.label if column else target
        consequence = self._mapping.consequence(rule, column, label)
        one.faults.append(Fault(one.row, label, text, rule, allowed, consequence))
