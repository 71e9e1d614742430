"""Issues supervision instructions (监察指令书) and records their service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import queries, rules
from liftwarden.casework.hazards.actions.opening import refuse_future
from liftwarden.casework.hazards.actions.steps import step
from liftwarden.casework.hazards.deadlines import latest_deadline, refuse_too_late
from liftwarden.casework.hazards.lifecycles import PROBLEM, Action, State
from liftwarden.casework.hazards.models import Instruction, InstructionItem, Problem, ServiceOutcome
from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import narrowed, tidied


class OneOfficer(Refusal):
    """An instruction signed by one officer twice."""

    code = "one_officer"
    sentence = "监察指令书须有两名监察人员；第二名不能是您本人。"


class TwoUnits(Refusal):
    """An instruction to lifts of different use units."""

    code = "two_units"
    sentence = "一份监察指令书只能送达一个使用单位；所选电梯分属不同单位。"


class InstructionNumberTaken(Refusal):
    """A number that another instruction of the division bears."""

    code = "instruction_number_taken"
    status = 409
    sentence = "本区划已有编号为“{number}”的监察指令书。"


@dataclass(frozen=True)
class Order:
    """What an instruction says; `deadline_reason` is why the deadline may be later than place and time let it be."""

    number: str
    second_officer: UUID
    deadline_on: date
    demands: str
    legal_basis: str
    stop_use: bool = False
    deadline_reason: str = ""


class AlreadyServed(Refusal):
    """A service recorded on an instruction that the unit has signed for."""

    code = "already_served"
    status = 409
    sentence = "监察指令书已于 {on} 签收，不能再登记送达。"


@transaction.atomic
def instruct(problem_ids: Sequence[UUID], order: Order, *, at: datetime, by: Actor) -> Instruction:
    """Issue one instruction for the problems of one use unit; each moves to "ordered" or stays in rectification.

    Source: 特种设备安全法 art. 62; 总局令第57号 arts. 19, 21, 23, 27.

    Raises:
        NotFound, NotYours, ActionNotAllowed, NotYet, OutOfOrder: as for any step.
        OneOfficer, TwoUnits, InstructionNumberTaken, BadInput: if the order cannot stand.
        DeadlineTooLate: if a place or a guarantee period wants an earlier deadline and no reason is given.

    """
    refuse_future(at, by=by)
    problems = queries.problems_to_change(problem_ids, by=by)
    if not problems:
        raise BadInput(field="隐患", reason="至少选一项")
    for problem in problems:
        by.must(Permission.HAZARD_ORDER, at=problem.division_code)
        PROBLEM.after(State(problem.state), Action.ORDER)
    _refuse_wrong(order, at=at, by=by)
    _refuse_too_late(problems, order, at=at, by=by)
    instruction = _create(problems, order, at=at, by=by)
    for problem in problems:
        changes = {"deadline_on": order.deadline_on, "stop_use": problem.stop_use or order.stop_use}
        step(problem, Action.ORDER, Permission.HAZARD_ORDER, changes, at=at, by=by, reason=order.demands)
    return instruction


def _create(problems: list[Problem], order: Order, *, at: datetime, by: Actor) -> Instruction:
    units = {registry.party_on(p.lift_id, PartyRole.USE_UNIT, day=day_in_shanghai(at)) for p in problems}
    if len(units) > 1:
        raise TwoUnits
    division = by.division
    number = narrowed(order.number)
    if Instruction.objects.filter(division_code=division, number=number).exists():
        raise InstructionNumberTaken(number=number)
    instruction = Instruction(
        number=number,
        division_code=division,
        body_id=units.pop(),
        issued_at=at,
        issued_by=by.post_id,
        second_officer=order.second_officer,
        deadline_on=order.deadline_on,
        deadline_reason=tidied(order.deadline_reason),
        stop_use=order.stop_use,
        demands=tidied(order.demands),
        legal_basis=tidied(order.legal_basis),
        service=str(ServiceOutcome.PENDING),
    )
    journal.create(instruction, "instruction.issued", division=division, by=by.hand, at=at)
    for problem in problems:
        item = InstructionItem(instruction=instruction, problem=problem, lift_id=problem.lift_id)
        about = About("lift", problem.lift_id)
        journal.create(item, "instruction.names", division=problem.division_code, by=by.hand, at=at, about=about)
    return instruction


def _refuse_wrong(order: Order, *, at: datetime, by: Actor) -> None:
    if order.second_officer == by.post_id:
        raise OneOfficer
    if not parties.post_reaches(
        order.second_officer, division=by.division, permission=Permission.HAZARD_ORDER, now=by.now
    ):
        raise BadInput(field="第二名监察人员", reason="不是本机构在任的监察人员")
    if not narrowed(order.number):
        raise BadInput(field="编号", reason="不能为空")
    if not tidied(order.demands):
        raise BadInput(field="整改要求", reason="不能为空")
    if order.deadline_on < day_in_shanghai(at):
        raise BadInput(field="整改期限", reason="不能早于下达日期")


def _refuse_too_late(problems: list[Problem], order: Order, *, at: datetime, by: Actor) -> None:
    """Refuse a deadline that one of the lifts does not allow, unless the order says why."""
    if tidied(order.deadline_reason):
        return
    on = day_in_shanghai(at)
    lifts = registry.lifts_by_id({p.lift_id for p in problems}, by=by)
    periods = queries.guarantees_on(on)
    for problem in problems:
        lift = lifts.get(problem.lift_id)
        place = catalogue.places().get(lift.place) if lift is not None else None
        latest = latest_deadline(
            on,
            public=place is not None and place.public,
            crowded=place is not None and place.crowded,
            guarantees=[one.period for one in periods if problem.division_code in one.codes],
            tightenings=rules.programmes()[problem.file.programme].tightenings,
        )
        refuse_too_late(order.deadline_on, latest)


@transaction.atomic
def record_service(
    instruction_id: UUID, outcome: ServiceOutcome, *, note: str = "", at: datetime, by: Actor
) -> Instruction:
    """Record how an instruction reached the use unit: receipt, refusal noted, or nobody to serve.

    Raises:
        NotFound, NotYours: as for any step.
        AlreadyServed: if the unit has signed for it.
        BadInput: for a refusal without a note.

    """
    instruction = queries.instruction_to_change(instruction_id, by=by)
    by.must(Permission.HAZARD_ORDER, at=instruction.division_code)
    refuse_future(at, by=by)
    if outcome is ServiceOutcome.PENDING:
        raise BadInput(field="送达结果", reason="请选已签收、拒收或无人可送达")
    if outcome is not ServiceOutcome.RECEIPT and not tidied(note):
        raise BadInput(field="送达说明", reason="拒收或无人可送达时须写明经过和留证方式")
    return _served(instruction, outcome, note, at=at, by=by)


@transaction.atomic
def acknowledge(instruction_id: UUID, *, at: datetime, by: Actor) -> Instruction:
    """Acknowledge receipt; the use unit does, on its own page.

    Raises:
        NotFound: if the instruction is another body's.
        NotYours: if the post may not acknowledge.
        AlreadyServed: if it has been signed for.

    """
    instruction = queries.instruction_to_change(instruction_id, by=by)
    by.must(Permission.HAZARD_ACKNOWLEDGE, at=instruction.division_code)
    refuse_future(at, by=by)
    _served(instruction, ServiceOutcome.RECEIPT, "", at=at, by=by)
    # A lift that has changed hands since is no longer this unit's to answer for.
    named = [item.problem_id for item in queries.items_of(instruction)]
    own = queries.problems(by).filter(pk__in=named).values_list("pk", flat=True)
    for problem in queries.problems_to_change(own, by=by):
        if Action.ACKNOWLEDGE in PROBLEM.allowed(State(problem.state)):
            step(
                problem, Action.ACKNOWLEDGE, Permission.HAZARD_ACKNOWLEDGE, {}, at=max(at, problem.last_step_at), by=by
            )
    return instruction


def _served(instruction: Instruction, outcome: ServiceOutcome, note: str, *, at: datetime, by: Actor) -> Instruction:
    if instruction.service == ServiceOutcome.RECEIPT and instruction.served_at is not None:
        raise AlreadyServed(on=day_in_shanghai(instruction.served_at).isoformat())
    if at < instruction.issued_at:
        raise BadInput(field="送达时间", reason="不能早于下达时间")
    changes = {"service": str(outcome), "served_at": at, "service_note": tidied(note)}
    return journal.change(
        instruction, changes, "instruction.served", division=instruction.division_code, by=by.hand, at=at
    )
