"""Takes one problem from step to step; every step asks who, asks when, changes, records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import ledger, queries, rules
from liftwarden.casework.hazards.actions import shut_downs
from liftwarden.casework.hazards.actions.opening import refuse_future
from liftwarden.casework.hazards.lifecycles import PROBLEM, Action, State
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, Problem
from liftwarden.casework.hazards.rules import Cohort, Way
from liftwarden.casework.hazards.workdays import workdays_after
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.rules import UseState
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied


class OutOfOrder(Refusal):
    """A step dated before the one it follows."""

    code = "out_of_order"
    status = 409
    sentence = "发生时间 {at} 早于上一步（{before}）。"


class NoEvidence(Refusal):
    """A close-out with nothing to show for it."""

    code = "no_evidence"
    status = 409
    sentence = "缺少证据：{missing}；请先上传，再{action}。"


class SamePerson(Refusal):
    """A close-out by the person who re-checked."""

    code = "same_person"
    status = 409
    sentence = "销号须由复查人以外的第二人办理。"


class NoCertificate(Refusal):
    """An alteration or major repair passed without its inspection certificate."""

    code = "no_certificate"
    status = 409
    sentence = "属于改造或重大修理，须先登记监督检验证书编号。"


class StillRegistered(Refusal):
    """A dismantling of a lift that the registry still has in use."""

    code = "still_registered"
    status = 409
    sentence = "登记状态为“{state}”，须先在电梯档案中办理拆除注销。"


class ClosedBeforeBaseline(Refusal):
    """A close-out that would take a lift out of A by its date."""

    code = "closed_before_baseline"
    status = 409
    sentence = "完成日期 {on} 不晚于基准日 {baseline_on}：该电梯不应计入 A，请办理“基准日前已完成整改”更正。"


class StillShutDown(Refusal):
    """A close-out of the last problem of a lift that is still shut down by order."""

    code = "still_shut_down"
    status = 409
    sentence = "该电梯仍在依法封停（决定书 {order_number}），须先启封，再销号。"


class NotLater(Refusal):
    """A new deadline that does not come after what it is to replace."""

    code = "not_later"
    sentence = "{what} {on} 应晚于 {after}。"


def order_stop_use(problem_id: UUID, *, reason: str, at: datetime, by: Actor) -> Problem:
    """Order a lift out of use at once; the written instruction may follow.

    An order to the unit, not a seal: it moves no cell.
    Source: the 2017 notice, part 1, item 1 (对发现的新问题要责令停用); 总局令第57号 art. 23 (urgent: act first).
    """
    changes = {"stop_use": True}
    return _step(problem_id, Action.STOP_USE, Permission.HAZARD_ORDER, changes, at=at, by=by, reason=_needed(reason))


def begin(problem_id: UUID, *, contractor: str = "", at: datetime, by: Actor) -> Problem:
    """Record that rectification is contracted or begun.

    Raises:
        NotFound, NotYours, ActionNotAllowed, OutOfOrder, NotYet.

    """
    changes = {"begun_at": at, "contractor": tidied(contractor)}
    return _step(problem_id, Action.BEGIN, Permission.HAZARD_RECTIFY, changes, at=at, by=by)


def certify(problem_id: UUID, *, certificate_no: str, at: datetime, by: Actor) -> Problem:
    """Record the supervision-inspection certificate of an alteration or major repair."""
    if not tidied(certificate_no):
        raise BadInput(field="证书编号", reason="不能为空")
    changes = {"certificate_no": tidied(certificate_no)}
    return _step(problem_id, Action.CERTIFY, Permission.HAZARD_RECTIFY, changes, at=at, by=by)


@transaction.atomic
def report(problem_id: UUID, *, text: str, at: datetime, by: Actor) -> Problem:
    """File the use unit's rectification report; the re-check is due within 10 working days.

    Source: 总局令第57号 art. 29.
    """
    if not tidied(text):
        raise BadInput(field="整改报告", reason="请写明整改了什么、怎样整改的")
    problem = queries.problem_to_change(problem_id, by=by)
    days = rules.programmes()[problem.file.programme].recheck_working_days
    changes: dict[str, Any] = {
        "reported_at": at,
        "recheck_due_on": workdays_after(day_in_shanghai(at), days),
        "next_try_on": None,
    }
    if problem.begun_at is None:
        changes["begun_at"] = at
    return _step(problem_id, Action.REPORT, Permission.HAZARD_RECTIFY, changes, at=at, by=by, reason=text)


@transaction.atomic
def pass_recheck(problem_id: UUID, *, note: str = "", at: datetime, by: Actor) -> Problem:
    """Record a re-check that found the problem gone.

    Raises:
        NoCertificate: if an alteration or major repair has no certificate on file.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    by.must(Permission.HAZARD_RECHECK, at=problem.division_code)
    if problem.needs_certificate and not problem.certificate_no:
        raise NoCertificate
    changes = {"passed_at": at, "passed_by": by.person_id, "next_try_on": None}
    return _step(problem_id, Action.PASS, Permission.HAZARD_RECHECK, changes, at=at, by=by, reason=note)


