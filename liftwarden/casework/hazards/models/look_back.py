"""Remembers look-back plans (回头看), their visits, and guarantee periods (重大活动保障时段)."""

from django.db import models
from django.db.models import F, Q

from liftwarden.casework.hazards.deadlines import PlaceScope
from liftwarden.casework.hazards.lifecycles import VisitState
from liftwarden.casework.hazards.models.files import Problem, ProblemFile
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import folded


@folded("guarantee-period")
class GuaranteePeriod(models.Model):
    """A dated time in which a division, and all below it, must be free of overdue dangers; ends on its last day."""

    id = models.UUIDField(primary_key=True, default=new_key)
    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    from_on = models.DateField()
    to_on = models.DateField()
    source = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    declared_by = models.UUIDField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="guarantee_period_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(source=""), name="guarantee_period_names_its_source"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoked_reason=""),
                name="guarantee_period_is_revoked_with_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["division_code", "to_on"], name="guarantee_division_to")]


@folded("look-back-plan")
class LookBackPlan(models.Model):
    """A plan to visit filed lifts again: a reproducible sample, or all of them.

    `frame` is how many lifts could have been drawn, `drawn` how many were; with `seed` and the frame anyone draws the
    same ones again. Source: the 2017 notice, part 1, item 1.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    programme = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    scope = models.CharField(max_length=10)
    from_on = models.DateField()
    to_on = models.DateField()
    due_on = models.DateField()
    guarantee = models.ForeignKey(GuaranteePeriod, on_delete=models.PROTECT, null=True, related_name="+")
    seed = models.BigIntegerField(null=True)
    frame = models.IntegerField()
    drawn = models.IntegerField()
    drawn_at = models.DateTimeField()
    drawn_by = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="plan_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("from_on"), due_on__lte=F("to_on")), name="plan_is_due_within_itself"
            ),
            models.CheckConstraint(condition=Q(scope__in=PlaceScope.values()), name="plan_scope_is_known"),
            models.CheckConstraint(
                condition=Q(drawn__gte=1, drawn__lte=F("frame")), name="plan_draws_within_its_frame"
            ),
            models.CheckConstraint(
                condition=Q(seed__isnull=False) | Q(drawn=F("frame")), name="plan_without_seed_sweeps_its_frame"
            ),
        ]
        indexes = [models.Index(fields=["division_code", "to_on"], name="plan_division_to")]


@folded("look-back-visit")
class LookBackVisit(models.Model):
    """One lift of a plan, to be visited once; a try without access leaves it to be visited still."""

    id = models.UUIDField(primary_key=True, default=new_key)
    plan = models.ForeignKey(LookBackPlan, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(ProblemFile, on_delete=models.PROTECT, related_name="+")
    lift_id = models.UUIDField()
    division_code = models.CharField(max_length=12)
    due_on = models.DateField()
    state = models.CharField(max_length=12)
    tries = models.SmallIntegerField(default=0)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="+")
    visited_at = models.DateTimeField(null=True)
    visited_by = models.UUIDField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=VisitState.values()), name="visit_state_is_known"),
            models.UniqueConstraint(fields=["plan", "lift_id"], name="plan_visits_a_lift_once"),
            models.CheckConstraint(
                condition=Q(state=VisitState.PLANNED, visited_at__isnull=True, visited_by__isnull=True)
                | ~Q(state=VisitState.PLANNED) & Q(visited_at__isnull=False, visited_by__isnull=False),
                name="visit_visited_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(VisitState.RECURRED, VisitState.NEW_PROBLEM), problem__isnull=False)
                | ~Q(state__in=(VisitState.RECURRED, VisitState.NEW_PROBLEM)) & Q(problem__isnull=True),
                name="visit_that_found_names_its_problem",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "due_on"], name="visit_division_state_due"),
            models.Index(fields=["lift_id"], name="visit_lift"),
        ]
