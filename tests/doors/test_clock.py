"""The clock: two of them raise once; the command turns once; a turn that fails does not stop it."""

import json
from datetime import date
from threading import Barrier, Event, Thread

import pytest
from click.testing import CliRunner
from django.db import connection, connections

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.models import Listing, Reminder
from liftwarden.doors.cli.clock import clock
from liftwarden.doors.threshold import turning
from tests.factories import HANGZHOU, a_problem, an_actor, an_order, day

pytestmark = pytest.mark.clause("N2017-1.2a")
NOW = day("2017-06-01")


def overdue(number: int = 1) -> None:
    from liftwarden.casework.hazards.actions.listings import ListingOrder

    chief = an_actor("chief")
    for _ in range(number):
        problem = a_problem(by=chief)
        order = an_order(chief, deadline_on=date(2017, 5, 31))
        hazards.instruct([problem.pk], order, at=day("2017-03-01"), by=chief)
        board = ListingOrder("李区长", date(2017, 5, 31), "fund")
        hazards.list_for_supervision(problem.file_id, board, at=day("2017-03-02"), by=chief)


@pytest.mark.django_db
class TestATurn:
    def test_tells_what_it_raised(self):
        overdue()

        assert dict(turning.tick(NOW).raised) == {"rectification": 1, "listing": 2}

    def test_tells_nothing_the_second_time(self):
        overdue()
        turning.tick(NOW)

        assert (turning.tick(NOW).raised, turning.tick(NOW).settled) == ({}, {})


# The shared in-memory SQLite of the tests locks whole tables at once, unlike a file: there the claim is tested by
# `test_a_reminder_raised_between_look_and_claim_is_left_to_the_other_clock`.
@pytest.mark.skipif(connection.vendor == "sqlite", reason="two threads need PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_raise_everything_once():
    overdue(6)
    start, said, faults = Barrier(2), [], []

    def turn() -> None:
        try:
            start.wait()
            said.append(turning.tick(NOW))
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    clocks = [Thread(target=turn) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()

    raised = sum(sum(ticked.raised.values()) for ticked in said)
    assert (faults, raised, Reminder.objects.count()) == ([], 18, 18)
    assert set(Listing.objects.values_list("escalated_to", flat=True)) == {HANGZHOU}


@pytest.mark.django_db
class TestTheCommand:
    def test_turns_once_as_of_a_day(self):
        overdue()

        ran = CliRunner().invoke(clock, ["--once", "--now", "2017-06-01", "--json"])

        assert (ran.exit_code, json.loads(ran.stdout)["raised"]) == (0, {"rectification": 1, "listing": 2})

    @pytest.mark.parametrize("told", [["--now", "2017-06-01"], ["--once", "--now", "soon"]])
    def test_refuses_wrong_usage(self, told):
        assert CliRunner().invoke(clock, told).exit_code == 2


class TestTurning:
    def test_goes_on_after_a_turn_that_failed(self, monkeypatch, caplog):
        stop, turns = Event(), []

        def failing(now: object) -> turning.Ticked:
            turns.append(now)
            if len(turns) == 1:
                raise RuntimeError("the database is away")
            stop.set()
            return turning.Ticked(NOW, {"visit": 1}, {})

        monkeypatch.setattr(turning, "tick", failing)
        monkeypatch.setattr(turning.connections, "close_all", lambda: None)
        told: list[turning.Ticked] = []

        turning.turn(stop, every_seconds=0, tell=told.append)

        assert (len(turns), len(told), "a turn of the clock failed" in caplog.text) == (2, 1, True)
