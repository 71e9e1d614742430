"""Remembers what happened: entries, and the chain that orders and seals them; neither is ever changed."""

from django.db import models
from django.db.models import Q

from liftwarden.kernel.declared import exempt


@exempt("the journal itself: its own chain protects it")
class Entry(models.Model):
    """One fact: an event, the columns it set, who, through which door, and two times.

    `happened_at` is when it was so in the world, `learned_at` when this node wrote it down. `changes` is canonical JSON,
    column → value; it never holds personal data, since a chain cannot forget.
    """

    id = models.BigIntegerField(primary_key=True)
    version = models.SmallIntegerField()
    event = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    about_kind = models.CharField(max_length=30, blank=True)
    about_id = models.UUIDField(null=True)
    division = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    learned_at = models.DateTimeField()
    by_post = models.UUIDField(null=True)
    channel = models.CharField(max_length=12)
    reason = models.TextField(blank=True)
    changes = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(event=""), name="entry_names_its_event"),
            models.CheckConstraint(condition=~Q(channel=""), name="entry_names_its_channel"),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_subject"),
            models.Index(fields=["about_id", "happened_at", "id"], name="entry_about"),
        ]


@exempt("the chain itself: each link is recomputed from its entry")
class Link(models.Model):
    """One link of the chain: the sequence number of an entry and the hash that binds it to all before it."""

    sequence = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_chain"
