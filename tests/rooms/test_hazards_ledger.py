"""The ledger as the annex counts it: late entries, joins, recurrences, transfers, corrections, dismantling."""

from datetime import date

import pytest
from django.db import transaction

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import ledger, queries
from liftwarden.casework.hazards.actions.baseline import NothingToJoin
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import BaselineFrozen, NotYet
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.actions.steps import (
    ClosedBeforeBaseline,
    NoCertificate,
    NoEvidence,
    NotLater,
    OutOfOrder,
    SamePerson,
    StillRegistered,
    StillShutDown,
)
from liftwarden.casework.hazards.models import EvidenceKind, Problem, ProblemFile, Standing
from liftwarden.casework.hazards.rules import CorrectionKind, NotInTheFrame
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.rules import UseAction
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import BadInput, NotFound
from tests.factories import (
    BINJIANG,
    XIHU,
    ZHEJIANG,
    a_finding,
    a_lift,
    a_problem,
    an_actor,
    an_order,
    closed,
    day,
    show_evidence,
)

pytestmark = pytest.mark.django_db
MARCH, JUNE, DECEMBER_2016 = Period(2017, 3), Period(2017, 6), Period(2016, 12)
SEAL = SealOrder("封〔2017〕1号", "《特种设备安全法》第六十一条", "西湖区市场监管局")
BOARD = ListingOrder("李区长", date(2017, 6, 1), "fund")


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief")


@pytest.fixture
def checker() -> Actor:
    return an_actor("inspector")


def counts(period: Period = JUNE, *, division: str = ZHEJIANG) -> dict[str, int]:
    cells = queries.figures("2017", period, division=division, seen=journal.snapshot())
    return {letter: number for letter, number in cells.items() if number}


def dismantle(problem: Problem, on: date = date(2017, 4, 1)) -> None:
    registry.change_use(
        problem.lift_id,
        UseAction.DISMANTLE,
        on=on,
        reason="拆除",
        acting_body="业主",
        by=an_actor("registrar", division=ZHEJIANG),
    )


@pytest.mark.clause("N2017-annex-A", "N2017-annex-F")
class TestTheCohorts:
    def test_a_new_problem_on_a_lift_open_in_a_joins_it(self, chief):
        lift = a_lift()
        a_problem(lift, by=chief, found=day("2016-05-01"))

        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        assert counts() == {"A": 1, "C": 1}

    def test_an_a_lift_is_closed_only_with_its_last_problem(self, chief, checker):
        lift = a_lift()
        old = a_problem(lift, by=chief, found=day("2016-05-01"))
        new = a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")
        closed(old, day("2017-02-20"), by=chief, checker=checker)
        assert counts(MARCH) == {"A": 1, "C": 1}

        closed(new, day("2017-04-10"), by=chief, checker=checker)

        assert counts() == {"A": 1, "B": 1}

    @pytest.mark.clause("N2017-1.1a")
    def test_the_same_cause_inside_the_observation_period_takes_b_back_to_c(self, chief, checker):
        lift = a_lift()
        closed(a_problem(lift, by=chief, found=day("2016-05-01")), day("2017-03-01"), by=chief, checker=checker)

        again = a_problem(lift, by=chief, found=day("2017-05-01"))

        assert (again.recurrence, counts(MARCH), counts()) == (True, {"A": 1, "B": 1}, {"A": 1, "C": 1})

    @pytest.mark.clause("N2017-1.1b")
    def test_another_cause_on_a_closed_a_lift_is_f(self, chief, checker):
        lift = a_lift()
        closed(a_problem(lift, by=chief, found=day("2016-05-01")), day("2017-03-01"), by=chief, checker=checker)

        a_problem(lift, by=chief, found=day("2017-05-01"), cause="bridged")

        assert counts() == {"A": 1, "B": 1, "F": 1, "H": 1}

    def test_a_second_problem_on_an_f_lift_does_not_count_it_twice(self, chief, checker):
        lift = a_lift()
        closed(a_problem(lift, by=chief, found=day("2017-01-05")), day("2017-02-01"), by=chief, checker=checker)

        a_problem(lift, by=chief, found=day("2017-05-01"), cause="bridged")

        assert (counts(MARCH), counts()) == ({"F": 1, "G": 1}, {"F": 1, "H": 1})

    def test_the_frame_has_no_cell(self, chief):
        hazards.file_completed(a_lift().pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=chief)

        assert counts() == {}

    def test_any_new_problem_on_a_lift_of_the_frame_is_f(self, chief):
        lift = a_lift()
        hazards.file_completed(lift.pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=chief)

        a_problem(lift, by=chief, found=day("2017-02-01"))

        assert counts() == {"F": 1, "H": 1}

    def test_the_frame_takes_nothing_completed_after_the_baseline_day(self, chief):
        with pytest.raises(NotInTheFrame):
            hazards.file_completed(a_lift().pk, a_finding(day("2015-05-01")), completed_at=day("2017-01-01"), by=chief)

    def test_the_frame_takes_nothing_completed_before_it_was_found(self, chief):
        with pytest.raises(BadInput):
            hazards.file_completed(a_lift().pk, a_finding(day("2015-05-01")), completed_at=day("2015-04-01"), by=chief)

    def test_nothing_is_filed_ahead_of_time(self, chief):
        with pytest.raises(NotYet):
            a_problem(by=chief, found=day("2018-01-01"))


