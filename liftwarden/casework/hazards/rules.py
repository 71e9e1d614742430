"""Decides which cohort a problem belongs to and which class a file is in, at any moment; pure.

Source: the 2017 notice, part 1 and annex with its notes; `docs/decisions/0002-the-annex-counts-lifts.md`.
"""

import calendar
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

from liftwarden.casework.hazards.deadlines import Tightening
from liftwarden.casework.hazards.overdue import Pace
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.periods import SHANGHAI, Period, day_in_shanghai
from liftwarden.kernel.refusals import Refusal

INSTANT = timedelta(microseconds=1)


class Cohort(Choice):
    """Which count a problem-lift file belongs to."""

    BASELINE = "A", "截至基准日未完成整改（A）"
    FRAME = "frame", "已建档并按期完成（回头看对象）"
    FOUND = "F", "“回头看”新发现（F）"


class Cell(Choice):
    """The one class of a file; letters are the annex's."""

    B = "B", "已完成整改"
    C = "C", "正在整改中"
    D = "D", "依法封停"
    E = "E", "继续挂牌督办"
    G = "G", "已完成整改"
    H = "H", "正在整改中"
    I = "I", "依法封停"  # noqa: E741  (the annex's letter)
    FRAME = "-", "回头看对象，不入格"
    OUT = "X", "已更正，不计"


BASELINE_CELLS = (Cell.B, Cell.C, Cell.D, Cell.E)
FOUND_CELLS = (Cell.G, Cell.H, Cell.I)


class Way(Choice):
    """How a problem was closed."""

    RECTIFIED = "rectified", "整改销号"
    DISMANTLED = "dismantled", "拆除注销"


class CorrectionKind(Choice):
    """Why a file leaves, or a count changes, other than by work done."""

    DUPLICATE = "duplicate", "重复建档"
    TRANSFER = "transfer", "区划间移交"
    NEVER_A_LIFT = "never_a_lift", "不属于电梯"
    DONE_BEFORE = "done_before", "基准日前已完成整改"
    ADDED = "added", "基准漏报，补录"
    JOINED = "joined", "并入攻坚基本数档案"


class BeforeTheCampaign(Refusal):
    """A finding from before any campaign that the programme looks back on."""

    code = "before_the_campaign"
    sentence = "发现日期 {found_on} 早于 {frame_from}，不在“{programme}”的建档范围内。"


class NotInTheFrame(Refusal):
    """A file said to be completed by the baseline day whose dates say otherwise."""

    code = "not_in_the_frame"
    sentence = "{what} {on} 晚于基准日 {baseline_on}，不属于“已建档并按期完成”的回头看对象；请按隐患登记。"


ALWAYS = "always"
CONDITIONS = frozenset({"corrected", "closed", "shut_down", "begun", "listed", ALWAYS})


@dataclass(frozen=True)
class ClassRule:
    """One line of the class function: when it holds, the cell in A and in F."""

    when: str
    baseline: Cell
    found: Cell
    label: str


@dataclass(frozen=True)
class Programme:
    """A campaign's dates, clocks and class function, as data."""

    code: str
    label: str
    source: str
    frame_from: date
    baseline_on: date
    observation_months: int
    recheck_working_days: int
    seal_days: int
    no_access_days: int
    nobody_to_serve_days: int
    seal_warning_days: int
    rise_days: int
    rise_levels: int
    tightenings: tuple[Tightening, ...]
    classes: tuple[ClassRule, ...]

    @property
    def pace(self) -> Pace:
        """How fast and how high what is overdue rises."""
        return Pace(self.rise_days, self.rise_levels, self.seal_warning_days)


@cache
def programmes() -> dict[str, Programme]:
    """Read the programmes that come with the product."""
    text = (files("liftwarden.casework.hazards") / "data" / "programmes.toml").read_text(encoding="utf-8")
    return {code: _programme(code, told) for code, told in tomllib.loads(text).items()}


