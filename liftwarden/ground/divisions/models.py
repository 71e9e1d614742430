"""Remembers the tree of divisions, each row true for a span of days."""

from django.db import models
from django.db.models import F, Q

from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.declared import folded


class Level(Choice):
    """How high a division stands."""

    NATION = "nation", "全国"
    PROVINCE = "province", "省级"
    PREFECTURE = "prefecture", "市级"
    COUNTY = "county", "县级"
    UNIT = "unit", "其他单位"


@folded("division")
class Division(models.Model):
    """One division under one name and one parent, from a day to a day.

    Source: GB/T 2260 editions, with 新疆生产建设兵团 as a filing unit of its own (the 2017 notice addresses it).
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    level = models.CharField(max_length=12)
    parent = models.CharField(max_length=12, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    kind = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="division_code_starts_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="division_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values()), name="division_level_is_known"),
            models.CheckConstraint(condition=~Q(code=F("parent")), name="division_is_not_its_own_parent"),
        ]
        indexes = [models.Index(fields=["parent"], name="division_parent")]


@folded("division-edition")
class Edition(models.Model):
    """One loading of division rows, with the source it came from; its count tells readers that the tree changed."""

    id = models.UUIDField(primary_key=True, default=new_key)
    source = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    rows = models.IntegerField()
    loaded_at = models.DateTimeField()
