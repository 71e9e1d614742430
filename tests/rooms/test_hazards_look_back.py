"""Look-back (回头看): plans draw reproducibly, visits open problems, progress and coverage add up."""

from datetime import date
from decimal import Decimal

import pytest

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.actions.look_back import AlreadyRevoked, BeforeItsPlan, NothingToDraw, Plan
from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.lifecycles import VISIT, VisitAction, VisitState
from liftwarden.casework.hazards.models import LookBackPlan, LookBackVisit
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import ActionNotAllowed, BadInput, NotFound, NotYours
from tests.factories import BINJIANG, HANGZHOU, XIHU, a_finding, a_lift, a_problem, an_actor, closed, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-1.1a")]
AT = day("2017-04-01")


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief")


def filed(by: Actor, number: int = 1, **lift: str) -> list:
    lifts = [a_lift(**lift) for _ in range(number)]
    for one in lifts:
        hazards.file_completed(one.pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=by)
    return lifts


def a_plan(**told: object) -> Plan:
    values = {"division": XIHU, "name": "春季", "from_on": date(2017, 4, 1), "to_on": date(2017, 4, 30)}
    return Plan(**{**values, **told})  # type: ignore[arg-type]


def a_visit(by: Actor) -> LookBackVisit:
    plan = hazards.plan_sweep(a_plan(), at=AT, by=by)
    return queries.visits(by).get(plan=plan)


class TestAPlan:
    def test_sweeps_the_frame_and_what_is_closed(self, chief):
        checker = an_actor("inspector")
        filed(chief)
        closed(a_problem(by=chief, found=day("2016-05-01")), day("2017-02-01"), by=chief, checker=checker)
        closed(a_problem(by=chief, found=day("2017-01-05")), day("2017-02-01"), by=chief, checker=checker)
        a_problem(by=chief)

        plan = hazards.plan_sweep(a_plan(), at=AT, by=chief)

        assert (plan.frame, plan.drawn, LookBackVisit.objects.filter(plan=plan).count()) == (3, 3, 3)

    def test_samples_the_same_lifts_again_from_the_same_seed(self, chief):
        filed(chief, 8)

        plans = [hazards.plan_sample(a_plan(), seed=2017, size=3, at=AT, by=chief) for _ in range(2)]

        drawn = [set(LookBackVisit.objects.filter(plan=plan).values_list("lift_id", flat=True)) for plan in plans]
        assert drawn[0] == drawn[1]
        assert len(drawn[0]) == 3

    def test_samples_a_share_rounded_up(self, chief):
        filed(chief, 6)

        plan = hazards.plan_share(a_plan(), seed=1, share=Decimal("0.25"), at=AT, by=chief)

        assert plan.drawn == 2

    def test_draws_no_more_than_there_is(self, chief):
        filed(chief, 2)

        assert hazards.plan_sample(a_plan(), seed=1, size=9, at=AT, by=chief).drawn == 2

    def test_may_be_for_public_places_alone(self, chief):
        filed(chief)
        (mall,) = filed(chief, place="mall")

        plan = hazards.plan_sweep(a_plan(scope=PlaceScope.PUBLIC), at=AT, by=chief)

        assert LookBackVisit.objects.get(plan=plan).lift_id == mall.pk

    def test_keeps_the_two_lists_of_places_apart(self, chief):
        filed(chief, place="hotel")

        with pytest.raises(NothingToDraw):
            hazards.plan_sweep(a_plan(scope=PlaceScope.PUBLIC), at=AT, by=chief)
        assert hazards.plan_sweep(a_plan(scope=PlaceScope.CROWDED), at=AT, by=chief).drawn == 1

    def test_for_a_guarantee_period_is_due_on_its_eve(self, chief):
        filed(chief)
        period = hazards.declare_guarantee_period(
            XIHU, name="论坛", from_on=date(2017, 4, 20), to_on=date(2017, 4, 22), source="通知", at=AT, by=chief
        )

        plan = hazards.plan_sweep(a_plan(guarantee=period.pk), at=AT, by=chief)

        assert (plan.due_on, LookBackVisit.objects.get(plan=plan).due_on) == (date(2017, 4, 19), date(2017, 4, 19))

    def test_for_a_guarantee_period_that_has_begun_is_refused(self, chief):
        filed(chief)
        period = hazards.declare_guarantee_period(
            XIHU, name="论坛", from_on=date(2017, 4, 1), to_on=date(2017, 4, 22), source="通知", at=AT, by=chief
        )

        with pytest.raises(BadInput):
            hazards.plan_sweep(a_plan(guarantee=period.pk), at=AT, by=chief)

    def test_over_nothing_is_refused(self, chief):
        with pytest.raises(NothingToDraw):
            hazards.plan_sweep(a_plan(), at=AT, by=chief)

    @pytest.mark.parametrize(
        "told", [{"name": " "}, {"to_on": date(2017, 3, 1)}], ids=["without a name", "that ends before it begins"]
    )
    def test_that_cannot_stand_is_refused(self, chief, told):
        with pytest.raises(BadInput):
            hazards.plan_sweep(a_plan(**told), at=AT, by=chief)

    @pytest.mark.parametrize("share", ["0", "1.1"])
    def test_of_an_impossible_share_is_refused(self, chief, share):
        with pytest.raises(BadInput):
            hazards.plan_share(a_plan(), seed=1, share=Decimal(share), at=AT, by=chief)

    def test_of_another_division_is_refused(self, chief):
        with pytest.raises(NotYours):
            hazards.plan_sweep(a_plan(division=BINJIANG), at=AT, by=chief)

    def test_of_a_city_gives_each_district_its_own_visits(self, chief):
        city = an_actor("chief", division=HANGZHOU)
        other = an_actor("chief", division=BINJIANG)
        filed(chief)
        lift = a_lift(division=BINJIANG)
        hazards.file_completed(lift.pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=other)

        hazards.plan_sweep(a_plan(division=HANGZHOU), at=AT, by=city)

        assert [queries.visits(by).count() for by in (city, chief, other)] == [2, 1, 1]

    def test_is_made_of_rows_that_verify(self, chief):
        filed(chief, 3)
        hazards.plan_sample(a_plan(), seed=1, size=2, at=AT, by=chief)

        assert verify().breaks == ()


