"""Every "no" of the REST door is an RFC 9457 problem: a stable type, a status, words in the reader's language."""

import pytest

from liftwarden.ground.journal.models import Entry
from tests.doors.api_world import a_rest

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-7000-8000-000000000000"


def problem_of(response):
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    assert set(told) >= {"type", "title", "status", "detail"}
    return told


class TestProblems:
    def test_a_missing_thing_is_404_not_found(self):
        told = problem_of(a_rest().get(f"/lifts/{NOBODY}"))

        assert (told["status"], told["type"]) == (404, "urn:liftwarden:problem:not_found")

    def test_a_step_that_the_state_does_not_know_is_409(self):
        rest = a_rest("chief")

        told = problem_of(rest.post(f"/problems/{rest.problem}/close-problem", {}))

        assert (told["status"], told["type"]) == (409, "urn:liftwarden:problem:action_not_allowed")

    def test_a_post_without_the_permission_is_403(self):
        rest = a_rest("inspector")

        told = problem_of(
            rest.post(f"/problems/{rest.problem}/ask-extension", {"to_on": "2017-12-31", "reason": "缺件"})
        )

        assert (told["status"], told["type"]) == (403, "urn:liftwarden:problem:not_yours")

    def test_the_detail_is_chinese_unless_english_is_asked_for(self):
        told = problem_of(a_rest().get(f"/lifts/{NOBODY}"))

        assert told["detail"] == "没有找到电梯，或者它不在您的管辖范围内。"

    def test_an_unknown_field_is_refused_by_its_name(self):
        rest = a_rest()
        before = Entry.objects.count()

        told = problem_of(rest.post(f"/problems/{rest.problem}/begin-rectification", {"contracter": "某公司"}))

        assert (told["status"], told["type"]) == (422, "urn:liftwarden:problem:invalid_fields")
        assert told["errors"] == [{"field": "contracter", "label": "contracter", "message": "没有这一项"}]
        assert Entry.objects.count() == before

    def test_every_wrong_field_is_told_at_once(self):
        rest = a_rest()

        told = problem_of(rest.post("/add-lift", {"floors": "many", "speed_m_per_s": "fast", "made_on": "yesterday"}))

        assert {e["field"] for e in told["errors"]} == {
            "floors",
            "speed_m_per_s",
            "made_on",
            "division",
            "variety",
            "address",
        }

    @pytest.mark.parametrize("body", ["", "{", "[]", "7", '"text"', "null", "\x00"])
    def test_a_body_that_is_no_object_is_refused_in_words(self, body):
        told = problem_of(a_rest().post("/add-lift", body))

        assert told["status"] == 422

    @pytest.mark.parametrize("value", ["\x00", "a\x00b"])
    def test_what_no_column_can_hold_is_refused_at_its_field(self, value):
        rest = a_rest()

        told = problem_of(rest.post(f"/problems/{rest.problem}/begin-rectification", {"contractor": value}))

        assert [error["field"] for error in told["errors"]] == ["contractor"]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("at", "9999-12-31T23:59:59-12:00"),
            ("at", "0001-01-01T00:00:00+08:00"),
            ("at", 1e300),
            ("contractor", "\ud800"),
            ("contractor", 7),
        ],
    )
    def test_a_value_beyond_all_bounds_is_refused_at_its_field(self, field, value):
        rest = a_rest()

        told = problem_of(rest.post(f"/problems/{rest.problem}/begin-rectification", {field: value}))

        assert [error["field"] for error in told["errors"]] == [field]

    @pytest.mark.parametrize("query", ["limit=-1", "limit=99999999999999999999", "limit=x", "limit=0"])
    def test_a_query_beyond_bounds_is_refused(self, query):
        told = problem_of(a_rest().get(f"/worklist?{query}"))

        assert told["status"] == 422

    def test_a_missing_sign_in_is_401(self):
        rest = a_rest()
        rest.client.logout()

        assert problem_of(rest.get("/worklist"))["type"] == "urn:liftwarden:problem:unsigned"

    def test_a_session_without_a_csrf_token_is_403(self):
        rest = a_rest()
        rest.client.handler.enforce_csrf_checks = True

        told = problem_of(rest.post(f"/problems/{rest.problem}/begin-rectification", {}))

        assert (told["status"], told["type"]) == (403, "urn:liftwarden:problem:csrf")


class TestEnglish:
    def test_the_detail_is_english_where_english_is_asked_for(self):
        told = problem_of(a_rest().get(f"/lifts/{NOBODY}", **{"Accept-Language": "en"}))

        assert told["detail"].isascii()
