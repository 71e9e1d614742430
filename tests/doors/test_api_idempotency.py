"""The same key and body have one effect and one answer; a key with another body is refused; both outlive a restart."""

import pytest
from django.core.management import call_command
from django.db import connection

from liftwarden.doors.threshold.models import Receipt
from liftwarden.ground.journal.models import Entry
from tests.doors.api_world import a_rest
from tests.promises.knocking import signed_in

pytestmark = pytest.mark.django_db


def began(rest, key, body=None):
    return rest.post(f"/problems/{rest.problem}/begin-rectification", body or {}, **{"Idempotency-Key": key})


class TestAKey:
    def test_sent_twice_has_one_effect_and_one_answer(self):
        rest = a_rest()
        first = began(rest, "k1")
        written = Entry.objects.count()

        second = began(rest, "k1")

        assert (first.status_code, second.status_code) == (200, 200)
        assert first.content == second.content
        assert Entry.objects.count() == written

    def test_with_another_body_is_refused(self):
        rest = a_rest()
        began(rest, "k1")
        written = Entry.objects.count()

        other = began(rest, "k1", {"contractor": "另一家"})

        assert (other.status_code, other.json()["type"]) == (422, "urn:liftwarden:problem:key_reused")
        assert Entry.objects.count() == written

    def test_for_another_subject_is_refused(self):
        rest, other = a_rest(), a_rest()
        began(rest, "k1")

        answer = rest.post(f"/problems/{other.problem}/begin-rectification", {}, **{"Idempotency-Key": "k1"})

        assert answer.status_code == 422

    def test_of_another_caller_is_another_key(self):
        began(a_rest(), "k1")

        assert began(a_rest(), "k1").status_code == 200

    def test_of_a_refused_request_is_not_spent(self):
        rest = a_rest()
        refused = began(rest, "k1", {"at": "2017-01-01"})

        mended = began(rest, "k1", {"at": "2017-03-01"})

        assert (refused.status_code, mended.status_code) == (409, 200)

    def test_still_holds_after_a_restart(self):
        rest = a_rest()
        first = began(rest, "k1")
        call_command("check")
        if connection.vendor == "postgresql":
            connection.ensure_connection()
        rest.client = signed_in(rest.login)  # a new handler, as a new process would have: only the database remembers

        assert began(rest, "k1").content == first.content
        assert Receipt.objects.filter(login=rest.login).count() == 1

    def test_too_long_is_refused(self):
        assert began(a_rest(), "k" * 81).status_code == 422

    def test_absent_means_each_request_counts(self):
        rest = a_rest()

        answers = [
            rest.post(f"/problems/{rest.problem}/note-no-access", {"note": "无人"}).status_code for _ in range(2)
        ]

        assert answers == [200, 200]
        assert Receipt.objects.count() == 0
