"""The work list: open problems by the date that presses, filtered, ordered and counted in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Least

from liftwarden.casework.hazards.deadlines import Guarantee
from liftwarden.casework.hazards.lifecycles import Overlay, State
from liftwarden.casework.hazards.models import GuaranteePeriod, Problem
from liftwarden.casework.hazards.queries.files import OPEN_STATES, problems
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import start_of_day
from liftwarden.kernel.words import narrowed

NEVER = date.max
SOON_DAYS = 7
LIVE = (Overlay.ACTIVE, Overlay.ASKED)
WORDS = {
    State.FOUND: "下达监察指令书",
    State.ORDERED: "等待整改",
    State.RECTIFYING: "等待整改报告",
    State.REPORTED: "复查",
    State.PASSED: "销号",
}


@dataclass(frozen=True)
class WorkFilter:
    """Which open problems to show; what is left blank does not filter."""

    state: State | None = None
    overdue: bool = False
    due_within_days: int | None = None
    listed: bool = False
    shut_down: bool = False
    awaiting_decision: bool = False
    recurred: bool = False
    category: str = ""
    cohort: str = ""
    division: str = ""
    estate: str = ""
    text: str = ""


EVERYTHING = WorkFilter()
# A tile is its filter: the number it shows opens to the rows of that very filter.
TILES: dict[str, tuple[str, WorkFilter]] = {
    "open": ("未销号", EVERYTHING),
    "overdue": ("已逾期", WorkFilter(overdue=True)),
    "soon": (f"{SOON_DAYS} 日内到期", WorkFilter(due_within_days=SOON_DAYS)),
    "to_order": ("待下达指令", WorkFilter(state=State.FOUND)),
    "to_recheck": ("待复查", WorkFilter(state=State.REPORTED)),
    "to_close": ("待销号", WorkFilter(state=State.PASSED)),
    "awaiting": ("待审批申请", WorkFilter(awaiting_decision=True)),
    "listed": ("挂牌督办", WorkFilter(listed=True)),
    "shut_down": ("依法封停", WorkFilter(shut_down=True)),
}


@dataclass(frozen=True)
class Due:
    """One line of the work list: what is to be done, by when and why then, and how late it is on a day."""

    problem: Problem
    what: str
    due_on: date | None
    days_left: int | None
    why: str = ""


def worklist(by: Actor, *, on: date, limit: int = 200, only: WorkFilter = EVERYTHING, offset: int = 0) -> list[Due]:
    """List open problems by the date that presses most, undated ones last."""
    tight = guarantees_on(on)
    rows = _wanted(_open(by, tight), only, by=by, on=on).select_related("file")
    return [_due(row, tight, on) for row in rows.order_by("press_on", "found_at", "id")[offset : offset + limit]]


def work_count(by: Actor, *, on: date, only: WorkFilter = EVERYTHING) -> int:
    """Count what `worklist` would list without a limit."""
    return _wanted(_open(by, guarantees_on(on)), only, by=by, on=on).count()


def work_tiles(by: Actor, *, on: date) -> dict[str, int]:
    """Count every tile in one query."""
    rows = _open(by, guarantees_on(on))
    counts = {name: Count("pk", filter=_condition(only, on=on)) for name, (_, only) in TILES.items()}
    counted: dict[str, int] = rows.aggregate(**counts)
    return counted


def problems_of_estate(estate: str, *, by: Actor) -> list[Problem]:
    """List the open problems of one estate (小区或项目), for one instruction or one round sheet."""
    rows = problems(by).filter(state__in=OPEN_STATES, lift_id__in=_lifts(by).filter(estate=estate).values("pk"))
    return list(rows.select_related("file").order_by("lift_id", "found_at", "id"))


def estates_with_work(by: Actor, *, limit: int = 50) -> list[tuple[str, int]]:
    """List the estates that have open problems, those with the most first, with how many."""
    open_lifts = problems(by).filter(state__in=OPEN_STATES).order_by().values("lift_id").annotate(n=Count("pk"))
    counted = dict(open_lifts.values_list("lift_id", "n"))
    named = _lifts(by).filter(pk__in=problems(by).filter(state__in=OPEN_STATES).values("lift_id")).exclude(estate="")
    totals: dict[str, int] = {}
    for lift_id, estate in named.values_list("pk", "estate"):
        totals[estate] = totals.get(estate, 0) + counted[lift_id]
    return sorted(totals.items(), key=lambda told: (-told[1], told[0]))[:limit]


@dataclass(frozen=True)
class Tightened:
    """A guarantee period as the work list needs it."""

    period: Guarantee
    codes: frozenset[str]

    def holds(self, problem: Problem) -> bool:
        """Whether a problem's deadline must give way to the eve of this period."""
        return (
            problem.division_code in self.codes
            and problem.deadline_on is not None
            and problem.deadline_on >= self.period.from_on
            and problem.found_at < start_of_day(self.period.from_on)
        )


