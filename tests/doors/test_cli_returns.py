"""Returns on the command line: filled, checked, approved, signed off, opened, rolled up, re-read."""

import json
from pathlib import Path

import pytest

from liftwarden.doors.cli.main import run
from liftwarden.ground.parties.actor import Actor
from tests.factories import XIHU, ZHEJIANG, a_problem, an_actor, day

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data" / "returns"
TYPED = (
    *("--set", "J=11", "--set", "K=300000", "--set", "hotline.in_service=是", "--set", "hotline.number=96333"),
    *("--set", "disclosure.practised=否", "--contact", "张三"),
)
# DOMAIN §7.2: the three published rows of 2015 that are complete.
PUBLISHED = {
    "2015-06-10": ("2015-06", (1210983, 60499, 46066, 10678, 3755)),
    "end of June": ("2015-06", (2368665, 111156, 79245, 26214, 5697)),
    "Xinjiang": ("2015-06", (34914, 5634, 5279, 273, 82)),
}


@pytest.fixture
def people() -> tuple[Actor, Actor]:
    return an_actor("statistician", division=ZHEJIANG), an_actor("chief", division=ZHEJIANG)


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def enter(by: Actor, *more: str, form: str = "2017-annex", period: str = "2017-06") -> int:
    return run(
        [
            "enter-return",
            "--as",
            by.login,
            "--form",
            form,
            "--period",
            period,
            "--division",
            by.division,
            "--json",
            *more,
        ]
    )


def with_one_digit_changed(value: int) -> int:
    """Change the last digit of a number, and no other."""
    return value // 10 * 10 + (value + 5) % 10


def of_june(command: str, by: Actor, *more: str, division: str = ZHEJIANG) -> list[str]:
    return [command, "--as", by.login, "--period", "2017-06", "--division", division, *more]


class TestTheWay:
    def test_leads_from_draft_to_a_file_by_digest(self, people, capsys, tmp_path):
        filler, chief = people
        a_problem(by=an_actor("inspector", division=XIHU), found=day("2017-02-01"))
        assert enter(filler, *TYPED) == 0
        key = told(capsys)["id"]
        assert run(["check-draft", key, "--as", filler.login]) == 0
        assert run(["approve-return", key, "--as", chief.login]) == 0
        capsys.readouterr()
        assert run(["sign-off-return", key, "--as", chief.login, "--json"]) == 0
        digest = told(capsys)["digest"]

        assert run(["return-file", digest, "-o", str(tmp_path / "r.json"), "--as", chief.login]) == 0

        stored = json.loads((tmp_path / "r.json").read_bytes())
        assert (stored["cells"]["F"], stored["stage"], stored["contact"]) == (1, "signed_off", "")

    @pytest.mark.parametrize("format_", ["docx", "xlsx"])
    def test_prints_a_file_that_check_return_reads_back(self, people, capsys, tmp_path, format_):
        filler, _ = people
        a_problem(by=an_actor("inspector", division=XIHU), found=day("2017-02-01"))
        enter(filler, *TYPED)
        path = tmp_path / f"annex.{format_}"
        assert run(of_june("fill-return", filler, "--format", format_, "-o", str(path))) == 0
        capsys.readouterr()

        code = run(["check-return", str(path), "--json"])

        read = told(capsys)
        assert (code, read["errors"]) == (0, [])
        assert (read["cells"]["F"], read["cells"]["K"], read["period"], read["contact"]) == (
            1,
            300000,
            "2017-06",
            "张三",
        )

    @pytest.mark.parametrize(("format_", "start"), [("pdf", b"%PDF-"), ("html", b"<!DOCTYPE html>"), ("json", b"{")])
    def test_prints_every_format(self, people, tmp_path, format_, start):
        path = tmp_path / "annex"

        run(of_june("fill-return", people[0], "--format", format_, "-o", str(path)))

        assert path.read_bytes().startswith(start)

    def test_refuses_a_foreign_division(self, people, capsys):
        code = run(of_june("fill-return", people[0], division="320000"))

        assert code == 1
        assert "没有找到报表" in capsys.readouterr().err

    def test_refuses_a_check_that_fails_with_exit_code_1(self, people, capsys):
        enter(people[0])
        key = told(capsys)["id"]

        code = run(["check-draft", key, "--as", people[0].login])

        assert code == 1
        assert "J 未填写；没有请填 0" in capsys.readouterr().err


class TestExplainCell:
    def test_lists_the_lifts_behind_a_cell(self, people, capsys):
        problem = a_problem(by=an_actor("inspector", division=XIHU), found=day("2017-02-01"))

        assert run(of_june("explain-cell", people[0], "--cell", "F", "--json")) == 0

        lines = told(capsys)
        assert [(line["lift"], line["cell"]) for line in lines["lifts"]] == [(str(problem.lift_id), "H")]

    def test_refuses_a_cell_that_was_typed(self, people, capsys):
        assert run(of_june("explain-cell", people[0], "--cell", "J")) == 1
        assert "没有逐台清单" in capsys.readouterr().err


class TestRollUp:
    def test_exits_with_1_while_returns_are_missing(self, people, capsys):
        code = run(of_june("roll-up", people[1], "--json"))

        data = told(capsys)
        assert code == 1
        assert {item["work"] for item in data["differences"]} == {"not_filed"}

    def test_chases_those_who_have_not_filed(self, people, capsys):
        assert run(of_june("chase-list", people[1], "--json")) == 0

        rows = told(capsys)["chase"]
        assert len(rows) == 11
        assert {row["receipt"] for row in rows} == {"missing"}


class TestCheckReturn:
    def test_exits_with_1_and_names_both_sides(self, capsys):
        code = run(["check-return", str(DATA / "d15-wrong-sum-a.docx"), "--json"])

        errors = told(capsys)["errors"]
        assert (code, errors[0]["message"]) == (1, "A=120，B+C+D+E=118，差 2")


class TestTheCampaignOf2015:
    @pytest.mark.parametrize("row", PUBLISHED)
    def test_takes_the_published_rows(self, people, capsys, row):
        period, values = PUBLISHED[row]
        cells = [part for code, value in zip("ABCDE", values, strict=True) for part in ("--set", f"{code}={value}")]
        assert enter(people[0], *cells, form="2015-campaign", period=period) == 0
        key = told(capsys)["id"]

        assert run(["check-draft", key, "--as", people[0].login]) == 0

    @pytest.mark.parametrize("place", range(1, 5))
    @pytest.mark.parametrize("row", PUBLISHED)
    def test_refuses_them_with_one_digit_changed_and_names_both_sides(self, people, capsys, row, place):
        period, values = PUBLISHED[row]
        changed = list(values)
        changed[place] = with_one_digit_changed(values[place])
        cells = [part for code, value in zip("ABCDE", changed, strict=True) for part in ("--set", f"{code}={value}")]
        enter(people[0], *cells, form="2015-campaign", period=period)
        key = told(capsys)["id"]

        refused = run(["check-draft", key, "--as", people[0].login])

        left, right = changed[1], sum(changed[2:])
        assert refused == 1
        assert f"B={left}，C+D+E={right}，差 {abs(left - right)}" in capsys.readouterr().err