@pytest.mark.clause("N2017-annex-note-1")
class TestLateEntries:
    def test_an_earlier_finding_told_later_moves_the_beginning_of_its_file(self, chief):
        lift = a_lift()
        problem = a_problem(lift, by=chief, found=day("2017-05-01"))
        assert counts(MARCH) == {}

        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        problem.file.refresh_from_db()
        assert (counts(MARCH), problem.file.opened_at) == ({"F": 1, "H": 1}, day("2017-02-01"))

    def test_what_was_known_at_a_snapshot_stays_as_it_was(self, chief):
        lift = a_lift()
        a_problem(lift, by=chief, found=day("2017-05-01"))
        before = journal.snapshot()

        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        assert queries.figures("2017", MARCH, division=ZHEJIANG, seen=before)["F"] == 0

    def test_a_late_shut_down_and_unsealing_change_only_their_own_time(self, chief):
        problem = a_problem(by=chief, found=day("2017-02-01"))
        hazards.shut_down(problem.file_id, SEAL, at=day("2017-03-10"), by=chief)

        hazards.unseal(problem.file_id, reason="已整改", at=day("2017-04-10"), by=chief)

        assert [counts(Period(2017, month)) for month in (2, 3, 4)] == [
            {"F": 1, "H": 1},
            {"F": 1, "I": 1},
            {"F": 1, "H": 1},
        ]

    def test_settling_twice_adds_no_row(self, chief):
        problem = a_problem(by=chief, found=day("2017-02-01"))
        rows = Standing.objects.count()

        ledger.settle(problem.file, "hazard.file-settled", by=chief.hand, at=chief.now)

        assert Standing.objects.count() == rows

    def test_the_order_of_telling_does_not_change_the_count(self, chief):
        told = [("2017-02-01", "ageing"), ("2017-03-05", "bridged"), ("2017-05-01", "misuse")]
        forth, back = a_lift(), a_lift()
        for found, cause in told:
            a_problem(forth, by=chief, found=day(found), cause=cause)
        for found, cause in reversed(told):
            a_problem(back, by=chief, found=day(found), cause=cause)

        assert [counts(Period(2017, month)).get("H") for month in (1, 2, 3, 5)] == [None, 2, 2, 2]

    def test_an_f_file_joins_an_a_file_that_became_known_late(self, chief):
        lift = a_lift()
        new = a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")
        hazards.shut_down(new.file_id, SEAL, at=day("2017-02-10"), by=chief)
        a_problem(lift, by=chief, found=day("2016-05-01"))
        assert counts() == {"A": 1, "C": 1, "F": 1, "I": 1}

        joined = hazards.join_baseline(new.file_id, reason="A 补录在后", at=day("2017-06-10"), by=chief)

        new.refresh_from_db()
        assert (counts(), new.file_id, joined.shut_down) == ({"A": 1, "D": 1}, joined.pk, "active")

    def test_a_joined_history_still_verifies(self, chief):
        lift = a_lift()
        new = a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")
        a_problem(lift, by=chief, found=day("2016-05-01"))

        hazards.join_baseline(new.file_id, reason="A 补录在后", at=day("2017-06-10"), by=chief)

        assert verify().breaks == ()

    def test_an_f_file_does_not_join_an_a_file_closed_before_it(self, chief, checker):
        lift = a_lift()
        closed(a_problem(lift, by=chief, found=day("2016-05-01")), day("2017-01-10"), by=chief, checker=checker)
        new = a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        with pytest.raises(NothingToJoin):
            hazards.join_baseline(new.file_id, reason="误", at=day("2017-06-10"), by=chief)

    def test_an_f_file_without_an_a_file_joins_nothing(self, chief):
        problem = a_problem(by=chief)

        with pytest.raises(NothingToJoin):
            hazards.join_baseline(problem.file_id, reason="误", at=day("2017-06-10"), by=chief)


