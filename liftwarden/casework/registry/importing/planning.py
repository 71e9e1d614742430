"""Makes of a checked file a plan: what is added, amended, skipped, refused and set aside; writes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from liftwarden.casework.registry.columns import STORED
from liftwarden.casework.registry.importing import checking, matching
from liftwarden.casework.registry.importing.amending import Amender, Amendment
from liftwarden.casework.registry.importing.checking import Candidate, Checked, Checker, Ground
from liftwarden.casework.registry.importing.faults import Consequence, Fault, Rule
from liftwarden.casework.registry.importing.keys import lift_key
from liftwarden.casework.registry.importing.mapping import UNIQUE, Mapping, Mode
from liftwarden.casework.registry.importing.matching import Bodies, Held, Number
from liftwarden.casework.registry.importing.reading import Cell, Sheet

Progress = Callable[[str, int, int], None]
KIND_AT = STORED.index("other_number_kind")
FLAGS_AT = STORED.index("flags")
EVERY = 2_000


@dataclass
class Plan:
    """What an import would do, row by row; `staged` are the rows whose lifts an earlier run has written already."""

    rows: int = 0
    additions: list[Candidate] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    asides: list[tuple[int, list[Cell], list[Fault]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    staged: set[int] = field(default_factory=set)
    skipped: int = 0
    unchanged: int = 0
    rejected: int = 0
    flagged: int = 0
    fatal: bool = False
    amended_ahead: int = 0
    bodies: Bodies = field(default_factory=lambda: Bodies(()))
    new_bodies: list[matching.Body] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Count, for the report."""
        return {
            "rows": self.rows,
            "added": len(self.additions),
            "updated": self.amended_ahead + len(self.amendments),
            "unchanged": self.unchanged,
            "skipped": self.skipped,
            "rejected": self.rejected,
            "set_aside": len(self.asides),
            "flagged": self.flagged,
            "bodies_added": len(self.new_bodies),
        }

    def of(self, candidate: Candidate) -> list[matching.Body]:
        """List the bodies that a row's lift has as parties."""
        return [self.bodies.of(claim) for claim in candidate.claims]

    @property
    def changes_anything(self) -> bool:
        """Whether the registry would change; rows set aside alone change nothing, so that a repeat writes nothing."""
        return bool(self.additions or self.amendments) and not self.fatal


def make(sheet: Sheet, mapping: Mapping, ground: Ground, *, job: UUID | None, progress: Progress) -> Plan:
    """Check every row and decide what becomes of it; `job` is the import being resumed, whose lifts are its own."""
    plan = Plan(faults=checking.headers(sheet, mapping))
    plan.fatal = bool(plan.faults)
    every = list(_checked(sheet, mapping, ground, plan, progress))
    _refuse_doubles(every, mapping)
    found = matching.holders((number for one in every for number in _numbers(one)), mapping.keys)
    settler = _Settler(plan, mapping, ground, found, job)
    plan.bodies = Bodies(
        (claim, one.candidate.division) for one in every if one.candidate for claim in one.candidate.claims
    )
    for one in every:
        settler.claims(one)
        settler.match(one)
    amender = Amender(mapping, plan.bodies)
    if mapping.mode is Mode.UPDATE:
        amender.amend([(one, settler.known[one.row]) for one in every if one.row in settler.known])
    for one in every:
        _settle(plan, one, sheet, settler, amender)
    if plan.fatal:
        plan.additions, plan.amendments, plan.asides = [], [], []
    named = {id(body): body for candidate in plan.additions for body in plan.of(candidate)}
    named |= {id(body): body for amendment in plan.amendments for body in amendment.bodies}
    plan.new_bodies = [body for body in named.values() if body.id is None]
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


def _checked(sheet: Sheet, mapping: Mapping, ground: Ground, plan: Plan, progress: Progress) -> Iterator[Checked]:
    checker = Checker(sheet, mapping, ground)
    for index, cells in enumerate(sheet.rows):
        if index % EVERY == 0:
            progress("校验", index, len(sheet.rows))
        if any(cell is not None for cell in cells):
            plan.rows += 1
            yield checker.check(sheet.first_row + index, cells)
    progress("校验", len(sheet.rows), len(sheet.rows))


def _numbers(one: Checked) -> Iterator[Number]:
    kind = one.candidate.stored[KIND_AT] if one.candidate else ""
    return matching.numbers_of(one.numbers, kind)


def _refuse_doubles(every: list[Checked], mapping: Mapping) -> None:
    """Refuse every row of a number that occurs twice: which of them is right, only a person can say."""
    columns = {*UNIQUE, *mapping.keys}
    labels = {column.target: column for column in mapping.columns}
    counted: Counter[Number] = Counter()
    for one in every:
        if not any(fault.rule is Rule.NAMED_ASIDE for fault in one.faults):
            counted.update(number for number in _numbers(one) if number[0] in columns)
    doubled = {number for number, times in counted.items() if times > 1}
    if not doubled:
        return
    places: dict[Number, list[int]] = {number: [] for number in doubled}
    for one in every:
        for number in _numbers(one):
            if number in doubled:
                places[number].append(one.row)
    for one in every:
        for number in _numbers(one):
            if number in doubled:
                rows = "、".join(str(row) for row in places[number][:10])
                column = labels[number[0]]
                allowed = f"每个编号只能出现一次，现出现在第 {rows} 行"
                consequence = mapping.consequence(Rule.DUPLICATE_IN_FILE, column, "")
                one.faults.append(Fault(one.row, column.label, number[2], Rule.DUPLICATE_IN_FILE, allowed, consequence))