def fail_recheck(problem_id: UUID, *, reason: str, deadline_on: date, at: datetime, by: Actor) -> Problem:
    """Record a re-check that found the problem still there, with a new deadline."""
    _refuse_past(deadline_on, at)
    changes = {"recheck_due_on": None, "deadline_on": deadline_on, "next_try_on": None}
    return _step(problem_id, Action.FAIL, Permission.HAZARD_RECHECK, changes, at=at, by=by, reason=_needed(reason))


def send_back(problem_id: UUID, *, reason: str, deadline_on: date, at: datetime, by: Actor) -> Problem:
    """Refuse a close-out and send the problem back to rectification."""
    _refuse_past(deadline_on, at)
    changes = {"passed_at": None, "passed_by": None, "recheck_due_on": None, "deadline_on": deadline_on}
    return _step(problem_id, Action.SEND_BACK, Permission.HAZARD_CLOSE, changes, at=at, by=by, reason=_needed(reason))


@transaction.atomic
def close(problem_id: UUID, *, at: datetime, by: Actor) -> Problem:
    """Close one problem out (销号); the observation period of its file starts when the last one closes.

    Source: the 2017 notice, part 1, item 2.

    Raises:
        SamePerson: if `by` is who re-checked.
        NoEvidence: if there is no evidence from before and after.
        ClosedBeforeBaseline: if the date would take the lift out of A.
        StillShutDown: if it is the last problem of a lift still shut down: it must be seen running.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    by.must(Permission.HAZARD_CLOSE, at=problem.division_code)
    PROBLEM.after(State(problem.state), Action.CLOSE)
    if problem.passed_by == by.person_id:
        raise SamePerson
    _refuse_before_baseline(problem, at)
    _refuse_while_shut_down(problem)
    _refuse_without(problem, EvidenceKind.BEFORE, EvidenceKind.AFTER, action="销号")
    changes = {"ended_at": at, "ended_by": by.post_id, "way": str(Way.RECTIFIED)}
    return _step(problem_id, Action.CLOSE, Permission.HAZARD_CLOSE, changes, at=at, by=by)


@transaction.atomic
def close_as_dismantled(problem_id: UUID, *, at: datetime, by: Actor) -> Problem:
    """Close one problem because its lift is dismantled and deregistered; counts in B or G, shown apart.

    With the last one a shut-down ends too: there is nothing left to keep shut.

    Raises:
        StillRegistered: if the registry does not have the lift as dismantled.
        NoEvidence: if no deregistration document is kept.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    by.must(Permission.HAZARD_CLOSE, at=problem.division_code)
    PROBLEM.after(State(problem.state), Action.DISMANTLE)
    lift = registry.lift(problem.lift_id, by=by)
    if lift.use_state != UseState.DISMANTLED:
        raise StillRegistered(state=UseState(lift.use_state).label)
    _refuse_before_baseline(problem, at)
    _refuse_without(problem, EvidenceKind.DEREGISTRATION, action="销号")
    changes = {"ended_at": at, "ended_by": by.post_id, "way": str(Way.DISMANTLED)}
    closed = _step(problem_id, Action.DISMANTLE, Permission.HAZARD_CLOSE, changes, at=at, by=by)
    if not _others_open(closed):
        shut_downs.end_with_lift(closed.file, at=at, by=by)
    return closed


