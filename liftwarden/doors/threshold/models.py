"""Remembers what was answered to which key, so that a write sent twice has one effect."""

from django.db import models

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
