"""One lift registered, one problem opened and closed, its lift in a form cell: the slice through the floors."""

import pytest

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.verify import verify
from liftwarden.kernel.periods import Period
from tests.factories import ZHEJIANG, a_lift, a_problem, an_actor, an_order, closed, day

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-annex-A")]
JUNE = Period(2017, 6)


def cells(period: Period = JUNE) -> dict[str, int]:
    return queries.figures("2017", period, division=ZHEJIANG, seen=journal.snapshot())


class TestTheSlice:
    def test_a_new_problem_is_counted_in_f_and_h(self):
        chief = an_actor("chief")

        a_problem(by=chief, found=day("2017-02-01"))

        assert {k: v for k, v in cells().items() if v} == {"F": 1, "H": 1}

    def test_a_closed_problem_moves_its_lift_from_h_to_g(self):
        chief, inspector = an_actor("chief"), an_actor("inspector")
        problem = a_problem(by=chief, found=day("2017-02-01"))
        hazards.instruct([problem.pk], an_order(chief), at=day("2017-02-02"), by=chief)

        problem.refresh_from_db()
        assert problem.state == "ordered"
        show = problem
        from tests.factories import show_evidence

        show_evidence(show, by=chief)
        hazards.begin(problem.pk, at=day("2017-02-05"), by=chief)
        hazards.report(problem.pk, text="已更换", at=day("2017-03-01"), by=chief)
        hazards.pass_recheck(problem.pk, at=day("2017-03-02"), by=inspector)
        hazards.close(problem.pk, at=day("2017-04-03"), by=chief)

        assert cells(Period(2017, 3))["H"] == 1
        assert cells()["G"] == 1

    def test_an_unfinished_lift_of_2016_is_in_a(self):
        chief, inspector = an_actor("chief"), an_actor("inspector")
        problem = a_problem(by=chief, found=day("2016-05-01"))
        assert cells(Period(2016, 12))["A"] == 1

        closed(problem, day("2017-05-01"), by=chief, checker=inspector)

        assert (cells()["A"], cells()["B"]) == (1, 1)

    def test_the_journal_verifies(self):
        chief, inspector = an_actor("chief"), an_actor("inspector")
        closed(a_problem(a_lift(), by=chief), day("2017-05-01"), by=chief, checker=inspector)

        verdict = verify()

        assert verdict.breaks == ()
        assert verdict.rows > 3000
