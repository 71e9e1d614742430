"""Remembers bodies, people and the posts they hold."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.declared import exempt, folded


class BodyKind(Choice):
    """What a body is to lifts."""

    REGULATOR = "regulator", "监管机构"
    MAINTENANCE = "maintenance", "维保单位"
    USE_UNIT = "use_unit", "使用单位"
    INSPECTION = "inspection", "检验机构"
    MAKER = "maker", "制造单位"
    INSURER = "insurer", "保险机构"


@folded("body")
class Body(models.Model):
    """One organisation, known by its 统一社会信用代码 where it has one."""

    id = models.UUIDField(primary_key=True, default=new_key)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18, null=True)
    division_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=BodyKind.values()), name="body_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "credit_code"], name="body_credit_code_once_a_kind"),
        ]
        indexes = [models.Index(fields=["kind", "name"], name="body_kind_name")]


@exempt("personal data: kept apart so that it can be erased; the journal holds only the key")
class Person(models.Model):
    """One human being with a sign-in."""

    id = models.UUIDField(primary_key=True, default=new_key)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    card_no = models.CharField(max_length=40, blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person")


@folded("post")
class Post(models.Model):
    """A role held by a person in a body, for a division, from a day to a day."""

    id = models.UUIDField(primary_key=True, default=new_key)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    division_code = models.CharField(max_length=12)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="post_ends_after_it_begins"
            ),
        ]
