"""Tells what happened: each entry of the journal as one sentence, with what changed from what to what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from liftwarden.doors.threshold.deeds import registry as registry_deeds
from liftwarden.doors.web import naming
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import Tree
from liftwarden.ground.journal.queries import Told
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission

SENTENCES = {
    "lift.registered": "登记电梯",
    "lift.amended": "更正数据",
    "lift.moved-division": "变更所属区划",
    "lift.use-start": "投入使用",
    "lift.use-stop": "停用",
    "lift.use-restart": "重新启用",
    "lift.use-scrap": "报废",
    "lift.use-dismantle": "拆除",
    "lift.use-move_out": "迁出",
    "lift.use-register": "补办登记",
    "lift.party-began": "相关单位开始任职",
    "lift.party-ended": "相关单位任职截止",
    "hazard.found": "发现隐患",
    "hazard.recurred": "隐患复发",
    "hazard.filed-completed": "登记已按期完成的回头看对象",
    "hazard.joined": "并入攻坚基本数档案",
    "hazard.stop_use": "责令停止使用",
    "hazard.file-opened": "建立问题电梯档案",
    "hazard.baseline-added": "补录基数档案",
    "hazard.standing": "统计类别变动",
    "hazard.order": "下达监察指令书",
    "hazard.acknowledge": "使用单位签收指令书",
    "hazard.request_extension": "申请延期",
    "hazard.extend": "准予延期",
    "hazard.begin": "开始整改",
    "hazard.certify": "登记监检证书",
    "hazard.report": "提交整改报告",
    "hazard.pass": "复查合格",
    "hazard.fail": "复查不合格",
    "hazard.close": "销号",
    "hazard.send_back": "退回整改",
    "hazard.dismantle": "拆除注销后销号",
    "hazard.no_access": "无法进入现场",
    "hazard.nobody_to_serve": "三无电梯，无人可送达",
    "hazard.refer": "移送处罚",
    "hazard.withdraw": "撤销登记",
    "hazard.corrected": "更正档案",
    "hazard.file-moved": "档案移交区划",
    "shut-down.imposed": "依法封停",
    "shut-down.renewed": "延长封停",
    "shut-down.asked": "申请启封",
    "shut-down.kept": "不同意启封",
    "shut-down.lifted": "启封",
    "listing.imposed": "挂牌督办",
    "listing.extended": "延长督办期限",
    "listing.asked": "申请摘牌",
    "listing.kept": "不同意摘牌",
    "listing.lifted": "摘牌",
    "listing.escalated": "督办逾期，升级上报",
    "evidence.added": "上传证据",
    "instruction.issued": "下达监察指令书",
    "instruction.served": "登记送达",
    "look-back.drawn": "列入“回头看”",
    "look-back.again": "列入“回头看”再访",
    "look-back.moved": "“回头看”任务移交区划",
    "look-back.find_nothing": "“回头看”未发现问题",
    "look-back.find_same": "“回头看”发现原有问题复发",
    "look-back.find_new": "“回头看”发现新问题",
    "look-back.no_access": "“回头看”无法进入",
    "reminder.raised": "逾期提醒",
    "reminder.settled": "提醒已消除",
}

# Entries that only carry a row along with another's; their sentence has been told by that one.
UNTOLD = frozenset(
    {
        "hazard.file-settled",
        "hazard.overlaid",
        "hazard.overlay-joined",
        "hazard.moved",
        "hazard.file-placed",
        "instruction.names",
    }
)

CHANNELS = {
    "web": "页面",
    "rest": "接口",
    "api": "接口",
    "cli": "命令行",
    "clock": "定时任务",
    "import": "导入",
    "demo": "演示数据",
}

# Columns that a reader knows by a word and a kind of code that names their values; others are not told.
COLUMNS: dict[str, tuple[str, str]] = {
    "use_state": ("使用状态", "use"),
    "use_state_reason": ("变更理由", ""),
    "use_state_body": ("作出决定的单位", ""),
    "state": ("状态", "state"),
    "cell": ("统计类别", "cell"),
    "category": ("隐患类别", "category"),
    "cause": ("原因", "cause"),
    "description": ("隐患描述", ""),
    "deadline_on": ("整改期限", ""),
    "recheck_due_on": ("复查期限", ""),
    "next_try_on": ("再次尝试日期", ""),
    "extension_asked_to": ("申请延至", ""),
    "contractor": ("承接单位", ""),
    "certificate_no": ("证书编号", ""),
    "way": ("销号方式", "way"),
    "correction": ("更正类型", "correction"),
    "cohort": ("批次", "cohort"),
    "order_number": ("决定书编号", ""),
    "authority": ("决定机关", ""),
    "expires_on": ("到期日", ""),
    "supervisor": ("督办人", ""),
    "blocker": ("未完成原因", "blocker"),
    "department": ("可解决的部门", ""),
    "kind": ("证据类型", "evidence"),
    "caption": ("说明", ""),
    "role": ("身份", "party"),
    "body_id": ("单位", "body"),
    "from_on": ("起始日期", ""),
    "to_on": ("截止日期", ""),
    "division_code": ("区划", "division"),
    "place": ("使用场所", "place"),
    "catalogue": ("目录版本", "catalogue"),
}
SKIPPED = frozenset({"catalogue"})
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Change:
    """One column that an entry set."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    happened_at: datetime
    learned_at: datetime
    sentence: str
    changes: tuple[Change, ...]
    reason: str
    who: str
    channel: str
    late: bool