@pytest.mark.clause("N2017-annex-B", "N2017-annex-G")
class TestClosing:
    def ready(self, chief: Actor, checker: Actor, found: str = "2017-02-01") -> Problem:
        problem = a_problem(by=chief, found=day(found))
        hazards.begin(problem.pk, at=day("2017-02-02"), by=chief)
        hazards.report(problem.pk, text="已更换", at=day("2017-02-03"), by=chief)
        hazards.pass_recheck(problem.pk, at=day("2017-02-04"), by=checker)
        return problem

    def test_is_refused_without_evidence_from_before_and_after(self, chief, checker):
        problem = self.ready(chief, checker)
        show_evidence(problem, EvidenceKind.BEFORE, by=chief)

        with pytest.raises(NoEvidence, match="整改后"):
            hazards.close(problem.pk, at=day("2017-03-01"), by=chief)

    def test_is_refused_to_who_checked(self, chief, checker):
        problem = self.ready(chief, checker)
        show_evidence(problem, by=chief)

        with pytest.raises(SamePerson):
            hazards.close(problem.pk, at=day("2017-03-01"), by=checker)

    def test_is_refused_for_the_last_problem_of_a_lift_still_shut_down(self, chief, checker):
        problem = self.ready(chief, checker)
        show_evidence(problem, by=chief)
        hazards.shut_down(problem.file_id, SEAL, at=day("2017-02-20"), by=chief)

        with pytest.raises(StillShutDown):
            hazards.close(problem.pk, at=day("2017-03-01"), by=chief)

    def test_starts_the_observation_period(self, chief, checker):
        problem = self.ready(chief, checker)
        show_evidence(problem, by=chief)

        hazards.close(problem.pk, at=day("2017-03-01"), by=chief)

        assert ProblemFile.objects.get(pk=problem.file_id).observed_until == day("2018-03-01")

    def test_is_refused_before_the_step_it_follows(self, chief, checker):
        problem = self.ready(chief, checker)
        show_evidence(problem, by=chief)

        with pytest.raises(OutOfOrder):
            hazards.close(problem.pk, at=day("2017-02-03"), by=chief)

    def test_of_the_last_problem_of_a_by_the_baseline_day_is_refused(self, chief, checker):
        problem = a_problem(by=chief, found=day("2016-05-01"))

        with pytest.raises(ClosedBeforeBaseline):
            closed(problem, day("2016-12-01"), by=chief, checker=checker)

    def test_by_the_baseline_day_stands_where_another_problem_keeps_the_lift_in_a(self, chief, checker):
        lift = a_lift()
        first = a_problem(lift, by=chief, found=day("2016-05-01"))
        a_problem(lift, by=chief, found=day("2016-06-01"), cause="bridged")

        closed(first, day("2016-12-01"), by=chief, checker=checker)

        assert counts() == {"A": 1, "C": 1}

    def test_an_alteration_needs_its_certificate_first(self, chief, checker):
        problem = a_problem(by=chief, needs_certificate=True)
        hazards.begin(problem.pk, at=day("2017-02-02"), by=chief)
        hazards.report(problem.pk, text="已改造", at=day("2017-02-03"), by=chief)

        with pytest.raises(NoCertificate):
            hazards.pass_recheck(problem.pk, at=day("2017-02-04"), by=checker)

    @pytest.mark.clause("N2017-1.2b")
    def test_a_report_is_to_be_rechecked_within_ten_working_days(self, chief):
        problem = a_problem(by=chief)
        hazards.begin(problem.pk, at=day("2017-02-02"), by=chief)

        reported = hazards.report(problem.pk, text="已更换", at=day("2017-03-27"), by=chief)

        # 1 April 2017 was a working Saturday, 2 to 4 April the holiday of Qingming.
        assert reported.recheck_due_on == date(2017, 4, 11)