def _programme(code: str, told: dict[str, object]) -> Programme:
    kept = {n: told[n] for n in Programme.__dataclass_fields__ if n not in ("code", "classes", "tightenings")}
    rules = tuple(
        ClassRule(rule["when"], Cell(rule["baseline"]), Cell(rule["found"]), rule["label"])
        for rule in told["classes"]  # type: ignore[attr-defined]
    )
    # The last rule holds always and every condition is one we know: so the class function is total.
    if rules[-1].when != ALWAYS or not {rule.when for rule in rules} <= CONDITIONS:
        raise LookupError(f"programme {code}: its classes are no total function")
    tight = tuple(Tightening.told(one) for one in told["tightenings"])  # type: ignore[attr-defined]
    return Programme(code=code, classes=rules, tightenings=tight, **kept)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ProblemFacts:
    """The moments of one problem that decide the class of its file; `in_error` if it was withdrawn, not closed."""

    cause: str
    found_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    in_error: bool = False
    way: str = ""

    def is_open(self, at: datetime) -> bool:
        """Whether it was found and not yet closed or withdrawn."""
        return self.found_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True)
class Span:
    """From a moment (included) to a moment (excluded, or none)."""

    from_at: datetime
    to_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether it was in force."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


@dataclass(frozen=True)
class Move:
    """A file's coming under a division."""

    at: datetime
    division: str


@dataclass(frozen=True)
class FileFacts:
    """Everything about one (lift, cohort) that decides its class: value in, class out."""

    cohort: Cohort
    problems: tuple[ProblemFacts, ...]
    shut_downs: tuple[Span, ...] = ()
    listings: tuple[Span, ...] = ()
    divisions: tuple[Move, ...] = ()
    corrected_at: datetime | None = None
    # While an earlier file of the lift and cohort, since corrected away, was counted: one lift has one cell.
    covered: tuple[Span, ...] = ()

    @property
    def begins_at(self) -> datetime:
        """The moment its first problem was found; of a file whose problems have gone elsewhere, its first placing."""
        return min(p.found_at for p in self.problems) if self.problems else self.divisions[0].at

    def is_open(self, at: datetime) -> bool:
        """Whether any problem in it was open."""
        return any(problem.is_open(at) for problem in self.problems)

    def is_unfinished_at_baseline(self, programme: "Programme") -> bool:
        """Whether a problem that was rightly filed was open as the baseline day ended: what makes a lift one of A."""
        last = Period.of(programme.baseline_on).cut_off - INSTANT
        return any(problem.is_open(last) and not problem.in_error for problem in self.problems)

    def causes_seen(self, before: datetime) -> frozenset[str]:
        """List the causes of problems closed at or before a moment; one filed in error was none."""
        return frozenset(
            p.cause for p in self.problems if p.ended_at is not None and p.ended_at <= before and not p.in_error
        )

    def last_end(self, before: datetime) -> datetime | None:
        """Tell the moment its last problem ended, at or before another moment."""
        ends = [p.ended_at for p in self.problems if p.ended_at is not None and p.ended_at <= before]
        return max(ends, default=None)


def rule_at(facts: FileFacts, at: datetime, programme: Programme) -> ClassRule:
    """Tell which line of the class function decides at a moment: the first that holds."""
    holding = {
        "corrected": (facts.corrected_at is not None and facts.corrected_at <= at)
        or any(span.holds(at) for span in facts.covered),
        "closed": not facts.is_open(at),
        "shut_down": any(span.holds(at) for span in facts.shut_downs),
        "begun": any(p.is_open(at) and p.begun_at is not None and p.begun_at <= at for p in facts.problems),
        "listed": any(span.holds(at) for span in facts.listings),
        ALWAYS: True,
    }
    return next(rule for rule in programme.classes if holding[rule.when])


def cell_at(facts: FileFacts, at: datetime, programme: Programme) -> Cell:
    """Tell the one class of a file at a moment: a total function, the first rule that holds."""
    rule = rule_at(facts, at, programme)
    if facts.cohort is Cohort.FRAME:
        return rule.baseline if rule.baseline is Cell.OUT else Cell.FRAME
    return rule.baseline if facts.cohort is Cohort.BASELINE else rule.found


def way_at(facts: FileFacts, at: datetime) -> str:
    """Tell how a closed file came to be closed, so that dismantled lifts are shown apart; "" while it is open."""
    done = [
        (p.ended_at, p.way) for p in facts.problems if p.ended_at is not None and p.ended_at <= at and not p.in_error
    ]
    if facts.is_open(at) or not done:
        return ""
    last = max(ended for ended, _ in done)
    return str(Way.DISMANTLED if (last, Way.DISMANTLED) in done else Way.RECTIFIED)


@dataclass(frozen=True)
class Stands:
    """How a file stands at a moment: class, division and, once closed, how."""

    cell: str
    division: str
    way: str


