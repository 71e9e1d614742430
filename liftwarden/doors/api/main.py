"""The REST door: reading routes written out, writing routes drawn from the deeds."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI

from liftwarden.doors.api import errors, reading, returns, writing
from liftwarden.doors.api.signing import Bearer, Signed
from liftwarden.doors.threshold import who

api = NinjaAPI(
    title="LiftWarden 梯安",
    version="1",
    description="电梯安全监管平台接口。程序用 liftwarden make-token 开出的令牌（Bearer）；"
    "写操作都可带 Idempotency-Key；错误按 RFC 9457 返回，Accept-Language: en 给出英文。",
    auth=[Bearer(), Signed()],
    urls_namespace="api",
    docs_url=None,  # its page loads scripts from elsewhere, which our content security policy refuses
)
errors.install(api)
reading.install(api)
returns.install(api)
writing.install(api)


@api.get("/health", auth=None, tags=["node"], summary="Whether the node serves")
def health(request: HttpRequest) -> dict[str, Any]:
    """Say that the node serves, and its time."""
    return {"status": "ok", "at": who.now().isoformat()}


health.policy = ("open", None)  # type: ignore[attr-defined]
