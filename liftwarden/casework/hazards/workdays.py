"""Working days of the national calendar; a year not yet decreed counts Monday to Friday and says so."""

from datetime import date, timedelta

import chinese_calendar


def is_workday(day: date) -> tuple[bool, bool]:
    """Tell whether a day is worked, and whether that is provisional (no notice for its year yet)."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


def workdays_after(day: date, count: int) -> date:
    """Give the `count`-th working day after a day."""
    while count:
        day += timedelta(days=1)
        count -= is_workday(day)[0]
    return day
