"""Remembers what the clock has raised, so that it is raised once."""

from django.db import models
from django.db.models import Q

from liftwarden.casework.hazards.overdue import Rising, Settled
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import folded


@folded("reminder")
class Reminder(models.Model):
    """One overdue thing, raised to one level: 0 is the district itself, 1 the division above it, and so on.

    Live until the clock finds its cause gone or an officer has seen it; one live row for each cause and level, so that
    two clocks cannot raise the same thing twice.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    lift_id = models.UUIDField()
    division_code = models.CharField(max_length=12)
    to_division = models.CharField(max_length=12)
    level = models.SmallIntegerField()
    due_on = models.DateField()
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_how = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "level"],
                condition=Q(settled_at__isnull=True),
                name="reminder_is_live_once_a_level",
            ),
            models.CheckConstraint(condition=Q(kind__in=Rising.values()), name="reminder_kind_is_known"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_how="")
                | Q(settled_at__isnull=False, settled_how__in=Settled.values()),
                name="reminder_settled_at_and_how_together",
            ),
        ]
        indexes = [
            models.Index(fields=["to_division", "settled_at", "due_on"], name="reminder_addressee"),
            models.Index(fields=["subject_id", "kind"], name="reminder_subject"),
            models.Index(fields=["lift_id"], name="reminder_lift"),
        ]
