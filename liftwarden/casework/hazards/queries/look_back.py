"""Look-back plans, their visits, how far they have come, and how much of the frame has been visited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.lifecycles import VisitState
from liftwarden.casework.hazards.models import GuaranteePeriod, LookBackPlan, LookBackVisit, ProblemFile
from liftwarden.casework.hazards.rules import Cell
from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.rules import UseState
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai, start_of_day
from liftwarden.kernel.refusals import NotFound

# Filed and, as far as is known, put right: what a look-back looks at.
LOOKED_AT = (Cell.FRAME, Cell.B, Cell.G)
UNVISITED = (VisitState.PLANNED, VisitState.NO_ACCESS)
# Where a lift has several files, a visit is told of the first of these.
PRECEDENCE = {str(Cell.B): 0, str(Cell.G): 1, str(Cell.FRAME): 2}
CHUNK = 500


def plans(by: Actor) -> "QuerySet[LookBackPlan]":
    """Give the plans an official may see, the newest first."""
    if by.role.side != "division" or not by.may(Permission.HAZARD_READ):
        return LookBackPlan.objects.none()
    return LookBackPlan.objects.filter(division_code__in=by.codes).order_by("-from_on", "-id")


def plan(plan_id: UUID, *, by: Actor) -> LookBackPlan:
    """Give one plan.

    Raises:
        NotFound: if there is none within reach.

    """
    found = plans(by).filter(pk=plan_id).first()
    if found is None:
        raise NotFound(what="回头看计划")
    return found


def visits(by: Actor) -> "QuerySet[LookBackVisit]":
    """Give the visits within an official's reach, the most pressing first; a district sees its own of a city's plan."""
    if by.role.side != "division" or not by.may(Permission.HAZARD_READ):
        return LookBackVisit.objects.none()
    return LookBackVisit.objects.filter(division_code__in=by.codes).order_by("due_on", "division_code", "id")


def visit(visit_id: UUID, *, by: Actor) -> LookBackVisit:
    """Give one visit with its plan.

    Raises:
        NotFound: if there is none within reach.

    """
    found = visits(by).select_related("plan").filter(pk=visit_id).first()
    if found is None:
        raise NotFound(what="回头看检查")
    return found


def visit_to_change(visit_id: UUID, *, by: Actor) -> LookBackVisit:
    """Give one visit, locked."""
    list(visits(by).select_for_update(of=("self",)).filter(pk=visit_id))
    return visit(visit_id, by=by)


@dataclass(frozen=True)
class Filed:
    """One lift of the frame and the file a visit would be told of."""

    lift_id: UUID
    file_id: UUID
    division: str


def filed_lifts(division: str, scope: PlaceScope, *, by: Actor) -> tuple[Filed, ...]:
    """List the filed lifts of a division that a look-back may draw from, in order of key.

    The frame of 2015-16 and every A- or F-lift that is closed, without those dismantled.
    """
    standing = registry.visible(by).exclude(use_state=UseState.DISMANTLED)
    if scope is not PlaceScope.ALL:
        standing = standing.filter(place__in=_places(scope))
    rows = ProblemFile.objects.filter(
        division_code__in=divisions.tree().below(division) & by.codes,
        cell__in=LOOKED_AT,
        corrected_at__isnull=True,
        lift_id__in=standing.values("pk"),
    ).values_list("lift_id", "id", "division_code", "cell")
    best: dict[UUID, tuple[int, UUID, str]] = {}
    for lift_id, file_id, code, cell in rows.iterator():
        told = (PRECEDENCE[cell], file_id, code)
        best[lift_id] = min(best.get(lift_id, told), told)
    return tuple(Filed(lift_id, file_id, code) for lift_id, (_, file_id, code) in sorted(best.items()))


def _places(scope: PlaceScope) -> list[str]:
    wanted = {PlaceScope.PUBLIC: "public", PlaceScope.CROWDED: "crowded"}[scope]
    return [code for code, place in catalogue.places().items() if getattr(place, wanted)]


@dataclass(frozen=True)
class Progress:
    """How far a plan has come; the states add up to `drawn`."""

    drawn: int
    states: dict[str, int]
    overdue: int

    @property
    def done(self) -> int:
        """How many have been visited with a result."""
        return self.drawn - sum(self.states[state] for state in UNVISITED)


def progress(plan_ids: Iterable[UUID], *, on: date) -> dict[UUID, Progress]:
    """Tell how far some plans, already within reach, have come by a day."""
    late = Count("pk", filter=Q(state__in=UNVISITED, due_on__lt=on))
    rows = LookBackVisit.objects.filter(plan_id__in=list(plan_ids)).order_by().values("plan_id", "state")
    found: dict[UUID, Progress] = {}
    for plan_id, state, number, overdue in rows.annotate(n=Count("pk"), late=late).values_list(
        "plan_id", "state", "n", "late"
    ):
        before = found.get(plan_id, Progress(0, dict.fromkeys(VisitState.values(), 0), 0))
        states = {**before.states, state: number}
        found[plan_id] = Progress(before.drawn + number, states, before.overdue + overdue)
    return found


@dataclass(frozen=True)
class Coverage:
    """How much of the look-back frame of a division has been visited with a result since a day."""

    division: str
    frame: int
    visited: int
    never: tuple[UUID, ...]


def coverage(division: str, *, since: date, by: Actor, listed: int = 100) -> Coverage:
    """Tell how many filed lifts have been visited since a day, and name some that have not.

    "Visited" is a lift with at least one visit that ended in a result (no problem, recurrence, new problem); a visit
    without access is not one.
    """
    frame = [one.lift_id for one in filed_lifts(division, PlaceScope.ALL, by=by)]
    # A lift in which the look-back found something is open again and has left the frame; it was visited all the same.
    seen = set(
        LookBackVisit.objects.filter(
            division_code__in=divisions.tree().below(division) & by.codes, visited_at__gte=start_of_day(since)
        )
        .exclude(state__in=UNVISITED)
        .values_list("lift_id", flat=True)
    )
    whole = set(frame) | seen
    never = [lift_id for lift_id in frame if lift_id not in seen]
    return Coverage(division, len(whole), len(seen), tuple(never[:listed]))


def last_visits(lift_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Tell on which day some lifts, already within reach, were last visited with a result."""
    rows = LookBackVisit.objects.filter(lift_id__in=list(lift_ids)).exclude(state__in=UNVISITED)
    return {
        lift_id: day_in_shanghai(last)
        for lift_id, last in rows.order_by().values("lift_id").annotate(n=Max("visited_at")).values_list("lift_id", "n")
    }


def guarantee_periods(by: Actor) -> "QuerySet[GuaranteePeriod]":
    """Give the guarantee periods that bear on an official's divisions: those in reach and those of divisions above."""
    if by.role.side != "division":
        return GuaranteePeriod.objects.none()
    codes = by.codes | set(divisions.tree().path(by.division))
    return GuaranteePeriod.objects.filter(division_code__in=codes).order_by("-from_on", "id")


def guarantee_to_change(period_id: UUID, *, by: Actor) -> GuaranteePeriod:
    """Give one guarantee period of the actor's own divisions, locked.

    Raises:
        NotFound: if there is none within reach.

    """
    rows = GuaranteePeriod.objects.select_for_update(of=("self",)).filter(division_code__in=by.codes)
    found = rows.filter(pk=period_id).first()
    if found is None:
        raise NotFound(what="保障时段")
    return found
