"""What every page shows: who acts, where one may go, how it looks, whether the data is a demonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from liftwarden.doors.web.looks import look_of
from liftwarden.doors.web.naming import division_name
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission, roles


@dataclass(frozen=True)
class Way:
    """One place of the main navigation."""

    label: str
    url: str
    here: bool


# In order: word, name of the page, what it takes to see it. A room that comes later adds its line here.
NAVIGATION: tuple[tuple[str, str, Permission | None], ...] = (
    ("首页", "home", None),
    ("电梯", "lifts", Permission.LIFT_READ),
    ("隐患", "worklist", Permission.HAZARD_READ),
    ("回头看", "look-back", Permission.HAZARD_READ),
    ("指令书", "instructions", Permission.HAZARD_READ),
    ("报表", "returns", Permission.RETURN_READ),
    ("单位", "bodies", Permission.PARTY_READ),
)
# Pages that some sides have nothing on.
SIDES = {"instructions": ("division", "use_unit"), "look-back": ("division",)}


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the page frame its facts."""
    actor: Actor | None = getattr(request, "actor", None)
    told = {"actor": actor, "demo": settings.DEMO, "look": look_of(request)}
    if actor is None:
        return told
    tree = divisions.tree()
    return told | {
        "navigation": _navigation(actor, request.path),
        "posts": _posts(actor),
        "tree": tree,
        "place": division_name(actor.division, tree),
    }


def _navigation(actor: Actor, path: str) -> list[Way]:
    ways = []
    for label, name, permission in NAVIGATION:
        if permission is not None and not actor.may(permission):
            continue
        if actor.role.side not in SIDES.get(name, (actor.role.side,)):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        ways.append(Way(label, url, path == url if name == "home" else path.startswith(url)))
    return ways


def _posts(actor: Actor) -> list[dict[str, Any]]:
    """List the posts the person may act under, the present one marked."""
    return [
        {"id": post.pk, "role": roles()[post.role].label, "body": post.body.name, "here": post.pk == actor.post_id}
        for post in parties.posts_of(actor.login, now=actor.now)
    ]
