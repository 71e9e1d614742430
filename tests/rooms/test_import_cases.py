"""A district's own ledger is taken over line by line, as of its own dates, and never by a guess."""

from pathlib import Path
from typing import Any

import pytest

from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.importing import actions
from liftwarden.casework.hazards.importing.actions import Outcome
from liftwarden.casework.hazards.importing.mapping import parse
from liftwarden.casework.hazards.models import Evidence, Problem, ProblemFile
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import NotYours
from tests.factories import XIHU, a_lift, an_actor
from tests.imports import a_csv, quiet

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-annex-A")]

HEADERS = (
    *("注册代码", "识别码", "小区", "地址", "电梯编号", "发现日期", "类别", "描述", "状态", "开始", "销号"),
    *("封停", "决定书", "启封", "挂牌", "督办人", "期限"),
)
DATE = 'date = ["%Y-%m-%d"]'
MAPPING = f"""
[match]
registration_code = "注册代码"
rescue_code = "识别码"
estate = "小区"
address = "地址"
internal_no = "电梯编号"
[columns]
found_at = {{ from = "发现日期", {DATE} }}
category = {{ from = "类别", values = {{ "门" = "door", "其他" = "other" }} }}
cause = {{ constant = "ageing" }}
description = {{ from = "描述" }}
grade = {{ constant = "general" }}
grade_scheme = {{ constant = "2015" }}
status = {{ from = "状态", values = {{ "未" = "open", "中" = "begun", "完" = "closed", "封" = "shut_down", "挂" = "listed" }} }}
begun_at = {{ from = "开始", {DATE} }}
ended_at = {{ from = "销号", {DATE} }}
sealed_at = {{ from = "封停", {DATE} }}
seal_order_number = {{ from = "决定书" }}
seal_legal_basis = {{ constant = "《特种设备安全法》第六十一条" }}
seal_authority = {{ constant = "区局" }}
unsealed_at = {{ from = "启封", {DATE} }}
listed_at = {{ from = "挂牌", {DATE} }}
listing_supervisor = {{ from = "督办人" }}
listing_deadline_on = {{ from = "期限", {DATE} }}
"""


@pytest.fixture
def by() -> Actor:
    return an_actor("chief", division=XIHU)


@pytest.fixture
def lift():
    return a_lift(rescue_code="000777", estate="幸福家园", address="文三路7号", internal_no="1号梯")


def a_line(**cells: Any) -> dict[str, Any]:
    told = {"识别码": "000777", "发现日期": "2016-05-01", "类别": "门", "描述": "层门锁失效", "状态": "未"}
    return {**told, **cells}


def taken(tmp_path: Path, *lines: dict[str, Any], by: Actor, text: str = MAPPING, dry: bool = False) -> Outcome:
    file = a_csv(tmp_path / "台账.csv", list(lines), HEADERS)
    run = actions.check if dry else actions.import_cases
    return run(file, parse(text), by=by, progress=quiet)


def cells_of(period: str) -> dict[str, int]:
    figures = queries.figures("2017", Period.parse(period), division=XIHU, seen=journal.snapshot())
    return {letter: number for letter, number in figures.items() if number}


class TestHistory:
    def test_an_unfinished_line_of_2016_is_in_a(self, lift, by, tmp_path):
        taken(tmp_path, a_line(), by=by)

        assert cells_of("2016-12") == {"A": 1, "C": 1}

    def test_a_line_closed_in_2017_is_in_b_from_its_date_on(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="完", 销号="2017-04-10"), by=by)

        assert (cells_of("2017-03"), cells_of("2017-04")) == ({"A": 1, "C": 1}, {"A": 1, "B": 1})

    def test_a_line_closed_by_the_baseline_day_is_a_look_back_object(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="完", 销号="2016-12-31"), by=by)

        assert (cells_of("2016-12"), ProblemFile.objects.get().cohort) == ({}, "frame")

    def test_a_line_shut_down_is_in_d_until_it_was_unsealed(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="封", 封停="2016-06-01", 决定书="封字1号", 启封="2017-02-01"), by=by)

        assert (cells_of("2016-12"), cells_of("2017-02")) == ({"A": 1, "D": 1}, {"A": 1, "C": 1})

    def test_a_listed_line_is_in_e(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="挂", 挂牌="2016-08-01", 督办人="张局长", 期限="2017-12-31"), by=by)

        assert cells_of("2016-12") == {"A": 1, "E": 1}

    def test_two_lines_of_one_lift_are_one_lift_in_a(self, lift, by, tmp_path):
        taken(tmp_path, a_line(), a_line(描述="照明失效"), by=by)

        assert (cells_of("2016-12")["A"], Problem.objects.count()) == (1, 2)

    def test_every_step_is_an_entry_of_its_own_day_through_the_channel(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="完", 开始="2016-06-01", 销号="2017-04-10"), by=by)

        steps = Entry.objects.filter(subject_kind="problem").order_by("id").values_list("event", "channel")
        assert list(steps) == [(f"hazard.{step}", "test") for step in ("found", "begin", "report", "pass", "close")]

    def test_the_line_stands_as_evidence_and_its_finder_is_the_ledger(self, lift, by, tmp_path):
        taken(tmp_path, a_line(), by=by)

        assert Problem.objects.get().finder == "ledger"
        assert Evidence.objects.get().caption == "台账.csv 第 2 行"

    def test_the_journal_verifies(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="完", 销号="2017-04-10", 封停="2016-06-01", 决定书="1", 启封="2016-07-01"), by=by)

        assert verify().breaks == ()