class TestDismantling:
    def test_counts_as_closed_and_is_shown_apart(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))
        dismantle(problem)
        show_evidence(problem, EvidenceKind.DEREGISTRATION, by=chief)

        hazards.close_as_dismantled(problem.pk, at=day("2017-04-02"), by=chief)

        apart = queries.dismantled("2017", JUNE, division=ZHEJIANG, seen=journal.snapshot())
        assert (counts(), apart) == ({"A": 1, "B": 1}, {"B": 1, "G": 0})

    def test_ends_a_shut_down(self, chief):
        problem = a_problem(by=chief)
        hazards.shut_down(problem.file_id, SEAL, at=day("2017-03-01"), by=chief)
        dismantle(problem)
        show_evidence(problem, EvidenceKind.DEREGISTRATION, by=chief)

        hazards.close_as_dismantled(problem.pk, at=day("2017-04-02"), by=chief)

        file = ProblemFile.objects.get(pk=problem.file_id)
        assert (file.shut_down, queries.live_shut_down(file)) == ("none", None)

    def test_is_refused_while_the_registry_has_the_lift_in_use(self, chief):
        problem = a_problem(by=chief)

        with pytest.raises(StillRegistered):
            hazards.close_as_dismantled(problem.pk, at=day("2017-04-02"), by=chief)

    def test_is_refused_without_its_document(self, chief):
        problem = a_problem(by=chief)
        dismantle(problem)

        with pytest.raises(NoEvidence):
            hazards.close_as_dismantled(problem.pk, at=day("2017-04-02"), by=chief)


class TestTransfer:
    def test_moves_the_lift_and_every_file_of_it(self, chief, checker):
        lift = a_lift()
        old = closed(a_problem(lift, by=chief, found=day("2016-05-01")), day("2017-01-10"), by=chief, checker=checker)
        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        hazards.transfer(old.file_id, division=BINJIANG, reason="区划调整", at=day("2017-05-01"), by=chief)

        theirs = an_actor("chief", division=BINJIANG)
        assert len(queries.files_of_lift(lift.pk, by=theirs)) == 2
        assert registry.queries.lift(lift.pk, by=theirs).division_code == BINJIANG

    def test_moves_the_count_from_its_day_on(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))

        hazards.transfer(problem.file_id, division=BINJIANG, reason="区划调整", at=day("2017-05-01"), by=chief)

        assert (counts(MARCH, division=XIHU), counts(division=XIHU), counts(division=BINJIANG)) == (
            {"A": 1, "C": 1},
            {},
            {"A": 1, "C": 1},
        )

    def test_leaves_the_giving_division_nothing_to_change(self, chief):
        problem = a_problem(by=chief)
        hazards.transfer(problem.file_id, division=BINJIANG, reason="区划调整", at=day("2017-05-01"), by=chief)

        with pytest.raises(NotFound):
            hazards.begin(problem.pk, at=day("2017-05-02"), by=chief)

    def test_to_where_it_lies_is_refused(self, chief):
        problem = a_problem(by=chief)

        with pytest.raises(BadInput):
            hazards.transfer(problem.file_id, division=XIHU, reason="区划调整", at=day("2017-05-01"), by=chief)


