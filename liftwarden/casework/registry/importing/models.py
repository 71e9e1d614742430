"""Remembers imports: one row for each file taken in, and the rows of it that were set aside for a person to look at."""

from django.db import models
from django.db.models import Q

from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.declared import exempt, folded


class JobState(Choice):
    """Where an import stands. Its new lifts are seen by nobody until it is published."""

    STAGING = "staging", "写入中，尚未发布"
    PUBLISHED = "published", "已发布"
    ABANDONED = "abandoned", "已放弃"


@folded("import-job")
class ImportJob(models.Model):
    """One file on its way into the registry; publishing it is one change of this row.

    Source: docs/decisions/0004-bulk-import.md.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    division_code = models.CharField(max_length=12)
    by_post = models.UUIDField()
    mode = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    mapping_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    rows = models.IntegerField()
    added = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    set_aside = models.IntegerField(default=0)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "registry_import_job"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values()), name="import_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="staging", ended_at__isnull=True) | ~Q(state="staging") & Q(ended_at__isnull=False),
                name="import_has_an_end_once_it_ended",
            ),
            models.UniqueConstraint(
                fields=["file_sha256", "mapping_sha256", "division_code"],
                condition=Q(state="staging"),
                name="import_of_one_file_runs_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="import_state")]


@exempt("raw rows of a file, which may hold personal data: kept apart so that they can be erased")
class SetAside(models.Model):
    """One row of a file that was neither taken nor refused: someone has to look at it."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="+")
    row_number = models.IntegerField()
    cells = models.TextField()
    reasons = models.TextField()

    class Meta:
        db_table = "registry_import_set_aside"
        constraints = [models.UniqueConstraint(fields=["job", "row_number"], name="set_aside_row_once_an_import")]