def guarantees_on(day: date) -> tuple[Tightened, ...]:
    """List the guarantee periods that are running on a day or still to come, soonest first."""
    rows = GuaranteePeriod.objects.filter(revoked_at__isnull=True, to_on__gte=day).order_by("from_on", "id")
    tree = divisions.tree()
    return tuple(Tightened(Guarantee(row.name, row.from_on, row.to_on), tree.below(row.division_code)) for row in rows)


def with_deadline(rows: "QuerySet[Problem]", tight: Sequence[Tightened]) -> "QuerySet[Any]":
    """Annotate problems with `tight_on`: the deadline, or the eve of a guarantee period that it would reach into."""
    eves = [
        When(
            Q(
                division_code__in=one.codes,
                deadline_on__gte=one.period.from_on,
                found_at__lt=start_of_day(one.period.from_on),
            ),
            then=Value(one.period.eve, DateField()),
        )
        for one in tight
    ]
    dated: QuerySet[Any] = rows.annotate(tight_on=Case(*eves, default=F("deadline_on"), output_field=DateField()))
    return dated


def with_press_on(rows: "QuerySet[Problem]", tight: Sequence[Tightened]) -> "QuerySet[Any]":
    """Annotate problems with `press_on`, the date that presses: the sooner of what their state waits for and next try.

    NEVER where nothing is dated.
    """
    by_state = Case(
        When(state__in=(State.REPORTED, State.PASSED), then=F("recheck_due_on")),
        default=F("tight_on"),
        output_field=DateField(),
    )
    # Least ignores nulls on PostgreSQL and not on SQLite: so there are none.
    never = Value(NEVER, DateField())
    pressing = Least(Coalesce(by_state, never), Coalesce(F("next_try_on"), never))
    dated: QuerySet[Any] = with_deadline(rows, tight).annotate(press_on=pressing)
    return dated


def _lifts(by: Actor) -> "QuerySet[Any]":
    return registry.visible(by)


def _open(by: Actor, tight: Sequence[Tightened]) -> "QuerySet[Any]":
    return with_press_on(problems(by).filter(state__in=OPEN_STATES), tight)


def _wanted(rows: "QuerySet[Any]", only: WorkFilter, *, by: Actor, on: date) -> "QuerySet[Any]":
    rows = rows.filter(_condition(only, on=on))
    if only.estate:
        rows = rows.filter(lift_id__in=_lifts(by).filter(estate=only.estate).values("pk"))
    if only.text.strip():
        rows = rows.filter(_said(only.text, by=by))
    return rows


def _condition(only: WorkFilter, *, on: date) -> Q:
    """Turn the plain part of a filter into a condition over annotated problems."""
    asked = Q(file__listing=Overlay.ASKED) | Q(file__shut_down=Overlay.ASKED) | Q(extension_asked_to__isnull=False)
    soon = on + timedelta(days=only.due_within_days or 0)
    parts = (
        (only.state is not None, Q(state=only.state)),
        (only.overdue, Q(press_on__lt=on)),
        (only.due_within_days is not None, Q(press_on__gte=on, press_on__lte=soon)),
        (only.listed, Q(file__listing__in=LIVE)),
        (only.shut_down, Q(file__shut_down__in=LIVE)),
        (only.awaiting_decision, asked),
        (only.recurred, Q(recurrence=True)),
        (only.category != "", Q(category=only.category)),
        (only.cohort != "", Q(file__cohort=only.cohort)),
        (only.division != "", Q(division_code__in=divisions.tree().below(only.division))),
    )
    wanted = Q()
    for asked_for, part in parts:
        if asked_for:
            wanted &= part
    # An empty condition inside Count would count nothing at all.
    return wanted or Q(pk__isnull=False)


def _said(text: str, *, by: Actor) -> Q:
    """Match every word in the description, or in a lift's numbers, address or estate."""
    words = text.split()
    told = Q()
    for word in words:
        told &= Q(description__contains=word)
    number = narrowed(text).upper()
    lifts = Q()
    for word in words:
        lifts &= Q(address__contains=word) | Q(estate__contains=word)
    for column in registry.NUMBERS:
        lifts |= Q(**{column: number})
    return told | Q(lift_id__in=_lifts(by).filter(lifts).values("pk"))


def _due(row: Problem, tight: Sequence[Tightened], on: date) -> Due:
    press_on: date = row.press_on  # type: ignore[attr-defined]
    what = WORDS[State(row.state)]
    if press_on == NEVER:
        return Due(row, what, None, None)
    return Due(row, what, press_on, (press_on - on).days, _why(row, tight, press_on))


def _why(row: Problem, tight: Sequence[Tightened], press_on: date) -> str:
    if press_on == row.next_try_on:
        return "再次上门"
    if row.state in (State.REPORTED, State.PASSED):
        return "复查时限"
    held = next((one.period for one in tight if one.holds(row)), None)
    return f"保障时段“{held.name}”前" if held is not None else "整改期限"
