"""Remembers problem-lift files, the problems in them, orders, shut-downs, listings and evidence."""

from django.db import models
from django.db.models import F, Q

from liftwarden.casework.hazards.lifecycles import Overlay, State
from liftwarden.casework.hazards.rules import Cell, Cohort, CorrectionKind, Way
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.declared import folded


class FinderKind(Choice):
    """Who found a problem; stored by name, so that no room needs to be known."""

    INSPECTOR = "inspector", "安全监察"
    INSPECTION_BODY = "inspection_body", "检验机构"
    SELF_CHECK = "self_check", "使用单位自查"
    MAINTENANCE = "maintenance", "维保单位"
    RESCUER = "rescuer", "应急救援"
    PUBLIC = "public", "公众举报"
    DEVICE = "device", "监测设备"
    LEDGER = "ledger", "历史台账导入"


class EvidenceKind(Choice):
    """What a document or photo shows."""

    BEFORE = "before", "整改前"
    AFTER = "after", "整改后"
    REPORT = "report", "整改报告"
    CERTIFICATE = "certificate", "监督检验证书"
    DEREGISTRATION = "deregistration", "注销登记凭证"
    LEDGER = "ledger", "历史台账行"
    OTHER = "other", "其他"


class ServiceOutcome(Choice):
    """How an instruction reached the use unit."""

    PENDING = "pending", "待送达"
    RECEIPT = "receipt", "已签收"
    REFUSED = "refused", "拒收，已记录并留证"
    NOBODY = "nobody", "无人可送达"


@folded("problem-file")
class ProblemFile(models.Model):
    """One (lift, cohort): what the annex counts.

    Source: the 2017 notice, annex (台, not problems); part 1.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    lift_id = models.UUIDField()
    programme = models.CharField(max_length=20)
    cohort = models.CharField(max_length=8)
    division_code = models.CharField(max_length=12)
    cell = models.CharField(max_length=1)
    shut_down = models.CharField(max_length=10, default=Overlay.NONE.value)
    listing = models.CharField(max_length=10, default=Overlay.NONE.value)
    opened_at = models.DateTimeField()
    observed_until = models.DateTimeField(null=True)
    corrected_at = models.DateTimeField(null=True)
    correction = models.CharField(max_length=20, blank=True)
    correction_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lift_id", "programme", "cohort"],
                condition=Q(corrected_at__isnull=True),
                name="file_is_one_a_lift_and_cohort",
            ),
            models.CheckConstraint(condition=Q(cohort__in=Cohort.values()), name="file_cohort_is_known"),
            models.CheckConstraint(condition=Q(cell__in=Cell.values()), name="file_cell_is_known"),
            models.CheckConstraint(condition=Q(shut_down__in=Overlay.values()), name="file_shut_down_is_known"),
            models.CheckConstraint(condition=Q(listing__in=Overlay.values()), name="file_listing_is_known"),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True, correction="")
                | Q(corrected_at__isnull=False, correction__in=CorrectionKind.values()) & ~Q(correction_reason=""),
                name="file_correction_has_kind_and_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "cell"], name="file_division_cell"),
            models.Index(fields=["lift_id"], name="file_lift"),
        ]


@folded("problem")
class Problem(models.Model):
    """One thing wrong with a lift; it lives once: the same fault again is a new problem."""

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    division_code = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    category = models.CharField(max_length=20)
    cause = models.CharField(max_length=20)
    description = models.CharField(max_length=400)
    grade_scheme = models.CharField(max_length=20)
    grade = models.CharField(max_length=20)
    finder = models.CharField(max_length=20)
    finder_name = models.CharField(max_length=120, blank=True)
    recurrence = models.BooleanField(default=False)
    stop_use = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    deadline_on = models.DateField(null=True)
    recheck_due_on = models.DateField(null=True)
    next_try_on = models.DateField(null=True)
    contractor = models.CharField(max_length=120, blank=True)
    needs_certificate = models.BooleanField(default=False)
    certificate_no = models.CharField(max_length=60, blank=True)
    extension_asked_to = models.DateField(null=True)
    begun_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    passed_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    way = models.CharField(max_length=12, blank=True)
    last_step_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values()), name="problem_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=(State.CLOSED, State.WITHDRAWN), ended_at__isnull=False, ended_by__isnull=False)
                | ~Q(state__in=(State.CLOSED, State.WITHDRAWN)) & Q(ended_at__isnull=True, ended_by__isnull=True),
                name="problem_ended_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CLOSED, way__in=Way.values()) | ~Q(state=State.CLOSED) & Q(way=""),
                name="problem_is_closed_in_a_known_way",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("found_at")),
                name="problem_ends_after_it_is_found",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "deadline_on"], name="problem_worklist"),
            models.Index(fields=["lift_id"], name="problem_lift"),
        ]


@folded("standing")
class Standing(models.Model):
    """From `since_at` on, a file was in this cell and division; a later row for the same moment supersedes.

    Append-only: a late fact adds rows, so that "as of" can be asked for what was known at any sequence too.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    lift_id = models.UUIDField()
    programme = models.CharField(max_length=20)
    cohort = models.CharField(max_length=8)
    cell = models.CharField(max_length=1)
    division_code = models.CharField(max_length=12)
    since_at = models.DateTimeField()
    entry_no = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["file", "since_at", "entry_no"], name="standing_file_since")]


