"""A cell becomes a value exactly, or is said not to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from liftwarden.casework.registry.importing import converting
from liftwarden.casework.registry.importing.faults import Rule
from liftwarden.casework.registry.importing.mapping import Column
from liftwarden.casework.registry.importing.sheets import safe
from liftwarden.kernel.words import FORMULA_STARTS

TODAY = date(2017, 7, 3)


class TestTextOf:
    @pytest.mark.parametrize(
        ("cell", "text"), [("007", "007"), (7.0, "7"), (1.75, "1.75"), (123456789012345.0, "123456789012345")]
    )
    def test_keeps_what_stands_there(self, cell, text):
        assert converting.text_of(cell).value == text

    @pytest.mark.parametrize("cell", [1e15, 3.11064e19, 2.0**53, -1e15, 31103301062016019999])
    def test_a_number_too_long_for_a_spreadsheet_has_lost_digits(self, cell):
        assert converting.text_of(cell).rule is Rule.DIGITS_LOST

    @given(some.integers(min_value=0, max_value=10**15 - 1))
    def test_a_number_of_fifteen_digits_comes_back_digit_by_digit(self, number):
        assert converting.text_of(float(number)).value == str(number)


class TestAsCode:
    @pytest.mark.parametrize("text", ["1E33584", "2P5549", "005274", "４２"])
    def test_a_code_that_only_looks_like_a_number_is_kept(self, text):
        assert converting.as_code(text, Column("other_number")).rule is None

    @pytest.mark.parametrize("text", ["3.11064E+19", "3E+19", "1.2e+10"])
    def test_what_a_spreadsheet_writes_for_a_long_number_is_not(self, text):
        assert converting.as_code(text, Column("other_number")).rule is Rule.DIGITS_LOST

    def test_five_digits_where_six_are_needed_are_an_error(self):
        assert converting.as_code("5274", Column("rescue_code", digits=6)).rule is Rule.LEADING_ZERO_LOST


class TestAsDate:
    @pytest.mark.parametrize(
        ("text", "form"),
        [
            ("20170305", "%Y%m%d"),
            ("2017/3/5", "%Y/%m/%d"),
            ("2017年3月5日", "%Y年%m月%d日"),
            ("２０１７０３０５", "%Y%m%d"),
        ],
    )
    def test_reads_the_formats_that_are_named(self, text, form):
        assert converting.as_date(text, (form,), TODAY).value == date(2017, 3, 5)

    @pytest.mark.parametrize("text", ["2017315", "91082", "********", "0", "20170230", "2017-3"])
    def test_never_guesses(self, text):
        assert converting.as_date(text, ("%Y%m%d",), TODAY).rule is Rule.BAD_DATE

    @pytest.mark.parametrize("text", ["20170704", "18000101"])
    def test_refuses_a_day_that_cannot_be(self, text):
        assert converting.as_date(text, ("%Y%m%d",), TODAY).rule is Rule.DATE_OUT_OF_RANGE


class TestAsNumber:
    def test_scales_and_rounds_to_what_the_column_keeps(self):
        column = Column("speed_m_per_s", scale=Decimal("0.00508"))

        assert converting.as_number("350", column).value == Decimal("1.778")

    @pytest.mark.parametrize("text", ["100UP", "NaN", "Infinity", "", "1,000", "=A¢"])
    def test_refuses_what_is_no_number(self, text):
        assert converting.as_number(text, Column("speed_m_per_s")).rule is Rule.BAD_NUMBER

    def test_a_fraction_of_a_floor_is_no_number_of_floors(self):
        assert converting.as_number("12.5", Column("floors")).rule is Rule.BAD_NUMBER


class TestSafe:
    @given(some.text(max_size=12))
    def test_no_text_that_is_written_starts_a_formula(self, text):
        written = safe(text)

        assert not written.startswith(FORMULA_STARTS) or written[1:].replace(".", "", 1).isdigit()

    @pytest.mark.parametrize("text", ["=1+1", "+86 138", "-cmd|' /C calc'!A0", "@SUM(A1)", "＝1", "-1+1"])
    def test_a_formula_is_written_as_text(self, text):
        assert safe(text) == "'" + text

    @pytest.mark.parametrize("text", ["-73.98", "12", "0012"])
    def test_a_number_stays_one(self, text):
        assert safe(text) == text
