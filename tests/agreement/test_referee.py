"""The referee is independent, and says what the notice says where a reader can check it by hand."""

import ast
from datetime import datetime
from pathlib import Path

import pytest

from tests.agreement import referee

CUT = referee.cut_off(2017, 6)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(hour=10, tzinfo=referee.CHINA)


def found(moment: str, problem: str = "x", cause: str = "ageing") -> dict[str, object]:
    return {
        "kind": "found", "lift": "L", "moment": at(moment), "problem": problem, "cause": cause, "division": "330106"
    }  # fmt: skip


def told(kind: str, moment: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "lift": "L", "moment": at(moment), **more}


def test_imports_nothing_of_liftwarden():
    tree = ast.parse(Path(referee.__file__).read_text(encoding="utf-8"))

    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert names == {"datetime"}


def test_calls_nothing_that_could_import():
    tree = ast.parse(Path(referee.__file__).read_text(encoding="utf-8"))

    assert not {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & {"__import__", "exec", "eval", "open"}


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([found("2016-05-01")], {"A": "C"}),
        ([found("2016-12-31")], {"A": "C"}),
        ([found("2017-01-01")], {"F": "H"}),
        ([found("2017-07-01")], {}),
        ([found("2016-05-01"), told("ended", "2016-12-31", problem="x")], {}),
        ([found("2016-05-01"), told("ended", "2017-01-01", problem="x")], {"A": "B"}),
        ([found("2016-05-01"), told("listed", "2017-02-01", file="A1", order=1)], {"A": "E"}),
        (
            [
                found("2016-05-01"),
                told("listed", "2017-02-01", file="A1", order=1),
                told("begun", "2017-03-01", problem="x"),
            ],
            {"A": "C"},
        ),
        (
            [
                found("2016-05-01"),
                told("begun", "2017-03-01", problem="x"),
                told("shut_down", "2017-04-01", file="A1", order=1),
            ],
            {"A": "D"},
        ),
        ([found("2017-02-01"), told("shut_down", "2017-04-01", file="F1", order=1)], {"F": "I"}),
        ([found("2017-02-01"), told("listed", "2017-04-01", file="F1", order=1)], {"F": "H"}),
        ([found("2016-05-01"), found("2017-03-01", "y", "other")], {"A": "C"}),
        (
            [
                found("2016-05-01"),
                told("ended", "2017-02-01", problem="x"),
                found("2017-03-01", "y"),
            ],
            {"A": "C"},
        ),
        (
            [
                found("2016-05-01"),
                told("ended", "2017-02-01", problem="x"),
                found("2017-03-01", "y", "other"),
            ],
            {"A": "B", "F": "H"},
        ),
        (
            [
                found("2017-02-01"),
                told("ended", "2017-03-01", problem="x"),
                found("2017-04-01", "y", "other"),
                told("ended", "2017-05-01", problem="y"),
            ],
            {"F": "G"},
        ),
        ([found("2017-02-01"), told("corrected", "2017-03-01", file="F1")], {}),
        ([found("2017-02-01"), told("corrected", "2017-07-01", file="F1")], {"F": "H"}),
    ],
)
def test_gives_each_story_the_cells_a_reader_would(story, expected):
    answer = referee.census(story, CUT)

    assert {count: letter for (_, count), (letter, _) in answer.items()} == expected


def test_counts_a_lift_in_the_form_of_every_division_above():
    answer = {("L", "A"): ("C", "330106"), ("M", "F"): ("G", "330108")}
    parents = {"330106": "330100", "330108": "330100", "330100": "330000"}

    forms = referee.cells(answer, parents)

    assert (forms["330106"]["A"], forms["330106"]["F"], forms["330000"]["C"], forms["330000"]["G"]) == (1, 0, 1, 1)
