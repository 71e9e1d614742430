"""The life of a problem, of a shut-down, of a listing and of a look-back visit, as tables."""

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.lifecycle import Lifecycle


class State(Choice):
    """Where one problem stands."""

    FOUND = "found", "已发现"
    ORDERED = "ordered", "已责令"
    RECTIFYING = "rectifying", "整改中"
    REPORTED = "reported", "已报整改报告"
    PASSED = "passed", "复查合格待销号"
    CLOSED = "closed", "已销号"
    WITHDRAWN = "withdrawn", "已撤销（登记有误）"


class Action(Choice):
    """What moves a problem."""

    STOP_USE = "stop_use", "责令停止使用"
    ORDER = "order", "下达监察指令书"
    ACKNOWLEDGE = "acknowledge", "签收"
    REQUEST_EXTENSION = "request_extension", "申请延期"
    EXTEND = "extend", "准予延期"
    BEGIN = "begin", "开始整改"
    CERTIFY = "certify", "登记改造或重大修理监督检验证书"
    REPORT = "report", "提交整改报告"
    PASS = "pass", "复查合格"
    FAIL = "fail", "复查不合格"
    CLOSE = "close", "销号"
    SEND_BACK = "send_back", "退回整改"
    DISMANTLE = "dismantle", "拆除注销后销号"
    NO_ACCESS = "no_access", "无法进入"
    NOBODY_TO_SERVE = "nobody_to_serve", "三无电梯，无人可送达"
    REFER = "refer", "移送处罚"
    WITHDRAW = "withdraw", "撤销登记"


S, A = State, Action
_OPEN = (S.FOUND, S.ORDERED, S.RECTIFYING, S.REPORTED, S.PASSED)

PROBLEM = Lifecycle(
    "隐患",
    State.FOUND,
    {
        # Urgent: stop the lift first, write the instruction after (总局令第57号 art. 23).
        **{(state, A.STOP_USE): state for state in (S.FOUND, S.ORDERED, S.RECTIFYING)},
        (S.FOUND, A.ORDER): S.ORDERED,
        (S.FOUND, A.BEGIN): S.RECTIFYING,
        (S.FOUND, A.NO_ACCESS): S.FOUND,
        (S.FOUND, A.NOBODY_TO_SERVE): S.FOUND,
        (S.FOUND, A.WITHDRAW): S.WITHDRAWN,
        (S.ORDERED, A.ORDER): S.ORDERED,
        (S.ORDERED, A.ACKNOWLEDGE): S.ORDERED,
        (S.ORDERED, A.REQUEST_EXTENSION): S.ORDERED,
        (S.ORDERED, A.EXTEND): S.ORDERED,
        (S.ORDERED, A.BEGIN): S.RECTIFYING,
        (S.ORDERED, A.REPORT): S.REPORTED,
        (S.ORDERED, A.NO_ACCESS): S.ORDERED,
        (S.ORDERED, A.NOBODY_TO_SERVE): S.ORDERED,
        (S.ORDERED, A.REFER): S.ORDERED,
        (S.ORDERED, A.WITHDRAW): S.WITHDRAWN,
        (S.RECTIFYING, A.ORDER): S.RECTIFYING,
        (S.RECTIFYING, A.ACKNOWLEDGE): S.RECTIFYING,
        (S.RECTIFYING, A.REQUEST_EXTENSION): S.RECTIFYING,
        (S.RECTIFYING, A.EXTEND): S.RECTIFYING,
        (S.RECTIFYING, A.CERTIFY): S.RECTIFYING,
        (S.RECTIFYING, A.REPORT): S.REPORTED,
        (S.RECTIFYING, A.NO_ACCESS): S.RECTIFYING,
        (S.RECTIFYING, A.REFER): S.RECTIFYING,
        (S.RECTIFYING, A.WITHDRAW): S.WITHDRAWN,
        (S.REPORTED, A.CERTIFY): S.REPORTED,
        (S.REPORTED, A.PASS): S.PASSED,
        (S.REPORTED, A.FAIL): S.RECTIFYING,
        (S.REPORTED, A.NO_ACCESS): S.REPORTED,
        (S.REPORTED, A.REFER): S.REPORTED,
        (S.PASSED, A.CLOSE): S.CLOSED,
        (S.PASSED, A.SEND_BACK): S.RECTIFYING,
        **{(state, A.DISMANTLE): S.CLOSED for state in _OPEN},
    },
)


class Overlay(Choice):
    """Whether a shut-down or a listing is in force on a file."""

    NONE = "none", "无"
    ACTIVE = "active", "有效"
    ASKED = "asked", "已申请解除"


class OverlayAction(Choice):
    """What moves a shut-down (封停) or a listing (挂牌)."""

    IMPOSE = "impose", "实施"
    ASK = "ask", "申请解除"
    REFUSE = "refuse", "不同意解除"
    RENEW = "renew", "延长"
    LIFT = "lift", "解除"


_OVERLAY = {
    (Overlay.NONE, OverlayAction.IMPOSE): Overlay.ACTIVE,
    (Overlay.ACTIVE, OverlayAction.ASK): Overlay.ASKED,
    (Overlay.ACTIVE, OverlayAction.RENEW): Overlay.ACTIVE,
    (Overlay.ASKED, OverlayAction.RENEW): Overlay.ASKED,
    (Overlay.ASKED, OverlayAction.REFUSE): Overlay.ACTIVE,
    (Overlay.ASKED, OverlayAction.LIFT): Overlay.NONE,
}

# An authority may unseal of its own accord; a listing comes off only when asked for and approved by its lister.
SHUT_DOWN = Lifecycle("依法封停", Overlay.NONE, {**_OVERLAY, (Overlay.ACTIVE, OverlayAction.LIFT): Overlay.NONE})
LISTING = Lifecycle("挂牌督办", Overlay.NONE, _OVERLAY)


class VisitState(Choice):
    """How a look-back visit (回头看) stands."""

    PLANNED = "planned", "待检查"
    NO_ACCESS = "no_access", "无法进入，待再访"
    CLEAR = "clear", "未发现问题"
    RECURRED = "recurred", "原有问题复发"
    NEW_PROBLEM = "new_problem", "发现新问题"


class VisitAction(Choice):
    """What moves a look-back visit."""

    FIND_NOTHING = "find_nothing", "登记未发现问题"
    FIND_SAME = "find_same", "登记原有问题复发"
    FIND_NEW = "find_new", "登记新问题"
    NO_ACCESS = "no_access", "登记无法进入"


_UNVISITED = (VisitState.PLANNED, VisitState.NO_ACCESS)

VISIT = Lifecycle(
    "回头看检查",
    VisitState.PLANNED,
    {
        **{(state, VisitAction.FIND_NOTHING): VisitState.CLEAR for state in _UNVISITED},
        **{(state, VisitAction.FIND_SAME): VisitState.RECURRED for state in _UNVISITED},
        **{(state, VisitAction.FIND_NEW): VisitState.NEW_PROBLEM for state in _UNVISITED},
        **{(state, VisitAction.NO_ACCESS): VisitState.NO_ACCESS for state in _UNVISITED},
    },
)
