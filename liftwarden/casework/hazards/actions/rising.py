"""What is overdue rises by itself: raised once for each level, settled when its cause is gone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from liftwarden.casework.hazards import queries, rules
from liftwarden.casework.hazards.actions.listings import escalate
from liftwarden.casework.hazards.actions.opening import PROGRAMME
from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import Listing, LookBackVisit, Problem, ProblemFile, Reminder, ShutDown
from liftwarden.casework.hazards.overdue import Pace, Rising, Settled, due_before, levels
from liftwarden.casework.hazards.rules import Cell
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Hand
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import SHANGHAI, day_in_shanghai
from liftwarden.kernel.refusals import Refusal

BATCH = 500


class NotByHand(Refusal):
    """A reminder of overdue work that someone would wave away."""

    code = "not_by_hand"
    status = 409
    sentence = "“{kind}”的提醒不能手工消除；办完相应事项后自动消除。"


@dataclass(frozen=True)
class Risen:
    """How many reminders one pass of the clock raised and settled, by kind; kinds without any are left out."""

    raised: Mapping[str, int]
    settled: Mapping[str, int]


@dataclass(frozen=True)
class _Cause:
    """One overdue thing: what, on which lift, where its level 0 sits, and since when."""

    subject_id: UUID
    lift_id: UUID
    seat: str
    due_on: date


@dataclass(frozen=True)
class _Now:
    at: datetime
    today: date
    pace: Pace

    @cached_property
    def too_high(self) -> tuple[list[str], ...]:
        """The divisions that have too few above them for each level: from there nothing rises so far."""
        tree = divisions.tree()
        heights = {code: len(tree.path(code)) for code in sorted({node.code for node in tree})}
        return tuple([c for c, height in heights.items() if height <= n] for n in range(self.pace.rise_levels + 1))


def raise_overdue(*, by: Hand, at: datetime) -> Risen:
    """Settle every reminder whose cause is gone, then raise what has become overdue, each in its own transaction.

    Any number of clocks may do this at once: a live reminder is one a subject and level by constraint, so each thing is
    raised, and each listing escalated, once.
    Source: the 2017 notice, part 1, item 2 (明确完成整改时间节点); 总局令第57号 art. 29 (re-check in 10 working days).
    """
    now = _Now(at, day_in_shanghai(at), rules.programmes()[PROGRAMME].pace)
    settled = {str(kind): _settle_gone(kind, now, by=by) for kind in Rising}
    raised = {str(kind): sum(_raise(kind, level, now, by=by) for level in levels(kind, now.pace)) for kind in Rising}
    return Risen({k: n for k, n in raised.items() if n}, {k: n for k, n in settled.items() if n})


@transaction.atomic
def see_reminder(reminder_id: UUID, *, at: datetime, by: Actor) -> Reminder:
    """Put a reminder to rest that asks for nothing but to be seen: an observation period that has ended.

    Raises:
        NotFound, NotYours: if it is out of reach.
        NotByHand: if it is about work that is overdue.

    """
    row = queries.reminder_to_change(reminder_id, by=by)
    by.must(Permission.HAZARD_RECHECK, at=row.to_division)
    if row.kind != Rising.OBSERVATION:
        raise NotByHand(kind=Rising(row.kind).label)
    return _settle(row, Settled.SEEN, by=by.hand, at=at)


def _rectification(now: _Now) -> "QuerySet[Any]":
    waiting = Problem.objects.filter(state__in=(State.ORDERED, State.RECTIFYING))
    dated = queries.with_deadline(waiting, queries.guarantees_on(now.today))
    causes: QuerySet[Any] = dated.annotate(due=F("tight_on"), seat=F("division_code"))
    return causes


def _recheck(now: _Now) -> "QuerySet[Any]":
    waiting = Problem.objects.filter(state__in=(State.REPORTED, State.PASSED))
    return waiting.annotate(due=F("recheck_due_on"), seat=F("division_code"))


def _listing(now: _Now) -> "QuerySet[Any]":
    live = Listing.objects.filter(delisted_at__isnull=True, file__corrected_at__isnull=True)
    unfinished = live.exclude(file__cell__in=(Cell.B, Cell.G))
    return unfinished.annotate(due=F("deadline_on"), seat=F("lister_division"))


def _live_shut_downs() -> "QuerySet[Any]":
    live = ShutDown.objects.filter(lifted_at__isnull=True, file__corrected_at__isnull=True)
    return live.annotate(due=F("expires_on"), seat=F("file__division_code"))


def _shut_down_near(now: _Now) -> "QuerySet[Any]":
    return _live_shut_downs().filter(expires_on__gte=now.today)


def _shut_down_over(now: _Now) -> "QuerySet[Any]":
    return _live_shut_downs().filter(expires_on__lt=now.today)


def _try_again(now: _Now) -> "QuerySet[Any]":
    waiting = Problem.objects.filter(state__in=queries.OPEN_STATES)
    return waiting.annotate(due=F("next_try_on"), seat=F("division_code"))


def _visit(now: _Now) -> "QuerySet[Any]":
    waiting = LookBackVisit.objects.filter(state__in=queries.UNVISITED)
    return waiting.annotate(due=F("due_on"), seat=F("division_code"))


def _observation(now: _Now) -> "QuerySet[Any]":
    """Give the files whose observation has lately ended; after so many days the reminder has had its time."""
    ended = ProblemFile.objects.filter(
        cell__in=(Cell.B, Cell.G),
        corrected_at__isnull=True,
        observed_until__lte=now.at,
        observed_until__gt=now.at - timedelta(days=now.pace.rise_days),
    )
    return ended.annotate(due=TruncDate("observed_until", tzinfo=SHANGHAI), seat=F("division_code"))


CAUSES: Mapping[Rising, Callable[[_Now], "QuerySet[Any]"]] = {
    Rising.RECTIFICATION: _rectification,
    Rising.RECHECK: _recheck,
    Rising.LISTING: _listing,
    Rising.SHUT_DOWN_NEAR: _shut_down_near,
    Rising.SHUT_DOWN_OVER: _shut_down_over,
    Rising.TRY_AGAIN: _try_again,
    Rising.VISIT: _visit,
    Rising.OBSERVATION: _observation,
}


def _settle_gone(kind: Rising, now: _Now, *, by: Hand) -> int:
    """Settle what is live though its cause is gone or now due on another day."""
    cause = CAUSES[kind](now).filter(pk=OuterRef("subject_id"), due=OuterRef("due_on"))
    gone = Reminder.objects.filter(kind=str(kind), settled_at__isnull=True).exclude(Exists(cause))
    return sum(_settle_one(pk, by=by, at=now.at) for pk in list(gone.values_list("pk", flat=True)))


@transaction.atomic
def _settle_one(reminder_id: UUID, *, by: Hand, at: datetime) -> bool:
    row = Reminder.objects.select_for_update().filter(pk=reminder_id, settled_at__isnull=True).first()
    if row is None:
        return False
    _settle(row, Settled.GONE, by=by, at=at)
    return True


def _settle(row: Reminder, how: Settled, *, by: Hand, at: datetime) -> Reminder:
    changes = {"settled_at": at, "settled_how": str(how)}
    about = About("lift", row.lift_id)
    return journal.change(row, changes, "reminder.settled", division=row.division_code, by=by, at=at, about=about)


def _raise(kind: Rising, level: int, now: _Now, *, by: Hand) -> int:
    """Raise what has come to a level, batch by batch, until there is no more."""
    count = 0
    while True:
        causes = _unraised(kind, level, now)
        raised = sum(_raise_one(kind, level, cause, by=by, at=now.at) for cause in causes)
        count += raised
        if len(causes) < BATCH or not raised:
            return count


def _unraised(kind: Rising, level: int, now: _Now) -> list[_Cause]:
    raised = Reminder.objects.filter(
        Q(settled_at__isnull=True) | Q(settled_how=str(Settled.SEEN)),
        kind=str(kind),
        subject_id=OuterRef("pk"),
        level=level,
        due_on=OuterRef("due"),
    )
    rows = CAUSES[kind](now).filter(due__lt=due_before(kind, level, today=now.today, pace=now.pace))
    if level:
        rows = rows.exclude(seat__in=now.too_high[level])
    rows = rows.exclude(Exists(raised)).order_by("due", "pk")
    return [_Cause(*told) for told in rows.values_list("pk", "lift_id", "seat", "due")[:BATCH]]


def _raise_one(kind: Rising, level: int, cause: _Cause, *, by: Hand, at: datetime) -> bool:
    """Claim one reminder by inserting it; false if another clock was quicker."""
    row = Reminder(
        kind=str(kind),
        subject_id=cause.subject_id,
        lift_id=cause.lift_id,
        division_code=cause.seat,
        to_division=divisions.tree().path(cause.seat)[level] if level else cause.seat,
        level=level,
        due_on=cause.due_on,
        raised_at=at,
    )
    about = About("lift", cause.lift_id)
    try:
        with transaction.atomic():
            journal.create(row, "reminder.raised", division=cause.seat, by=by, at=at, about=about)
            if kind is Rising.LISTING and level:
                escalate(cause.subject_id, by=by, at=at)
    except IntegrityError:
        if not _is_live(row):
            raise
        return False
    return True


def _is_live(row: Reminder) -> bool:
    live = Reminder.objects.filter(kind=row.kind, subject_id=row.subject_id, level=row.level, settled_at__isnull=True)
    return live.exists()
