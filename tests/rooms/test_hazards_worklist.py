"""The inspector's work list: by the date that presses, filtered and counted in the database."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.actions.instructions import AlreadyServed, OneOfficer, TwoUnits
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.deadlines import DeadlineTooLate
from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import Problem, ServiceOutcome
from liftwarden.casework.hazards.queries import TILES, WorkFilter
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import NotFound
from tests.factories import BINJIANG, XIHU, a_body, a_lift, a_problem, an_actor, an_order, day, serve

pytestmark = pytest.mark.django_db
ON = date(2017, 5, 10)
SEAL = SealOrder("封〔2017〕1号", "《特种设备安全法》第六十一条", "西湖区市场监管局")


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief")


def ordered(by: Actor, deadline: str, *, found: str = "2017-02-01", **lift: str) -> Problem:
    problem = a_problem(a_lift(**lift), by=by, found=day(found))
    order = an_order(by, deadline_on=date.fromisoformat(deadline), deadline_reason="资金须业主大会表决")
    hazards.instruct([problem.pk], order, at=day("2017-03-01"), by=by)
    return problem


def a_forum(by: Actor) -> None:
    hazards.declare_guarantee_period(
        XIHU,
        name="论坛",
        from_on=date(2017, 5, 20),
        to_on=date(2017, 5, 25),
        source="通知",
        at=day("2017-04-01"),
        by=by,
    )


class TestTheOrder:
    def test_is_by_the_date_that_presses_and_undated_come_last(self, chief):
        later, sooner = ordered(chief, "2017-06-01"), ordered(chief, "2017-05-01")
        undated = a_problem(by=chief)

        found = [due.problem.pk for due in queries.worklist(chief, on=ON)]

        assert found == [sooner.pk, later.pk, undated.pk]

    def test_tells_how_late_each_is(self, chief):
        ordered(chief, "2017-05-01")

        (due,) = queries.worklist(chief, on=ON)

        assert (due.due_on, due.days_left, due.why) == (date(2017, 5, 1), -9, "整改期限")

    def test_takes_the_recheck_for_what_is_reported(self, chief):
        problem = ordered(chief, "2017-06-01")
        hazards.report(problem.pk, text="已更换", at=day("2017-04-17"), by=chief)

        (due,) = queries.worklist(chief, on=ON)

        assert (due.what, due.why, due.due_on) == ("复查", "复查时限", date(2017, 5, 2))

    def test_takes_the_next_try_where_it_comes_first(self, chief):
        problem = ordered(chief, "2017-09-01")
        hazards.note_no_access(problem.pk, note="无人应答", at=day("2017-05-01"), by=chief)

        (due,) = queries.worklist(chief, on=ON)

        assert (due.why, due.due_on) == ("再次上门", date(2017, 5, 16))

    @pytest.mark.clause("N2017-1.1a")
    def test_takes_the_eve_of_a_guarantee_period_for_a_deadline_that_reaches_into_it(self, chief):
        ordered(chief, "2017-06-01")

        a_forum(chief)

        (due,) = queries.worklist(chief, on=ON)
        assert (due.due_on, due.why) == (date(2017, 5, 19), "保障时段“论坛”前")

    def test_leaves_a_deadline_before_a_guarantee_period_alone(self, chief):
        ordered(chief, "2017-05-15")

        a_forum(chief)

        assert queries.worklist(chief, on=ON)[0].due_on == date(2017, 5, 15)

    def test_gives_the_deadline_back_once_the_period_is_over(self, chief):
        ordered(chief, "2017-06-01")

        a_forum(chief)

        assert queries.worklist(chief, on=date(2017, 5, 26))[0].due_on == date(2017, 6, 1)

    def test_pages_without_repeats(self, chief):
        for _ in range(5):
            a_problem(by=chief)

        pages = [queries.worklist(chief, on=ON, limit=2, offset=offset) for offset in (0, 2, 4)]

        assert [len(page) for page in pages] == [2, 2, 1]
        assert len({due.problem.pk for page in pages for due in page}) == 5

    def test_asks_the_database_once_however_long_it_is(self, chief):
        for _ in range(8):
            ordered(chief, "2017-06-01")
        queries.worklist(chief, on=ON)

        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.worklist(chief, on=ON, limit=3)

        work = [query["sql"] for query in asked if "hazards_problem" in query["sql"]]
        assert len(work) == 1
        assert "LIMIT 3" in work[0]


class TestTheFilter:
    def found(self, by: Actor, **told: object) -> set:
        only = WorkFilter(**told)  # type: ignore[arg-type]
        rows = {due.problem.pk for due in queries.worklist(by, on=ON, only=only)}
        assert queries.work_count(by, on=ON, only=only) == len(rows)
        return rows

    def test_by_state(self, chief):
        a_problem(by=chief)
        problem = ordered(chief, "2017-06-01")

        assert self.found(chief, state=State.ORDERED) == {problem.pk}

    def test_by_being_overdue(self, chief):
        a_problem(by=chief)
        ordered(chief, "2017-05-10")
        late = ordered(chief, "2017-05-09")

        assert self.found(chief, overdue=True) == {late.pk}

    def test_by_coming_due(self, chief):
        ordered(chief, "2017-05-09")
        soon = ordered(chief, "2017-05-17")
        ordered(chief, "2017-05-18")

        assert self.found(chief, due_within_days=7) == {soon.pk}

    def test_by_being_listed(self, chief):
        a_problem(by=chief)
        problem = a_problem(by=chief)
        board = ListingOrder("李区长", date(2017, 6, 1), "fund")
        hazards.list_for_supervision(problem.file_id, board, at=day("2017-03-01"), by=chief)

        assert self.found(chief, listed=True) == {problem.pk}

    def test_by_being_shut_down(self, chief):
        a_problem(by=chief)
        problem = a_problem(by=chief)
        hazards.shut_down(problem.file_id, SEAL, at=day("2017-03-01"), by=chief)

        assert self.found(chief, shut_down=True) == {problem.pk}

    def test_by_waiting_for_a_decision(self, chief):
        ordered(chief, "2017-06-01")
        unit, lift = a_body(), a_lift()
        serve(lift, unit)
        problem = a_problem(lift, by=chief)
        hazards.instruct([problem.pk], an_order(chief), at=day("2017-03-01"), by=chief)
        hazards.ask_extension(
            problem.pk,
            to_on=date(2018, 1, 31),
            reason="等配件",
            at=day("2017-03-05"),
            by=an_actor("use_unit", body=unit),
        )

        assert self.found(chief, awaiting_decision=True) == {problem.pk}

    def test_by_category(self, chief):
        a_problem(by=chief)
        problem = a_problem(by=chief, category="traction")

        assert self.found(chief, category="traction") == {problem.pk}

    def test_by_cohort(self, chief):
        a_problem(by=chief)
        problem = a_problem(by=chief, found=day("2016-05-01"))

        assert self.found(chief, cohort="A") == {problem.pk}

    def test_by_division(self, chief):
        city = an_actor("chief", division="330100")
        a_problem(by=chief)
        problem = a_problem(a_lift(division=BINJIANG), by=city)

        assert self.found(city, division=BINJIANG) == {problem.pk}

    def test_by_estate(self, chief):
        a_problem(by=chief)
        problem = a_problem(a_lift(estate="翠苑一区"), by=chief)

        assert self.found(chief, estate="翠苑一区") == {problem.pk}

    @pytest.mark.parametrize("text", ["体育场路 9", "制动器", "654321"], ids=["address", "description", "number"])
    def test_by_text(self, chief, text):
        a_problem(by=chief)
        lift = a_lift(address="体育场路 9 号", rescue_code="654321")
        problem = a_problem(lift, by=chief, description="制动器磨损")

        assert self.found(chief, text=text) == {problem.pk}

    def test_never_reaches_beyond_the_actor(self, chief):
        a_problem(by=chief)

        assert self.found(an_actor("chief", division=BINJIANG)) == set()


class TestTheTiles:
    def test_each_counts_what_it_opens_to(self, chief):
        a_problem(by=chief)
        ordered(chief, "2017-05-01")
        sealed = ordered(chief, "2017-05-12")
        hazards.shut_down(sealed.file_id, SEAL, at=day("2017-03-02"), by=chief)

        tiles = queries.work_tiles(chief, on=ON)

        assert tiles == {name: queries.work_count(chief, on=ON, only=only) for name, (_, only) in TILES.items()}
        assert (tiles["open"], tiles["overdue"], tiles["soon"], tiles["shut_down"]) == (3, 1, 1, 1)


class TestAnEstate:
    def test_gives_its_open_problems_for_one_instruction(self, chief):
        unit = a_body()
        lifts = [a_lift(estate="翠苑一区") for _ in range(3)]
        for lift in lifts:
            serve(lift, unit)
            a_problem(lift, by=chief)
        a_problem(by=chief)

        problems = queries.problems_of_estate("翠苑一区", by=chief)
        instruction = hazards.instruct([p.pk for p in problems], an_order(chief), at=day("2017-03-01"), by=chief)

        assert len(queries.items_of(instruction)) == 3

    def test_is_named_with_how_much_waits_there(self, chief):
        a_problem(a_lift(estate="翠苑一区"), by=chief)
        lift = a_lift(estate="古荡")
        a_problem(lift, by=chief)
        a_problem(lift, by=chief, cause="bridged")

        assert queries.estates_with_work(chief) == [("古荡", 2), ("翠苑一区", 1)]


class TestAnInstruction:
    def test_to_two_units_is_refused(self, chief):
        problems = []
        for _ in range(2):
            lift = a_lift()
            serve(lift, a_body())
            problems.append(a_problem(lift, by=chief).pk)

        with pytest.raises(TwoUnits):
            hazards.instruct(problems, an_order(chief), at=day("2017-03-01"), by=chief)

    def test_with_one_of_its_problems_out_of_reach_is_refused_whole(self, chief):
        other = an_actor("chief", division=BINJIANG)
        problems = [a_problem(by=chief).pk, a_problem(a_lift(division=BINJIANG), by=other).pk]

        with pytest.raises(NotFound):
            hazards.instruct(problems, an_order(chief), at=day("2017-03-01"), by=chief)

    def test_by_one_officer_is_refused(self, chief):
        order = an_order(chief, second_officer=chief.post_id)

        with pytest.raises(OneOfficer):
            hazards.instruct([a_problem(by=chief).pk], order, at=day("2017-03-01"), by=chief)

    def test_to_a_public_place_is_not_due_late_without_a_reason(self, chief):
        problem = a_problem(a_lift(place="mall"), by=chief)

        with pytest.raises(DeadlineTooLate, match="公众聚集场所"):
            hazards.instruct(
                [problem.pk], an_order(chief, deadline_on=date(2017, 6, 1)), at=day("2017-03-01"), by=chief
            )

    def test_that_reaches_into_a_guarantee_period_is_refused_without_a_reason(self, chief):
        a_forum(chief)
        problem = a_problem(by=chief)

        with pytest.raises(DeadlineTooLate, match="论坛"):
            hazards.instruct(
                [problem.pk], an_order(chief, deadline_on=date(2017, 5, 20)), at=day("2017-05-01"), by=chief
            )

    def test_keeps_the_reason_for_a_late_deadline(self, chief):
        problem = a_problem(a_lift(place="mall"), by=chief)
        order = an_order(chief, deadline_on=date(2017, 6, 1), deadline_reason="等配件")

        assert hazards.instruct([problem.pk], order, at=day("2017-03-01"), by=chief).deadline_reason == "等配件"

    def test_is_signed_for_once(self, chief):
        unit, lift = a_body(), a_lift()
        serve(lift, unit)
        instruction = hazards.instruct([a_problem(lift, by=chief).pk], an_order(chief), at=day("2017-03-01"), by=chief)
        hazards.acknowledge(instruction.pk, at=day("2017-03-02"), by=an_actor("use_unit", body=unit))

        with pytest.raises(AlreadyServed):
            hazards.record_service(instruction.pk, ServiceOutcome.REFUSED, note="拒收", at=day("2017-03-03"), by=chief)
