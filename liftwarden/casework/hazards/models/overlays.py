"""Remembers what lies over a file: shut-downs by order, and listed supervision."""

from django.db import models
from django.db.models import F, Q

from liftwarden.casework.hazards.models.files import ProblemFile
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import folded


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
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="shut_down_lifted_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("imposed_at")),
                name="shut_down_is_lifted_after_it_is_imposed",
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
            models.CheckConstraint(
                condition=Q(delisted_at__isnull=True, delisted_by__isnull=True)
                | Q(delisted_at__isnull=False, delisted_by__isnull=False),
                name="listing_delisted_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(delisted_at__isnull=True) | Q(delisted_at__gte=F("listed_at")),
                name="listing_is_taken_off_after_it_is_put_on",
            ),
        ]
