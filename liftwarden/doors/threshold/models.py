"""Remembers what was answered to which key, so that a write sent twice has one effect, and the tokens of programs."""

from django.db import models
from django.db.models import F, Q

from liftwarden.ground.journal.keys import new_key
from liftwarden.kernel.declared import exempt


@exempt("a record of answers given, not of facts; the facts are in the journal")
class Receipt(models.Model):
    """One answered request: the same key and body get the same answer."""

    id = models.UUIDField(primary_key=True, default=new_key)
    login = models.CharField(max_length=150)
    key = models.CharField(max_length=80)
    deed = models.CharField(max_length=40)
    body_sha256 = models.CharField(max_length=64)
    answer = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["login", "key"], name="receipt_key_once_a_login")]


@exempt("a secret's digest and its dates; that it was made and revoked, and what was done with it, is in the journal")
class Token(models.Model):
    """One token of one post, for programs that call the REST door."""

    id = models.UUIDField(primary_key=True, default=new_key)
    post_id = models.UUIDField()
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="token_digest_is_one_of_a_kind"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="token_ends_after_it_is_made"),
        ]
        indexes = [models.Index(fields=["post_id"], name="token_post")]
