"""What may be done in the hazard ledger."""

from typing import Any

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import Finding
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.lifecycles import Action, OverlayAction
from liftwarden.casework.hazards.rules import CorrectionKind
from liftwarden.doors.threshold.deed import Deed, Fields, happened
from liftwarden.doors.threshold.deeds import hazard_fields as told_as
from liftwarden.doors.threshold.deeds import look_back
from liftwarden.doors.threshold.deeds.registry import lift_id
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission


def _open(told: told_as.OpenProblem, by: Actor) -> Any:
    finding = Finding(
        category=told.category,
        cause=told.cause,
        description=told.description,
        grade_scheme=told.grade_scheme,
        grade=told.grade,
        grade_item=told.grade_item,
        finder=told.finder,
        finder_name=told.finder_name,
        needs_certificate=told.needs_certificate,
        found_at=happened(told.found_at, by),
    )
    return hazards.open_problem(lift_id(told.lift, by), finding, correction_reason=told.correction_reason, by=by)


def _file_completed(told: told_as.FileCompleted, by: Actor) -> Any:
    finding = Finding(
        category=told.category,
        cause=told.cause,
        description=told.description,
        grade_scheme="",
        grade=told.grade,
        finder=told.finder,
        found_at=happened(told.found_at, by),
    )
    completed_at = happened(told.completed_at, by)
    return hazards.file_completed(lift_id(told.lift, by), finding, completed_at=completed_at, by=by)


def _attach(told: told_as.AttachEvidence, by: Actor) -> Any:
    return hazards.add_evidence(
        told.problem,
        kind=told.kind,
        name=told.name,
        data=told.content,
        caption=told.caption,
        at=happened(told.at, by),
        by=by,
    )


def _correct(told: told_as.Correct, by: Actor) -> Any:
    kind = CorrectionKind[told.kind.name]
    return hazards.correct(told.file, kind, reason=told.reason, at=happened(told.at, by), by=by)


def _done_before(told: told_as.DoneBefore, by: Actor) -> Any:
    completed_at = happened(told.completed_at, by)
    return hazards.correct_as_done_before(
        told.file, completed_at=completed_at, reason=told.reason, at=happened(told.at, by), by=by
    )


def _instruct(told: told_as.Instruct, by: Actor) -> Any:
    order = Order(
        number=told.number,
        second_officer=told.second_officer,
        deadline_on=told.deadline_on,
        demands=told.demands,
        legal_basis=told.legal_basis,
        stop_use=told.stop_use,
        deadline_reason=told.deadline_reason,
    )
    return hazards.instruct(told.problems, order, at=happened(told.at, by), by=by)


def _shut_down(told: told_as.ShutDown, by: Actor) -> Any:
    order = SealOrder(told.order_number, told.legal_basis, told.authority, told.expires_on)
    return hazards.shut_down(told.file, order, at=happened(told.at, by), by=by)


def _list(told: told_as.ListFile, by: Actor) -> Any:
    order = ListingOrder(told.supervisor, told.deadline_on, told.blocker, told.department)
    return hazards.list_for_supervision(told.file, order, at=happened(told.at, by), by=by)


def _do(action: Any, subject: str) -> Any:
    """Pass the fields of a deed on to the action under their own names."""

    def do(told: Any, by: Actor) -> Any:
        rest = {name: getattr(told, name) for name in type(told).model_fields if name not in (subject, "at")}
        return action(getattr(told, subject), **rest, at=happened(told.at, by), by=by)

    return do


def _of_problem(  # noqa: PLR0917  (one line for each deed reads as a table)
    name: str, label: str, fields: type[Fields], action: Any, permission: Permission, move: Action, **more: Any
) -> Deed:
    example = f"liftwarden {name} PROBLEM_ID --as LOGIN"
    return Deed(
        name, label, fields, _do(action, "problem"), permission, subject="problem", move=move, example=example, **more
    )


