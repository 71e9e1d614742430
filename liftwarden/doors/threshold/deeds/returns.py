"""What may be done to returns."""

from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from pydantic import Field

from liftwarden.doors.threshold import returns_told
from liftwarden.doors.threshold.deed import Deed, Fields, Maybe
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import BadInput
from liftwarden.oversight.returns import actions
from liftwarden.oversight.returns.content import Told
from liftwarden.oversight.returns.lifecycle import Action

PERIOD = Field(title="报告期", description="年-月或季度，例如 2017-06、2017Q2", min_length=1)


def _reason(title: str) -> Any:
    return Field(title=title, min_length=1, max_length=400)


class EnterReturn(Fields):
    """填写一份报表的草稿：手工数、是否项、文字，或凭理由改填台账数；没有草稿则建立。"""

    form: str = Field(title="表式", description="例如 2017-annex、2015-campaign", min_length=1)
    period: str = PERIOD
    division: str = Field(title="区划代码", description="例如 330000", min_length=1)
    set: list[str] = Field(
        default_factory=list,
        title="填写",
        description="项=值，例如 J=11、hotline.in_service=是、disclosure.forms=季度,年度；空值清除",
    )
    because: list[str] = Field(default_factory=list, title="改填理由", description="格=理由，改填台账数时必填")
    code: list[str] = Field(
        default_factory=list, title="原因归类", description="项=代码,代码，例如 texts.reasons=no-funds"
    )
    reporting_body: Annotated[str | None, Maybe] = Field(None, title="填报单位", max_length=120)
    contact: Annotated[str | None, Maybe] = Field(None, title="联系人", max_length=80)


class OfReturn(Fields):
    """Done to one return, now: a return that was late cannot be dated back."""

    filing: UUID = Field(title="报表")


class CheckDraft(OfReturn):
    """核对草稿：逐条检查表内和跨期关系，有一条不符即拒绝。"""


class ApproveReturn(OfReturn):
    """批准已核对的报表；须由填报人以外的第二人办理。"""


class SignOffReturn(OfReturn):
    """签发已批准的报表：从此不变，按摘要存档；首次签发时冻结基本数 A。"""


class ReturnToDraft(OfReturn):
    """把已核对或已批准的报表退回修改。"""

    reason: str = _reason("退回理由")


class WithdrawReturn(OfReturn):
    """把自己报出、尚未签发的报表撤回修改。"""

    reason: str = _reason("撤回理由")


class CorrectReturn(OfReturn):
    """为已签发的报表另出一版；旧版及其文件照旧可查。"""

    reason: str = _reason("更正理由")


class DetachPage(OfReturn):
    """从草稿上取下一份附页。"""

    page: UUID = Field(title="附页")


def _pairs(field: str, told: list[str]) -> dict[str, str]:
    found = {}
    for each in told:
        key, mark, value = each.partition("=")
        if not mark:
            raise BadInput(field=field, reason=f"“{each}”应写成 项=值")
        found[key.strip()] = value
    return found


def _enter(fields: EnterReturn, by: Actor) -> dict[str, Any]:
    told = Told(
        values=_pairs("填写", fields.set),
        because=_pairs("改填理由", fields.because),
        coded={
            key: tuple(code for code in codes.replace("，", ",").split(",") if code.strip())
            for key, codes in _pairs("原因归类", fields.code).items()
        },
        reporting_body=fields.reporting_body,
        contact=fields.contact,
        synthetic=settings.DEMO,
    )
    period, at = Period.parse(fields.period), by.now
    return returns_told.summary(actions.save(fields.form, fields.division, period, told, at=at, by=by))


def _check(told: CheckDraft, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.check(told.filing, at=by.now, by=by))


def _approve(told: ApproveReturn, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.approve(told.filing, at=by.now, by=by))


def _sign_off(told: SignOffReturn, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.sign_off(told.filing, at=by.now, by=by))


def _send_back(told: ReturnToDraft, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.send_back(told.filing, reason=told.reason, at=by.now, by=by))


def _withdraw(told: WithdrawReturn, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.withdraw(told.filing, reason=told.reason, at=by.now, by=by))


def _correct(told: CorrectReturn, by: Actor) -> dict[str, Any]:
    return returns_told.summary(actions.correct(told.filing, reason=told.reason, at=by.now, by=by))


def _detach(told: DetachPage, by: Actor) -> dict[str, Any]:
    page = actions.detach(told.page, filing=told.filing, at=by.now, by=by)
    return {"id": page.pk, "removed_at": page.removed_at}


DEEDS = (
    Deed(
        "enter-return",
        "填写报表",
        EnterReturn,
        _enter,
        Permission.RETURN_FILL,
        move=Action.SAVE,
        example="liftwarden enter-return --as stat --form 2017-annex --period 2017-06 --division 330000 "
        "--set J=11 --set hotline.in_service=是 --set hotline.number=96333",
    ),
    Deed(
        "check-draft",
        "核对",
        CheckDraft,
        _check,
        Permission.RETURN_CHECK,
        subject="filing",
        move=Action.CHECK,
        example="liftwarden check-draft RETURN_ID --as stat",
    ),
    Deed(
        "approve-return",
        "批准",
        ApproveReturn,
        _approve,
        Permission.RETURN_APPROVE,
        subject="filing",
        move=Action.APPROVE,
        example="liftwarden approve-return RETURN_ID --as chief",
    ),
    Deed(
        "sign-off-return",
        "签发",
        SignOffReturn,
        _sign_off,
        Permission.RETURN_APPROVE,
        subject="filing",
        move=Action.SIGN_OFF,
        example="liftwarden sign-off-return RETURN_ID --as chief",
    ),
    Deed(
        "return-to-draft",
        "退回修改",
        ReturnToDraft,
        _send_back,
        Permission.RETURN_APPROVE,
        subject="filing",
        move=Action.SEND_BACK,
        example="liftwarden return-to-draft RETURN_ID --as chief --reason 内容不全",
    ),
    Deed(
        "withdraw-return",
        "撤回修改",
        WithdrawReturn,
        _withdraw,
        Permission.RETURN_FILL,
        subject="filing",
        move=Action.WITHDRAW,
        example="liftwarden withdraw-return RETURN_ID --as stat --reason 补填联系人",
    ),
    Deed(
        "correct-return",
        "另出更正版",
        CorrectReturn,
        _correct,
        Permission.RETURN_APPROVE,
        subject="filing",
        move=Action.CORRECT,
        danger=True,
        example="liftwarden correct-return RETURN_ID --as chief --reason 漏报一台",
    ),
    Deed(
        "detach-page",
        "取下附页",
        DetachPage,
        _detach,
        Permission.RETURN_FILL,
        subject="filing",
        move=Action.SAVE,
        example="liftwarden detach-page RETURN_ID --page PAGE_ID --as stat",
    ),
)
