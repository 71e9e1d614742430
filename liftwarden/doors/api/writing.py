"""One POST route for each deed, under the subject it is done to."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Body, Header, NinjaAPI
from pydantic import BaseModel, create_model

from liftwarden.doors.threshold.deed import Deed, Fields
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.perform import perform

COLLECTIONS = {
    "lift": "lifts",
    "problem": "problems",
    "file": "files",
    "instruction": "instructions",
    "post": "posts",
    "filing": "returns",
}


def path_of(deed: Deed) -> str:
    """Tell the address of a deed."""
    return f"/{COLLECTIONS[deed.subject]}/{{subject}}/{deed.name}" if deed.subject else f"/{deed.name}"


def install(api: NinjaAPI) -> None:
    """Draw the routes."""
    for deed in deeds().values():
        _route(api, deed)


def _route(api: NinjaAPI, deed: Deed) -> None:
    body = _body_without_subject(deed)

    if deed.subject:

        def write(
            request: HttpRequest,
            subject: str,
            told: Any = Body(...),  # type: ignore[type-arg]
            idempotency_key: str = Header("", alias="Idempotency-Key", max_length=80),  # type: ignore[type-arg]
        ) -> dict[str, Any]:
            return perform(deed, _as_sent(request) | {deed.subject: subject}, by=request.auth, key=idempotency_key)  # type: ignore[attr-defined]
    else:

        def write(  # type: ignore[misc]
            request: HttpRequest,
            told: Any = Body(...),  # type: ignore[type-arg]
            idempotency_key: str = Header("", alias="Idempotency-Key", max_length=80),  # type: ignore[type-arg]
        ) -> dict[str, Any]:
            return perform(deed, _as_sent(request), by=request.auth, key=idempotency_key)  # type: ignore[attr-defined]

    write.__annotations__["told"] = body
    write.__name__ = deed.name.replace("-", "_")
    write.__doc__ = deed.help
    write.policy = ("deed", deed.permission)  # type: ignore[attr-defined]
    api.post(path_of(deed), summary=deed.label, tags=[deed.subject or "new"], operation_id=write.__name__)(write)


def _as_sent(request: HttpRequest) -> dict[str, Any]:
    """Give the body as it was sent: the deed reads it itself, as it does from a page or the command line."""
    return dict(json.loads(request.body))


def _body_without_subject(deed: Deed) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (field.annotation, field) for name, field in deed.fields.model_fields.items() if name != deed.subject
    }
    return create_model(f"{deed.fields.__name__}Body", __base__=Fields, **fields)
