"""Remembers supervision instructions and evidence."""

from django.db import models
from django.db.models import F, Q

from liftwarden.casework.hazards.models.files import Problem
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.declared import folded


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
    deadline_reason = models.CharField(max_length=200, blank=True)
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
            models.CheckConstraint(
                condition=Q(service__in=ServiceOutcome.values()), name="instruction_service_is_known"
            ),
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
