"""How a page looks to this reader, kept in cookies; in which language; and under which post they act."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from liftwarden.doors.threshold.who import POST_IN_SESSION, open_to_all, page
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import NotFound

LIGHTS = ("day", "night")
SIZES = ("common", "elder")
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Look:
    """The reader's choice."""

    light: str
    size: str


def look_of(request: HttpRequest) -> Look:
    """Tell how this reader wants pages to look; what a cookie may not hold is the first of each."""
    light, size = request.COOKIES.get("light", ""), request.COOKIES.get("size", "")
    return Look(light if light in LIGHTS else LIGHTS[0], size if size in SIZES else SIZES[0])


@open_to_all
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of light or size and go back to the page."""
    answer = _back(request)
    for name, allowed in (("light", LIGHTS), ("size", SIZES)):
        if (value := request.POST.get(name)) in allowed:
            answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return answer


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language; Django's own view does."""
    answer: HttpResponse = django_set_language(request)
    return answer


@require_POST
@page()
def act_as(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Act under another of one's own posts from now on.

    Raises:
        NotFound: if the person holds no such post today.

    """
    chosen = request.POST.get("post", "")
    if chosen not in {str(post.pk) for post in parties.posts_of(by.login, now=by.now)}:
        raise NotFound(what="岗位")
    request.session[POST_IN_SESSION] = chosen
    return redirect("home")


def _back(request: HttpRequest) -> HttpResponse:
    to = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(to if safe else "/")
