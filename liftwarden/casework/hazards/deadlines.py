"""Decides how late a deadline may be set: places where crowds gather and guarantee periods tighten it; pure.

Source: `docs/decisions/0005-what-tightens-a-deadline.md`; the days are configurable data in `programmes.toml`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.refusals import Refusal


class PlaceScope(Choice):
    """Which places a look-back plan is about; 公众聚集场所 and 人员密集场所 are two lists."""

    ALL = "all", "全部场所"
    PUBLIC = "public", "公众聚集场所"
    CROWDED = "crowded", "人员密集场所"


class DeadlineTooLate(Refusal):
    """A deadline later than its place or time lets it be, without a reason."""

    code = "deadline_too_late"
    sentence = "整改期限 {deadline_on} 晚于 {latest_on}（{why}）；请提前期限，或写明放宽理由。"


@dataclass(frozen=True)
class Tightening:
    """One line of the data: where it applies and how many days it leaves."""

    applies: str
    longest_days: int
    verified: bool
    label: str

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> Self:
        """Read one line."""
        return cls(told["applies"], told["longest_days"], told["verified"], told["label"])


@dataclass(frozen=True)
class Guarantee:
    """A 重大活动保障时段, first and last day included."""

    name: str
    from_on: date
    to_on: date

    @property
    def eve(self) -> date:
        """The day before it begins."""
        return self.from_on - timedelta(days=1)


@dataclass(frozen=True)
class Latest:
    """The latest day a deadline may be, and why."""

    on: date
    why: str


def latest_deadline(
    issued_on: date,
    *,
    public: bool,
    crowded: bool,
    guarantees: Iterable[Guarantee],
    tightenings: Iterable[Tightening],
) -> Latest | None:
    """Tell the latest deadline for one lift, the strictest that applies; none where nothing tightens."""
    days = {one.applies: one for one in tightenings}
    limits = [
        Latest(issued_on + timedelta(days=one.longest_days), f"{one.label}，{one.longest_days} 日内")
        for applies, one in days.items()
        if (applies == "public" and public) or (applies == "crowded" and crowded)
    ]
    for period in guarantees:
        if issued_on < period.from_on:
            limits.append(Latest(period.eve, f"“{period.name}”自 {period.from_on.isoformat()} 起"))
        elif issued_on <= period.to_on and "guarantee" in days:
            one = days["guarantee"]
            limits.append(
                Latest(issued_on + timedelta(days=one.longest_days), f"“{period.name}”期间，{one.longest_days} 日内")
            )
    return min(limits, key=lambda latest: latest.on, default=None)


def refuse_too_late(deadline_on: date, latest: Latest | None) -> None:
    """Refuse a deadline that comes after the latest day.

    Raises:
        DeadlineTooLate: naming the day and what tightens it.

    """
    if latest is not None and deadline_on > latest.on:
        raise DeadlineTooLate(deadline_on=deadline_on.isoformat(), latest_on=latest.on.isoformat(), why=latest.why)