class TestAVisit:
    def test_may_find_nothing(self, chief):
        filed(chief)

        visit = hazards.visit_found_nothing(a_visit(chief).pk, at=day("2017-04-05"), by=chief)

        assert (visit.state, visit.tries) == ("clear", 1)

    def test_opens_a_problem_of_f_on_a_lift_of_the_frame(self, chief):
        filed(chief)

        visit = hazards.visit_found_problem(a_visit(chief).pk, a_finding(day("2017-04-05"), cause="bridged"), by=chief)

        figures = queries.figures("2017", Period(2017, 6), division=XIHU, seen=journal.snapshot())
        assert (visit.state, figures["F"]) == ("new_problem", 1)

    def test_that_finds_the_same_cause_is_told_as_a_recurrence(self, chief):
        filed(chief)

        visit = hazards.visit_found_problem(a_visit(chief).pk, a_finding(day("2017-04-05")), by=chief)

        assert visit.state == "recurred"

    def test_that_finds_the_same_cause_on_a_closed_a_lift_takes_b_back_to_c(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))
        closed(problem, day("2017-02-01"), by=chief, checker=an_actor("inspector"))

        visit = hazards.visit_found_problem(a_visit(chief).pk, a_finding(day("2017-04-05")), by=chief)

        figures = queries.figures("2017", Period(2017, 6), division=XIHU, seen=journal.snapshot())
        assert (visit.problem.recurrence, figures["A"], figures["C"], figures["F"]) == (True, 1, 1, 0)

    def test_without_access_is_to_be_made_again(self, chief):
        filed(chief)

        visit = hazards.visit_without_access(a_visit(chief).pk, note="无人应答", at=day("2017-04-05"), by=chief)

        assert (visit.state, visit.due_on) == ("no_access", date(2017, 4, 20))

    def test_without_access_is_due_again_within_its_plan(self, chief):
        filed(chief)

        visit = hazards.visit_without_access(a_visit(chief).pk, note="无人应答", at=day("2017-04-28"), by=chief)

        assert visit.due_on == date(2017, 4, 30)

    def test_before_its_plan_is_refused(self, chief):
        filed(chief)

        with pytest.raises(BeforeItsPlan):
            hazards.visit_found_nothing(a_visit(chief).pk, at=day("2017-03-31"), by=chief)

    def test_of_another_district_is_not_to_be_found(self, chief):
        filed(chief)
        visit = a_visit(chief)

        with pytest.raises(NotFound):
            hazards.visit_found_nothing(visit.pk, at=day("2017-04-05"), by=an_actor("chief", division=BINJIANG))

    @pytest.mark.parametrize("action", list(VisitAction), ids=str)
    @pytest.mark.parametrize("state", list(VisitState), ids=str)
    def test_moves_as_its_table_says(self, chief, state, action):
        filed(chief)
        visit = a_visit(chief)
        do = {
            VisitAction.FIND_NOTHING: lambda: hazards.visit_found_nothing(visit.pk, at=day("2017-04-05"), by=chief),
            VisitAction.NO_ACCESS: lambda: hazards.visit_without_access(
                visit.pk, note="无人应答", at=day("2017-04-05"), by=chief
            ),
            VisitAction.FIND_SAME: lambda: hazards.visit_found_problem(
                visit.pk, a_finding(day("2017-04-05")), by=chief
            ),
            VisitAction.FIND_NEW: lambda: hazards.visit_found_problem(
                visit.pk, a_finding(day("2017-04-05"), cause="bridged"), by=chief
            ),
        }
        first = next(
            (a for (start, a), after in VISIT.table.items() if start is VISIT.initial and after is state), None
        )
        if first is not None:
            do[first]()

        if (state, action) in VISIT.table:
            assert do[action]().state == VISIT.table[state, action]
        else:
            with pytest.raises(ActionNotAllowed):
                do[action]()


