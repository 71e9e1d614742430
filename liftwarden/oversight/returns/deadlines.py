"""When a return is due, as data."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from liftwarden.casework.hazards.workdays import workdays_after
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.periods import Period, day_in_shanghai


class Receipt(Choice):
    """Whether a return has come, as the level above sees it; late and missing are two things."""

    RECEIVED = "received", "已报"
    LATE = "late", "迟报"
    MISSING = "missing", "逾期未报"
    AWAITED = "awaited", "未到期"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The number of working days after the period's end, where it comes from, and how sure it is."""

    working_days: int
    source: str
    status: str


@cache
def deadlines() -> dict[str, Deadline]:
    """Read the deadlines that come with the product."""
    text = (files("liftwarden.oversight.returns") / "data" / "deadlines.toml").read_text(encoding="utf-8")
    return {code: Deadline(**told) for code, told in tomllib.loads(text).items()}


def deadline(form_code: str) -> Deadline:
    """Give the deadline of a form, or the default one."""
    return deadlines().get(form_code, deadlines()["default"])


def due_on(form_code: str, period: Period) -> date:
    """Tell the last day on which a return is in time."""
    return workdays_after(period.ends_on, deadline(form_code).working_days)


def receipt(form_code: str, period: Period, *, signed_off_at: datetime | None, now: datetime) -> Receipt:
    """Tell whether a return came in time, late, or is missing; before the deadline nothing is missing."""
    due = due_on(form_code, period)
    if signed_off_at is not None:
        return Receipt.RECEIVED if day_in_shanghai(signed_off_at) <= due else Receipt.LATE
    return Receipt.MISSING if day_in_shanghai(now) > due else Receipt.AWAITED
