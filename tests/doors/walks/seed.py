"""Builds a small district for the walks and the pictures: two estates, a mall, a hospital, and people of every role."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import EvidenceKind, Problem
from liftwarden.casework.registry.models import Lift
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as parties_queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind
from tests import factories
from tests.factories import HANGZHOU, XIHU, a_finding, a_lift, serve

PASSWORD = "ladder-tower-42"
PEOPLE = {
    "inspector": ("inspector", "陈志远", XIHU),
    "inspector2": ("inspector", "林晓", XIHU),
    "chief": ("chief", "周立群", XIHU),
    "citychief": ("chief", "沈国平", HANGZHOU),
    "registrar": ("registrar", "吴敏", XIHU),
    "statistician": ("statistician", "何佳", XIHU),
    "admin": ("administrator", "系统管理员", XIHU),
}
ESTATES = (
    (
        "翠苑三区",
        "文一路 118 号",
        "residential",
        tuple(f"{n}幢{m}单元" for n in (1, 2, 3) for m in (1, 2)),
    ),
    ("古荡新村", "天目山路 226 号", "residential", ("12幢", "13幢", "14幢")),
    ("西城广场", "文二西路 551 号", "mall", ("A座东", "A座西", "扶梯 3-4 层")),
)
FAULTS = (
    ("door", "ageing", "层门锁紧元件啮合长度不足，手可扒开层门"),
    ("safety_part", "missing_part", "限速器动作速度超标，校验过期"),
    ("door", "bridged", "检修后门锁回路短接线未拆除"),
    ("emergency_call", "missing_part", "轿厢内紧急报警装置无应答"),
    ("traction", "ageing", "曳引轮槽严重磨损，钢丝绳打滑"),
    ("no_owner", "no_fund", "无物业、无维保、无维修资金，平层误差超过 80 毫米"),
    ("maintenance", "no_maintenance", "连续两个月没有维保记录"),
    ("escalator", "missing_part", "梳齿板缺齿三处，扶手带开裂"),
    ("car", "ageing", "轿厢地坎护脚板脱落"),
)


@dataclass(frozen=True)
class Seeded:
    """What the walks start from."""

    lifts: tuple[Lift, ...]
    problems: tuple[Problem, ...]
    property_firm: Body
    firm: Body


def fill(now: datetime) -> Seeded:
    """Build the district as of a moment; every row goes through the public actions."""
    office = _body("杭州市西湖区市场监督管理局", BodyKind.REGULATOR)
    city = _body("杭州市市场监督管理局", BodyKind.REGULATOR, HANGZHOU)
    property_firm = _body("杭州翠苑物业管理有限公司", BodyKind.USE_UNIT)
    mall = _body("西城广场商业管理有限公司", BodyKind.USE_UNIT)
    firm = _body("浙江安梯电梯工程有限公司", BodyKind.MAINTENANCE)
    for login, (role, name, division) in PEOPLE.items():
        _person(login, role, name, city if login == "citychief" else office, division)
    _person("manager", "use_unit", "钱月娥", property_firm, XIHU)
    _person("mall", "use_unit", "郑凯", mall, XIHU)
    _person("firm", "maintenance", "孙师傅", firm, XIHU)
    lifts = _lifts(property_firm, mall, firm, now)
    return Seeded(lifts, _problems(lifts, now), property_firm, firm)


def _body(name: str, kind: BodyKind, division: str = XIHU) -> Body:
    return parties.add_body(name, kind=kind, division=division, by=factories.node())


def _person(login: str, role: str, name: str, body: Body, division: str) -> None:
    person = parties.add_person(login, name=name, password=PASSWORD, by=factories.node())
    parties.appoint(
        person.pk, role=role, body_id=body.pk, division=division, from_on=date(2015, 1, 1), by=factories.node()
    )
    if login == "chief":
        parties.appoint(
            person.pk,
            role="statistician",
            body_id=body.pk,
            division=division,
            from_on=date(2016, 1, 1),
            by=factories.node(),
        )


def a_photo() -> bytes:
    """A small photo."""
    kept = BytesIO()
    Image.new("RGB", (640, 480), "#8a9199").save(kept, "JPEG")
    return kept.getvalue()


def actor(login: str, now: datetime) -> Actor:
    """Act as someone of the district."""
    return parties_queries.actor(login, channel="web", now=now)


def _lifts(property_firm: Body, mall: Body, firm: Body, now: datetime) -> tuple[Lift, ...]:
    found = []
    by = actor("registrar", now)
    today = now.date()
    for estate, address, place, units in ESTATES:
        for unit in units:
            number = len(found) + 1
            lift = a_lift(
                by=by,
                rescue_code=f"1008{number:02d}",
                certificate_no=f"梯11浙A{number:05d}(16)",
                device_code=f"31103301{number:03d}2008{number:04d}"[:18].ljust(18, "0"),
                variety="3310" if "扶梯" in unit else "3110",
                estate=estate,
                address=f"西湖区{address}",
                internal_no=unit,
                place=place,
                maker_name="杭州西奥电梯有限公司",
                product_model="XO-CONIII",
                floors=2 if "扶梯" in unit else 18,
                load_kg=1000,
                speed_m_per_s="1.75",
                used_since_on=date(2008, 6, 1),
                last_inspected_on=today - timedelta(days=300 + number),
                next_inspection_on=today + timedelta(days=65 - number * 9),
                longitude="120.1290000",
                latitude="30.2810000",
                datum="GCJ02",
            )
            serve(lift, mall if place == "mall" else property_firm)
            serve(lift, firm, PartyRole.MAINTENANCE, from_on=date(2019, 4, 1))
            found.append(lift)
    return tuple(found)


def _problems(lifts: tuple[Lift, ...], now: datetime) -> tuple[Problem, ...]:
    """File a problem of each kind and leave each at another step of its way."""
    found = []
    for place, (category, cause, description) in enumerate(FAULTS):
        found_at = now - timedelta(days=60 - place * 4)
        by = actor("inspector", found_at)
        told: dict[str, Any] = {
            "category": category,
            "cause": cause,
            "description": description,
            "grade_scheme": "order57",
        }
        told["grade"] = "serious" if category in ("safety_part", "door") else "general"
        found.append(hazards.open_problem(lifts[place].pk, a_finding(found_at, **told), by=by))
    _work(found, now)
    return tuple(Problem.objects.filter(pk__in=[problem.pk for problem in found]).order_by("found_at", "id"))


def _work(found: list[Problem], now: datetime) -> None:
    def by(login: str, days: int) -> dict[str, Any]:
        at = now - timedelta(days=days)
        return {"at": at, "by": actor(login, at)}

    _instruct(found[0:2], "杭西监〔2026〕0031", now, 20, 12)
    _instruct(found[2:3], "杭西监〔2026〕0032", now, 19, -5)
    _instruct(found[4:5], "杭西监〔2026〕0035", now, 15, 3)
    hazards.begin(found[0].pk, contractor="浙江安梯电梯工程有限公司", **by("manager", 18))
    shown = {"kind": EvidenceKind.BEFORE, "name": "层门.jpg", "data": a_photo(), "caption": "层门锁紧元件"}
    hazards.add_evidence(found[0].pk, **shown, **by("inspector", 17))
    hazards.report(found[1].pk, text="已更换限速器并重新校验，附校验报告。", **by("manager", 4))
    hazards.ask_extension(
        found[2].pk, to_on=now.date() + timedelta(days=30), reason="门锁部件厂家供货期较长", **by("manager", 2)
    )
    hazards.shut_down(
        found[4].file_id,
        SealOrder("杭西封〔2026〕7 号", "《特种设备安全法》第六十一条", "杭州市西湖区市场监督管理局"),
        **by("chief", 10),
    )
    hazards.list_for_supervision(
        found[5].file_id, ListingOrder("区安委办 李主任", now.date() + timedelta(days=40), "fund"), **by("chief", 9)
    )
    hazards.note_nobody_to_serve(found[5].pk, note="小区无物业，业委会已解散，告知社区。", **by("inspector", 9))
    hazards.report(_begun(found[3], by).pk, text="已修复对讲线路。", **by("manager", 12))
    hazards.pass_recheck(found[3].pk, note="现场试呼，应答正常。", **by("inspector", 6))


def _begun(problem: Problem, by: Any) -> Problem:
    return hazards.begin(problem.pk, contractor="", **by("manager", 14))


def _instruct(found: list[Problem], number: str, now: datetime, ago: int, left: int) -> None:
    at = now - timedelta(days=ago)
    by = actor("inspector", at)
    second = actor("inspector2", at).post_id
    order = factories.an_order(
        by,
        number=number,
        second_officer=second,
        deadline_on=now.date() + timedelta(days=left),
        demands="立即停止带病运行，更换失效部件，整改完成后书面报告。",
    )
    hazards.instruct([problem.pk for problem in found], order, at=at, by=by)
