"""What may be done to lifts."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.registry import actions, queries
from liftwarden.casework.registry.models import Lift, LiftParty
from liftwarden.casework.registry.rules import Datum, PartyRole, UseAction, UseState
from liftwarden.doors.threshold.deed import Deed, Fields, Maybe
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import start_of_day

LiftRef = Annotated[str, Field(title="电梯", description="任一编号，或系统内的 ID", min_length=1)]
Text = Annotated[str, Field(max_length=240)]


def lift_id(ref: str, by: Actor) -> UUID:
    """Tell the key of a lift from any of its numbers."""
    try:
        key = UUID(ref)
    except ValueError:
        return queries.by_number(ref, by=by).pk
    return queries.lift(key, by=by).pk


class LiftFields(Fields):
    """The data of a lift that may be given or amended."""

    device_code: Annotated[str | None, Maybe] = Field(None, title="设备代码", description="18 位（旧规则 17 位）")
    registration_code: Annotated[str | None, Maybe] = Field(None, title="设备注册代码", description="20 位数字")
    certificate_no: Annotated[str | None, Maybe] = Field(None, title="使用登记证编号", description="梯11宁A00001(17)")
    rescue_code: Annotated[str | None, Maybe] = Field(None, title="应急救援识别码", description="5–6 位数字")
    other_number: Annotated[str | None, Maybe] = Field(None, title="其他编号", max_length=40)
    other_number_kind: Annotated[str | None, Maybe] = Field(None, title="其他编号种类", max_length=40)
    catalogue: Annotated[str | None, Maybe] = Field(None, title="目录版本", description="2014、2004 或 foreign")
    variety: Annotated[str | None, Maybe] = Field(None, title="品种代码", description="例如 3110")
    place: Annotated[str | None, Maybe] = Field(None, title="使用场所", description="例如 residential、mall")
    estate: Annotated[str | None, Maybe] = Field(None, title="小区或项目", max_length=120)
    address: Annotated[str | None, Maybe] = Field(None, title="使用地点", max_length=240)
    internal_no: Annotated[str | None, Maybe] = Field(None, title="单位内编号", max_length=60)
    factory_no: Annotated[str | None, Maybe] = Field(None, title="出厂编号", max_length=60)
    product_model: Annotated[str | None, Maybe] = Field(None, title="型号", max_length=80)
    maker_name: Annotated[str | None, Maybe] = Field(None, title="制造单位", max_length=120)
    made_on: Annotated[date | None, Maybe] = Field(None, title="制造日期")
    used_since_on: Annotated[date | None, Maybe] = Field(None, title="投入使用日期")
    floors: Annotated[int | None, Maybe] = Field(None, title="层数", ge=1, le=1000)
    speed_m_per_s: Annotated[Decimal | None, Maybe] = Field(
        None, title="额定速度（m/s）", ge=0, le=100, decimal_places=3
    )
    load_kg: Annotated[int | None, Maybe] = Field(None, title="额定载重量（kg）", ge=0, le=1_000_000)
    longitude: Annotated[Decimal | None, Maybe] = Field(None, title="经度", ge=-180, le=180)
    latitude: Annotated[Decimal | None, Maybe] = Field(None, title="纬度", ge=-90, le=90)
    datum: Annotated[Datum | None, Maybe] = Field(None, title="坐标系")
    last_inspected_on: Annotated[date | None, Maybe] = Field(None, title="上次检验日期")
    next_inspection_on: Annotated[date | None, Maybe] = Field(None, title="下次检验日期")


class AddLift(LiftFields):
    """登记一台电梯。"""

    division: str = Field(title="区划代码", description="县级行政区划代码，例如 330106", min_length=1)
    variety: str = Field(title="品种代码", description="例如 3110", min_length=1)
    address: str = Field(title="使用地点", min_length=1, max_length=240)
    use_state: Annotated[UseState | None, Maybe] = Field(None, title="使用状态")


class AmendLift(LiftFields):
    """更正或补充一台电梯的数据；只改填写的项。"""

    lift: LiftRef
    clear: list[str] = Field([], title="清空的项", description="例如 internal_no；填写的项优先")
    reason: str = Field("", title="理由", max_length=400)


class ChangeUse(Fields):
    """变更使用状态：停用、重新启用、报废、拆除、迁出等。"""

    lift: LiftRef
    action: UseAction = Field(title="变更")
    on: date = Field(title="日期")
    reason: str = Field(title="理由", min_length=1, max_length=200)
    acting_body: str = Field(title="作出决定的单位", min_length=1, max_length=120)


class SetParty(Fields):
    """登记某单位自某日起对这台电梯的身份；前任同日截止。"""

    lift: LiftRef
    role: PartyRole = Field(title="身份")
    body: UUID = Field(title="单位")
    from_on: date = Field(title="起始日期")


class MoveLift(Fields):
    """把电梯连同其问题电梯档案移到另一行政区划。"""

    lift: LiftRef
    division: str = Field(title="新区划代码", min_length=1)
    on: date = Field(title="日期")
    reason: str = Field(title="理由", min_length=1, max_length=200)


def _add(told: AddLift, by: Actor) -> Lift:
    values = told.model_dump(exclude={"division"}, exclude_none=True)
    return actions.register(values, division=told.division, by=by)


def _amend(told: AmendLift, by: Actor) -> Lift:
    given = told.model_dump(exclude={"lift", "reason", "clear"}, exclude_unset=True, exclude_none=True)
    values = dict.fromkeys(told.clear) | given
    return actions.amend(lift_id(told.lift, by), values, reason=told.reason, by=by)


def _change_use(told: ChangeUse, by: Actor) -> Lift:
    key = lift_id(told.lift, by)
    return actions.change_use(key, told.action, on=told.on, reason=told.reason, acting_body=told.acting_body, by=by)


def _set_party(told: SetParty, by: Actor) -> LiftParty:
    return actions.set_party(lift_id(told.lift, by), told.role, body_id=told.body, from_on=told.from_on, by=by)


def _move(told: MoveLift, by: Actor) -> dict[str, object]:
    key = lift_id(told.lift, by)
    at = start_of_day(told.on)
    files = hazards.transfer_lift(key, division=told.division, reason=told.reason, at=at, by=by)
    return {"lift": key, "division": told.division, "files": [file.pk for file in files]}


DEEDS = (
    Deed(
        "add-lift",
        "登记电梯",
        AddLift,
        _add,
        Permission.LIFT_WRITE,
        example="liftwarden add-lift --as registrar --division 330106 --variety 3110 --rescue-code 012345 "
        "--address 文三路100号 --place residential",
    ),
    Deed(
        "amend-lift",
        "更正数据",
        AmendLift,
        _amend,
        Permission.LIFT_WRITE,
        subject="lift",
        example="liftwarden amend-lift 012345 --as registrar --estate 幸福小区 --reason 补录",
    ),
    Deed(
        "change-use",
        "变更使用状态",
        ChangeUse,
        _change_use,
        Permission.LIFT_WRITE,
        subject="lift",
        example="liftwarden change-use 012345 --as registrar --action dismantle --on 2017-05-01 "
        "--reason 旧楼拆除 --acting-body 使用单位",
    ),
    Deed(
        "set-party",
        "变更相关单位",
        SetParty,
        _set_party,
        Permission.LIFT_WRITE,
        subject="lift",
        example="liftwarden set-party 012345 --as registrar --role maintenance --body BODY_ID --from-on 2017-01-01",
    ),
    Deed(
        "move-lift",
        "变更所属区划",
        MoveLift,
        _move,
        Permission.LIFT_WRITE,
        subject="lift",
        example="liftwarden move-lift 012345 --as registrar --division 330108 --on 2017-05-01 --reason 区划调整",
    ),
)
