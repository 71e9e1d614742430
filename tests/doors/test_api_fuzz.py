"""Whatever is sent to the REST door, it never faults: schemathesis over every operation, signed in, in this process."""

import json
import os
from collections import Counter

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from liftwarden.doors.api.main import api
from tests.doors.api_world import a_rest

EXAMPLES = int(os.environ.get("LIFTWARDEN_FUZZ_EXAMPLES", "40"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # hypothesis and schemathesis warn about formats they do not know
]


@pytest.mark.parametrize("role", ["chief", "registrar", "use_unit"])
def test_no_request_is_answered_with_a_fault(role):
    rest, faults, statuses = a_rest(role), [], Counter()
    known = (rest.lift, rest.problem, rest.second)

    schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def sent(case):
            statuses[_once(rest, case, faults, known)] += 1

        sent()

    assert not faults, "\n".join(faults[:20])
    assert {200, 404, 422} <= set(statuses), statuses  # the requests came through to the rooms


def _once(rest, case, faults, known) -> int:
    """Send one generated request through Django's test client, every other one aimed at something that is there."""
    address = case.formatted_path
    headers = {k: str(v) for k, v in (case.headers or {}).items() if str(v).isascii() and str(v).isprintable()}
    for names, key in (("lift", known[0]), ("problem", known[1])):
        if case.path_parameters and len(str(case.path_parameters)) % 2 and f"/{names}s/" in address:
            address = address.replace(str(next(iter(case.path_parameters.values()))), key)
    with transaction.atomic():
        if case.method.upper() == "GET":
            answer = rest.client.get(address, case.query or {}, headers=headers)
        else:
            answer = rest.client.post(address, _text(case.body), content_type="application/json", headers=headers)
        transaction.set_rollback(True)
    if answer.status_code >= 500:
        faults.append(f"{case.method} {address} {case.query} {_text(case.body)[:300]} → {answer.status_code}")
    return answer.status_code


def _text(body):
    try:
        return json.dumps(body)
    except TypeError:
        return "{"
