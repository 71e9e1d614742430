"""The fields of what may be done in the hazard ledger."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Base64Bytes, Field

from liftwarden.casework.hazards.models import EvidenceKind, FinderKind, ServiceOutcome
from liftwarden.casework.hazards.rules import CorrectionKind
from liftwarden.doors.threshold.deed import Fields, Maybe, Moment
from liftwarden.doors.threshold.deeds.registry import LiftRef
from liftwarden.kernel.choices import Choice

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
    grade_scheme: str = Field("", title="等级口径", description="不填则取发现当日施行的口径：2015、order57 或 gb45067")
    grade: str = Field("general", title="等级", min_length=1)
    grade_item: str = Field("", title="等级条目", description="严重（重大）事故隐患所依据的条目", max_length=24)
    finder: FinderKind = Field(FinderKind.INSPECTOR, title="发现者")
    finder_name: str = Field("", title="发现者名称", max_length=120)
    needs_certificate: bool = Field(False, title="整改属于改造或重大修理")
    found_at: When = Field(None, title="发现时间", description="不填则为现在")
    correction_reason: str = Field("", title="基数补录理由", description="A 冻结后补录时必填", max_length=400)


class FileCompleted(Fields):
    """补录“回头看”对象：2015–2016 年建档、基准日前已完成整改的问题电梯；不入任何一格。"""

    lift: LiftRef
    category: str = Field(title="隐患类别", description="例如 door、safety_part", min_length=1)
    cause: str = Field(title="原因", description="例如 ageing、no_maintenance", min_length=1)
    description: str = Field(title="隐患描述", min_length=1, max_length=400)
    grade: str = Field("general", title="等级", min_length=1)
    finder: FinderKind = Field(FinderKind.LEDGER, title="发现者")
    found_at: Moment = Field(title="发现时间")
    completed_at: Moment = Field(title="完成整改时间", description="不晚于 2016-12-31")


class StopUse(OfProblem):
    """责令停止使用；紧急时可先责令、后补监察指令书。不是封停，不改变分类。"""

    reason: str = Reason()


class AttachEvidence(OfProblem):
    """上传证据：照片（JPEG、PNG、WebP，重新编码并去除拍摄信息）或 PDF，最大 15 MiB。"""

    kind: EvidenceKind = Field(title="证据类型")
    name: str = Field(title="文件名", min_length=1, max_length=200)
    content: Base64Bytes = Field(title="文件内容", description="Base64")
    caption: str = Field("", title="说明", max_length=200)


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
    deadline_reason: str = Field(
        "",
        title="放宽期限的理由",
        description="公众聚集场所、人员密集场所或保障时段内期限超过规定天数时必填",
        max_length=200,
    )
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


class ExtendListing(FileReason):
    """延长挂牌督办期限（由挂牌机关办理）。"""

    deadline_on: date = Field(title="新的督办期限")


class AskDelist(FileReason):
    """申请摘牌。"""


class Delist(FileReason):
    """摘牌（由挂牌机关批准）。"""


class RefuseDelist(FileReason):
    """不同意摘牌。"""


class Mistake(Choice):
    """Why a file should never have been: the corrections that have no form of their own."""

    DUPLICATE = CorrectionKind.DUPLICATE.value, CorrectionKind.DUPLICATE.label
    NEVER_A_LIFT = CorrectionKind.NEVER_A_LIFT.value, CorrectionKind.NEVER_A_LIFT.label


class Correct(FileReason):
    """更正：重复建档或不属于电梯；档案不再计数，逐台留名。"""

    kind: Mistake = Field(title="更正类型")


class DoneBefore(FileReason):
    """更正：基准日前已完成整改；移出 A，转为“回头看”对象。"""

    completed_at: Moment = Field(title="完成整改时间", description="不晚于 2016-12-31")


class Join(FileReason):
    """更正：把 F 的档案并入同一电梯在 A 的档案（A 补录在后时用）；F 减一，逐台留名。"""


class Transfer(FileReason):
    """移交另一区划：电梯连同全部档案一并移交，双方逐台留名。"""

    division: str = Field(title="接收区划代码", min_length=1)


class Freeze(Fields):
    """冻结攻坚基本数（A）；此后只能逐台更正。"""

    division: str = Field(title="区划代码", min_length=1)
    at: When = AT
