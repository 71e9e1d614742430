"""Every error of a file is told at once, with its row, column, value, what is allowed and what becomes of it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from liftwarden.casework.registry.importing.faults import Consequence, Rule
from liftwarden.casework.registry.importing.mapping import parse
from liftwarden.casework.registry.models import Lift
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.parties.models import BodyKind
from tests.factories import XIHU, a_body, a_lift
from tests.imports import HEADERS, MAPPING, a_csv, a_mapping, a_row, a_workbook, an_importer, checked, imported

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-2.3")]

# rule → (what is wrong in an otherwise good row, the header that the report must name)
SEEDED: dict[Rule, tuple[dict[str, Any], str]] = {
    Rule.CELL_ERROR: ({"小区": "#REF!"}, "小区"),
    Rule.REQUIRED_MISSING: ({"地址": None}, "地址"),
    Rule.DIGITS_LOST: ({"注册代码": 31103301062016019999}, "注册代码"),
    Rule.LEADING_ZERO_LOST: ({"救援码": 5274}, "救援码"),
    Rule.BAD_CODE: ({"设备代码": "31103"}, "设备代码"),
    Rule.NO_NUMBER: ({"设备代码": None, "注册代码": None, "救援码": None}, ""),
    Rule.DUPLICATE_IN_FILE: ({"设备代码": "311033ABC201600001"}, "设备代码"),
    Rule.NUMBER_TAKEN: ({"其他编号": "T-7"}, "其他编号"),
    Rule.ALREADY_REGISTERED: ({"设备代码": "311033XYZ201600001"}, "设备代码"),
    Rule.BAD_DATE: ({"制造日期": "2016年春"}, "制造日期"),
    Rule.DATE_OUT_OF_RANGE: ({"制造日期": "2116-01-05"}, "制造日期"),
    Rule.DATES_OUT_OF_ORDER: ({"上检": "2017-05-01", "下检": "2016-05-01"}, "下检"),
    Rule.BAD_NUMBER: ({"层站": "十二层"}, "层站"),
    Rule.NUMBER_OUT_OF_RANGE: ({"速度": "175"}, "速度"),
    Rule.UNKNOWN_VALUE: ({"状态": "能用"}, "状态"),
    Rule.UNKNOWN_DIVISION: ({"区划": "339999"}, "区划"),
    Rule.DIVISION_OUT_OF_REACH: ({"区划": "320102"}, "区划"),
    Rule.UNKNOWN_VARIETY: ({"品种": "曳引式客梯"}, "品种"),
    Rule.UNKNOWN_PLACE: ({"场所": "火箭发射场"}, "场所"),
    Rule.BAD_POINT: ({"经度": 120.1}, "经度"),
    Rule.POINT_OUTSIDE: ({"经度": 12.01, "纬度": 30.2}, "经度"),
    Rule.TOO_LONG: ({"小区": "长" * 121}, "小区"),
    Rule.BAD_CREDIT_CODE: ({"信用代码": "91330106MA00000000"}, "信用代码"),
    Rule.UNKNOWN_PARTY: ({"维保单位": "查无此司", "维保起始": "2017-01-01"}, "维保单位"),
    Rule.PARTY_AMBIGUOUS: ({"维保单位": "同名维保", "维保起始": "2017-01-01"}, "维保单位"),
    Rule.PARTY_DATE_MISSING: ({"维保单位": "查无此司"}, "维保起始"),
}


@pytest.fixture
def registered() -> None:
    """What stands in the registry before: a lift that the file names, one whose number it takes, and two namesakes."""
    a_lift(device_code="311033XYZ201600001")
    a_lift(other_number="T-7", other_number_kind="内部编号")
    for _ in range(2):
        a_body(BodyKind.MAINTENANCE, name="同名维保")


@pytest.fixture
def seeded(tmp_path: Path, registered: None) -> Path:
    """One good row, then one row for each kind of error."""
    rows = [a_row(1)] + [a_row(place, **cells) for place, (cells, _) in enumerate(SEEDED.values(), start=2)]
    return a_workbook(tmp_path / "台账.xlsx", rows)


MAPPED = MAPPING.replace('mode = "add"', 'mode = "add"\nkey = ["device_code"]')


class TestEveryErrorAtOnce:
    def test_each_seeded_kind_is_told_with_its_row_and_column(self, seeded):
        told = {(fault.row, fault.rule, fault.column) for fault in checked(seeded, parse(MAPPED)).plan.faults}

        due = {(place, rule, column) for place, (rule, (_, column)) in enumerate(SEEDED.items(), start=3)}
        assert due <= told

    def test_nothing_else_is_told_but_both_rows_of_a_double(self, seeded):
        told = {(fault.row, fault.rule) for fault in checked(seeded, parse(MAPPED)).plan.faults}

        due = {(place, rule) for place, rule in enumerate(SEEDED, start=3)}
        assert told - due == {(2, Rule.DUPLICATE_IN_FILE)}

    def test_every_error_says_what_stood_there_and_what_is_allowed(self, seeded):
        faults = checked(seeded, parse(MAPPED)).plan.faults

        wordless = [fault for fault in faults if not fault.allowed]
        valueless = {f.rule for f in faults if not f.value} - {
            *(Rule.REQUIRED_MISSING, Rule.NO_NUMBER, Rule.PARTY_DATE_MISSING)
        }
        assert (wordless, valueless) == ([], set())

    def test_three_errors_in_one_row_are_three(self, tmp_path):
        file = a_csv(tmp_path / "a.csv", [a_row(1, 设备代码="x", 制造日期="y", 场所="z")])

        assert {fault.rule for fault in checked(file).plan.faults} == {Rule.BAD_CODE, Rule.BAD_DATE, Rule.UNKNOWN_PLACE}

    def test_a_dry_run_writes_nothing(self, seeded):
        by = an_importer()
        before = Entry.objects.count()

        checked(seeded, parse(MAPPED), by=by)

        assert Entry.objects.count() == before


class TestTheHeader:
    def test_an_unknown_header_is_an_error_and_nothing_is_published(self, tmp_path):
        file = a_csv(tmp_path / "a.csv", [a_row(1)], (*HEADERS, "备注"))

        outcome = imported(file)

        assert [(f.row, f.column, f.rule) for f in outcome.plan.faults] == [(1, "备注", Rule.UNKNOWN_HEADER)]
        assert not outcome.published
        assert not Lift.objects.exists()

    def test_a_header_that_the_mapping_ignores_is_none(self, tmp_path):
        file = a_csv(tmp_path / "a.csv", [a_row(1)], (*HEADERS, "备注"))

        outcome = imported(file, a_mapping(MAPPING.replace("ignored = []", 'ignored = ["备注"]')))

        assert (outcome.plan.faults, outcome.published) == ([], True)

    def test_a_missing_and_a_repeated_header_are_told_together_with_the_rows(self, tmp_path):
        headers = (*(h for h in HEADERS if h != "上检"), "层站")
        file = a_csv(tmp_path / "a.csv", [a_row(1, 制造日期="x")], headers)

        told = {(fault.rule, fault.column) for fault in checked(file).plan.faults}

        assert told == {
            *((Rule.MISSING_HEADER, "上检"), (Rule.REPEATED_HEADER, "层站")),
            (Rule.BAD_DATE, "制造日期"),
        }

    def test_a_row_with_more_cells_than_headers_is_an_error(self, tmp_path):
        file = a_csv(tmp_path / "a.csv", [a_row(1)])
        file.write_text(file.read_text(encoding="utf-8").rstrip("\r\n") + ",多\r\n", encoding="utf-8")

        assert [fault.rule for fault in checked(file).plan.faults] == [Rule.ROW_SHAPE]


class TestWhatTheMappingSays:
    def test_a_rejected_row_stays_out_and_the_others_come_in(self, tmp_path):
        imported(a_csv(tmp_path / "a.csv", [a_row(1), a_row(2, 制造日期="x")]))

        assert [lift.device_code for lift in Lift.objects.all()] == ["311033ABC201600001"]

    def test_a_nulled_value_leaves_a_flag_on_its_lift(self, tmp_path):
        mapping = a_mapping(MAPPING + '[rules]\nbad_date = "null_and_flag"\n')

        imported(a_csv(tmp_path / "a.csv", [a_row(1, 制造日期="x")]), mapping)

        lift = Lift.objects.get()
        assert (lift.made_on, lift.flags) == (None, "bad_date:made_on")

    def test_a_row_set_aside_is_kept_for_a_person_and_makes_no_lift(self, tmp_path):
        from liftwarden.casework.registry.models import SetAside

        mapping = a_mapping(MAPPING + '[rules]\nbad_date = "set_aside"\n')

        imported(a_csv(tmp_path / "a.csv", [a_row(1), a_row(2, 制造日期="春")]), mapping)

        aside = SetAside.objects.get()
        assert (Lift.objects.count(), aside.row_number) == (1, 3)
        assert "春" in aside.cells

    def test_a_column_has_its_own_word_before_the_rule(self, tmp_path):
        text = MAPPING.replace(
            'made_on = { from = "制造日期",', 'made_on = { from = "制造日期", on_error = "set_aside",'
        )

        faults = checked(a_csv(tmp_path / "a.csv", [a_row(1, 制造日期="x", 投用日期="y")]), parse(text)).plan.faults

        assert {f.column: f.consequence for f in faults} == {
            "制造日期": Consequence.SET_ASIDE,
            "投用日期": Consequence.REJECT,
        }

    def test_a_row_that_a_cell_names_is_set_aside_without_other_complaint(self, tmp_path):
        text = MAPPING + '[[aside]]\ncolumn = "小区"\nis = ["合计"]\nbecause = "合计行"\n'

        outcome = checked(a_csv(tmp_path / "a.csv", [{"小区": "合计"}, a_row(1)]), parse(text))

        assert [fault.rule for fault in outcome.plan.faults] == [Rule.NAMED_ASIDE]
        assert (len(outcome.plan.asides), len(outcome.plan.additions)) == (1, 1)


class TestCodesSurviveSpreadsheets:
    def test_a_text_cell_keeps_its_leading_zeros(self, tmp_path):
        imported(a_workbook(tmp_path / "a.xlsx", [a_row(1, 救援码="005274")]))

        assert Lift.objects.get().rescue_code == "005274"

    def test_twenty_digits_as_text_are_kept_to_the_last(self, tmp_path):
        imported(a_workbook(tmp_path / "a.xlsx", [a_row(1, 注册代码="31103301062016019999")]))

        assert Lift.objects.get().registration_code == "31103301062016019999"

    @pytest.mark.parametrize("text", ["3.11033E+19", "31103301062016000000"])
    def test_a_code_that_a_spreadsheet_has_cut_is_an_error_in_csv_too(self, tmp_path, text):
        faults = checked(a_csv(tmp_path / "a.csv", [a_row(1, 注册代码=text)])).plan.faults

        assert [(f.rule, f.column, f.value) for f in faults] == [(Rule.DIGITS_LOST, "注册代码", text)]

    def test_a_gbk_file_is_read_as_what_it_is(self, tmp_path):
        imported(a_csv(tmp_path / "a.csv", [a_row(1)], encoding="gbk"))

        assert Lift.objects.get().address == "文三路1号"


def test_a_lift_imported_equals_one_registered_by_hand(tmp_path):
    by_hand = a_lift(
        device_code="311033ABC201600002",
        rescue_code="000001",
        variety="3110",
        made_on=date(2016, 1, 5),
        floors=12,
        speed_m_per_s=Decimal("1.75"),
        place="residential",
        division=XIHU,
        estate="幸福家园",
        address="文三路1号",
        other_number_kind="内部编号",
    )
    row = a_row(1)
    row.pop("注册代码")
    imported(a_csv(tmp_path / "a.csv", [row]))

    left, right = (Lift.objects.values().get(device_code=code) for code in ("311033ABC201600001", by_hand.device_code))
    differing = {name for name in left if left[name] != right[name]}
    assert differing == {"id", "device_code", "import_job_id"}