@folded("instruction")
class Instruction(models.Model):
    """One 监察指令书: numbered, two officers, a deadline, one or several lifts.

    Source: 特种设备安全法 art. 62; 总局令第57号 arts. 19, 21, 23, 27 (at least two officers, in writing, a time limit).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    number = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    body_id = models.UUIDField(null=True)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()
    second_officer = models.UUIDField()
    deadline_on = models.DateField()
    stop_use = models.BooleanField()
    demands = models.CharField(max_length=800)
    legal_basis = models.CharField(max_length=200)
    service = models.CharField(max_length=10)
    served_at = models.DateTimeField(null=True)
    service_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division_code", "number"], name="instruction_number_once_a_division"),
            models.CheckConstraint(condition=~Q(issued_by=F("second_officer")), name="instruction_has_two_officers"),
            models.CheckConstraint(condition=Q(service__in=ServiceOutcome.values()), name="instruction_service_is_known"),
        ]


@folded("instruction-item")
class InstructionItem(models.Model):
    """One problem on one instruction."""

    id = models.UUIDField(primary_key=True, default=new_key)
    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="+")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["instruction", "problem"], name="problem_once_an_instruction")]


@folded("shut-down")
class ShutDown(models.Model):
    """One line of the seal register: 查封 or a stop order by an authority, and its lifting (启封).

    Source: 特种设备安全法 art. 61; 总局令第57号 art. 26. An owner's own stoppage is not one.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    order_number = models.CharField(max_length=60)
    legal_basis = models.CharField(max_length=200)
    authority = models.CharField(max_length=120)
    state = models.CharField(max_length=10)
    imposed_at = models.DateTimeField()
    imposed_by = models.UUIDField()
    expires_on = models.DateField()
    asked_at = models.DateTimeField(null=True)
    asked_reason = models.CharField(max_length=400, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file"], condition=Q(lifted_at__isnull=True), name="file_has_one_live_shut_down"
            ),
        ]


@folded("listing")
class Listing(models.Model):
    """Listed supervision (挂牌督办) of one file: who supervises, until when, what blocks it and who can remove that.

    Source: the 2017 notice, part 1, item 2 (依托地方政府，联合相关部门，明确完成整改时间节点，逐台整改销号).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    state = models.CharField(max_length=10)
    lister_division = models.CharField(max_length=12)
    supervisor = models.CharField(max_length=120)
    deadline_on = models.DateField()
    blocker = models.CharField(max_length=20)
    department = models.CharField(max_length=120)
    escalated_to = models.CharField(max_length=12, blank=True)
    listed_at = models.DateTimeField()
    listed_by = models.UUIDField()
    asked_at = models.DateTimeField(null=True)
    asked_reason = models.CharField(max_length=400, blank=True)
    delisted_at = models.DateTimeField(null=True)
    delisted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file"], condition=Q(delisted_at__isnull=True), name="file_has_one_live_listing"
            ),
        ]


@folded("file-move")
class FileMove(models.Model):
    """A file's coming under a division: its first, and each transfer after."""

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    division_code = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)


@folded("evidence")
class Evidence(models.Model):
    """A photo or document kept with a problem, stored by digest after re-encoding."""

    id = models.UUIDField(primary_key=True, default=new_key)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    caption = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values()), name="evidence_kind_is_known"),
        ]


@folded("baseline-freeze")
class BaselineFreeze(models.Model):
    """From `frozen_at` on, A of a division changes only by a reasoned correction."""

    id = models.UUIDField(primary_key=True, default=new_key)
    programme = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)
    frozen_at = models.DateTimeField()
    figure = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "division_code"], name="baseline_is_frozen_once_a_division"),
        ]