@pytest.mark.clause("N2017-annex-A")
class TestCorrections:
    def test_f_falls_by_a_correction_from_its_day_on(self, chief):
        problem = a_problem(by=chief)

        hazards.correct(
            problem.file_id, CorrectionKind.DUPLICATE, reason="与另一档案重复", at=day("2017-05-01"), by=chief
        )

        assert (counts(MARCH), counts()) == ({"F": 1, "H": 1}, {})

    def test_a_correction_leaves_no_work_behind(self, chief):
        problem = a_problem(by=chief)

        hazards.correct(problem.file_id, CorrectionKind.NEVER_A_LIFT, reason="是货梯井", at=day("2017-05-01"), by=chief)

        assert queries.worklist(chief, on=date(2017, 5, 2)) == []

    def test_a_lift_completed_before_the_baseline_day_goes_to_the_frame(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))

        frame = hazards.correct_as_done_before(
            problem.file_id, completed_at=day("2016-11-01"), reason="当年已整改", at=day("2017-05-01"), by=chief
        )

        assert (frame.cohort, counts(MARCH), counts()) == ("frame", {"A": 1, "C": 1}, {})

    def test_what_was_found_since_then_goes_to_f(self, chief):
        lift = a_lift()
        old = a_problem(lift, by=chief, found=day("2016-05-01"))
        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        hazards.correct_as_done_before(
            old.file_id, completed_at=day("2016-11-01"), reason="当年已整改", at=day("2017-05-01"), by=chief
        )

        assert counts() == {"F": 1, "H": 1}

    @pytest.mark.parametrize("kind", [CorrectionKind.TRANSFER, CorrectionKind.ADDED, CorrectionKind.DONE_BEFORE])
    def test_kinds_with_a_way_of_their_own_are_refused(self, chief, kind):
        problem = a_problem(by=chief)

        with pytest.raises(BadInput):
            hazards.correct(problem.file_id, kind, reason="误", at=day("2017-05-01"), by=chief)

    def test_the_last_problem_of_a_file_cannot_be_withdrawn_alone(self, chief):
        problem = a_problem(by=chief)

        with pytest.raises(BadInput):
            hazards.withdraw(problem.pk, reason="误", at=day("2017-05-01"), by=chief)

    def test_the_problem_that_makes_a_lift_one_of_a_cannot_be_withdrawn_alone(self, chief):
        lift = a_lift()
        old = a_problem(lift, by=chief, found=day("2016-05-01"))
        a_problem(lift, by=chief, found=day("2017-02-01"), cause="bridged")

        with pytest.raises(BadInput):
            hazards.withdraw(old.pk, reason="误", at=day("2017-05-01"), by=chief)

    def test_a_does_not_grow_after_it_is_frozen(self, chief):
        hazards.freeze_baseline(XIHU, at=day("2017-04-01"), by=chief)

        with pytest.raises(BaselineFrozen):
            a_problem(by=chief, found=day("2016-05-01"))

    def test_a_grows_after_it_is_frozen_with_a_reason(self, chief):
        hazards.freeze_baseline(XIHU, at=day("2017-04-01"), by=chief)

        hazards.open_problem(a_lift().pk, a_finding(day("2016-05-01")), correction_reason="漏报", by=chief)

        assert counts() == {"A": 1, "C": 1}


@pytest.mark.clause("N2017-1.2a")
class TestListedSupervision:
    def test_counts_in_e_until_rectification_begins(self, chief):
        problem = a_problem(by=chief, found=day("2016-05-01"))
        hazards.list_for_supervision(problem.file_id, BOARD, at=day("2017-03-01"), by=chief)
        assert counts(MARCH) == {"A": 1, "E": 1}

        hazards.begin(problem.pk, at=day("2017-05-01"), by=chief)

        assert counts() == {"A": 1, "C": 1}

    def test_is_taken_off_only_when_asked_for(self, chief):
        problem = a_problem(by=chief)
        hazards.list_for_supervision(problem.file_id, BOARD, at=day("2017-03-01"), by=chief)
        hazards.ask_to_delist(problem.file_id, reason="资金落实", at=day("2017-04-01"), by=chief)

        hazards.delist(problem.file_id, reason="同意", at=day("2017-04-02"), by=chief)

        assert ProblemFile.objects.get(pk=problem.file_id).listing == "none"


class TestDeadlines:
    def test_an_extension_comes_after_the_deadline(self, chief):
        problem = a_problem(by=chief)
        hazards.instruct([problem.pk], an_order(chief, deadline_on=date(2017, 5, 1)), at=day("2017-03-01"), by=chief)

        with pytest.raises(NotLater):
            hazards.extend(problem.pk, deadline_on=date(2017, 5, 1), reason="等配件", at=day("2017-03-02"), by=chief)

    def test_a_failed_recheck_sets_no_deadline_in_the_past(self, chief, checker):
        problem = a_problem(by=chief)
        hazards.begin(problem.pk, at=day("2017-02-02"), by=chief)
        hazards.report(problem.pk, text="已更换", at=day("2017-02-03"), by=chief)

        with pytest.raises(BadInput):
            hazards.fail_recheck(
                problem.pk, reason="仍短接", deadline_on=date(2017, 2, 1), at=day("2017-02-04"), by=checker
            )

    def test_a_refused_step_leaves_nothing_behind(self, chief):
        problem = a_problem(by=chief)
        before = journal.snapshot()

        with pytest.raises(OutOfOrder), transaction.atomic():
            hazards.begin(problem.pk, at=day("2017-01-01"), by=chief)

        assert journal.snapshot() == before
