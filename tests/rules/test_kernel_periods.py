"""Month ends and quarters: a fact of a period happened before its cut-off, in Chinese time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.kernel.periods import SHANGHAI, BadPeriod, Period, day_in_shanghai, start_of_day

PERIODS = st.builds(Period, st.integers(1950, 9998), st.integers(1, 12))


class TestParse:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2017-06", Period(2017, 6)),
            ("2017-6", Period(2017, 6)),
            ("201706", Period(2017, 6)),
            ("2017年6月", Period(2017, 6)),
            ("2017Q2", Period(2017, 6)),
            ("2017-q4", Period(2017, 12)),
            (" 2017-01 ", Period(2017, 1)),
        ],
    )
    def test_reads_every_way_a_period_is_written(self, text, expected):
        assert Period.parse(text) == expected

    @pytest.mark.parametrize(
        "text", ["", "2017", "2017-13", "2017-00", "2017Q5", "2017Q0", "17-06", "2017/06", "2017-06-30", "9999-01", "x"]
    )
    def test_refuses_what_is_no_month(self, text):
        with pytest.raises(BadPeriod, match="不是有效的报告期"):
            Period.parse(text)

    @given(PERIODS)
    def test_reads_back_what_it_writes(self, period):
        assert Period.parse(str(period)) == period
        assert Period.parse(period.label) == period


class TestCutOff:
    @pytest.mark.clause("N2017-annex-note-1")
    def test_is_the_first_instant_of_the_next_month_in_china(self):
        assert Period(2016, 12).cut_off == datetime(2016, 12, 31, 16, tzinfo=UTC)

    @given(PERIODS)
    def test_lies_just_behind_the_last_day(self, period):
        last_instant = period.cut_off - timedelta(microseconds=1)

        assert day_in_shanghai(last_instant) == period.ends_on
        assert day_in_shanghai(period.cut_off).day == 1

    @given(PERIODS, PERIODS)
    def test_keeps_the_order_of_periods(self, one, other):
        assert (one < other) == (one.cut_off < other.cut_off)

    def test_knows_leap_years(self):
        assert Period(2016, 2).ends_on == date(2016, 2, 29)
        assert Period(2017, 2).ends_on == date(2017, 2, 28)


class TestNeighbours:
    @pytest.mark.parametrize(
        ("period", "before"),
        [
            (Period(2017, 6), Period(2017, 3)),
            (Period(2017, 5), Period(2017, 3)),
            (Period(2017, 3), Period(2016, 12)),
            (Period(2017, 1), Period(2016, 12)),
        ],
    )
    def test_the_previous_quarter_is_the_last_quarter_end_before(self, period, before):
        assert period.previous_quarter == before

    @given(PERIODS, st.integers(0, 500))
    def test_months_before_and_after_undo_each_other(self, period, months):
        assert period.months_before(months).months_before(-months) == period

    @given(PERIODS)
    def test_a_quarter_end_is_every_third_month(self, period):
        assert period.is_quarter_end == (period.months_before(3).is_quarter_end)
        assert [Period(2017, m).is_quarter_end for m in (1, 2, 3)] == [False, False, True]


class TestDays:
    @given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
    def test_a_day_begins_at_its_own_first_instant(self, day):
        begins = start_of_day(day)

        assert begins.utcoffset() == timedelta(0)
        assert day_in_shanghai(begins) == day
        assert day_in_shanghai(begins - timedelta(microseconds=1)) == day - timedelta(days=1)

    def test_an_evening_in_utc_is_the_next_day_in_china(self):
        assert day_in_shanghai(datetime(2017, 3, 31, 16, tzinfo=UTC)) == date(2017, 4, 1)
        assert day_in_shanghai(datetime(2017, 3, 31, 23, 59, tzinfo=SHANGHAI)) == date(2017, 3, 31)
