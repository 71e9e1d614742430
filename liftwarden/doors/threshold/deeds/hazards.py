"""What may be done in the hazard ledger."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import Finding
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.lifecycles import Action, OverlayAction
from liftwarden.casework.hazards.models import FinderKind, ServiceOutcome
from liftwarden.casework.hazards.rules import CorrectionKind
from liftwarden.doors.threshold.deed import Deed, Fields, Maybe, Moment, happened
from liftwarden.doors.threshold.deeds.registry import LiftRef, lift_id
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission as P

When = Annotated[Moment | None, Maybe]
AT = Field(None, title="发生时间", description="不填则为现在")


def Reason(title: str = "理由") -> Any:  # noqa: N802  (reads as a field kind)
    """Make a required reason."""
    return Field(title=title, min_length=1, max_length=400)


class OfProblem(Fields):
    """Done to one problem."""

    problem: UUID = Field(title="隐患")
    at: When = AT


class OfFile(Fields):
    """Done to one problem-lift file."""

    file: UUID = Field(title="问题电梯档案")
    at: When = AT


class OpenProblem(Fields):
    """登记一台电梯上发现的隐患；自动归入 A、F 或回头看对象。"""

    lift: LiftRef
    category: str = Field(title="隐患类别", description="例如 door、safety_part", min_length=1)
    cause: str = Field(title="原因", description="例如 ageing、no_maintenance", min_length=1)
    description: str = Field(title="隐患描述", min_length=1, max_length=400)
    grade_scheme: str = Field("order57", title="等级口径", description="order57、gb45067 或 2015")
    grade: str = Field("general", title="等级", min_length=1)
    finder: FinderKind = Field(FinderKind.INSPECTOR, title="发现者")
    finder_name: str = Field("", title="发现者名称", max_length=120)
    needs_certificate: bool = Field(False, title="整改属于改造或重大修理")
    found_at: When = Field(None, title="发现时间", description="不填则为现在")
    correction_reason: str = Field("", title="基数补录理由", description="A 冻结后补录时必填", max_length=400)


class Begin(OfProblem):
    """登记整改已签约或已动工。"""

    contractor: str = Field("", title="承接单位", max_length=120)


class Certify(OfProblem):
    """登记改造或重大修理的监督检验证书编号。"""

    certificate_no: str = Field(title="证书编号", min_length=1, max_length=60)


class Report(OfProblem):
    """提交整改报告；监管机构应在 10 个工作日内复查。"""

    text: str = Field(title="整改情况", min_length=1, max_length=400)


class PassRecheck(OfProblem):
    """登记复查合格。"""

    note: str = Field("", title="复查说明", max_length=400)


class FailRecheck(OfProblem):
    """登记复查不合格，重定期限。"""

    reason: str = Reason("不合格情况")
    deadline_on: date = Field(title="新的整改期限")


class SendBack(OfProblem):
    """不同意销号，退回整改。"""

    reason: str = Reason()
    deadline_on: date = Field(title="新的整改期限")


class Close(OfProblem):
    """销号：须有整改前、后证据，并由复查人以外的第二人办理。"""


class CloseDismantled(OfProblem):
    """电梯已拆除并注销登记，据此销号（计入已完成，另列）。"""


class NoAccess(OfProblem):
    """登记无法进入现场；另起时钟再访。"""

    note: str = Reason("经过")


class NobodyToServe(OfProblem):
    """登记“三无”电梯、无人可送达；另起时钟报告当地政府。"""

    note: str = Reason("经过")


class Refer(OfProblem):
    """移送行政处罚。"""

    reason: str = Reason()


class AskExtension(OfProblem):
    """申请延长整改期限（使用单位）。"""

    to_on: date = Field(title="申请延至")
    reason: str = Reason()


class Extend(OfProblem):
    """准予延长整改期限。"""

    deadline_on: date = Field(title="新的整改期限")
    reason: str = Reason()


class Withdraw(OfProblem):
    """撤销登记有误的隐患（档案中须另有隐患）。"""

    reason: str = Reason()


class Instruct(Fields):
    """下达监察指令书：两名监察人员，一个使用单位，可含多台电梯。"""

    problems: list[UUID] = Field(title="隐患", min_length=1)
    number: str = Field(title="指令书编号", min_length=1, max_length=40)
    second_officer: UUID = Field(title="第二名监察人员")
    deadline_on: date = Field(title="整改期限")
    demands: str = Field(title="整改要求", min_length=1, max_length=800)
    legal_basis: str = Field("《特种设备安全法》第六十二条", title="法律依据", min_length=1, max_length=200)
    stop_use: bool = Field(False, title="责令停止使用")
    at: When = AT


class Served(Fields):
    """登记监察指令书的送达结果。"""

    instruction: UUID = Field(title="监察指令书")
    outcome: ServiceOutcome = Field(title="送达结果")
    note: str = Field("", title="送达说明", max_length=200)
    at: When = AT


class Acknowledge(Fields):
    """签收监察指令书（使用单位）。"""

    instruction: UUID = Field(title="监察指令书")
    at: When = AT


class ShutDown(OfFile):
    """依法封停：须有监管机构的决定书。"""

    order_number: str = Field(title="决定书编号", min_length=1, max_length=60)
    authority: str = Field(title="决定机关", min_length=1, max_length=120)
    legal_basis: str = Field("《特种设备安全法》第六十一条", title="法律依据", min_length=1, max_length=200)
    expires_on: Annotated[date | None, Maybe] = Field(None, title="到期日")


class RenewShutDown(OfFile):
    """延长封停。"""

    expires_on: date = Field(title="新的到期日")
    reason: str = Reason()


class FileReason(OfFile):
    """With a reason."""

    reason: str = Reason()


class AskUnseal(FileReason):
    """申请启封（使用单位）。"""


class RefuseUnseal(FileReason):
    """不同意启封。"""


class Unseal(FileReason):
    """启封。"""


class ListFile(OfFile):
    """挂牌督办：明确督办人、期限和未完成原因。"""

    supervisor: str = Field(title="督办人", min_length=1, max_length=120)
    deadline_on: date = Field(title="督办期限")
    blocker: str = Field(title="未完成原因", description="例如 fund、owner", min_length=1)
    department: str = Field("", title="可解决的部门", description="不填则按原因取默认", max_length=120)


class AskDelist(FileReason):
    """申请摘牌。"""


class Delist(FileReason):
    """摘牌（由挂牌机关批准）。"""


class RefuseDelist(FileReason):
    """不同意摘牌。"""


class Correct(FileReason):
    """更正：重复建档、不属于电梯或基准日前已完成；档案不再计数，逐台留名。"""

    kind: CorrectionKind = Field(title="更正类型")


class Transfer(FileReason):
    """移交另一区划。"""

    division: str = Field(title="接收区划代码", min_length=1)


class Freeze(Fields):
    """冻结攻坚基本数（A）；此后只能逐台更正。"""

    division: str = Field(title="区划代码", min_length=1)
    at: When = AT


def _open(told: OpenProblem, by: Actor) -> Any:
    finding = Finding(
        category=told.category,
        cause=told.cause,
        description=told.description,
        grade_scheme=told.grade_scheme,
        grade=told.grade,
        finder=told.finder,
        finder_name=told.finder_name,
        needs_certificate=told.needs_certificate,
        found_at=happened(told.found_at, by),
    )
    return hazards.open_problem(lift_id(told.lift, by), finding, correction_reason=told.correction_reason, by=by)


def _instruct(told: Instruct, by: Actor) -> Any:
    order = Order(
        number=told.number,
        second_officer=told.second_officer,
        deadline_on=told.deadline_on,
        demands=told.demands,
        legal_basis=told.legal_basis,
        stop_use=told.stop_use,
    )
    return hazards.instruct(told.problems, order, at=happened(told.at, by), by=by)


def _shut_down(told: ShutDown, by: Actor) -> Any:
    order = SealOrder(told.order_number, told.legal_basis, told.authority, told.expires_on)
    return hazards.shut_down(told.file, order, at=happened(told.at, by), by=by)


def _list(told: ListFile, by: Actor) -> Any:
    order = ListingOrder(told.supervisor, told.deadline_on, told.blocker, told.department)
    return hazards.list_for_supervision(told.file, order, at=happened(told.at, by), by=by)


def _do(action: Any, subject: str) -> Any:
    """Pass the fields of a deed on to the action under their own names."""

    def do(told: Fields, by: Actor) -> Any:
        rest = {name: getattr(told, name) for name in type(told).model_fields if name not in (subject, "at")}
        return action(getattr(told, subject), **rest, at=happened(getattr(told, "at"), by), by=by)

    return do


def _of_problem(name: str, label: str, fields: type[Fields], action: Any, permission: P, move: Action, **more: Any) -> Deed:
    example = f"liftwarden {name} PROBLEM_ID --as LOGIN"
    return Deed(name, label, fields, _do(action, "problem"), permission, subject="problem", move=move, example=example, **more)


def _of_file(name: str, label: str, fields: type[Fields], do: Any, permission: P, move: OverlayAction | None, **more: Any) -> Deed:
    example = f"liftwarden {name} FILE_ID --as LOGIN"
    return Deed(name, label, fields, do, permission, subject="file", move=move, example=example, **more)


def _positional(action: Any, subject: str, second: str) -> Any:
    """As `_do`, for actions whose second argument is a kind or an outcome."""

    def do(told: Any, by: Actor) -> Any:
        rest = {n: getattr(told, n) for n in type(told).model_fields if n not in (subject, second, "at")}
        return action(getattr(told, subject), getattr(told, second), **rest, at=happened(told.at, by), by=by)

    return do


DEEDS = (
    Deed(
        "open-problem",
        "登记隐患",
        OpenProblem,
        _open,
        P.HAZARD_OPEN,
        subject="lift",
        example="liftwarden open-problem 012345 --as inspector --category door --cause ageing --description 层门锁失效",
    ),
    Deed(
        "instruct",
        "下达监察指令书",
        Instruct,
        _instruct,
        P.HAZARD_ORDER,
        example="liftwarden instruct --as inspector --problems ID --problems ID --number 监〔2017〕12 "
        "--second-officer POST_ID --deadline-on 2017-05-31 --demands 限期更换层门锁",
    ),
    Deed(
        "record-service",
        "登记送达",
        Served,
        _positional(hazards.record_service, "instruction", "outcome"),
        P.HAZARD_ORDER,
        subject="instruction",
        example="liftwarden record-service INSTRUCTION_ID --as inspector --outcome receipt",
    ),
    Deed(
        "acknowledge",
        "签收指令书",
        Acknowledge,
        _do(hazards.acknowledge, "instruction"),
        P.HAZARD_ACKNOWLEDGE,
        subject="instruction",
        example="liftwarden acknowledge INSTRUCTION_ID --as manager",
    ),
    _of_problem("begin-rectification", "开始整改", Begin, hazards.begin, P.HAZARD_RECTIFY, Action.BEGIN),
    _of_problem("certify-repair", "登记监检证书", Certify, hazards.certify, P.HAZARD_RECTIFY, Action.CERTIFY),
    _of_problem("report-rectification", "提交整改报告", Report, hazards.report, P.HAZARD_RECTIFY, Action.REPORT),
    _of_problem("pass-recheck", "复查合格", PassRecheck, hazards.pass_recheck, P.HAZARD_RECHECK, Action.PASS),
    _of_problem("fail-recheck", "复查不合格", FailRecheck, hazards.fail_recheck, P.HAZARD_RECHECK, Action.FAIL),
    _of_problem("send-back", "退回整改", SendBack, hazards.send_back, P.HAZARD_CLOSE, Action.SEND_BACK),
    _of_problem("close-problem", "销号", Close, hazards.close, P.HAZARD_CLOSE, Action.CLOSE),
    _of_problem(
        "close-dismantled", "拆除销号", CloseDismantled, hazards.close_as_dismantled, P.HAZARD_CLOSE, Action.DISMANTLE
    ),
    _of_problem("note-no-access", "无法进入", NoAccess, hazards.note_no_access, P.HAZARD_ORDER, Action.NO_ACCESS),
    _of_problem(
        "note-nobody-to-serve",
        "无人可送达",
        NobodyToServe,
        hazards.note_nobody_to_serve,
        P.HAZARD_ORDER,
        Action.NOBODY_TO_SERVE,
    ),
    _of_problem("refer-for-penalty", "移送处罚", Refer, hazards.refer_for_penalty, P.HAZARD_ORDER, Action.REFER),
    _of_problem(
        "ask-extension", "申请延期", AskExtension, hazards.ask_extension, P.HAZARD_ACKNOWLEDGE, Action.REQUEST_EXTENSION
    ),
    _of_problem("extend-deadline", "准予延期", Extend, hazards.extend, P.HAZARD_ORDER, Action.EXTEND),
    _of_problem(
        "withdraw-problem", "撤销登记", Withdraw, hazards.withdraw, P.HAZARD_CORRECT, Action.WITHDRAW, danger=True
    ),
    _of_file("shut-down", "依法封停", ShutDown, _shut_down, P.HAZARD_SHUT_DOWN, OverlayAction.IMPOSE, danger=True),
    _of_file(
        "renew-shut-down",
        "延长封停",
        RenewShutDown,
        _do(hazards.renew_shut_down, "file"),
        P.HAZARD_SHUT_DOWN,
        OverlayAction.RENEW,
    ),
    _of_file(
        "ask-unseal", "申请启封", AskUnseal, _do(hazards.ask_to_unseal, "file"), P.HAZARD_ACKNOWLEDGE, OverlayAction.ASK
    ),
    _of_file(
        "refuse-unseal",
        "不同意启封",
        RefuseUnseal,
        _do(hazards.refuse_unsealing, "file"),
        P.HAZARD_SHUT_DOWN,
        OverlayAction.REFUSE,
    ),
    _of_file("unseal", "启封", Unseal, _do(hazards.unseal, "file"), P.HAZARD_SHUT_DOWN, OverlayAction.LIFT),
    _of_file("list-for-supervision", "挂牌督办", ListFile, _list, P.HAZARD_LIST, OverlayAction.IMPOSE),
    _of_file("ask-delist", "申请摘牌", AskDelist, _do(hazards.ask_to_delist, "file"), P.HAZARD_RECHECK, OverlayAction.ASK),
    _of_file("delist", "摘牌", Delist, _do(hazards.delist, "file"), P.HAZARD_LIST, OverlayAction.LIFT),
    _of_file(
        "refuse-delist",
        "不同意摘牌",
        RefuseDelist,
        _do(hazards.refuse_delisting, "file"),
        P.HAZARD_LIST,
        OverlayAction.REFUSE,
    ),
    _of_file(
        "correct-file", "更正档案", Correct, _positional(hazards.correct, "file", "kind"), P.HAZARD_CORRECT, None, danger=True
    ),
    _of_file("transfer-file", "移交区划", Transfer, _do(hazards.transfer, "file"), P.HAZARD_CORRECT, None, danger=True),
    Deed(
        "freeze-baseline",
        "冻结基数",
        Freeze,
        _do(hazards.freeze_baseline, "division"),
        P.RETURN_APPROVE,
        example="liftwarden freeze-baseline --as chief --division 330000",
    ),
)
