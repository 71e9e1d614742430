"""The class function: every file is in exactly one class at every moment, by the first rule that holds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liftwarden.casework.hazards import rules
from liftwarden.casework.hazards.rules import (
    BASELINE_CELLS,
    FOUND_CELLS,
    BeforeTheCampaign,
    Cell,
    Cohort,
    FileFacts,
    Move,
    NotInTheFrame,
    ProblemFacts,
    Span,
    Way,
)
from liftwarden.kernel.periods import SHANGHAI

P2017 = rules.programmes()["2017"]
START = datetime(2017, 1, 10, tzinfo=UTC)
pytestmark = pytest.mark.clause("N2017-annex-note-2")


def on(text: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=SHANGHAI)


def a_file(cohort: Cohort = Cohort.BASELINE, **values: object) -> FileFacts:
    told: dict[str, object] = {
        "problems": (ProblemFacts("ageing", on("2016-05-01")),),
        "divisions": (Move(on("2016-05-01"), "330106"),),
    }
    return FileFacts(cohort=cohort, **{**told, **values})  # type: ignore[arg-type]


OPEN = ProblemFacts("ageing", on("2016-05-01"))
BEGUN = replace(OPEN, begun_at=on("2017-01-05"))
CLOSED = replace(BEGUN, ended_at=on("2017-02-01"))
SHUT = (Span(on("2017-01-06")),)
LISTED = (Span(on("2017-01-06")),)
AT = on("2017-03-01")

TABLE = [
    # problem, shut down, listed, in A, in F
    (OPEN, (), (), Cell.C, Cell.H),
    (OPEN, (), LISTED, Cell.E, Cell.H),
    (OPEN, SHUT, (), Cell.D, Cell.I),
    (OPEN, SHUT, LISTED, Cell.D, Cell.I),
    (BEGUN, (), (), Cell.C, Cell.H),
    (BEGUN, (), LISTED, Cell.C, Cell.H),
    (BEGUN, SHUT, (), Cell.D, Cell.I),
    (BEGUN, SHUT, LISTED, Cell.D, Cell.I),
    (CLOSED, (), (), Cell.B, Cell.G),
    (CLOSED, (), LISTED, Cell.B, Cell.G),
    (CLOSED, SHUT, (), Cell.B, Cell.G),
    (CLOSED, SHUT, LISTED, Cell.B, Cell.G),
]


class TestTheClassFunction:
    @pytest.mark.parametrize(("problem", "shut", "listed", "in_a", "in_f"), TABLE)
    def test_gives_a_class_of_a_by_the_documented_order(self, problem, shut, listed, in_a, in_f):
        file = a_file(problems=(problem,), shut_downs=shut, listings=listed)

        assert rules.cell_at(file, AT, P2017) is in_a

    @pytest.mark.parametrize(("problem", "shut", "listed", "in_a", "in_f"), TABLE)
    def test_gives_a_class_of_f_by_the_documented_order(self, problem, shut, listed, in_a, in_f):
        file = a_file(Cohort.FOUND, problems=(problem,), shut_downs=shut, listings=listed)

        assert rules.cell_at(file, AT, P2017) is in_f

    @pytest.mark.parametrize(("problem", "shut", "listed", "in_a", "in_f"), TABLE)
    def test_puts_a_corrected_file_out_whatever_else_holds(self, problem, shut, listed, in_a, in_f):
        file = a_file(problems=(problem,), shut_downs=shut, listings=listed, corrected_at=on("2017-02-15"))

        assert rules.cell_at(file, AT, P2017) is Cell.OUT

    def test_counts_a_corrected_file_until_its_correction(self):
        file = a_file(corrected_at=on("2017-02-15"))

        assert rules.cell_at(file, on("2017-02-14"), P2017) is Cell.C

    def test_keeps_a_file_open_while_one_of_its_problems_is(self):
        file = a_file(problems=(CLOSED, OPEN))

        assert rules.cell_at(file, AT, P2017) is Cell.C

    def test_does_not_take_a_closed_problem_for_begun_rectification(self):
        file = a_file(problems=(CLOSED, OPEN), listings=LISTED)

        assert rules.cell_at(file, AT, P2017) is Cell.E

    def test_gives_the_frame_no_cell(self):
        file = a_file(Cohort.FRAME, problems=(CLOSED,))

        assert rules.cell_at(file, AT, P2017) is Cell.FRAME

    def test_ends_an_overlay_at_the_moment_it_is_lifted(self):
        file = a_file(shut_downs=(Span(on("2017-01-06"), AT),))

        assert (rules.cell_at(file, AT - rules.INSTANT, P2017), rules.cell_at(file, AT, P2017)) == (Cell.D, Cell.C)

    def test_is_refused_where_its_last_rule_does_not_hold_always(self):
        told = {**vars(P2017), "tightenings": []}
        told["classes"] = [{"when": "closed", "baseline": "B", "found": "G", "label": ""}]

        with pytest.raises(LookupError):
            rules._programme("odd", told)


moments = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
spans = st.tuples(moments, st.none() | moments).map(lambda m: Span(m[0], m[1] if m[1] is None else max(m)))


@st.composite
def problems(draw: st.DrawFn) -> ProblemFacts:
    found, begun, ended = sorted((draw(moments), draw(moments), draw(moments)))
    return ProblemFacts(
        draw(st.sampled_from(["ageing", "bridged"])),
        found,
        draw(st.sampled_from([None, begun])),
        draw(st.sampled_from([None, ended])),
        draw(st.booleans()),
        draw(st.sampled_from(["", *Way.values()])),
    )


@st.composite
def histories(draw: st.DrawFn) -> FileFacts:
    held = draw(st.lists(problems(), min_size=1, max_size=4))
    return FileFacts(
        cohort=draw(st.sampled_from(list(Cohort))),
        problems=tuple(held),
        shut_downs=tuple(draw(st.lists(spans, max_size=2))),
        listings=tuple(draw(st.lists(spans, max_size=2))),
        divisions=tuple(Move(m, d) for m, d in draw(st.lists(st.tuples(moments, st.sampled_from("abc")), min_size=1))),
        corrected_at=draw(st.none() | moments),
    )


ALLOWED = {
    Cohort.BASELINE: {*BASELINE_CELLS, Cell.OUT},
    Cohort.FOUND: {*FOUND_CELLS, Cell.OUT},
    Cohort.FRAME: {Cell.FRAME, Cell.OUT},
}


class TestEveryHistory:
    @given(histories(), moments)
    def test_is_in_one_class_of_its_own_cohort(self, file, at):
        assert rules.cell_at(file, at, P2017) in ALLOWED[file.cohort]

    @given(histories(), moments)
    def test_changes_class_only_at_a_turning_point(self, file, at):
        points = [moment for moment in rules.turning_points(file) if moment <= at]
        if not points:
            return

        assert rules.stands_at(file, at, P2017) == rules.stands_at(file, max(points), P2017)

    @given(histories(), moments)
    def test_stands_in_a_division_it_was_moved_to(self, file, at):
        assert rules.division_at(file, at) in {move.division for move in file.divisions}

    @given(st.lists(st.tuples(st.sampled_from(list(Cell)), st.integers(0, 9)), max_size=30))
    def test_adds_up(self, counted):
        sums = rules.tally(counted)

        assert sums["A"] == sums["B"] + sums["C"] + sums["D"] + sums["E"]
        assert sums["F"] == sums["G"] + sums["H"] + sums["I"]


class TestPlacement:
    def placed(self, found: str, cause: str = "ageing", baseline: FileFacts | None = None) -> rules.Placement:
        return rules.placement(found_at=on(found), cause=cause, baseline=baseline, programme=P2017)

    def test_puts_what_was_found_by_the_baseline_day_into_a(self):
        assert self.placed("2016-12-31").cohort is Cohort.BASELINE

    def test_puts_what_was_found_after_it_into_f(self):
        assert self.placed("2017-01-01").cohort is Cohort.FOUND

    def test_joins_a_new_problem_to_a_file_still_open_in_a(self):
        assert self.placed("2017-03-01", "bridged", a_file()) == rules.Placement(Cohort.BASELINE, recurrence=False)

    def test_takes_the_same_cause_inside_the_observation_period_for_a_recurrence(self):
        file = a_file(problems=(CLOSED,))

        assert self.placed("2018-01-31", "ageing", file) == rules.Placement(Cohort.BASELINE, recurrence=True)

    def test_puts_the_same_cause_after_the_observation_period_into_f(self):
        assert self.placed("2018-02-02", "ageing", a_file(problems=(CLOSED,))).cohort is Cohort.FOUND

    def test_puts_another_cause_on_a_closed_lift_into_f(self):
        assert self.placed("2017-03-01", "bridged", a_file(problems=(CLOSED,))).cohort is Cohort.FOUND

    def test_does_not_take_a_problem_filed_in_error_for_a_cause_seen(self):
        in_error = replace(CLOSED, cause="bridged", in_error=True)

        assert self.placed("2017-03-01", "bridged", a_file(problems=(CLOSED, in_error))).cohort is Cohort.FOUND

    def test_starts_the_observation_period_anew_with_a_second_closing(self):
        again = replace(CLOSED, found_at=on("2017-06-01"), ended_at=on("2017-09-01"))

        assert self.placed("2018-08-01", "ageing", a_file(problems=(CLOSED, again))).recurrence

    def test_puts_what_is_found_after_a_correction_into_f(self):
        file = a_file(corrected_at=on("2017-02-01"))

        assert self.placed("2017-03-01", "ageing", file).cohort is Cohort.FOUND

    def test_refuses_what_was_found_before_the_campaigns(self):
        with pytest.raises(BeforeTheCampaign):
            self.placed("2014-12-31")


class TestTheFrame:
    def test_takes_what_was_completed_on_the_baseline_day(self):
        rules.refuse_outside_frame(found_at=on("2016-12-01"), completed_at=on("2016-12-31", hour=23), programme=P2017)

    def test_refuses_what_was_completed_later(self):
        with pytest.raises(NotInTheFrame):
            rules.refuse_outside_frame(found_at=on("2016-12-01"), completed_at=on("2017-01-01"), programme=P2017)

    def test_refuses_what_was_found_before_the_campaigns(self):
        with pytest.raises(BeforeTheCampaign):
            rules.refuse_outside_frame(found_at=on("2014-12-01"), completed_at=on("2015-01-01"), programme=P2017)


class TestTheBaseline:
    def test_holds_a_file_with_a_problem_open_as_the_day_ended(self):
        assert a_file().is_unfinished_at_baseline(P2017)

    def test_does_not_hold_one_that_was_closed_on_the_day(self):
        file = a_file(problems=(replace(OPEN, ended_at=on("2016-12-31", hour=23)),))

        assert not file.is_unfinished_at_baseline(P2017)

    def test_does_not_hold_one_whose_only_problem_was_filed_in_error(self):
        file = a_file(problems=(replace(OPEN, ended_at=on("2017-02-01"), in_error=True),))

        assert not file.is_unfinished_at_baseline(P2017)


class TestTheWayOfClosing:
    def test_is_told_once_a_file_is_closed(self):
        assert rules.way_at(a_file(problems=(replace(CLOSED, way="rectified"),)), AT) == Way.RECTIFIED

    def test_is_dismantled_where_the_last_problem_ended_so(self):
        last = replace(CLOSED, ended_at=on("2017-02-20"), way="dismantled")

        assert rules.way_at(a_file(problems=(CLOSED, last)), AT) == Way.DISMANTLED

    def test_is_blank_while_a_file_is_open(self):
        assert rules.way_at(a_file(problems=(replace(CLOSED, way="dismantled"), OPEN)), AT) == ""

    def test_is_blank_where_all_was_filed_in_error(self):
        assert rules.way_at(a_file(problems=(replace(CLOSED, in_error=True),)), AT) == ""

    def test_is_blank_for_a_file_out_of_the_count(self):
        assert rules.stands_at(a_file(problems=(CLOSED,), corrected_at=AT), AT, P2017).way == ""


class TestTheObservationPeriod:
    def test_ends_a_year_after_the_closing(self):
        assert rules.observed_until(on("2017-02-01"), P2017) == on("2018-02-01")

    def test_ends_on_the_last_day_of_a_shorter_month(self):
        programme = replace(P2017, observation_months=1)

        assert rules.observed_until(on("2017-01-31"), programme) == on("2017-02-28")

    def test_begins_with_nothing_where_nothing_has_ended(self):
        assert a_file().last_end(AT) is None


class TestAFileWithoutProblems:
    def test_begins_where_it_was_first_placed(self):
        assert a_file(problems=()).begins_at == on("2016-05-01")

    def test_is_out_from_the_beginning_once_joined_elsewhere(self):
        file = a_file(Cohort.FOUND, problems=(), corrected_at=on("2016-05-01"))

        assert [rules.cell_at(file, moment, P2017) for moment in rules.turning_points(file)] == [Cell.OUT]


class TestTheDivision:
    def test_before_the_first_move_is_the_first(self):
        assert rules.division_at(a_file(), on("2016-01-01")) == "330106"

    def test_follows_a_move_from_its_moment(self):
        file = a_file(divisions=(Move(on("2016-05-01"), "330106"), Move(AT, "330108")))

        assert (rules.division_at(file, AT - rules.INSTANT), rules.division_at(file, AT)) == ("330106", "330108")
