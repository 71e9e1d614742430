"""A program signs in with a token of a post: hashed, expiring, revocable, gone with the post."""

from datetime import date, timedelta

import pytest
from django.test import Client

from liftwarden.doors.threshold import tokens, who
from liftwarden.doors.threshold.models import Token
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as party_queries
from liftwarden.kernel.refusals import BadInput, NotFound
from tests.doors.api_world import a_rest
from tests.factories import node

pytestmark = pytest.mark.django_db


def an_owner(rest):
    return party_queries.actor(rest.login, channel="cli", now=who.now())


def asked(secret, path="/worklist"):
    return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})


class TestAToken:
    def test_signs_a_program_in(self):
        _, secret = tokens.make("平台", days=1, by=an_owner(a_rest()))

        assert asked(secret).status_code == 200

    def test_writes_under_its_post_through_the_api_channel_without_a_csrf_token(self):
        rest = a_rest()
        by = an_owner(rest)
        _, secret = tokens.make("平台", days=1, by=by)
        client = Client(enforce_csrf_checks=True)

        answer = client.post(
            f"/api/v1/problems/{rest.problem}/begin-rectification",
            "{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

        assert answer.status_code == 200
        assert (Entry.objects.latest("id").channel, Entry.objects.latest("id").by_post) == ("api", by.post_id)

    def test_is_kept_only_as_a_digest(self):
        _, secret = tokens.make("平台", days=1, by=an_owner(a_rest()))

        held = " ".join(str(value) for row in Token.objects.values() for value in row.values())
        noted = " ".join(Entry.objects.filter(event="token.made").values_list("changes", flat=True))

        assert secret not in held + noted

    def test_expires(self, monkeypatch):
        _, secret = tokens.make("平台", days=1, by=an_owner(a_rest()))
        later = who.now() + timedelta(days=1, seconds=1)
        monkeypatch.setattr(who, "now", lambda: later)

        assert asked(secret).status_code == 401

    def test_revoked_is_refused_at_once(self):
        by = an_owner(a_rest())
        row, secret = tokens.make("平台", days=1, by=by)
        tokens.revoke(row.pk, by=by)

        assert asked(secret).status_code == 401

    def test_goes_with_its_post(self):
        by = an_owner(a_rest())
        _, secret = tokens.make("平台", days=1, by=by)
        parties.end_post(by.post_id, to_on=date(2016, 1, 1), by=node())

        assert asked(secret).status_code == 401

    @pytest.mark.parametrize("secret", ["", "x", "lw_unknown", "lw_\u4e2d"])
    def test_unknown_is_401_and_not_a_csrf_failure(self, secret):
        assert asked(secret.encode().decode("latin-1")).status_code == 401

    def test_of_another_cannot_be_revoked(self):
        row, _ = tokens.make("平台", days=1, by=an_owner(a_rest()))

        with pytest.raises(NotFound):
            tokens.revoke(row.pk, by=an_owner(a_rest()))

    def test_without_a_purpose_is_refused(self):
        with pytest.raises(BadInput):
            tokens.make(" ", days=1, by=an_owner(a_rest()))
