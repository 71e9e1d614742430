"""Does a deed: reads its fields, does it in one transaction, answers after the commit, exactly once for each key."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction

from liftwarden.doors.threshold.deed import Deed, read
from liftwarden.doors.threshold.models import Receipt
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import Refusal


class KeyReused(Refusal):
    """An idempotency key that came before with another body."""

    code = "key_reused"
    status = 422
    sentence = "这个幂等键已用于另一项请求，请换一个新键。"


def perform(deed: Deed, data: Mapping[str, Any], *, by: Actor, key: str = "") -> dict[str, Any]:
    """Do a deed and give its answer as plain data; with a key, a repeat gets the first answer and changes nothing.

    Raises:
        InvalidFields: if the fields cannot be taken.
        KeyReused: if the key came before with another body.
        Refusal: whatever the room refuses.
    """
    fields = read(deed, data)
    if not key:
        return answer(deed.do(fields, by))
    digest = hashlib.sha256(f"{deed.name}\n{fields.model_dump_json()}".encode()).hexdigest()
    if held := Receipt.objects.filter(login=by.login, key=key).first():
        return _replayed(held, digest)
    try:
        with transaction.atomic():
            row = Receipt(login=by.login, key=key, deed=deed.name, body_sha256=digest, answer="", answered_at=by.now)
            row.save(force_insert=True)
            given = answer(deed.do(fields, by))
            row.answer = json.dumps(given, ensure_ascii=False)
            row.save(update_fields=["answer"])
    except IntegrityError:
        held = Receipt.objects.filter(login=by.login, key=key).first()
        if held is None:
            raise
        return _replayed(held, digest)
    return given


def _replayed(held: Receipt, digest: str) -> dict[str, Any]:
    if held.body_sha256 != digest:
        raise KeyReused
    return dict(json.loads(held.answer))


def answer(result: Any) -> dict[str, Any]:
    """Turn what a room gave back into plain data: a row's columns, or the data itself."""
    if isinstance(result, models.Model):
        return {field.attname: plain(getattr(result, field.attname)) for field in result._meta.concrete_fields}
    if isinstance(result, Mapping):
        return {str(name): plain(value) for name, value in result.items()}
    return {"result": plain(result)}


def plain(value: Any) -> Any:
    """Turn a value into JSON's own types; times in RFC 3339 with offset, numbers of lifts as text."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case models.Model():
            return answer(value)
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
    raise TypeError(f"a {type(value).__name__} has no JSON form")
