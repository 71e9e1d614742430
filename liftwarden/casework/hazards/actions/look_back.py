"""Look-back (回头看): guarantee periods, plans that sample or sweep the filed lifts, and their visits."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import drawing, ledger, queries, rules
from liftwarden.casework.hazards.actions.opening import PROGRAMME, Finding, open_problem, refuse_future
from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.lifecycles import VISIT, VisitAction, VisitState
from liftwarden.casework.hazards.models import GuaranteePeriod, LookBackPlan, LookBackVisit
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied


class NothingToDraw(Refusal):
    """A plan over a division without filed lifts."""

    code = "nothing_to_draw"
    status = 409
    sentence = "{division}没有符合范围（{scope}）的建档问题电梯，无法制定回头看计划。"


class AlreadyRevoked(Refusal):
    """A guarantee period revoked twice."""

    code = "already_revoked"
    status = 409
    sentence = "保障时段“{name}”已撤销。"


class BeforeItsPlan(Refusal):
    """A visit dated before its plan began."""

    code = "before_its_plan"
    status = 409
    sentence = "检查时间 {at} 早于计划开始日 {from_on}。"


@dataclass(frozen=True)
class Plan:
    """What a look-back plan is to be: where, which places, when, and whether a guarantee period hastens it."""

    division: str
    name: str
    from_on: date
    to_on: date
    scope: PlaceScope = PlaceScope.ALL
    guarantee: UUID | None = None


@transaction.atomic
def declare_guarantee_period(
    division: str, *, name: str, from_on: date, to_on: date, source: str, at: datetime, by: Actor
) -> GuaranteePeriod:
    """Declare a guarantee period (重大活动保障时段) for a division and all below it, first and last day included.

    Source: the 2017 notice, part 1, item 1 (结合日常监管与重点时段安全检查组织“回头看”).

    Raises:
        NotYours, UnknownDivision, NotYet: as for any step.
        BadInput: if it has no name or source, or ends before it begins.

    """
    by.must(Permission.HAZARD_PLAN, at=division)
    refuse_future(at, by=by)
    divisions.tree().at(division, on=from_on)
    for text, field in ((name, "时段名称"), (source, "依据")):
        if not tidied(text):
            raise BadInput(field=field, reason="不能为空")
    if to_on < from_on:
        raise BadInput(field="截止日", reason="不能早于起始日")
    row = GuaranteePeriod(
        division_code=division,
        name=tidied(name),
        from_on=from_on,
        to_on=to_on,
        source=tidied(source),
        declared_at=at,
        declared_by=by.post_id,
    )
    return journal.create(row, "guarantee-period.declared", division=division, by=by.hand, at=at)


@transaction.atomic
def revoke_guarantee_period(period_id: UUID, *, reason: str, at: datetime, by: Actor) -> GuaranteePeriod:
    """Take a guarantee period back, with the reason; deadlines are no longer tightened by it.

    Raises:
        NotFound, NotYours, NotYet, AlreadyRevoked, BadInput.

    """
    row = queries.guarantee_to_change(period_id, by=by)
    by.must(Permission.HAZARD_PLAN, at=row.division_code)
    refuse_future(at, by=by)
    if row.revoked_at is not None:
        raise AlreadyRevoked(name=row.name)
    if not tidied(reason):
        raise BadInput(field="理由", reason="不能为空")
    changes = {"revoked_at": at, "revoked_reason": tidied(reason)}
    return journal.change(
        row,
        changes,
        "guarantee-period.revoked",
        division=row.division_code,
        by=by.hand,
        at=at,
        reason=tidied(reason),
    )


def plan_sweep(plan: Plan, *, at: datetime, by: Actor) -> LookBackPlan:
    """Plan to visit every filed lift of a division (普查).

    Raises:
        NotYours, NotFound, NotYet, BadInput, NothingToDraw.

    """
    return _planned(plan, None, None, at=at, by=by)


def plan_sample(plan: Plan, *, seed: int, size: int, at: datetime, by: Actor) -> LookBackPlan:
    """Plan to visit a sample of so many filed lifts (抽查); the same seed over the same lifts draws the same ones.

    Raises:
        NotYours, NotFound, NotYet, BadInput, NothingToDraw.

    """
    if size < 1:
        raise BadInput(field="抽查台数", reason="至少 1 台")
    return _planned(plan, seed, size, at=at, by=by)


def plan_share(plan: Plan, *, seed: int, share: Decimal, at: datetime, by: Actor) -> LookBackPlan:
    """Plan to visit a share (0 to 1, rounded up to whole lifts) of the filed lifts.

    Raises:
        NotYours, NotFound, NotYet, BadInput, NothingToDraw.

    """
    if not 0 < share <= 1:
        raise BadInput(field="抽查比例", reason="应大于 0、不超过 1")
    return _planned(plan, seed, share, at=at, by=by)


@transaction.atomic
def _planned(plan: Plan, seed: int | None, wanted: int | Decimal | None, *, at: datetime, by: Actor) -> LookBackPlan:
    by.must(Permission.HAZARD_PLAN, at=plan.division)
    refuse_future(at, by=by)
    if not tidied(plan.name):
        raise BadInput(field="计划名称", reason="不能为空")
    if plan.to_on < plan.from_on:
        raise BadInput(field="截止日", reason="不能早于起始日")
    due_on = _due_on(plan, by=by)
    frame = {one.lift_id: one for one in queries.filed_lifts(plan.division, plan.scope, by=by)}
    if not frame:
        raise NothingToDraw(division=divisions.tree().full_name(plan.division), scope=plan.scope.label)
    size = drawing.size_of_share(len(frame), wanted) if isinstance(wanted, Decimal) else wanted
    chosen = tuple(frame) if seed is None or size is None else drawing.drawn(frame, seed=seed, size=size)
    row = LookBackPlan(
        programme=PROGRAMME,
        division_code=plan.division,
        name=tidied(plan.name),
        scope=str(plan.scope),
        from_on=plan.from_on,
        to_on=plan.to_on,
        due_on=due_on,
        guarantee_id=plan.guarantee,
        seed=seed,
        frame=len(frame),
        drawn=len(chosen),
        drawn_at=at,
        drawn_by=by.post_id,
    )
    journal.create(row, "look-back.planned", division=plan.division, by=by.hand, at=at)
    visits = [
        LookBackVisit(
            plan=row,
            file_id=frame[lift_id].file_id,
            lift_id=lift_id,
            division_code=frame[lift_id].division,
            due_on=due_on,
            state=str(VISIT.initial),
        )
        for lift_id in chosen
    ]
    journal.create_rows(visits, "look-back.drawn", by=by.hand, at=at)
    return row


def _due_on(plan: Plan, *, by: Actor) -> date:
    """Tell the last day for the visits: that of the plan, or the eve of the guarantee period that it prepares."""
    if plan.guarantee is None:
        return plan.to_on
    period = queries.guarantee_periods(by).filter(pk=plan.guarantee, revoked_at__isnull=True).first()
    if period is None:
        raise BadInput(field="保障时段", reason="没有这个时段，或者已撤销")
    eve = period.from_on - timedelta(days=1)
    if eve < plan.from_on:
        raise BadInput(field="保障时段", reason=f"计划须在“{period.name}”开始（{period.from_on.isoformat()}）之前开始")
    return min(plan.to_on, eve)


@transaction.atomic
def visit_found_nothing(visit_id: UUID, *, note: str = "", at: datetime, by: Actor) -> LookBackVisit:
    """Record that a look-back visit found nothing wrong.

    Raises:
        NotFound, NotYours, NotYet, ActionNotAllowed, BeforeItsPlan.

    """
    row = _visit(visit_id, at=at, by=by)
    return _visited(row, VisitAction.FIND_NOTHING, note, at=at, by=by)


@transaction.atomic
def visit_without_access(visit_id: UUID, *, note: str, at: datetime, by: Actor) -> LookBackVisit:
    """Record that the officers could not get in; the lift stays to be visited, within the days for a next try.

    Raises:
        NotFound, NotYours, NotYet, ActionNotAllowed, BeforeItsPlan, BadInput.

    """
    row = _visit(visit_id, at=at, by=by)
    if not tidied(note):
        raise BadInput(field="经过", reason="请写明何时到场、为何未能进入")
    days = rules.programmes()[row.plan.programme].no_access_days
    row = _visited(row, VisitAction.NO_ACCESS, note, at=at, by=by)
    again_on = min(day_in_shanghai(at) + timedelta(days=days), row.plan.due_on)
    if again_on == row.due_on:
        return row
    about = About("lift", row.lift_id)
    return journal.change(
        row, {"due_on": again_on}, "look-back.again", division=row.division_code, by=by.hand, at=at, about=about
    )


@transaction.atomic
def visit_found_problem(visit_id: UUID, finding: Finding, *, by: Actor) -> LookBackVisit:
    """Record what a look-back visit found, and open it as a problem; its cohort is decided as for any problem.

    Recurrence or new problem is not said but seen: a cause that a closed problem of this lift had is a recurrence.
    Source: the 2017 notice, part 1, item 1 (防止原有问题死灰复燃，同时对发现的新问题…).

    Raises:
        NotFound, NotYours, NotYet, ActionNotAllowed, BeforeItsPlan: as for any visit.
        BadInput and the refusals of `open_problem`.

    """
    at = finding.found_at
    # The lift is locked before what hangs on it, as in filing a problem.
    registry.to_change(queries.visit(visit_id, by=by).lift_id, by=by)
    row = _visit(visit_id, at=at, by=by)
    files = queries.files_of_lift(row.lift_id, by=by)
    seen = {cause for file in files for cause in ledger.facts(file).causes_seen(at)}
    action = VisitAction.FIND_SAME if finding.cause in seen else VisitAction.FIND_NEW
    VISIT.after(VisitState(row.state), action)
    problem = open_problem(row.lift_id, replace(finding, finder_name=finding.finder_name or row.plan.name), by=by)
    return _visited(row, action, finding.description, at=at, by=by, problem_id=problem.pk)


def _visit(visit_id: UUID, *, at: datetime, by: Actor) -> LookBackVisit:
    row = queries.visit_to_change(visit_id, by=by)
    by.must(Permission.HAZARD_RECHECK, at=row.division_code)
    refuse_future(at, by=by)
    if day_in_shanghai(at) < row.plan.from_on:
        raise BeforeItsPlan(at=day_in_shanghai(at).isoformat(), from_on=row.plan.from_on.isoformat())
    return row


def _visited(
    row: LookBackVisit, action: VisitAction, note: str, *, at: datetime, by: Actor, problem_id: UUID | None = None
) -> LookBackVisit:
    changes = {
        "state": str(VISIT.after(VisitState(row.state), action)),
        "tries": row.tries + 1,
        "visited_at": at,
        "visited_by": by.post_id,
        "note": tidied(note),
        "problem_id": problem_id,
    }
    about = About("lift", row.lift_id)
    return journal.change(
        row,
        changes,
        f"look-back.{action}",
        division=row.division_code,
        by=by.hand,
        at=at,
        about=about,
        reason=tidied(note),
    )
