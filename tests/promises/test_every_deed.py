"""Every deed done once: the journal stays whole, keeps the channel, and never holds a person's name, phone or card."""

import logging

import pytest

from liftwarden.doors.threshold.deeds import deeds
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.models import Body, Person
from tests.promises import knocking, subjects
from tests.promises.life import live
from tests.promises.test_no_leaks import READING

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def personal() -> set[str]:
    """List what is known of people and may stand in no entry."""
    rows = Person.objects.values_list("name", "phone", "card_no")
    return {text for row in rows for text in row if text}


def held_in_journal(texts: set[str]) -> list[str]:
    """Find entries that hold one of the texts."""
    rows = Entry.objects.order_by("id").values_list("id", "event", "reason", "changes")
    return [f"{row[0]} {row[1]}: {text}" for row in rows for text in texts if text in row[2] + row[3]]


class TestEveryDeed:
    def test_is_done_in_the_life(self, world):
        done = {name for name, _ in live(world)}

        assert set(deeds()) - done == set(), "give the new deed its step in tests/promises/life.py"

    def test_leaves_a_journal_that_verifies(self, world):
        list(live(world))

        assert verify().breaks == ()

    def test_going_round_the_journal_would_be_found(self, world):
        list(live(world))
        Body.objects.filter(pk=world.plots["hangzhou"].keys["unit_body"]).update(name="改过的名字")

        assert verify().breaks != ()

    def test_puts_its_channel_into_the_journal(self, world):
        before = Entry.objects.order_by("-id").values_list("id", flat=True)[0]

        list(live(world, channel="api"))

        # The clock and the evidence rows of the factory have hands of their own.
        written = Entry.objects.filter(id__gt=before, by_post__isnull=False).exclude(subject_kind="evidence")
        assert set(written.values_list("channel", flat=True)) == {"api"}


class TestPersonalData:
    def test_is_in_no_entry(self, world):
        list(live(world))

        assert len(personal()) > 40
        assert held_in_journal(personal()) == []

    def test_in_an_entry_would_be_found(self, world):
        assert held_in_journal({world.plots["hangzhou"].said("文三路")})

    def test_is_in_no_log(self, world, caplog):
        caplog.set_level(logging.DEBUG)
        for seat in world.seats.values():
            client, plot = knocking.signed_in(seat.login), world.plots[seat.home]
            for route in READING:
                knocking.get(client, subjects.address(route, plot), subjects.query(route, plot))
        list(live(world))

        logged = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]

        assert [line for line in logged for text in personal() if text in line] == []