class TestMatching:
    def test_a_line_without_number_finds_the_one_lift_of_its_place(self, lift, by, tmp_path):
        taken(tmp_path, a_line(识别码="", 小区="幸福 家园", 地址="文三路７号", 电梯编号="1号梯"), by=by)

        assert Problem.objects.get().lift_id == lift.pk

    def test_two_lifts_of_one_place_are_told_as_candidates_and_none_is_taken(self, lift, by, tmp_path):
        a_lift(rescue_code="000778", estate="幸福家园", address="文三路7号", internal_no="2号梯")

        outcome = taken(tmp_path, a_line(识别码="", 小区="幸福家园", 地址="文三路7号"), by=by)

        assert [len(fault.candidates) for fault in outcome.faults] == [2]
        assert not Problem.objects.exists()

    def test_a_number_that_no_lift_bears_is_not_matched_by_its_address(self, lift, by, tmp_path):
        outcome = taken(tmp_path, a_line(识别码="999999", 地址="文三路7号"), by=by)

        assert ["000777" in fault.candidates[0] for fault in outcome.faults] == [True]
        assert not Problem.objects.exists()

    def test_a_lift_out_of_reach_is_no_lift_and_no_candidate(self, by, tmp_path):
        a_lift(rescue_code="000779", address="文三路9号", division="330108")

        outcome = taken(tmp_path, a_line(识别码="000779", 地址="文三路9号"), by=by)

        assert [(fault.rule, fault.candidates) for fault in outcome.faults] == [("no_lift", ())]


class TestErrors:
    def test_every_error_of_every_line_is_told_at_once(self, lift, by, tmp_path):
        lines = (
            a_line(发现日期="五月", 类别="玄学", 描述=""),
            a_line(状态="完"),
            a_line(销号="2017-04-01"),
            a_line(状态="完", 销号="2016-01-01"),
            a_line(发现日期="2014-05-01"),
            a_line(状态="完", 销号="2017-04-10", 封停="2016-06-01", 决定书="1"),
            a_line(识别码="5"),
        )

        outcome = taken(tmp_path, *lines, by=by, dry=True)

        assert {(fault.row, fault.rule) for fault in outcome.faults} == {
            *((2, "bad_date"), (2, "unknown_value"), (2, "required_missing")),
            *((3, "status_without_date"), (4, "date_without_status"), (5, "dates_out_of_order")),
            *((6, "scheme_not_in_force"), (7, "seal_not_lifted"), (8, "no_lift")),
        }

    def test_a_dry_run_writes_nothing_and_says_what_a_would_be(self, lift, by, tmp_path):
        before = Entry.objects.count()

        outcome = taken(tmp_path, a_line(), by=by, dry=True)

        assert (Entry.objects.count(), outcome.baseline, outcome.taken) == (before, 1, 1)

    def test_a_refused_line_leaves_nothing_of_itself(self, lift, by, tmp_path):
        taken(tmp_path, a_line(状态="完", 销号="2017-04-10", 封停="2016-06-01", 决定书="1"), by=by)

        assert not Problem.objects.exists()
        assert not Entry.objects.filter(subject_kind="problem").exists()

    def test_an_unknown_header_stops_the_whole_file(self, lift, by, tmp_path):
        outcome = taken(tmp_path, a_line(), by=by, text=MAPPING.replace('rescue_code = "识别码"\n', ""))

        assert (outcome.fatal, Problem.objects.count()) == (True, 0)

    def test_who_may_not_import_ledgers_is_refused(self, lift, tmp_path):
        with pytest.raises(NotYours):
            taken(tmp_path, a_line(), by=an_actor("inspector", division=XIHU))


class TestAgain:
    def test_the_same_ledger_twice_changes_nothing_the_second_time(self, lift, by, tmp_path):
        taken(tmp_path, a_line(), by=by)
        before = Entry.objects.count()

        outcome = taken(tmp_path, a_line(), by=by)

        assert (Entry.objects.count(), outcome.known, outcome.faults) == (before, 1, [])


class TestFiledA:
    def test_the_difference_to_what_was_filed_is_told(self, lift, by, tmp_path):
        outcome = taken(tmp_path, a_line(), by=by)

        told = actions.machine(outcome, dry_run=False, filed=3)
        assert told["baseline"] == {"A": 1, "filed": 3, "difference": -2}


def test_a_statistician_may_take_over_what_needs_no_order(lift, tmp_path):
    statistician = an_actor("statistician", division=XIHU)

    outcome = taken(tmp_path, a_line(状态="完", 销号="2017-04-10"), by=statistician)

    assert (outcome.taken, outcome.faults) == (1, [])
