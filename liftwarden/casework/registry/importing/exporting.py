"""Writes the lifts an actor may see into a file that `import-lifts` takes back with examples/mappings/round-trip.toml."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from liftwarden.casework.registry import queries
from liftwarden.casework.registry.importing.sheets import writer
from liftwarden.casework.registry.models import Lift, LiftParty
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor

BLOCK = 2_000
# Header → column; the headers are those that examples/mappings/round-trip.toml names.
COLUMNS = {
    "设备代码": "device_code",
    "设备注册代码": "registration_code",
    "使用登记证编号": "certificate_no",
    "应急救援识别码": "rescue_code",
    "其他编号": "other_number",
    "其他编号种类": "other_number_kind",
    "目录": "catalogue",
    "品种": "variety",
    "型号": "product_model",
    "出厂编号": "factory_no",
    "单位内部编号": "internal_no",
    "制造单位": "maker_name",
    "制造日期": "made_on",
    "投用日期": "used_since_on",
    "层站数": "floors",
    "额定速度": "speed_m_per_s",
    "额定载重": "load_kg",
    "使用场所": "place",
    "区划代码": "division_code",
    "小区": "estate",
    "地址": "address",
    "经度": "longitude",
    "纬度": "latitude",
    "坐标系": "datum",
    "使用状态": "use_state",
    "状态原因": "use_state_reason",
    "状态决定单位": "use_state_body",
    "状态日期": "use_state_on",
    "上次检验日期": "last_inspected_on",
    "下次检验日期": "next_inspection_on",
    "标记": "flags",
}
PARTIES = {PartyRole.USE_UNIT: "使用单位", PartyRole.MAINTENANCE: "维保单位"}


def export(path: Path, *, by: Actor, progress: Callable[[str, int, int], None]) -> int:
    """Write the lifts within reach; gives how many. Codes are text in XLSX; in CSV, open them as text."""
    found = queries.visible(by).order_by("pk")
    total, done = found.count(), 0
    party_heads = [f"{name}{what}" for name in PARTIES.values() for what in ("", "起始日期")]
    with writer(path) as out:
        out.row([*COLUMNS, *party_heads])
        last: Any = None
        while some := list((found if last is None else found.filter(pk__gt=last))[:BLOCK]):
            served = _served(some)
            for lift in some:
                told = [_text(getattr(lift, column)) for column in COLUMNS.values()]
                out.row([*told, *(text for role in PARTIES for text in served.get((lift.pk, str(role)), ("", "")))])
            done, last = done + len(some), some[-1].pk
            progress("导出", done, total)
    return done


def _served(lifts: list[Lift]) -> dict[tuple[Any, str], tuple[str, str]]:
    held = list(LiftParty.objects.filter(lift__in=lifts, to_on__isnull=True, role__in=[str(role) for role in PARTIES]))
    names = parties.body_names(party.body_id for party in held)
    return {(party.lift_id, party.role): (names.get(party.body_id, ""), str(party.from_on)) for party in held}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
