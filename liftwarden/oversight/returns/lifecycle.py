"""The life of a return as one table."""

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.lifecycle import Lifecycle
from liftwarden.oversight.returns.filled import Stage


class Action(Choice):
    """What moves a return."""

    SAVE = "save", "保存填报"
    CHECK = "check", "核对"
    WITHDRAW = "withdraw", "撤回修改"
    SEND_BACK = "send_back", "退回修改"
    APPROVE = "approve", "批准"
    SIGN_OFF = "sign_off", "签发"
    CORRECT = "correct", "更正（另出一版）"


S, A = Stage, Action

# Any change before sign-off leads back to the draft: what was checked or approved is no longer what stands there.
# A signed-off return stands; its correction is a new version with a life of its own.
RETURN = Lifecycle(
    "报表",
    Stage.DRAFT,
    {
        (S.DRAFT, A.SAVE): S.DRAFT,
        (S.DRAFT, A.CHECK): S.CHECKED,
        (S.CHECKED, A.SAVE): S.DRAFT,
        (S.CHECKED, A.CHECK): S.CHECKED,
        (S.CHECKED, A.WITHDRAW): S.DRAFT,
        (S.CHECKED, A.SEND_BACK): S.DRAFT,
        (S.CHECKED, A.APPROVE): S.APPROVED,
        (S.APPROVED, A.SAVE): S.DRAFT,
        (S.APPROVED, A.CHECK): S.CHECKED,
        (S.APPROVED, A.WITHDRAW): S.DRAFT,
        (S.APPROVED, A.SEND_BACK): S.DRAFT,
        (S.APPROVED, A.SIGN_OFF): S.SIGNED_OFF,
        (S.SIGNED_OFF, A.CORRECT): S.SIGNED_OFF,
    },
)
