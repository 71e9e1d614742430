"""Refusals as RFC 9457 problems, in the reader's language, with a stable type."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from liftwarden.doors.threshold.deed import InvalidFields
from liftwarden.doors.threshold.middleware import said
from liftwarden.kernel.refusals import Refusal


def install(api: NinjaAPI) -> None:
    """Put the handlers in place."""

    def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
        body = {"type": f"urn:liftwarden:problem:{code}", "title": code, "status": status, "detail": detail, **more}
        response = api.create_response(request, body, status=status)
        response["Content-Type"] = "application/problem+json"
        return response

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        more = {}
        if isinstance(refusal, InvalidFields):
            more["errors"] = [vars(error) for error in refusal.errors]
        return problem(request, refusal.status, refusal.code, said(refusal), **more)

    @api.exception_handler(AuthenticationError)
    def unsigned(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(request, 401, "unsigned", "请先登录。")

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(request, 422, "unreadable", "请求格式不对。", errors=error.errors)
