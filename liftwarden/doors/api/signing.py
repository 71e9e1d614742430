"""Who calls the REST door: a program with a token made for a post (Bearer), or the session of a signed-in page."""

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from liftwarden.doors.threshold import tokens, who
from liftwarden.ground.parties.actor import Actor


class Bearer(HttpBearer):
    """A token of a post, made with `liftwarden make-token`; no cookie, so no CSRF check."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Give the actor of the token, or nothing."""
        by = tokens.bearer(token, now=who.now())
        request.actor = by  # type: ignore[attr-defined]
        return by


class Signed(APIKeyCookie):
    """The signed-in session, with Django's CSRF check on writes."""

    param_name = "sessionid"

    def _get_key(self, request: HttpRequest) -> str | None:
        """Ask for the CSRF token only where there is a session that another site could misuse."""
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | Any:
        """Give the actor of the session, or nothing."""
        if not request.user.is_authenticated:
            return None
        by = who.actor_of(request, channel="api")
        request.actor = by  # type: ignore[attr-defined]
        return by
