"""Month ends and quarters: when a cumulative figure is cut off.

Source: the 2017 notice, annex, note 1 (a quarterly form, cumulative to each month end): the quarter's return is that of
its last month.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from liftwarden.kernel.refusals import Refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")


class BadPeriod(Refusal):
    """A period that is no month."""

    code = "bad_period"
    sentence = "“{text}”不是有效的报告期；请写成 2017-06（年-月）或 2017Q2（季度）。"


@dataclass(frozen=True, order=True)
class Period:
    """One month end, written 2017-06."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2017-06`, `201706`, `2017Q2` or `2017年6月`.

        Raises:
            BadPeriod: if the text is none of these.
        """
        stripped = text.strip()
        if quarter := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", stripped):
            return cls(int(quarter[1]), int(quarter[2]) * 3)
        month = re.fullmatch(r"(\d{4})(?:-|年)?(\d{1,2})月?", stripped)
        if not month or not 1 <= int(month[2]) <= 12 or not 1900 <= int(month[1]) <= 9998:
            raise BadPeriod(text=text)
        return cls(int(month[1]), int(month[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Tell the period that a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        """Name the period as a Chinese reader writes it."""
        return f"{self.year}年{self.month}月"

    @property
    def ends_on(self) -> date:
        """The last day of the month."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def cut_off(self) -> datetime:
        """The first instant after the period, in UTC; a fact of the period happened before it."""
        return datetime.combine(self.ends_on + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)

    @property
    def is_quarter_end(self) -> bool:
        """Whether the month closes a quarter."""
        return self.month % 3 == 0

    def months_before(self, months: int) -> "Period":
        """Tell the period so many months earlier."""
        index = self.year * 12 + self.month - 1 - months
        return Period(index // 12, index % 12 + 1)

    @property
    def previous_quarter(self) -> "Period":
        """The last quarter end before this period."""
        return self.months_before((self.month - 1) % 3 + 1)


def day_in_shanghai(moment: datetime) -> date:
    """Tell on which Chinese calendar day a moment lies."""
    return moment.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Tell the first instant of a Chinese calendar day, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
