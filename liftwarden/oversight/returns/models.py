"""Remembers returns with what was typed into them, the files they were printed to, their pages and their contacts."""

from django.db import models
from django.db.models import F, Q

from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import exempt, folded
from liftwarden.oversight.returns.filled import Stage

DRAFT, APPROVED, SIGNED_OFF = Stage.DRAFT.value, Stage.APPROVED.value, Stage.SIGNED_OFF.value
AGREED = (Stage.CHECKED.value, APPROVED, SIGNED_OFF)


@folded("return")
class Return(models.Model):
    """One version of the return of a form, a division and a period.

    `content` is what people typed, as canonical JSON; the ledger's cells are never stored in a draft, they are counted.
    `sequence` is the journal sequence that the figures saw when they were last checked, approved or signed off, and
    `agreed` the canonical text that was agreed to then; it is kept when the return falls back to a draft, so that the
    next reader sees what has changed since. After sign-off `agreed` is the return itself, and `digest` names it.
    No name of a person is here: a contact is in a row of its own, an approver is told by post.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    form_code = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    period = models.CharField(max_length=7)
    version = models.IntegerField(default=1)
    state = models.CharField(max_length=12, default=Stage.DRAFT.value)
    content = models.TextField()
    previous_id = models.UUIDField(null=True)
    corrects_id = models.UUIDField(null=True)
    correction_reason = models.CharField(max_length=400, blank=True)
    sequence = models.BigIntegerField(null=True)
    agreed = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    approver = models.CharField(max_length=200, blank=True)
    filled_at = models.DateTimeField()
    filled_by = models.UUIDField()
    filled_by_person = models.UUIDField()
    checked_at = models.DateTimeField(null=True)
    checked_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form_code", "division_code", "period", "version"], name="return_version_is_one_a_period"
            ),
            models.UniqueConstraint(
                fields=["form_code", "division_code", "period"],
                condition=~Q(state=SIGNED_OFF),
                name="return_has_one_version_in_work",
            ),
            models.CheckConstraint(condition=Q(state__in=Stage.values()), name="return_state_is_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="return_versions_begin_at_one"),
            models.CheckConstraint(
                condition=Q(state__in=AGREED, checked_at__isnull=False, checked_by__isnull=False)
                & ~Q(agreed="")
                & Q(sequence__isnull=False)
                | Q(state=DRAFT, checked_at__isnull=True, checked_by__isnull=True),
                name="return_is_checked_at_and_by_on_a_text",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(APPROVED, SIGNED_OFF), approved_at__isnull=False, approved_by__isnull=False)
                | ~Q(state__in=(APPROVED, SIGNED_OFF)) & Q(approved_at__isnull=True, approved_by__isnull=True),
                name="return_is_approved_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(state=SIGNED_OFF, signed_off_at__isnull=False, signed_off_by__isnull=False)
                & ~Q(digest="")
                & ~Q(approver="")
                | ~Q(state=SIGNED_OFF) & Q(signed_off_at__isnull=True, signed_off_by__isnull=True, digest=""),
                name="return_is_signed_off_with_digest_and_approver",
            ),
            models.CheckConstraint(
                condition=Q(version=1, corrects_id__isnull=True)
                | Q(version__gt=1, corrects_id__isnull=False) & ~Q(correction_reason=""),
                name="return_version_corrects_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("filled_by")),
                name="return_is_approved_by_a_second_post",
            ),
        ]
        indexes = [models.Index(fields=["form_code", "period", "division_code"], name="return_period_division")]


@folded("return-file")
class ReturnFile(models.Model):
    """One file a signed-off return was printed to, stored by its digest."""

    id = models.UUIDField(primary_key=True, default=new_key)
    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=8)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "format"], name="return_file_is_one_a_format")]
        indexes = [models.Index(fields=["sha256"], name="return_file_sha256")]


@folded("return-page")
class ReturnPage(models.Model):
    """One page attached to a return (可另附页), stored by digest; taken off before sign-off, it keeps its row.

    Source: the 2017 notice, annex (典型案例、工作亮点，可另附页).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.IntegerField()
    added_at = models.DateTimeField()
    added_by = models.UUIDField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="return_page_has_a_title"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="return_page_is_removed_at_and_by_together",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="return_page_sha256")]


@exempt("personal data: kept apart so that it can be erased; neither the journal nor the canonical text holds it")
class ReturnContact(models.Model):
    """Whom to call about a return (联系人)."""

    filing = models.OneToOneField(Return, on_delete=models.CASCADE, primary_key=True, related_name="+")
    contact = models.CharField(max_length=80)
