"""Refusals as RFC 9457 problems, in the reader's language, with a stable type."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liftwarden.doors.threshold.deed import FieldError, InvalidFields, wrong
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.middleware import said
from liftwarden.kernel.refusals import Refusal

BODY = ("body", "told")


class Malformed(Refusal):
    """A request that cannot be read at all: no JSON, or an address or query of a wrong shape."""

    code = "malformed"
    sentence = "请求的格式不对：{where}。"


def install(api: NinjaAPI) -> None:
    """Put the handlers in place."""

    def problem(request: HttpRequest, status: int, code: str, detail: str, **more: Any) -> HttpResponse:
        body = {"type": f"urn:liftwarden:problem:{code}", "title": code, "status": status, "detail": detail, **more}
        response = api.create_response(request, body, status=status)
        response["Content-Type"] = "application/problem+json"
        return response

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        more = {"errors": [_told(error) for error in refusal.errors]} if isinstance(refusal, InvalidFields) else {}
        return problem(request, refusal.status, refusal.code, said(refusal), **more)

    @api.exception_handler(AuthenticationError)
    def unsigned(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(request, 401, "unsigned", gettext("请先登录。"))

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return refused(request, _in_words(request, error.errors))

    @api.exception_handler(HttpError)
    def barred(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 403:
            return problem(request, 403, "csrf", gettext("缺少或不符的 CSRF 令牌；程序请改用 Bearer 令牌。"))
        return refused(request, Malformed(where="JSON"))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(request, 404, "not_found", gettext("没有这个地址。"))


def _in_words(request: HttpRequest, errors: Iterable[Mapping[str, Any]]) -> Refusal:
    """Tell errors in the fields of a deed as the deed does, and any other by where it stands."""
    told = list(errors)
    deed = deeds().get(request.path.rstrip("/").rpartition("/")[2])
    in_body = [error | {"loc": error["loc"][2:]} for error in map(dict, told) if tuple(error["loc"][:2]) == BODY]
    if deed is not None and len(in_body) == len(told) and all(error["loc"] for error in in_body):
        return wrong(deed, in_body)
    return Malformed(where="、".join(str(error["loc"][-1]) for error in told))


def _told(error: FieldError) -> dict[str, str]:
    message = gettext(error.template).format(**error.facts) if error.template else gettext(error.message)
    return {"field": error.field, "label": gettext(error.label), "message": message}
