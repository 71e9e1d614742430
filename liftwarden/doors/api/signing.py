"""Who calls the REST door: the session of a signed-in page, or a token made for a post (Bearer)."""

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie

from liftwarden.doors.threshold.who import actor_of
from liftwarden.ground.parties.actor import Actor


class Signed(APIKeyCookie):
    """The signed-in session, with Django's CSRF check on writes."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | Any:
        """Give the actor of the session, or nothing."""
        if not request.user.is_authenticated:
            return None
        by = actor_of(request, channel="api")
        request.actor = by  # type: ignore[attr-defined]
        return by
