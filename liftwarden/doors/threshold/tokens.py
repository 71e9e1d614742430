"""Tokens for programs that call the REST door without a browser: made for one post, expiring, kept only as digests."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from liftwarden.doors.threshold.models import Token
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import BadInput, NotFound
from liftwarden.kernel.words import tidied

MARK = "lw_"  # lets a secret that has strayed be recognised
MOST_DAYS = 366


@transaction.atomic
def make(label: str, *, days: int, by: Actor) -> tuple[Token, str]:
    """Make a token for the actor's own post; the secret is given once and kept nowhere.

    Raises:
        BadInput: without a label, or for more than a year.
    """
    if not tidied(label):
        raise BadInput(field="用途", reason="不能为空")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(field="有效天数", reason=f"应在 1 至 {MOST_DAYS} 之间")
    secret = MARK + secrets.token_urlsafe(32)
    row = Token(
        post_id=by.post_id,
        label=tidied(label)[:80],
        digest=_digest(secret),
        made_at=by.now,
        expires_at=by.now + timedelta(days=days),
    )
    row.save(force_insert=True)
    _note("token.made", row, by=by)
    return row, secret


@transaction.atomic
def revoke(token_id: UUID, *, by: Actor) -> Token:
    """Revoke one of the actor's own tokens; the next request with it is refused.

    Raises:
        NotFound: if the actor's post has no such token in force.
    """
    row = Token.objects.select_for_update().filter(pk=token_id, post_id=by.post_id, revoked_at__isnull=True).first()
    if row is None:
        raise NotFound(what="令牌")
    row.revoked_at = by.now
    row.save(update_fields=["revoked_at"])
    _note("token.revoked", row, by=by)
    return row


def of(by: Actor) -> list[Token]:
    """List the tokens of the actor's own post, newest first."""
    return list(Token.objects.filter(post_id=by.post_id).order_by("-made_at", "-id"))


def bearer(secret: str, *, now: datetime) -> Actor | None:
    """Tell who acts with a secret: nobody, where it is unknown, expired or revoked, or its post has ended."""
    row = Token.objects.filter(digest=_digest(secret), revoked_at__isnull=True, expires_at__gt=now).first()
    login = parties.login_of_post(row.post_id) if row else None
    if row is None or login is None:
        return None
    try:
        return parties.actor(login, channel="api", now=now, post_id=row.post_id)
    except parties.NoPost:
        return None


def told(row: Token) -> Mapping[str, Any]:
    """Tell a token without its digest."""
    return {
        "id": row.pk,
        "label": row.label,
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
    }


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _note(event: str, row: Token, *, by: Actor) -> None:
    journal.note(journal.Draft(event, "token", row.pk, by.division, by.now, {}), by=by.hand)
