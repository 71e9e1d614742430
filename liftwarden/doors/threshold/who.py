"""Tells who stands at a door, and what a route demands of them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import NotYours

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)

POST_IN_SESSION = "post"


def now() -> datetime:
    """Read the clock: the one place where a request does."""
    return datetime.now(UTC)


def actor_of(request: HttpRequest, *, channel: str) -> Actor:
    """Tell who acts in a request: its sign-in, under the post the session has chosen, or its first.

    Raises:
        NoPost: if the sign-in holds no post today; a post that ended is gone with the next request.
    """
    chosen = request.session.get(POST_IN_SESSION)
    login = request.user.get_username()
    at = now()
    if chosen and any(str(post.pk) == chosen for post in parties.posts_of(login, now=at)):
        return parties.actor(login, channel=channel, now=at, post_id=UUID(chosen))
    return parties.actor(login, channel=channel, now=at)


def page(permission: Permission | None = None) -> Callable[[Callable[..., R]], Callable[..., HttpResponse]]:
    """Declare the policy of a page: signed in, with a permission if one is named; the view gets `by`."""

    def declare(view: Callable[..., R]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            by = actor_of(request, channel="web")
            request.actor = by  # type: ignore[attr-defined]
            if permission is not None and not by.may(permission):
                raise NotYours(permission=permission.label)
            return view(request, *args, by=by, **kwargs)

        guarded.policy = ("page", permission)  # type: ignore[attr-defined]
        return guarded

    return declare


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a page is open to all: it shows nothing of any division."""
    view.policy = ("open", None)  # type: ignore[attr-defined]
    return view