@dataclass(frozen=True)
class Names:
    """What keys in entries stand for: bodies, posts, divisions."""

    bodies: Mapping[UUID, str]
    posts: Mapping[UUID, str]
    tree: Tree


def told(entries: Iterable[Told], *, by: Actor) -> list[Line]:
    """Tell the entries that this reader may know, newest first; who did it is told to officials only."""
    known = [entry for entry in entries if _may_know(entry, by)]
    names = Names(
        bodies=parties.body_names(UUID(e.changes["body_id"]) for e in known if e.changes.get("body_id")),
        posts=parties.post_labels(e.by_post for e in known if e.by_post) if by.role.side == "division" else {},
        tree=divisions.tree(),
    )
    held: dict[UUID, dict[str, Any]] = {}
    lines = []
    for entry in known:
        before = held.setdefault(entry.subject_id, {})
        if entry.event not in UNTOLD:
            lines.append(_line(entry, before, names))
        before.update(entry.changes)
    return lines[::-1]


def _may_know(entry: Told, by: Actor) -> bool:
    """Whether the reader may know an entry: of the registry, all of a lift within reach; of the ledger, by division."""
    if entry.kind in ("lift", "lift-party"):
        return True
    if not by.may(Permission.HAZARD_READ):
        return False
    return by.role.side != "division" or entry.division in by.codes


def _line(entry: Told, before: Mapping[str, Any], names: Names) -> Line:
    return Line(
        happened_at=entry.happened_at,
        learned_at=entry.learned_at,
        sentence=gettext(SENTENCES[entry.event]) if entry.event in SENTENCES else gettext("其他记录"),
        changes=tuple(_changes(entry, before, names)),
        reason=gettext(entry.reason) if entry.reason else "",
        who=names.posts.get(entry.by_post, "") if entry.by_post else "",
        channel=gettext(CHANNELS.get(entry.channel, entry.channel)),
        late=(entry.learned_at - entry.happened_at).total_seconds() > DAY_SECONDS,
    )


def _changes(entry: Told, before: Mapping[str, Any], names: Names) -> Iterable[Change]:
    for column, value in entry.changes.items():
        if column in SKIPPED or value in (None, "", False) or (column == "division_code" and not before):
            continue
        label, kind = _known(entry.kind, column)
        if not label:
            continue
        after, old = _word(value, kind, names), _word(before.get(column), kind, names)
        if after != old:
            yield Change(gettext(label), old, after)


def _known(subject: str, column: str) -> tuple[str, str]:
    """Tell the word and the kind of a column: ours first, else as the deeds' forms call it."""
    if column == "state" and subject != "problem":  # each kind of row has a life of its own
        return ("状态", "visit") if subject == "look-back-visit" else ("", "")
    if column == "kind" and subject != "evidence":
        return "", ""
    if column in COLUMNS and not (subject == "lift" and column == "certificate_no"):
        return COLUMNS[column]
    if subject == "lift" and (field := registry_deeds.LiftFields.model_fields.get(column)):
        return field.title or "", ""
    return "", ""


def _word(value: Any, kind: str, names: Names) -> str:
    if value in (None, ""):
        return ""
    if kind == "cell":
        letter = "" if value in ("-", "X") else f"{value} "
        return letter + naming.named(value, kind)
    if kind == "body":
        return names.bodies.get(UUID(str(value)), "")
    if kind == "division":
        return naming.division_name(str(value), names.tree)
    return naming.named(value, kind) if kind else str(value)