class TestProgressAndCoverage:
    def test_every_visit_is_in_one_state(self, chief):
        filed(chief, 3)
        plan = hazards.plan_sweep(a_plan(), at=AT, by=chief)
        first, second, _ = queries.visits(chief)
        hazards.visit_found_nothing(first.pk, at=day("2017-04-05"), by=chief)
        hazards.visit_without_access(second.pk, note="无人应答", at=day("2017-04-05"), by=chief)

        told = queries.progress([plan.pk], on=date(2017, 5, 1))[plan.pk]

        assert (told.drawn, told.done, told.overdue, sum(told.states.values())) == (3, 1, 2, 3)

    def test_coverage_counts_a_lift_once_and_names_those_never_visited(self, chief):
        lifts = filed(chief, 3)
        plan = hazards.plan_sweep(a_plan(), at=AT, by=chief)
        for visit in LookBackVisit.objects.filter(plan=plan, lift_id=lifts[0].pk):
            hazards.visit_found_nothing(visit.pk, at=day("2017-04-05"), by=chief)

        told = queries.coverage(XIHU, since=date(2017, 1, 1), by=chief)

        assert (told.frame, told.visited, set(told.never)) == (3, 1, {lifts[1].pk, lifts[2].pk})

    def test_a_lift_that_was_found_wanting_was_visited_all_the_same(self, chief):
        filed(chief)
        hazards.visit_found_problem(a_visit(chief).pk, a_finding(day("2017-04-05")), by=chief)

        told = queries.coverage(XIHU, since=date(2017, 1, 1), by=chief)

        assert (told.frame, told.visited, told.never) == (1, 1, ())


class TestAGuaranteePeriod:
    def declared(self, by: Actor, **told: object):
        values = {"name": "论坛", "from_on": date(2017, 5, 20), "to_on": date(2017, 5, 25), "source": "通知"}
        return hazards.declare_guarantee_period(XIHU, **{**values, **told}, at=AT, by=by)  # type: ignore[arg-type]

    @pytest.mark.parametrize("told", [{"name": ""}, {"source": ""}, {"to_on": date(2017, 5, 1)}])
    def test_that_cannot_stand_is_refused(self, chief, told):
        with pytest.raises(BadInput):
            self.declared(chief, **told)

    def test_bears_on_the_divisions_below(self, chief):
        self.declared(chief)

        assert queries.guarantee_periods(an_actor("inspector")).count() == 1

    def test_does_not_bear_on_its_neighbours(self, chief):
        self.declared(chief)

        assert queries.guarantee_periods(an_actor("inspector", division=BINJIANG)).count() == 0

    def test_is_revoked_once(self, chief):
        period = self.declared(chief)
        hazards.revoke_guarantee_period(period.pk, reason="活动取消", at=AT, by=chief)

        with pytest.raises(AlreadyRevoked):
            hazards.revoke_guarantee_period(period.pk, reason="活动取消", at=AT, by=chief)

    def test_that_is_revoked_tightens_nothing(self, chief):
        period = self.declared(chief)

        hazards.revoke_guarantee_period(period.pk, reason="活动取消", at=AT, by=chief)

        assert queries.guarantees_on(date(2017, 5, 1)) == ()


def test_plans_are_for_officials(chief):
    filed(chief)
    hazards.plan_sweep(a_plan(), at=AT, by=chief)

    assert (queries.plans(an_actor("use_unit")).count(), LookBackPlan.objects.count()) == (0, 1)
