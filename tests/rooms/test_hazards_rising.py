"""What is overdue rises by itself, once, to the level it has come to, and rests when its cause is gone."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.look_back import Plan
from liftwarden.casework.hazards.actions.rising import NotByHand
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import Listing, Problem, Reminder
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.actor import Actor
from tests.factories import (
    BINJIANG,
    HANGZHOU,
    JIANGSU,
    XIHU,
    ZHEJIANG,
    a_body,
    a_finding,
    a_lift,
    a_problem,
    an_actor,
    an_order,
    closed,
    day,
    serve,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-1.2a")]
SEAL = SealOrder("封〔2017〕1号", "《特种设备安全法》第六十一条", "西湖区市场监管局", date(2017, 5, 31))
BOARD = ListingOrder("李区长", date(2017, 5, 31), "fund")


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief")


def clock(on: str) -> dict[str, int]:
    at = day(on)
    return dict(hazards.raise_overdue(by=Hand(None, "clock", at), at=at).raised)


def settled(on: str) -> dict[str, int]:
    at = day(on)
    return dict(hazards.raise_overdue(by=Hand(None, "clock", at), at=at).settled)


def ordered(by: Actor, deadline: str = "2017-05-31") -> Problem:
    problem = a_problem(by=by)
    hazards.instruct([problem.pk], an_order(by, deadline_on=date.fromisoformat(deadline)), at=day("2017-03-01"), by=by)
    return problem


def overdue_recheck(by: Actor) -> None:
    problem = a_problem(by=by)
    hazards.begin(problem.pk, at=day("2017-03-01"), by=by)
    # Ten working days after 16 May 2017, the Dragon Boat holiday of 28 to 30 May left out and 27 May worked: 31 May.
    hazards.report(problem.pk, text="已更换", at=day("2017-05-16"), by=by)


def listed(by: Actor) -> None:
    hazards.list_for_supervision(a_problem(by=by).file_id, BOARD, at=day("2017-03-01"), by=by)


def sealed(by: Actor) -> None:
    hazards.shut_down(a_problem(by=by).file_id, SEAL, at=day("2017-03-01"), by=by)


def without_access(by: Actor) -> None:
    hazards.note_no_access(a_problem(by=by).pk, note="无人应答", at=day("2017-05-17"), by=by)


def to_be_visited(by: Actor) -> None:
    hazards.file_completed(a_lift().pk, a_finding(day("2015-05-01")), completed_at=day("2015-09-01"), by=by)
    hazards.plan_sweep(Plan(XIHU, "春季", date(2017, 5, 1), date(2017, 5, 31)), at=day("2017-05-01"), by=by)


# What, the last day on which the clock says nothing, the first on which it speaks.
KINDS: dict[str, tuple[Callable[[Actor], object], str, str]] = {
    "rectification": (ordered, "2017-05-31", "2017-06-01"),
    "recheck": (overdue_recheck, "2017-05-31", "2017-06-01"),
    "shut_down_near": (sealed, "2017-05-23", "2017-05-24"),
    "shut_down_over": (sealed, "2017-05-31", "2017-06-01"),
    "try_again": (without_access, "2017-05-31", "2017-06-01"),
    "visit": (to_be_visited, "2017-05-31", "2017-06-01"),
}


class TestEachKind:
    @pytest.mark.parametrize("kind", list(KINDS))
    def test_is_silent_to_its_last_day(self, chief, kind):
        build, last, _ = KINDS[kind]
        build(chief)

        assert kind not in clock(last)

    @pytest.mark.parametrize("kind", list(KINDS))
    def test_rises_on_the_day_after(self, chief, kind):
        build, _, first = KINDS[kind]
        build(chief)

        assert clock(first) == {kind: 1}

    @pytest.mark.parametrize("kind", list(KINDS))
    def test_rises_once(self, chief, kind):
        build, _, first = KINDS[kind]
        build(chief)
        clock(first)

        assert clock(first) == {}

    def test_of_a_listing_rises_to_its_lister_and_one_level_up_at_once(self, chief):
        listed(chief)

        assert clock("2017-06-01") == {"listing": 2}
        assert set(Reminder.objects.values_list("to_division", flat=True)) == {XIHU, HANGZHOU}
        assert Listing.objects.get().escalated_to == HANGZHOU

    def test_of_an_observation_period_rises_when_it_ends(self, chief):
        problem = a_problem(by=chief, found=day("2017-02-01"))
        closed(problem, day("2017-03-01"), by=chief, checker=an_actor("inspector"))

        assert (clock("2018-02-28"), clock("2018-03-01")) == ({}, {"observation": 1})

    def test_is_told_in_the_life_of_the_lift(self, chief):
        from liftwarden.casework.registry import queries as registry

        problem = ordered(chief)
        clock("2017-06-01")

        told = registry.timeline(registry.lift(problem.lift_id, by=chief))
        assert [(one.event, one.channel) for one in told if one.kind == "reminder"] == [("reminder.raised", "clock")]

    def test_verifies(self, chief):
        listed(chief)
        clock("2017-06-01")
        clock("2017-06-20")

        assert verify().breaks == ()


class TestClimbing:
    def test_goes_one_level_up_each_fortnight_as_far_as_the_province(self, chief):
        ordered(chief)

        raised = [clock(on).get("rectification", 0) for on in ("2017-06-01", "2017-06-15", "2017-06-16", "2017-07-01")]
        after = clock("2018-07-01").get("rectification", 0)

        assert (raised, after) == ([1, 0, 1, 1], 0)
        assert list(Reminder.objects.order_by("level").values_list("to_division", flat=True)) == [
            XIHU,
            HANGZHOU,
            ZHEJIANG,
        ]

    def test_a_clock_that_stood_still_raises_all_levels_at_once(self, chief):
        ordered(chief)

        assert clock("2017-08-01") == {"rectification": 3}

    def test_stops_where_there_is_nobody_above(self):
        province = an_actor("chief", division=ZHEJIANG)
        problem = a_problem(a_lift(division=ZHEJIANG), by=province)
        order = an_order(province, deadline_on=date(2017, 5, 31))
        hazards.instruct([problem.pk], order, at=day("2017-03-01"), by=province)

        assert clock("2018-01-01") == {"rectification": 2}


class TestSettling:
    def test_comes_when_the_work_is_done(self, chief):
        problem = ordered(chief)
        clock("2017-06-01")

        hazards.report(problem.pk, text="已更换", at=day("2017-06-02"), by=chief)

        assert settled("2017-06-02") == {"rectification": 1}
        assert not queries.reminders(chief)

    def test_comes_with_an_extension_and_the_new_deadline_rises_anew(self, chief):
        problem = ordered(chief)
        clock("2017-06-01")
        hazards.extend(problem.pk, deadline_on=date(2017, 6, 20), reason="等配件", at=day("2017-06-02"), by=chief)

        assert settled("2017-06-02") == {"rectification": 1}
        assert clock("2017-06-21") == {"rectification": 1}

    def test_of_a_cause_that_comes_back_raises_it_again(self, chief):
        problem = ordered(chief)
        clock("2017-06-01")
        hazards.report(problem.pk, text="已更换", at=day("2017-06-02"), by=chief)
        clock("2017-06-02")

        hazards.fail_recheck(
            problem.pk,
            reason="仍短接",
            deadline_on=date(2017, 6, 3),
            at=day("2017-06-03"),
            by=an_actor("inspector"),
        )

        assert clock("2017-06-04") == {"rectification": 1}

    def test_passes_from_near_to_over(self, chief):
        sealed(chief)
        clock("2017-05-24")

        at = day("2017-06-01")
        risen = hazards.raise_overdue(by=Hand(None, "clock", at), at=at)

        assert (risen.settled, risen.raised) == ({"shut_down_near": 1}, {"shut_down_over": 1})

    def test_leaves_out_what_has_left_the_count(self, chief):
        from liftwarden.casework.hazards.rules import CorrectionKind

        problem = a_problem(by=chief)
        hazards.list_for_supervision(problem.file_id, BOARD, at=day("2017-03-01"), by=chief)
        clock("2017-06-01")

        hazards.correct(problem.file_id, CorrectionKind.DUPLICATE, reason="重复", at=day("2017-06-02"), by=chief)

        assert settled("2017-06-03") == {"listing": 2}

    def test_by_hand_is_for_what_only_asks_to_be_seen(self):
        late = an_actor("chief", now=datetime(2018, 3, 5, tzinfo=day("2018-03-05").tzinfo))
        problem = a_problem(by=late, found=day("2017-02-01"))
        closed(problem, day("2017-03-01"), by=late, checker=an_actor("inspector", now=late.now))
        clock("2018-03-01")

        hazards.see_reminder(queries.reminders(late).get().pk, at=late.now, by=late)

        assert (queries.reminders(late).count(), clock("2018-03-02")) == (0, {})

    def test_by_hand_is_refused_for_overdue_work(self, chief):
        ordered(chief)
        clock("2017-06-01")

        with pytest.raises(NotByHand):
            hazards.see_reminder(queries.reminders(chief).get().pk, at=day("2017-06-02"), by=chief)


class TestTheGuaranteePeriod:
    @pytest.mark.clause("N2017-1.1a")
    def test_makes_a_deadline_overdue_from_its_first_day(self, chief):
        ordered(chief, "2017-06-30")
        hazards.declare_guarantee_period(
            XIHU,
            name="论坛",
            from_on=date(2017, 5, 20),
            to_on=date(2017, 5, 25),
            source="通知",
            at=day("2017-04-01"),
            by=chief,
        )

        assert (clock("2017-05-19"), clock("2017-05-20")) == ({}, {"rectification": 1})
        assert settled("2017-05-26") == {"rectification": 1}


class TestWhoIsReminded:
    def test_an_officer_of_the_division_and_above_by_level(self, chief):
        ordered(chief)
        clock("2017-06-16")
        city, other = an_actor("chief", division=HANGZHOU), an_actor("chief", division=BINJIANG)

        assert [queries.reminders(by).count() for by in (chief, city, other)] == [1, 2, 0]

    def test_each_subject_is_counted_once_however_high_it_rose(self, chief):
        ordered(chief)
        clock("2017-06-16")

        counted = queries.reminder_counts(an_actor("chief", division=HANGZHOU))

        assert (counted["rectification"], counted["recheck"]) == (1, 0)

    def test_a_use_unit_of_its_own_lift(self, chief):
        unit, lift = a_body(), a_lift()
        serve(lift, unit)
        problem = a_problem(lift, by=chief)
        hazards.instruct([problem.pk], an_order(chief, deadline_on=date(2017, 5, 31)), at=day("2017-03-01"), by=chief)
        ordered(chief)
        clock("2017-06-16")

        reminded = queries.reminders(an_actor("use_unit", body=unit))

        assert [(row.subject_id, row.level) for row in reminded] == [(problem.pk, 0)]

    def test_nobody_of_another_province(self, chief):
        ordered(chief)
        clock("2017-06-16")

        assert queries.reminders(an_actor("chief", division=JIANGSU)).count() == 0


def test_many_things_rise_in_batches(chief, monkeypatch):
    from liftwarden.casework.hazards.actions import rising

    monkeypatch.setattr(rising, "BATCH", 2)
    for _ in range(5):
        ordered(chief)

    assert clock("2017-06-01") == {"rectification": 5}


def test_a_reminder_raised_between_look_and_claim_is_left_to_the_other_clock(chief, monkeypatch):
    from liftwarden.casework.hazards.actions import rising

    ordered(chief)
    found = rising._unraised

    def late(*told):
        causes = found(*told)
        if causes and not Reminder.objects.exists():
            monkeypatch.setattr(rising, "_unraised", found)
            hazards.raise_overdue(by=Hand(None, "clock", day("2017-06-01")), at=day("2017-06-01"))
        return causes

    monkeypatch.setattr(rising, "_unraised", late)

    assert (clock("2017-06-01"), Reminder.objects.count()) == ({}, 1)


def test_the_clock_may_be_a_day_late(chief):
    ordered(chief)

    assert clock((date(2017, 6, 1) + timedelta(days=1)).isoformat()) == {"rectification": 1}
