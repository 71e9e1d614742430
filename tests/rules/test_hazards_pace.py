"""Deadlines, what rises, samples, grades and lifecycles: pure rules."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.casework.hazards import deadlines, drawing, overdue, rules, vocabulary
from liftwarden.casework.hazards.deadlines import DeadlineTooLate, Guarantee, Latest
from liftwarden.casework.hazards.lifecycles import LISTING, PROBLEM, SHUT_DOWN, VISIT
from liftwarden.casework.hazards.overdue import Pace, Rising
from liftwarden.casework.hazards.vocabulary import SchemeNotInForce
from liftwarden.kernel.refusals import BadInput

P2017 = rules.programmes()["2017"]
ISSUED = date(2017, 5, 1)
FORUM = Guarantee("论坛", date(2017, 5, 20), date(2017, 5, 25))


def latest(**told: object) -> Latest | None:
    values = {"public": False, "crowded": False, "guarantees": (), "tightenings": P2017.tightenings}
    return deadlines.latest_deadline(ISSUED, **{**values, **told})  # type: ignore[arg-type]


class TestTheLatestDeadline:
    def test_is_free_where_nothing_tightens(self):
        assert latest() is None

    def test_is_nearer_in_a_public_place(self):
        assert latest(public=True).on == date(2017, 5, 31)  # type: ignore[union-attr]

    def test_is_nearer_in_a_crowded_place(self):
        assert latest(crowded=True).on == date(2017, 6, 15)  # type: ignore[union-attr]

    def test_is_the_strictest_where_several_apply(self):
        assert latest(public=True, crowded=True).on == date(2017, 5, 31)  # type: ignore[union-attr]

    def test_is_the_eve_of_a_guarantee_period_to_come(self):
        assert latest(guarantees=[FORUM]).on == date(2017, 5, 19)  # type: ignore[union-attr]

    def test_is_a_few_days_within_a_guarantee_period(self):
        assert latest(guarantees=[Guarantee("会", ISSUED, ISSUED)]).on == date(2017, 5, 8)  # type: ignore[union-attr]

    def test_is_not_moved_by_a_period_that_is_over(self):
        assert latest(guarantees=[Guarantee("会", date(2017, 4, 1), date(2017, 4, 30))]) is None

    def test_may_be_met_on_the_day(self):
        deadlines.refuse_too_late(date(2017, 5, 19), latest(guarantees=[FORUM]))

    def test_refuses_the_day_after_and_says_why(self):
        with pytest.raises(DeadlineTooLate, match="2017-05-19（“论坛”自 2017-05-20 起）"):
            deadlines.refuse_too_late(date(2017, 5, 20), latest(guarantees=[FORUM]))

    def test_takes_every_number_for_unverified(self):
        assert not any(one.verified for one in P2017.tightenings)


PACE = Pace(rise_days=15, rise_levels=2, seal_warning_days=7)
TODAY = date(2017, 7, 31)


class TestWhatRises:
    @pytest.mark.parametrize(
        ("kind", "level", "before"),
        [
            (Rising.RECTIFICATION, 0, date(2017, 7, 31)),
            (Rising.RECTIFICATION, 1, date(2017, 7, 16)),
            (Rising.RECTIFICATION, 2, date(2017, 7, 1)),
            (Rising.LISTING, 0, date(2017, 7, 31)),
            (Rising.LISTING, 1, date(2017, 7, 31)),
            (Rising.LISTING, 2, date(2017, 7, 16)),
            (Rising.TRY_AGAIN, 0, date(2017, 8, 1)),
            (Rising.OBSERVATION, 0, date(2017, 8, 1)),
            (Rising.SHUT_DOWN_NEAR, 0, date(2017, 8, 8)),
            (Rising.SHUT_DOWN_OVER, 0, date(2017, 7, 31)),
        ],
    )
    def test_has_been_due_long_enough(self, kind, level, before):
        assert overdue.due_before(kind, level, today=TODAY, pace=PACE) == before

    @pytest.mark.parametrize("kind", list(Rising))
    def test_climbs_only_where_it_is_someone_elses_business(self, kind):
        assert len(overdue.levels(kind, PACE)) == (3 if kind in overdue.CLIMBING else 1)

    def test_takes_its_pace_from_the_programme(self):
        assert P2017.pace == Pace(P2017.rise_days, P2017.rise_levels, P2017.seal_warning_days)


lifts = st.lists(st.uuids(), min_size=1, max_size=60, unique=True)


class TestADraw:
    @given(lifts, st.integers(0, 2**40), st.integers(1, 60))
    def test_draws_so_many_without_repeats(self, held, seed, size):
        assert len(set(drawing.drawn(held, seed=seed, size=size))) == min(size, len(held))

    @given(lifts, st.integers(0, 2**40), st.integers(1, 60))
    def test_does_not_depend_on_the_order_of_the_lifts(self, held, seed, size):
        assert drawing.drawn(held, seed=seed, size=size) == drawing.drawn(held[::-1], seed=seed, size=size)

    @given(lifts, st.integers(0, 2**40), st.integers(1, 59))
    def test_of_a_larger_size_holds_the_smaller(self, held, seed, size):
        smaller = drawing.drawn(held, seed=seed, size=size)

        assert drawing.drawn(held, seed=seed, size=size + 1)[: len(smaller)] == smaller

    def test_differs_with_the_seed(self):
        held = [UUID(int=number) for number in range(100)]

        assert drawing.drawn(held, seed=1, size=10) != drawing.drawn(held, seed=2, size=10)

    def test_can_be_made_again_by_anyone(self):
        held = [UUID(int=number) for number in range(5)]

        assert [lift.int for lift in drawing.drawn(held, seed=2017, size=2)] == [0, 3]

    @pytest.mark.parametrize(("count", "share", "size"), [(10, "0.2", 2), (11, "0.2", 3), (1, "0.01", 1), (7, "1", 7)])
    def test_of_a_share_is_rounded_up(self, count, share, size):
        assert drawing.size_of_share(count, Decimal(share)) == size


def a_grading(**told: str) -> SimpleNamespace:
    values = {"category": "door", "cause": "ageing", "grade_scheme": "2015", "grade": "general", "grade_item": ""}
    return SimpleNamespace(**{**values, **told})


class TestAGrade:
    @pytest.mark.parametrize(
        ("day", "scheme"),
        [
            (date(2017, 2, 1), "2015"),
            (date(2022, 6, 30), "2015"),
            (date(2022, 7, 1), "order57"),
            (date(2014, 1, 1), ""),
        ],
    )
    def test_stands_under_the_scheme_of_its_day(self, day, scheme):
        assert vocabulary.scheme_on(day) == scheme

    def test_may_be_of_a_second_scheme_once_that_is_in_force(self):
        vocabulary.refuse_unknown(
            a_grading(grade_scheme="gb45067", grade="major", grade_item="bridged_lock"), found_on=date(2024, 12, 1)
        )

    def test_of_a_scheme_to_come_is_refused(self):
        with pytest.raises(SchemeNotInForce, match="2024-12-01"):
            vocabulary.refuse_unknown(a_grading(grade_scheme="gb45067", grade="major"), found_on=date(2024, 11, 30))

    def test_of_a_scheme_that_has_ended_is_refused(self):
        with pytest.raises(SchemeNotInForce, match="至 2022-07-01 止"):
            vocabulary.refuse_unknown(a_grading(), found_on=date(2022, 7, 1))

    def test_before_any_scheme_is_refused(self):
        with pytest.raises(SchemeNotInForce, match="当日可用：无"):
            vocabulary.refuse_unknown(a_grading(), found_on=date(2014, 1, 1))

    @pytest.mark.parametrize(
        "told",
        [
            {"category": "no"},
            {"cause": "no"},
            {"grade_scheme": "no"},
            {"grade": "no"},
            {"grade_item": "bridged_lock"},
        ],
    )
    def test_outside_the_lists_is_refused(self, told):
        with pytest.raises(BadInput):
            vocabulary.refuse_unknown(a_grading(**told), found_on=date(2017, 2, 1))

    def test_that_is_not_grave_has_no_item(self):
        told = a_grading(grade_scheme="order57", grade="general", grade_item="safety_part")

        with pytest.raises(BadInput):
            vocabulary.refuse_unknown(told, found_on=date(2023, 1, 1))

    @pytest.mark.parametrize("scheme", list(vocabulary.schemes().values()), ids=lambda scheme: scheme.code)
    def test_names_its_grave_grade_among_its_grades(self, scheme):
        assert scheme.grave in scheme.grades

    def test_counts_six_serious_dangers_in_order_57(self):
        assert len(vocabulary.schemes()["order57"].items) == 6

    def test_counts_five_major_dangers_in_gb_45067(self):
        assert len(vocabulary.schemes()["gb45067"].items) == 5


@pytest.mark.parametrize("lifecycle", [PROBLEM, SHUT_DOWN, LISTING, VISIT], ids=lambda one: one.name)
class TestEveryLifecycle:
    def test_reaches_every_state_from_the_first(self, lifecycle):
        reached = {lifecycle.initial}
        for _ in lifecycle.table:
            reached |= {after for (before, _), after in lifecycle.table.items() if before in reached}

        assert reached == set(lifecycle.states())

    def test_uses_every_action(self, lifecycle):
        assert {action for (_, action) in lifecycle.table} == set(lifecycle.actions())
