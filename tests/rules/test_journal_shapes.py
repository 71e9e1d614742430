"""What an entry says is one text for one value: so that a hash can be made again, and a row compared."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.ground.journal import shapes
from liftwarden.kernel.choices import Choice

MOMENTS = st.integers(-(2**59), 2**59).map(
    lambda n: datetime(2017, 1, 1, tzinfo=UTC) + timedelta(microseconds=n // 256)
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.text(),
    st.uuids(),
    MOMENTS,
    st.dates(),
    st.decimals(-(10**9), 10**9, places=3),
)
ROWS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=6)


def text_of(row):
    return shapes.canonical({column: shapes.plain(value) for column, value in row.items()})


class Fruit(Choice):
    PEAR = "pear", "梨"


class TestPlain:
    @given(MOMENTS, st.integers(-14 * 60, 14 * 60))
    def test_a_moment_is_one_text_in_every_time_zone(self, moment, minutes):
        elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))

        assert shapes.plain(elsewhere) == shapes.plain(moment)

    @given(MOMENTS, MOMENTS)
    def test_two_moments_are_one_text_only_if_they_are_one(self, one, other):
        assert (shapes.plain(one) == shapes.plain(other)) == (one == other)

    @given(MOMENTS)
    def test_a_moment_reads_back(self, moment):
        assert datetime.fromisoformat(shapes.plain(moment)) == moment

    @given(st.decimals(-(10**9), 10**9, places=3), st.integers(0, 6))
    def test_a_decimal_is_one_text_however_many_zeros_it_came_with(self, value, zeros):
        padded = value.quantize(Decimal(1).scaleb(-3 - zeros))

        assert shapes.plain(padded) == shapes.plain(value)
        assert Decimal(shapes.plain(value)) == value

    def test_minus_zero_is_zero(self):
        assert shapes.plain(Decimal("-0.0")) == shapes.plain(Decimal(0)) == "0"

    def test_a_choice_is_its_stored_value(self):
        assert shapes.plain(Fruit.PEAR) == "pear"
        assert type(shapes.plain(Fruit.PEAR)) is str

    def test_true_is_not_one(self):
        assert text_of({"a": True}) != text_of({"a": 1})

    @pytest.mark.parametrize("value", [b"x", {1, 2}, object()])
    def test_a_type_no_column_may_have_is_refused(self, value):
        with pytest.raises(TypeError, match="has no journal form"):
            shapes.plain(value)

    def test_a_day_is_not_a_moment(self):
        assert shapes.plain(date(2017, 1, 1)) == "2017-01-01"


class TestCanonical:
    @given(ROWS)
    def test_does_not_depend_on_the_order_of_columns(self, row):
        assert text_of(dict(reversed(list(row.items())))) == text_of(row)

    @given(ROWS)
    def test_reads_back_as_what_it_was(self, row):
        assert json.loads(text_of(row)) == {column: shapes.plain(value) for column, value in row.items()}

    @given(ROWS, ROWS)
    def test_two_rows_are_one_text_only_if_they_are_one(self, one, other):
        same = {c: shapes.plain(v) for c, v in one.items()} == {c: shapes.plain(v) for c, v in other.items()}
        types = [(c, type(shapes.plain(v))) for c, v in sorted(one.items())] == [
            (c, type(shapes.plain(v))) for c, v in sorted(other.items())
        ]

        assert (text_of(one) == text_of(other)) == (same and types)


class TestDigest:
    @given(st.lists(VALUES, min_size=14, max_size=14), st.integers(1, 10**12))
    def test_finished_from_its_number_equals_the_whole(self, rest, number):
        row = (number, *rest[1:])

        assert shapes.finished(number, shapes.headless(row[1:])) == shapes.digest(row)

    @given(st.lists(VALUES, min_size=14, max_size=14), st.integers(0, 13))
    def test_changes_with_any_column(self, row, place):
        changed = [*row[:place], "another value", *row[place + 1 :]]

        assert row[place] == "another value" or shapes.digest(tuple(changed)) != shapes.digest(tuple(row))

    def test_binds_what_came_before(self):
        digest = shapes.digest(("x",))

        assert shapes.linked(shapes.GENESIS, digest) != shapes.linked("00" * 32, digest)