def _of_file(  # noqa: PLR0917  (as above)
    name: str,
    label: str,
    fields: type[Fields],
    do: Any,
    permission: Permission,
    move: OverlayAction | None,
    **more: Any,
) -> Deed:
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
        told_as.OpenProblem,
        _open,
        Permission.HAZARD_OPEN,
        subject="lift",
        example="liftwarden open-problem 012345 --as inspector --category door --cause ageing --description 层门锁失效",
    ),
    Deed(
        "instruct",
        "下达监察指令书",
        told_as.Instruct,
        _instruct,
        Permission.HAZARD_ORDER,
        example="liftwarden instruct --as inspector --problems ID --problems ID --number 监〔2017〕12 "
        "--second-officer POST_ID --deadline-on 2017-05-31 --demands 限期更换层门锁",
    ),
    Deed(
        "record-service",
        "登记送达",
        told_as.Served,
        _positional(hazards.record_service, "instruction", "outcome"),
        Permission.HAZARD_ORDER,
        subject="instruction",
        example="liftwarden record-service INSTRUCTION_ID --as inspector --outcome receipt",
    ),
    Deed(
        "acknowledge",
        "签收指令书",
        told_as.Acknowledge,
        _do(hazards.acknowledge, "instruction"),
        Permission.HAZARD_ACKNOWLEDGE,
        subject="instruction",
        example="liftwarden acknowledge INSTRUCTION_ID --as manager",
    ),
    Deed(
        "file-completed",
        "补录回头看对象",
        told_as.FileCompleted,
        _file_completed,
        Permission.HAZARD_OPEN,
        subject="lift",
        example="liftwarden file-completed 012345 --as inspector --category door --cause ageing "
        "--description 层门锁失效 --found-at 2015-05-01 --completed-at 2015-09-30",
    ),
    Deed(
        "attach-evidence",
        "上传证据",
        told_as.AttachEvidence,
        _attach,
        Permission.HAZARD_RECTIFY,
        subject="problem",
        example="liftwarden attach-evidence PROBLEM_ID --as inspector --kind after --name 照片.jpg "
        '--content "$(base64 -w0 照片.jpg)"',
    ),
    _of_problem(
        "order-stop-use",
        "责令停止使用",
        told_as.StopUse,
        hazards.order_stop_use,
        Permission.HAZARD_ORDER,
        Action.STOP_USE,
    ),
    _of_problem(
        "begin-rectification", "开始整改", told_as.Begin, hazards.begin, Permission.HAZARD_RECTIFY, Action.BEGIN
    ),
    _of_problem(
        "certify-repair", "登记监检证书", told_as.Certify, hazards.certify, Permission.HAZARD_RECTIFY, Action.CERTIFY
    ),
    _of_problem(
        "report-rectification", "提交整改报告", told_as.Report, hazards.report, Permission.HAZARD_RECTIFY, Action.REPORT
    ),
    _of_problem(
        "pass-recheck", "复查合格", told_as.PassRecheck, hazards.pass_recheck, Permission.HAZARD_RECHECK, Action.PASS
    ),
    _of_problem(
        "fail-recheck", "复查不合格", told_as.FailRecheck, hazards.fail_recheck, Permission.HAZARD_RECHECK, Action.FAIL
    ),
    _of_problem(
        "send-back", "退回整改", told_as.SendBack, hazards.send_back, Permission.HAZARD_CLOSE, Action.SEND_BACK
    ),
    _of_problem("close-problem", "销号", told_as.Close, hazards.close, Permission.HAZARD_CLOSE, Action.CLOSE),
    _of_problem(
        "close-dismantled",
        "拆除销号",
        told_as.CloseDismantled,
        hazards.close_as_dismantled,
        Permission.HAZARD_CLOSE,
        Action.DISMANTLE,
    ),
    _of_problem(
        "note-no-access",
        "无法进入",
        told_as.NoAccess,
        hazards.note_no_access,
        Permission.HAZARD_ORDER,
        Action.NO_ACCESS,
    ),
    _of_problem(
        "note-nobody-to-serve",
        "无人可送达",
        told_as.NobodyToServe,
        hazards.note_nobody_to_serve,
        Permission.HAZARD_ORDER,
        Action.NOBODY_TO_SERVE,
    ),
    _of_problem(
        "refer-for-penalty", "移送处罚", told_as.Refer, hazards.refer_for_penalty, Permission.HAZARD_ORDER, Action.REFER
    ),
    _of_problem(
        "ask-extension",
        "申请延期",
        told_as.AskExtension,
        hazards.ask_extension,
        Permission.HAZARD_ACKNOWLEDGE,
        Action.REQUEST_EXTENSION,
    ),
    _of_problem("extend-deadline", "准予延期", told_as.Extend, hazards.extend, Permission.HAZARD_ORDER, Action.EXTEND),
    _of_problem(
        "withdraw-problem",
        "撤销登记",
        told_as.Withdraw,
        hazards.withdraw,
        Permission.HAZARD_CORRECT,
        Action.WITHDRAW,
        danger=True,
    ),
    _of_file(
        "shut-down",
        "依法封停",
        told_as.ShutDown,
        _shut_down,
        Permission.HAZARD_SHUT_DOWN,
        OverlayAction.IMPOSE,
        danger=True,
    ),
    _of_file(
        "renew-shut-down",
        "延长封停",
        told_as.RenewShutDown,
        _do(hazards.renew_shut_down, "file"),
        Permission.HAZARD_SHUT_DOWN,
        OverlayAction.RENEW,
    ),
    _of_file(
        "ask-unseal",
        "申请启封",
        told_as.AskUnseal,
        _do(hazards.ask_to_unseal, "file"),
        Permission.HAZARD_ACKNOWLEDGE,
        OverlayAction.ASK,
    ),
    _of_file(
        "refuse-unseal",
        "不同意启封",
        told_as.RefuseUnseal,
        _do(hazards.refuse_unsealing, "file"),
        Permission.HAZARD_SHUT_DOWN,
        OverlayAction.REFUSE,
    ),
    _of_file(
        "unseal", "启封", told_as.Unseal, _do(hazards.unseal, "file"), Permission.HAZARD_SHUT_DOWN, OverlayAction.LIFT
    ),
    _of_file("list-for-supervision", "挂牌督办", told_as.ListFile, _list, Permission.HAZARD_LIST, OverlayAction.IMPOSE),
    _of_file(
        "extend-listing",
        "延长督办期限",
        told_as.ExtendListing,
        _do(hazards.extend_listing, "file"),
        Permission.HAZARD_LIST,
        OverlayAction.RENEW,
    ),
    _of_file(
        "ask-delist",
        "申请摘牌",
        told_as.AskDelist,
        _do(hazards.ask_to_delist, "file"),
        Permission.HAZARD_RECHECK,
        OverlayAction.ASK,
    ),
    _of_file("delist", "摘牌", told_as.Delist, _do(hazards.delist, "file"), Permission.HAZARD_LIST, OverlayAction.LIFT),
    _of_file(
        "refuse-delist",
        "不同意摘牌",
        told_as.RefuseDelist,
        _do(hazards.refuse_delisting, "file"),
        Permission.HAZARD_LIST,
        OverlayAction.REFUSE,
    ),
    _of_file(
        "correct-file",
        "更正档案",
        told_as.Correct,
        _correct,
        Permission.HAZARD_CORRECT,
        None,
        danger=True,
    ),
    _of_file(
        "correct-as-done-before",
        "更正：基准日前已完成",
        told_as.DoneBefore,
        _done_before,
        Permission.HAZARD_CORRECT,
        None,
        danger=True,
    ),
    _of_file(
        "join-baseline",
        "并入 A 的档案",
        told_as.Join,
        _do(hazards.join_baseline, "file"),
        Permission.HAZARD_CORRECT,
        None,
        danger=True,
    ),
    _of_file(
        "transfer-file",
        "移交区划",
        told_as.Transfer,
        _do(hazards.transfer, "file"),
        Permission.HAZARD_CORRECT,
        None,
        danger=True,
    ),
    Deed(
        "freeze-baseline",
        "冻结基数",
        told_as.Freeze,
        _do(hazards.freeze_baseline, "division"),
        Permission.RETURN_APPROVE,
        example="liftwarden freeze-baseline --as chief --division 330000",
    ),
    *look_back.DEEDS,
)
