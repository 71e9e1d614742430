"""What a post may do: the closed set of permissions, and the roles that bundle them as data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from liftwarden.kernel.choices import Choice


class Permission(Choice):
    """One thing a post may be allowed to do; rooms ask for these, roles grant them."""

    LIFT_READ = "lift.read", "查看电梯"
    LIFT_WRITE = "lift.write", "登记和变更电梯"
    LIFT_IMPORT = "lift.import", "批量导入电梯"
    HAZARD_READ = "hazard.read", "查看隐患"
    HAZARD_OPEN = "hazard.open", "登记隐患"
    HAZARD_ORDER = "hazard.order", "下达监察指令书、责令停用"
    HAZARD_RECTIFY = "hazard.rectify", "登记整改、提交整改报告"
    HAZARD_ACKNOWLEDGE = "hazard.acknowledge", "签收指令、申请延期或启封"
    HAZARD_RECHECK = "hazard.recheck", "复查"
    HAZARD_CLOSE = "hazard.close", "销号"
    HAZARD_SHUT_DOWN = "hazard.shut_down", "依法封停与启封"
    HAZARD_LIST = "hazard.list", "挂牌督办与摘牌"
    HAZARD_CORRECT = "hazard.correct", "更正基数与新发现数"
    HAZARD_PLAN = "hazard.plan", "制定“回头看”计划"
    HAZARD_IMPORT = "hazard.import", "批量导入隐患台账"
    RETURN_READ = "return.read", "查看报表"
    RETURN_FILL = "return.fill", "填报"
    RETURN_CHECK = "return.check", "审核报表"
    RETURN_APPROVE = "return.approve", "审批签发报表"
    PARTY_READ = "party.read", "查看单位与人员"
    PARTY_WRITE = "party.write", "维护单位、人员与岗位"
    JOURNAL_VERIFY = "journal.verify", "核验流水"


@dataclass(frozen=True)
class Role:
    """A bundle of permissions with a name; `side` tells what it reaches: a division tree, or its own body's lifts."""

    code: str
    label: str
    side: str
    permissions: frozenset[Permission]


@cache
def roles() -> dict[str, Role]:
    """Read the roles that come with the product."""
    text = (files("liftwarden.ground.parties") / "data" / "roles.toml").read_text(encoding="utf-8")
    return {
        code: Role(code, told["label"], told["side"], frozenset(Permission(name) for name in told["permissions"]))
        for code, told in tomllib.loads(text).items()
    }
