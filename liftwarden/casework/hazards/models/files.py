"""Remembers problem-lift files, the problems in them, their standing, and the frozen base."""

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
    grade_item = models.CharField(max_length=24, blank=True)
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

    `way` tells how a closed one was closed, so that dismantled lifts are shown apart.

    Append-only: a late fact adds rows, so that "as of" can be asked for what was known at any sequence too.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+", db_index=False)
    lift_id = models.UUIDField()
    programme = models.CharField(max_length=20)
    cohort = models.CharField(max_length=8)
    cell = models.CharField(max_length=1)
    division_code = models.CharField(max_length=12)
    way = models.CharField(max_length=12, blank=True)
    since_at = models.DateTimeField()
    entry_no = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cell__in=Cell.values()), name="standing_cell_is_known"),
            models.CheckConstraint(condition=Q(way__in=("", *Way.values())), name="standing_way_is_known"),
        ]
        indexes = [models.Index(fields=["file", "since_at", "entry_no"], name="standing_file_since")]


@folded("file-move")
class FileMove(models.Model):
    """A file's coming under a division: its first, and each transfer after."""

    id = models.UUIDField(primary_key=True, default=new_key)
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    division_code = models.CharField(max_length=12)
    moved_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)


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
