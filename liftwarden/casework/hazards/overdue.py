"""Decides what rises by itself, when, and how high; pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from liftwarden.kernel.choices import Choice


class Rising(Choice):
    """One kind of thing the clock raises."""

    RECTIFICATION = "rectification", "整改逾期"
    RECHECK = "recheck", "复查逾期"
    LISTING = "listing", "督办逾期"
    SHUT_DOWN_NEAR = "shut_down_near", "封停即将到期"
    SHUT_DOWN_OVER = "shut_down_over", "封停已到期"
    TRY_AGAIN = "try_again", "应再次上门"
    VISIT = "visit", "回头看检查逾期"
    OBSERVATION = "observation", "观察期满"


class Settled(Choice):
    """How a reminder came to rest."""

    GONE = "gone", "事由已消除"
    SEEN = "seen", "已阅处"


# What goes on rising from level to level; the rest is raised to the district alone.
CLIMBING = frozenset({Rising.RECTIFICATION, Rising.RECHECK, Rising.LISTING, Rising.SHUT_DOWN_OVER})
# On the date itself it is time for these; for the others the date is the last good day.
ON_THE_DAY = frozenset({Rising.TRY_AGAIN, Rising.OBSERVATION})


@dataclass(frozen=True)
class Pace:
    """How fast and how high things rise: days from one level to the next, highest level, days of warning for a seal."""

    rise_days: int
    rise_levels: int
    seal_warning_days: int


def levels(kind: Rising, pace: Pace) -> range:
    """Tell the levels a kind may rise to: 0 is the division itself, 1 the one above it."""
    return range(pace.rise_levels + 1) if kind in CLIMBING else range(1)


def due_before(kind: Rising, level: int, *, today: date, pace: Pace) -> date:
    """Tell the day before which a due date must lie to have risen to a level today.

    An overdue listing goes one level up at once (挂牌督办逾期，上报一级); the rest first waits at its own level.
    """
    if kind is Rising.SHUT_DOWN_NEAR:
        return today + timedelta(days=pace.seal_warning_days + 1)
    steps = max(0, level - 1) if kind is Rising.LISTING else level
    return today + timedelta(days=kind in ON_THE_DAY) - timedelta(days=steps * pace.rise_days)
