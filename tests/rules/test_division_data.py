"""The division file that comes with the product: what must hold of its rows on every day."""

import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["code", "name", "level", "parent", "valid_from", "valid_to", "kind", "note"]
HEADINGS = {
    "市辖区",
    "县",
    "市",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "省直辖行政单位",
    "省直辖县级行政单位",
}
NOTICE_DAY = date(2017, 6, 30)
FAR = date(9999, 12, 31)

Line = dict[str, str]


def read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


STANDARD = read(ROOT / "liftwarden/ground/divisions/data/gbt2260.csv")
NYC = read(ROOT / "examples/nyc/divisions.csv")


def begins(line: Line) -> date:
    return date.fromisoformat(line["valid_from"])


def ends(line: Line) -> date:
    return date.fromisoformat(line["valid_to"]) if line["valid_to"] else FAR


def by_code(lines: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in sorted(lines, key=begins):
        found.setdefault(line["code"], []).append(line)
    return found


def standing(day: date, lines: list[Line] = STANDARD) -> dict[str, Line]:
    return {line["code"]: line for line in lines if begins(line) <= day < ends(line)}


def uncovered(lines: list[Line]) -> list[str]:
    """List rows whose parent does not hold for the whole of their validity."""
    rows = by_code(lines)
    found = []
    for line in lines:
        reached = begins(line)
        for parent in rows.get(line["parent"], []):
            if begins(parent) <= reached < ends(parent):
                reached = ends(parent)
        if line["code"] != "000000" and reached < ends(line):
            found.append(f"{line['code']} from {line['valid_from']}")
    return found


class TestEveryRow:
    def test_has_a_parent_for_the_whole_of_its_validity(self):
        assert uncovered(STANDARD) == []

    def test_ends_after_it_begins(self):
        assert [line for line in STANDARD if begins(line) >= ends(line)] == []

    def test_never_overlaps_a_row_of_the_same_code(self):
        overlaps = [
            (earlier, later)
            for rows in by_code(STANDARD).values()
            for earlier, later in pairwise(rows)
            if ends(earlier) > begins(later)
        ]

        assert overlaps == []

    def test_is_a_division_and_no_heading(self):
        assert [line for line in STANDARD if line["name"] in HEADINGS] == []

    def test_of_a_municipality_is_the_municipality_or_a_county_level_division(self):
        levels = {
            line["level"]
            for line in STANDARD
            if line["code"][:2] in ("11", "12", "31", "50") and not line["code"].endswith("0000")
        }

        assert levels == {"county"}

    def test_hangs_on_a_row_of_a_higher_level(self):
        rank = {"nation": 0, "province": 1, "prefecture": 2, "county": 3, "unit": 4}
        level = {line["code"]: rank[line["level"]] for line in STANDARD}

        assert [line for line in STANDARD if line["parent"] and level[line["parent"]] >= level[line["code"]]] == []

    def test_fits_the_columns_of_the_table(self):
        widths = {column: max(len(line[column]) for line in STANDARD + NYC) for column in COLUMNS}

        assert widths["code"] <= 12 and widths["name"] <= 60 and widths["kind"] <= 20 and widths["note"] <= 200

    def test_stands_in_order_of_code_and_day(self):
        keys = [(line["code"], line["valid_from"]) for line in STANDARD]

        assert keys == sorted(keys)


@pytest.mark.clause("N2017-0.1")
class TestFilingUnits:
    @pytest.mark.parametrize("day", [date(2002, 12, 31), NOTICE_DAY, date(2026, 1, 1)])
    def test_are_31_provinces_and_the_corps_on_every_day(self, day):
        units = [
            line
            for line in standing(day).values()
            if line["parent"] == "000000" and line["kind"] not in ("not_in_scope", "foreign")
        ]

        assert len(units) == 32
        assert [line["code"] for line in units if line["kind"] == "filing_unit"] == ["XPCC00"]

    def test_leave_out_hong_kong_macao_and_taiwan(self):
        outside = {line["name"] for line in standing(NOTICE_DAY).values() if line["kind"] == "not_in_scope"}

        assert outside == {"台湾省", "香港特别行政区", "澳门特别行政区"}


class TestKnownFacts:
    @pytest.mark.parametrize(
        ("code", "name", "parent"),
        [
            ("110101", "东城区", "110000"),
            ("330000", "浙江省", "000000"),
            ("330100", "杭州市", "330000"),
            ("330106", "西湖区", "330100"),
            ("419001", "济源市", "410000"),
            ("429021", "神农架林区", "420000"),
            ("441900", "东莞市", "440000"),
            ("469001", "五指山市", "460000"),
            ("500229", "城口县", "500000"),
            ("620200", "嘉峪关市", "620000"),
            ("659001", "石河子市", "XPCC00"),
        ],
    )
    def test_stand_on_the_day_of_the_first_return(self, code, name, parent):
        line = standing(NOTICE_DAY)[code]

        assert (line["name"], line["parent"]) == (name, parent)

    def test_every_province_run_county_hangs_on_its_province(self):
        strays = [
            line
            for line in STANDARD
            if line["code"][2:4] == "90" and line["parent"] not in (line["code"][:2] + "0000", "XPCC00")
        ]

        assert strays == []

    def test_prefectures_without_counties_are_leaves(self):
        parents = {line["parent"] for line in STANDARD}

        assert parents.isdisjoint({"441900", "442000", "620200", "460400"})

    def test_a_re_coded_city_is_under_one_code_at_a_time(self):
        before, after = standing(date(2015, 1, 1)), standing(NOTICE_DAY)

        assert ("469003" in before, "460400" in before) == (True, False)
        assert ("469003" in after, "460400" in after) == (False, True)

    def test_a_reused_code_changes_its_name_on_a_day(self):
        assert standing(date(2006, 12, 31))["469025"]["name"] == "定安县"
        assert standing(NOTICE_DAY)["469025"]["name"] == "白沙黎族自治县"

    def test_a_list_of_june_2017_is_used_for_june_2017(self):
        may, june = standing(date(2017, 5, 31)), standing(NOTICE_DAY)

        assert "隆昌县" in {line["name"] for line in may.values()}
        assert june["511083"]["name"] == "隆昌市"


class TestTheForeignExample:
    def test_hangs_on_the_root_and_is_marked_foreign(self):
        assert {line["kind"] for line in NYC} == {"foreign"}
        assert {line["parent"] for line in NYC} == {"000000", "US-NYC"}

    def test_uses_no_code_of_the_standard_tree(self):
        assert {line["code"] for line in NYC}.isdisjoint(line["code"] for line in STANDARD)
