"""Files and mappings for the import tests; a test names only what it is about."""

import csv
from pathlib import Path
from typing import Any

from liftwarden.casework.registry.importing import actions
from liftwarden.casework.registry.importing.actions import Outcome
from liftwarden.casework.registry.importing.mapping import Mapping, parse
from liftwarden.ground.parties.actor import Actor
from tests.factories import HANGZHOU, an_actor

HEADERS = (
    *(
        "设备代码",
        "注册代码",
        "登记证",
        "救援码",
        "其他编号",
        "品种",
        "制造日期",
        "投用日期",
        "上检",
        "下检",
        "层站",
        "速度",
    ),
    *("场所", "区划", "小区", "地址", "经度", "纬度", "状态", "使用单位", "信用代码", "维保单位", "维保起始"),
)
MAPPING = """
[source]
ignored = []
[target]
mode = "add"
[columns]
device_code = { from = "设备代码" }
registration_code = { from = "注册代码" }
certificate_no = { from = "登记证" }
rescue_code = { from = "救援码", digits = 6 }
other_number = { from = "其他编号" }
other_number_kind = { constant = "内部编号" }
variety = { from = "品种" }
made_on = { from = "制造日期", date = ["%Y-%m-%d", "%Y%m%d"] }
used_since_on = { from = "投用日期", date = ["%Y-%m-%d"] }
last_inspected_on = { from = "上检", date = ["%Y-%m-%d"] }
next_inspection_on = { from = "下检", date = ["%Y-%m-%d"] }
floors = { from = "层站" }
speed_m_per_s = { from = "速度" }
place = { from = "场所" }
division = { from = "区划" }
estate = { from = "小区" }
address = { from = "地址" }
longitude = { from = "经度" }
latitude = { from = "纬度" }
datum = { constant = "WGS84" }
use_state = { from = "状态", values = { "在用" = "in_use", "停用" = "stopped", "报废" = "scrapped" } }
[point]
within = [118, 29, 121, 31]
[parties.use_unit]
name = "使用单位"
credit = "信用代码"
since = 2017-01-01
create = true
[parties.maintenance]
name = "维保单位"
from_on = "维保起始"
date = ["%Y-%m-%d"]
"""


def a_mapping(text: str = MAPPING, **swaps: str) -> Mapping:
    """The mapping of these tests, with some words swapped: `a_mapping(add="skip")`."""
    for old, new in swaps.items():
        text = text.replace(f'mode = "{old}"', f'mode = "{new}"')
    return parse(text)


def a_row(number: int, **cells: Any) -> dict[str, Any]:
    """A row in which nothing is wrong."""
    told = {
        "设备代码": f"311033ABC2016{number:05d}",
        "注册代码": f"3110330106201601{number:04d}",
        "救援码": f"{number:06d}",
        "品种": "曳引驱动乘客电梯",
        "制造日期": "2016-01-05",
        "层站": 12,
        "速度": "1.75",
        "场所": "住宅",
        "区划": "330106",
        "小区": "幸福家园",
        "地址": f"文三路{number}号",
        "状态": "在用",
        "使用单位": "幸福物业",
    }
    return {**told, **cells}


def a_csv(path: Path, rows: list[dict[str, Any]], headers: tuple[str, ...] = HEADERS, encoding: str = "utf-8") -> Path:
    """Write rows as CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file)
        out.writerow(headers)
        out.writerows([[row.get(header, "") for header in headers] for row in rows])
    return path


def a_workbook(path: Path, rows: list[dict[str, Any]], headers: tuple[str, ...] = HEADERS) -> Path:
    """Write rows as XLSX: text as text, numbers as numbers, `=…` as the formula error it stands for."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    for at, row in enumerate([dict(zip(headers, headers, strict=True)), *rows]):
        for column, header in enumerate(headers):
            value = row.get(header)
            if isinstance(value, str) and value.startswith("#"):
                sheet.write_formula(at, column, "=1/0", None, value)
            elif isinstance(value, str):
                sheet.write_string(at, column, value)
            elif value is not None:
                sheet.write_number(at, column, value)
    book.close()
    return path


def an_importer(**told: Any) -> Actor:
    """Someone who may import and put bodies on file in Hangzhou."""
    return an_actor("registrar", **{"division": HANGZHOU, **told})


def quiet(phase: str, done: int, total: int) -> None:
    """Show no progress."""


def checked(path: Path, mapping: Mapping | None = None, *, by: Actor | None = None) -> Outcome:
    """Run dry."""
    return actions.check(path, mapping or a_mapping(), by=by or an_importer(), progress=quiet)


def imported(path: Path, mapping: Mapping | None = None, *, by: Actor | None = None) -> Outcome:
    """Import."""
    return actions.import_lifts(path, mapping or a_mapping(), by=by or an_importer(), progress=quiet)