@transaction.atomic
def note_no_access(problem_id: UUID, *, note: str, at: datetime, by: Actor) -> Problem:
    """Record that the officers could not get in; the next try has its own clock."""
    return _try_again(problem_id, Action.NO_ACCESS, "no_access_days", note, at=at, by=by)


@transaction.atomic
def note_nobody_to_serve(problem_id: UUID, *, note: str, at: datetime, by: Actor) -> Problem:
    """Record a 三无 lift with nobody to serve; reporting to local government has its own clock."""
    return _try_again(problem_id, Action.NOBODY_TO_SERVE, "nobody_to_serve_days", note, at=at, by=by)


@transaction.atomic
def _try_again(problem_id: UUID, action: Action, clock: str, note: str, *, at: datetime, by: Actor) -> Problem:
    problem = queries.problem_to_change(problem_id, by=by)
    days = getattr(rules.programmes()[problem.file.programme], clock)
    changes = {"next_try_on": day_in_shanghai(at) + timedelta(days=days)}
    return _step(problem_id, action, Permission.HAZARD_ORDER, changes, at=at, by=by, reason=_needed(note))


def refer_for_penalty(problem_id: UUID, *, reason: str, at: datetime, by: Actor) -> Problem:
    """Record a referral for penalty."""
    return _step(problem_id, Action.REFER, Permission.HAZARD_ORDER, {}, at=at, by=by, reason=_needed(reason))


@transaction.atomic
def ask_extension(problem_id: UUID, *, to_on: date, reason: str, at: datetime, by: Actor) -> Problem:
    """Ask for a later deadline; the use unit does.

    Raises:
        NotLater: if it is no later than the present one.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    _refuse_not_later(to_on, problem, what="申请延至")
    changes = {"extension_asked_to": to_on}
    permission = Permission.HAZARD_ACKNOWLEDGE
    return _step(problem_id, Action.REQUEST_EXTENSION, permission, changes, at=at, by=by, reason=_needed(reason))


@transaction.atomic
def extend(problem_id: UUID, *, deadline_on: date, reason: str, at: datetime, by: Actor) -> Problem:
    """Grant a later deadline, with the reason; asked for or not.

    Raises:
        NotLater: if it is no later than the present one.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    _refuse_not_later(deadline_on, problem, what="新的整改期限")
    changes = {"deadline_on": deadline_on, "extension_asked_to": None}
    return _step(problem_id, Action.EXTEND, Permission.HAZARD_ORDER, changes, at=at, by=by, reason=_needed(reason))


@transaction.atomic
def withdraw(problem_id: UUID, *, reason: str, at: datetime, by: Actor) -> Problem:
    """Take back a problem filed in error; where it is the file's only one, the file is to be corrected instead.

    Raises:
        BadInput: if nothing would be left of what the file stands on: in A, a problem open on the baseline day.

    """
    problem = queries.problem_to_change(problem_id, by=by)
    by.must(Permission.HAZARD_CORRECT, at=problem.division_code)
    PROBLEM.after(State(problem.state), Action.WITHDRAW)
    others = [p for p in queries.problems_in(problem.file) if p.pk != problem.pk and p.state != State.WITHDRAWN]
    if not others:
        raise BadInput(field="隐患", reason="这是档案中唯一的隐患，请对整个档案办理更正")
    if not _is_of_baseline_without(problem):
        raise BadInput(field="隐患", reason="其余隐患都不是基准日遗留的，请对整个档案办理更正")
    changes = {"ended_at": at, "ended_by": by.post_id}
    return _step(problem_id, Action.WITHDRAW, Permission.HAZARD_CORRECT, changes, at=at, by=by, reason=_needed(reason))