class _Settler:
    """Decides, row by row, whether its lift is new, known, or another's."""

    def __init__(
        self, plan: Plan, mapping: Mapping, ground: Ground, found: dict[Number, list[Held]], job: UUID | None
    ) -> None:
        self._plan, self._mapping, self._ground, self._found, self._job = plan, mapping, ground, found, job
        self._columns = {column.target: column for column in mapping.columns}
        self.known: dict[int, UUID] = {}
        self.mode = mapping.mode

    def claims(self, one: Checked) -> None:
        """Refuse parties that are not on file, or are there twice."""
        if one.candidate is None:
            return
        kept = []
        for claim in one.candidate.claims:
            body = self._plan.bodies.of(claim)
            if body.ambiguous:
                self._party_wrong(one, claim, Rule.PARTY_AMBIGUOUS, "请填统一社会信用代码，或先合并单位")
            elif body.id is None and not claim.party.create:
                self._party_wrong(one, claim, Rule.UNKNOWN_PARTY, "请先登记该单位，或在映射中写 create = true")
            elif body.id is None and not claim.name:
                self._party_wrong(one, claim, Rule.UNKNOWN_PARTY, "新单位须有名称")
            else:
                kept.append(claim)
        one.candidate.claims = kept

    def _party_wrong(self, one: Checked, claim: checking.Claim, rule: Rule, allowed: str) -> None:
        rules = self._mapping.rules
        named = rules.get(f"{rule}:{claim.party.role}") or rules.get(str(rule)) or Consequence.REJECT
        one.faults.append(Fault(one.row, claim.label, claim.credit or claim.name, rule, allowed, named))

    def match(self, one: Checked) -> None:
        """Find the lift that the row's key names, and refuse numbers of other lifts."""
        if one.candidate is None:
            return
        by_key, others = self._held(one)
        if len(by_key) > 1:
            (number, _), *_ = by_key.values()
            self._wrong(one, number, Rule.SEVERAL_MATCHES, f"这些编号分属 {len(by_key)} 台已登记的电梯")
            return
        for number, held in others:
            if held.lift_id not in by_key:
                self._wrong(one, number, Rule.NUMBER_TAKEN, self._whose(held))
        for number, held in by_key.values():
            if held.hidden_in is not None or held.division not in self._ground.reach:
                self._wrong(one, number, Rule.NUMBER_TAKEN, self._whose(held))
            elif self._mapping.mode is Mode.ADD:
                self._wrong(one, number, Rule.ALREADY_REGISTERED, f"只能新增；已登记在{held.address}")
            else:
                self.known[one.row] = held.lift_id

    def _held(self, one: Checked) -> tuple[dict[UUID, tuple[Number, Held]], list[tuple[Number, Held]]]:
        """Give the lifts that bear the row's key numbers, and those that bear another unique number of it."""
        own = lift_key(self._job, one.row) if self._job else None
        by_key: dict[UUID, tuple[Number, Held]] = {}
        others: list[tuple[Number, Held]] = []
        for number in _numbers(one):
            for held in self._found.get(number, ()):
                if held.lift_id == own:
                    self._plan.staged.add(one.row)
                elif number[0] in self._mapping.keys:
                    by_key.setdefault(held.lift_id, (number, held))
                elif number[0] in UNIQUE:
                    others.append((number, held))
        return by_key, others

    def _whose(self, held: Held) -> str:
        if held.hidden_in is not None:
            return "正被另一次尚未发布的导入占用"
        if held.division not in self._ground.reach:
            return "属于不在您管辖范围的电梯"
        return f"属于另一台电梯（{held.address}）"

    def _wrong(self, one: Checked, number: Number, rule: Rule, allowed: str) -> None:
        column = self._columns[number[0]]
        consequence = self._mapping.consequence(rule, column, "")
        one.faults.append(Fault(one.row, column.label, number[2], rule, allowed, consequence))


def _settle(plan: Plan, one: Checked, sheet: Sheet, settler: _Settler, amender: Amender) -> None:
    """Put a row where its faults and its lift send it."""
    plan.faults += one.faults
    consequences = {fault.consequence for fault in one.faults}
    if Consequence.REJECT in consequences:
        plan.rejected += 1
        return
    if Consequence.SET_ASIDE in consequences or one.candidate is None:
        plan.asides.append((one.row, sheet.rows[one.row - sheet.first_row], one.faults))
        return
    if one.row in settler.known:
        if settler.mode is Mode.SKIP:
            plan.skipped += 1
        elif (amendment := amender.of(one.row)) is not None:
            plan.amendments.append(amendment)
        else:
            plan.unchanged += 1
        return
    if consequences:
        plan.flagged += 1
        stored = list(one.candidate.stored)
        stored[FLAGS_AT] = checking.flags(one.faults)
        one.candidate.stored = tuple(stored)
    plan.additions.append(one.candidate)
