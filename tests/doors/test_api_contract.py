"""What the REST door says of itself is committed and true: every operation, its body, its refusals."""

import importlib.util
import json
from pathlib import Path

import pytest

from liftwarden.doors.api.main import api
from liftwarden.doors.threshold.deeds import deeds
from tests.doors.api_world import a_rest

ROOT = Path(__file__).resolve().parents[2]


def the_tool():
    spec = importlib.util.spec_from_file_location("openapi_tool", ROOT / "tools" / "openapi.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def operations():
    return [
        (path, method, told)
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, told in methods.items()
    ]


class TestTheDescription:
    def test_is_the_one_that_is_committed(self):
        assert the_tool().main(["--check"]) == 0, "run `python tools/openapi.py` and look at the difference"

    def test_a_changed_route_would_be_found(self, monkeypatch):
        tool = the_tool()
        monkeypatch.setattr(tool, "rendered", lambda: "{}\n")

        assert tool.main(["--check"]) == 1

    def test_has_one_write_for_each_deed(self):
        written = {path.rpartition("/")[2] for path, method, _ in operations() if method == "post"}

        assert set(deeds()) <= written

    def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(self):
        names = [told["operationId"] for _, _, told in operations()]

        assert len(names) == len(set(names))
        assert [path for path, _, told in operations() if not told.get("summary")] == []

    def test_a_body_takes_no_field_that_is_not_described(self):
        schemas = api.get_openapi_schema()["components"]["schemas"]

        assert [
            n for n, s in schemas.items() if n.endswith("Body") and s.get("additionalProperties") is not False
        ] == []

    def test_names_no_host_and_no_person(self):
        text = json.dumps(api.get_openapi_schema(), ensure_ascii=False)

        assert [word for word in ("127.0.0.1", "localhost", "@") if word in text] == []


@pytest.mark.django_db
class TestTheRoute:
    def test_serves_the_same_description(self):
        served = a_rest().client.get("/api/v1/openapi.json").json()

        assert served == json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