def stands_at(facts: FileFacts, at: datetime, programme: Programme) -> Stands:
    """Tell how a file stands at a moment; one taken out of the count was closed in no way."""
    cell = cell_at(facts, at, programme)
    return Stands(str(cell), division_at(facts, at), "" if cell is Cell.OUT else way_at(facts, at))


def division_at(facts: FileFacts, at: datetime) -> str:
    """Tell under which division a file stood; before its first move, under the first."""
    moves = sorted(facts.divisions, key=lambda move: move.at)
    past = [move for move in moves if move.at <= at]
    return (past[-1] if past else moves[0]).division


def turning_points(facts: FileFacts) -> tuple[datetime, ...]:
    """List the moments at which the class or division of a file may change, in order, its beginning first."""
    moments: set[datetime] = {problem.found_at for problem in facts.problems}
    for problem in facts.problems:
        moments |= {moment for moment in (problem.begun_at, problem.ended_at) if moment is not None}
    for span in (*facts.shut_downs, *facts.listings, *facts.covered):
        moments |= {moment for moment in (span.from_at, span.to_at) if moment is not None}
    moments |= {move.at for move in facts.divisions}
    if facts.corrected_at is not None:
        moments.add(facts.corrected_at)
    begins = facts.begins_at
    return tuple(sorted({begins, *(moment for moment in moments if moment >= begins)}))


@dataclass(frozen=True)
class Placement:
    """Where a new problem goes: into a cohort's file, made or joined, and whether it is a recurrence (复发)."""

    cohort: Cohort
    recurrence: bool


def placement(*, found_at: datetime, cause: str, baseline: FileFacts | None, programme: Programme) -> Placement:
    """Decide the cohort of a newly found problem, from the facts of the lift's baseline file, if it has one.

    Found on or before the baseline day: A. Found later while the A-file is open: joins A. The same cause again inside
    the observation period of a closed A-file: recurrence, back into A. Anything else: F.

    Raises:
        BeforeTheCampaign: if it was found before the first campaign that the programme looks back on.

    """
    found_on = day_in_shanghai(found_at)
    _refuse_before_campaign(found_on, programme)
    if found_on <= programme.baseline_on:
        return Placement(Cohort.BASELINE, recurrence=False)
    if baseline is None or (baseline.corrected_at is not None and baseline.corrected_at <= found_at):
        return Placement(Cohort.FOUND, recurrence=False)
    if baseline.is_open(found_at):
        return Placement(Cohort.BASELINE, recurrence=False)
    ended = baseline.last_end(found_at)
    if ended is not None and cause in baseline.causes_seen(found_at) and found_at < observed_until(ended, programme):
        return Placement(Cohort.BASELINE, recurrence=True)
    return Placement(Cohort.FOUND, recurrence=False)


def refuse_outside_frame(*, found_at: datetime, completed_at: datetime, programme: Programme) -> None:
    """Refuse a look-back object (filed 2015-16 and completed by the baseline day) whose dates say otherwise.

    Raises:
        BeforeTheCampaign, NotInTheFrame.

    """
    _refuse_before_campaign(day_in_shanghai(found_at), programme)
    completed_on = day_in_shanghai(completed_at)
    if completed_on > programme.baseline_on:
        raise NotInTheFrame(what="完成日期", on=completed_on.isoformat(), baseline_on=programme.baseline_on.isoformat())


def _refuse_before_campaign(found_on: date, programme: Programme) -> None:
    if found_on < programme.frame_from:
        raise BeforeTheCampaign(
            found_on=found_on.isoformat(), frame_from=programme.frame_from.isoformat(), programme=programme.label
        )


def observed_until(closed_at: datetime, programme: Programme) -> datetime:
    """Tell when the observation period of a closed file ends: so many months later, at the same hour."""
    local = closed_at.astimezone(SHANGHAI)
    index = local.year * 12 + local.month - 1 + programme.observation_months
    year, month = index // 12, index % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))


def tally(cells: Iterable[tuple[Cell, int]]) -> dict[str, int]:
    """Add up classes into the annex's letters; A and F are sums, so both identities hold by construction."""
    counted = {str(cell): 0 for cell in (*BASELINE_CELLS, *FOUND_CELLS)}
    for cell, number in cells:
        if str(cell) in counted:
            counted[str(cell)] += number
    counted["A"] = sum(counted[str(cell)] for cell in BASELINE_CELLS)
    counted["F"] = sum(counted[str(cell)] for cell in FOUND_CELLS)
    return counted
