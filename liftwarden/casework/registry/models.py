"""Remembers every lift, its numbers, parties, place and use state."""

from django.db import models
from django.db.models import F, Q

from liftwarden.casework.registry.rules import Datum, PartyRole, UseState
from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import exempt, folded


@folded("lift")
class Lift(models.Model):
    """One lift, escalator or moving walk (GB/T 7024), with the four numbers it is known by.

    Numbers are strings: leading zeros count. `longitude` and `latitude` are as given, under `datum`; the `wgs84_`
    pair is the same point converted.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    device_code = models.CharField(max_length=18, null=True, unique=True)
    registration_code = models.CharField(max_length=20, null=True)
    certificate_no = models.CharField(max_length=24, null=True)
    rescue_code = models.CharField(max_length=6, null=True)
    other_number = models.CharField(max_length=40, null=True)
    other_number_kind = models.CharField(max_length=40, blank=True)
    catalogue = models.CharField(max_length=10)
    variety = models.CharField(max_length=16)
    product_model = models.CharField(max_length=80, blank=True)
    factory_no = models.CharField(max_length=60, blank=True)
    internal_no = models.CharField(max_length=60, blank=True)
    maker_name = models.CharField(max_length=120, blank=True)
    made_on = models.DateField(null=True)
    used_since_on = models.DateField(null=True)
    floors = models.SmallIntegerField(null=True)
    speed_m_per_s = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    load_kg = models.IntegerField(null=True)
    place = models.CharField(max_length=20)
    division_code = models.CharField(max_length=12)
    estate = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=240)
    longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    latitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    datum = models.CharField(max_length=8, blank=True)
    wgs84_longitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    wgs84_latitude = models.DecimalField(max_digits=10, decimal_places=7, null=True)
    use_state = models.CharField(max_length=20)
    use_state_reason = models.CharField(max_length=200, blank=True)
    use_state_body = models.CharField(max_length=120, blank=True)
    use_state_on = models.DateField(null=True)
    last_inspected_on = models.DateField(null=True)
    next_inspection_on = models.DateField(null=True)
    flags = models.CharField(max_length=400, blank=True)
    home_node = models.CharField(max_length=40)
    # The import that brought it; until that is published, `queries.visible` shows the lift to nobody.
    import_job_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(use_state__in=UseState.values()), name="lift_use_state_is_known"),
            models.CheckConstraint(condition=Q(datum__in=("", *Datum.values())), name="lift_datum_is_known"),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True, datum="")
                | Q(longitude__isnull=False, latitude__isnull=False) & ~Q(datum=""),
                name="lift_point_has_two_coordinates_and_a_datum",
            ),
            models.UniqueConstraint(fields=["registration_code"], name="lift_registration_code_once"),
            models.UniqueConstraint(
                fields=["other_number_kind", "other_number"],
                condition=Q(other_number__isnull=False),
                name="lift_other_number_once_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["certificate_no"], name="lift_certificate"),
            models.Index(fields=["rescue_code"], name="lift_rescue_code"),
            models.Index(fields=["other_number"], name="lift_other_number"),
            models.Index(fields=["division_code", "id"], name="lift_division"),
        ]


@folded("lift-party")
class LiftParty(models.Model):
    """Which body was what to a lift, from a day (included) to a day (excluded, or none)."""

    id = models.UUIDField(primary_key=True, default=new_key)
    lift = models.ForeignKey(Lift, on_delete=models.PROTECT, related_name="+")
    body_id = models.UUIDField()
    role = models.CharField(max_length=20)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=PartyRole.values()), name="lift_party_role_is_known"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="lift_party_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["lift", "role"], condition=Q(to_on__isnull=True), name="lift_has_one_live_party_a_role"
            ),
            models.UniqueConstraint(fields=["lift", "role", "from_on"], name="lift_party_starts_once_a_day"),
        ]
        indexes = [models.Index(fields=["body_id", "role", "to_on"], name="lift_party_body")]


@exempt("an index for searching, rebuilt from the lifts by `liftwarden reindex`")
class SearchText(models.Model):
    """What a lift is searched by, narrow, so that a scan of all stays quick."""

    lift = models.OneToOneField(Lift, on_delete=models.CASCADE, primary_key=True, related_name="+")
    division_code = models.CharField(max_length=12)
    words = models.TextField()
    initials = models.TextField()


# Django finds a room's models here; these live beside what uses them.
from liftwarden.casework.registry.importing.models import ImportJob, JobState, SetAside  # noqa: E402

__all__ = ["ImportJob", "JobState", "Lift", "LiftParty", "SearchText", "SetAside"]
