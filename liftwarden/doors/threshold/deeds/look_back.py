"""What may be done in look-back (回头看), and about what the clock has raised."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.look_back import Plan
from liftwarden.casework.hazards.actions.opening import Finding
from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.models import FinderKind
from liftwarden.doors.threshold.deed import Deed, Fields, Maybe, happened
from liftwarden.doors.threshold.deeds.hazard_fields import AT, Reason, When
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission


class DeclareGuarantee(Fields):
    """设定重大活动保障时段；时段内和临近时段的整改期限随之收紧。"""

    division: str = Field(title="区划代码", min_length=1)
    name: str = Field(title="时段名称", min_length=1, max_length=120)
    from_on: date = Field(title="起始日")
    to_on: date = Field(title="截止日")
    source: str = Field(title="依据", description="文件或会议", min_length=1, max_length=200)
    at: When = AT


class RevokeGuarantee(Fields):
    """撤销重大活动保障时段。"""

    period: UUID = Field(title="保障时段")
    reason: str = Reason()
    at: When = AT


class PlanFields(Fields):
    """制定“回头看”计划：对已建档问题电梯逐台普查。"""

    division: str = Field(title="区划代码", min_length=1)
    name: str = Field(title="计划名称", min_length=1, max_length=120)
    from_on: date = Field(title="开始日")
    to_on: date = Field(title="截止日")
    scope: PlaceScope = Field(PlaceScope.ALL, title="场所范围")
    guarantee: Annotated[UUID | None, Maybe] = Field(None, title="保障时段", description="须在其开始前查完")
    at: When = AT


class PlanSample(PlanFields):
    """制定“回头看”计划：按台数抽查，同一随机种子可复现。"""

    size: int = Field(title="抽查台数", ge=1)
    seed: int = Field(title="随机种子", ge=0)


class PlanShare(PlanFields):
    """制定“回头看”计划：按比例抽查，同一随机种子可复现。"""

    share: Decimal = Field(title="抽查比例", description="大于 0、不超过 1，例如 0.2", ge=0)
    seed: int = Field(title="随机种子", ge=0)


class OfVisit(Fields):
    """Done to one visit."""

    visit: UUID = Field(title="回头看检查")


class VisitClear(OfVisit):
    """登记“回头看”未发现问题。"""

    note: str = Field("", title="检查情况", max_length=400)
    at: When = AT


class VisitNoAccess(OfVisit):
    """登记“回头看”无法进入；另定再访日期。"""

    note: str = Reason("经过")
    at: When = AT


class VisitFound(OfVisit):
    """登记“回头看”发现的问题；原因与已销号隐患相同的为复发，否则为新问题，并自动归入 A 或 F。"""

    category: str = Field(title="隐患类别", description="例如 door、safety_part", min_length=1)
    cause: str = Field(title="原因", description="例如 ageing、no_maintenance", min_length=1)
    description: str = Field(title="隐患描述", min_length=1, max_length=400)
    grade_scheme: str = Field("", title="等级口径", description="不填则取发现当日施行的口径")
    grade: str = Field("general", title="等级", min_length=1)
    needs_certificate: bool = Field(False, title="整改属于改造或重大修理")
    found_at: When = Field(None, title="发现时间", description="不填则为现在")


class SeeReminder(Fields):
    """阅处观察期满的提醒。"""

    reminder: UUID = Field(title="提醒")
    at: When = AT


def _plan(told: PlanFields) -> Plan:
    return Plan(
        division=told.division,
        name=told.name,
        from_on=told.from_on,
        to_on=told.to_on,
        scope=told.scope,
        guarantee=told.guarantee,
    )


def _sweep(told: PlanFields, by: Actor) -> Any:
    return hazards.plan_sweep(_plan(told), at=happened(told.at, by), by=by)


def _sample(told: PlanSample, by: Actor) -> Any:
    return hazards.plan_sample(_plan(told), seed=told.seed, size=told.size, at=happened(told.at, by), by=by)


def _share(told: PlanShare, by: Actor) -> Any:
    return hazards.plan_share(_plan(told), seed=told.seed, share=told.share, at=happened(told.at, by), by=by)


def _declare(told: DeclareGuarantee, by: Actor) -> Any:
    return hazards.declare_guarantee_period(
        told.division,
        name=told.name,
        from_on=told.from_on,
        to_on=told.to_on,
        source=told.source,
        at=happened(told.at, by),
        by=by,
    )


def _revoke(told: RevokeGuarantee, by: Actor) -> Any:
    return hazards.revoke_guarantee_period(told.period, reason=told.reason, at=happened(told.at, by), by=by)


def _clear(told: VisitClear, by: Actor) -> Any:
    return hazards.visit_found_nothing(told.visit, note=told.note, at=happened(told.at, by), by=by)


def _no_access(told: VisitNoAccess, by: Actor) -> Any:
    return hazards.visit_without_access(told.visit, note=told.note, at=happened(told.at, by), by=by)


def _found(told: VisitFound, by: Actor) -> Any:
    finding = Finding(
        category=told.category,
        cause=told.cause,
        description=told.description,
        grade_scheme=told.grade_scheme,
        grade=told.grade,
        finder=FinderKind.INSPECTOR,
        needs_certificate=told.needs_certificate,
        found_at=happened(told.found_at, by),
    )
    return hazards.visit_found_problem(told.visit, finding, by=by)


def _seen(told: SeeReminder, by: Actor) -> Any:
    return hazards.see_reminder(told.reminder, at=happened(told.at, by), by=by)


_PLANNED = "--as chief --division 330106 --name 春季回头看 --from-on 2017-04-01 --to-on 2017-04-30"

DEEDS = (
    Deed(
        "declare-guarantee-period",
        "设定保障时段",
        DeclareGuarantee,
        _declare,
        Permission.HAZARD_PLAN,
        example="liftwarden declare-guarantee-period --as chief --division 330106 --name 国庆 "
        "--from-on 2017-10-01 --to-on 2017-10-08 --source 市府办通知",
    ),
    Deed(
        "revoke-guarantee-period",
        "撤销保障时段",
        RevokeGuarantee,
        _revoke,
        Permission.HAZARD_PLAN,
        example="liftwarden revoke-guarantee-period --as chief --period PERIOD_ID --reason 活动取消",
    ),
    Deed(
        "plan-sweep",
        "回头看普查",
        PlanFields,
        _sweep,
        Permission.HAZARD_PLAN,
        example=f"liftwarden plan-sweep {_PLANNED}",
    ),
    Deed(
        "plan-sample",
        "回头看抽查（按台数）",
        PlanSample,
        _sample,
        Permission.HAZARD_PLAN,
        example=f"liftwarden plan-sample {_PLANNED} --size 50 --seed 2017",
    ),
    Deed(
        "plan-share",
        "回头看抽查（按比例）",
        PlanShare,
        _share,
        Permission.HAZARD_PLAN,
        example=f"liftwarden plan-share {_PLANNED} --share 0.2 --seed 2017",
    ),
    Deed(
        "visit-clear",
        "回头看未发现问题",
        VisitClear,
        _clear,
        Permission.HAZARD_RECHECK,
        example="liftwarden visit-clear --as inspector --visit VISIT_ID",
    ),
    Deed(
        "visit-no-access",
        "回头看无法进入",
        VisitNoAccess,
        _no_access,
        Permission.HAZARD_RECHECK,
        example="liftwarden visit-no-access --as inspector --visit VISIT_ID --note 单元门锁闭，无人应答",
    ),
    Deed(
        "visit-found",
        "回头看发现问题",
        VisitFound,
        _found,
        Permission.HAZARD_OPEN,
        example="liftwarden visit-found --as inspector --visit VISIT_ID --category door --cause ageing "
        "--description 层门锁再次失效",
    ),
    Deed(
        "see-reminder",
        "阅处提醒",
        SeeReminder,
        _seen,
        Permission.HAZARD_RECHECK,
        example="liftwarden see-reminder --as inspector --reminder REMINDER_ID",
    ),
)