@transaction.atomic
def _step(
    problem_id: UUID,
    action: Action,
    permission: Permission,
    changes: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> Problem:
    problem = queries.problem_to_change(problem_id, by=by)
    return step(problem, action, permission, changes, at=at, by=by, reason=reason)


def step(
    problem: Problem,
    action: Action,
    permission: Permission,
    changes: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> Problem:
    """Take a locked problem one step: who, when, change, record, settle its file."""
    by.must(permission, at=problem.division_code)
    state = PROBLEM.after(State(problem.state), action)
    refuse_future(at, by=by)
    if at < problem.last_step_at:
        raise OutOfOrder(at=_said(at), before=_said(problem.last_step_at))
    about = About("lift", problem.lift_id)
    journal.change(
        problem,
        {"state": str(state), "last_step_at": at, **changes},
        f"hazard.{action}",
        division=problem.division_code,
        by=by.hand,
        at=at,
        about=about,
        reason=tidied(reason),
    )
    ledger.settle(problem.file, "hazard.file-settled", by=by.hand, at=at)
    return problem


def _needed(text: str) -> str:
    if not tidied(text):
        raise BadInput(field="说明", reason="请写明理由")
    return text


def _said(moment: datetime) -> str:
    return day_in_shanghai(moment).isoformat()


def _refuse_without(problem: Problem, *kinds: EvidenceKind, action: str) -> None:
    kept = {e.kind for e in Evidence.objects.filter(problem=problem)}
    missing = [kind.label for kind in kinds if kind not in kept and EvidenceKind.LEDGER not in kept]
    if missing:
        raise NoEvidence(missing="、".join(missing), action=action)


def _refuse_before_baseline(problem: Problem, at: datetime) -> None:
    """Refuse an end that would leave an A-file with nothing open on the baseline day."""
    programme = rules.programmes()[problem.file.programme]
    if day_in_shanghai(at) <= programme.baseline_on and not _is_of_baseline_without(problem):
        raise ClosedBeforeBaseline(on=_said(at), baseline_on=programme.baseline_on.isoformat())


def _is_of_baseline_without(problem: Problem) -> bool:
    """Whether a file would still rightly be in its cohort without one of its problems."""
    if problem.file.cohort != Cohort.BASELINE:
        return True
    known = ledger.facts(problem.file)
    rest = [p for p in queries.problems_in(problem.file) if p.pk != problem.pk]
    facts = replace(known, problems=tuple(ledger.problem_facts(p) for p in rest))
    return facts.is_unfinished_at_baseline(rules.programmes()[problem.file.programme])


def _others_open(problem: Problem) -> bool:
    return any(p.pk != problem.pk and p.state in queries.OPEN_STATES for p in queries.problems_in(problem.file))


def _refuse_while_shut_down(problem: Problem) -> None:
    row = queries.live_shut_down(problem.file)
    if row is not None and not _others_open(problem):
        raise StillShutDown(order_number=row.order_number)


def _refuse_past(deadline_on: date, at: datetime) -> None:
    if deadline_on < day_in_shanghai(at):
        raise BadInput(field="新的整改期限", reason="不能早于办理日期")


def _refuse_not_later(on: date, problem: Problem, *, what: str) -> None:
    if problem.deadline_on is not None and on <= problem.deadline_on:
        raise NotLater(what=what, on=on.isoformat(), after=problem.deadline_on.isoformat())
