"""A GET writes nothing; a write needs a signed-in person and, on pages, a CSRF token; a fault is never an answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from liftwarden.ground.journal.models import Entry
from tests.promises import knocking, subjects
from tests.promises.routes import routes
from tests.promises.test_no_leaks import READING, SEATS, WRITING
from tests.promises.writers import SQL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

HARMLESS = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "EXPLAIN", "WITH", "SHOW")
# Tables that a GET may write, with the reason.
BESIDE_THE_DATA = {
    "django_session": "keeps who is signed in and what a page has to say once",
    "axes_": "counts failed sign-ins",
    "journal_chain": "on PostgreSQL the collector chains entries committed by others before a figure is taken; no fact is added",
}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the SQL that is neither a read nor beside the data."""
    found: list[str] = []

    def watch(execute, sql, params, many, context):
        text = str(sql).strip()
        writes = not text.upper().startswith(HARMLESS) or (text.upper().startswith("WITH") and SQL.search(text))
        if writes and not any(table in text for table in BESIDE_THE_DATA):
            found.append(text[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


class TestEveryGet:
    @pytest.mark.parametrize("name", SEATS)
    def test_leaves_the_database_unwritten(self, name, world):
        seat, wrong = world.seats[name], []
        client, plot = knocking.signed_in(seat.login), world.plots[seat.home]

        for route in READING:
            with statements() as written:
                answer = knocking.get(client, subjects.address(route, plot), subjects.query(route, plot))
            wrong += [f"{answer.asked} → {line}" for line in written]

        assert not wrong, "\n".join(wrong)

    def test_that_wrote_would_be_found(self, world):
        with statements() as written, transaction.atomic():
            Entry.objects.filter(pk=0).update(event="x") if connection.vendor == "x" else None
            with connection.cursor() as cursor:
                cursor.execute("UPDATE threshold_receipt SET answer = '' WHERE login = 'nobody'")

        assert len(written) == 1


class TestTheUnsigned:
    def test_get_nothing_but_what_is_open_to_all(self, world):
        wrong, client = [], Client(raise_request_exception=False)

        for route in READING:
            plot = world.plots["hangzhou"]
            answer = knocking.get(client, subjects.address(route, plot), subjects.query(route, plot))
            wrong += [f"{answer.asked} shows {p.name}" for p in world.plots.values() if answer.shows_of(p)]
            if route.policy[0] != "open" and answer.status not in (302, 401, 405):
                wrong.append(f"{answer.asked} → {answer.status}")

        assert not wrong, "\n".join(wrong)

    def test_write_nothing(self, world):
        wrong, client, written = [], Client(raise_request_exception=False), Entry.objects.count()

        for route in WRITING:
            plot = world.plots["hangzhou"]
            told = subjects.fields(route.deed, plot) if route.deed else {}
            send = knocking.post_form if route.door == "web" else knocking.post_json
            answer = send(client, subjects.address(route, plot), told)
            if route.policy[0] != "open" and answer.status not in (302, 401, 405):
                wrong.append(f"{answer.asked} → {answer.status}")

        assert not wrong, "\n".join(wrong)
        assert Entry.objects.count() == written

    def test_who_no_longer_hold_a_post_get_nothing(self, world):
        seat, wrong = world.seats["inspector"], []
        client, plot = knocking.signed_in(seat.login), world.plots["hangzhou"]
        with connection.cursor() as cursor:
            person = world.actor(seat.login).person_id
            cursor.execute("UPDATE parties_post SET to_on = %s WHERE person_id = %s", ["2017-07-01", _bound(person)])

        for route in READING:
            answer = knocking.get(client, subjects.address(route, plot), subjects.query(route, plot))
            wrong += [f"{answer.asked} shows {p.name}" for p in world.plots.values() if answer.shows({p.token})]
            if route.policy[0] != "open" and answer.status not in (403, 405):
                wrong.append(f"{answer.asked} → {answer.status}")

        assert not wrong, "\n".join(wrong)


def _bound(key):
    return key if connection.vendor == "postgresql" else key.hex


class TestCsrf:
    def test_every_write_without_a_token_is_refused(self, world):
        seat, wrong = world.seats["chief"], []
        client, plot = knocking.signed_in(seat.login, enforce_csrf_checks=True), world.plots[seat.home]
        written = Entry.objects.count()

        for route in WRITING:
            told = subjects.fields(route.deed, plot) if route.deed else {}
            send = knocking.post_form if route.door == "web" else knocking.post_json
            answer = send(client, subjects.address(route, plot), told)
            if answer.status != 403:
                wrong.append(f"{answer.asked} → {answer.status}")

        assert not wrong, "\n".join(wrong)
        assert Entry.objects.count() == written


class TestSignUp:
    def test_is_closed(self):
        client = Client(raise_request_exception=False)
        told = {"username": "anyone", "password1": "a-long-pass-word-1", "password2": "a-long-pass-word-1"}

        knocking.post_form(client, "/accounts/signup/", told)

        from django.contrib.auth import get_user_model

        assert not get_user_model().objects.filter(username="anyone").exists()


def test_every_route_is_known_to_these_tests():
    assert {route.door for route in routes()} == {"web", "api"}
