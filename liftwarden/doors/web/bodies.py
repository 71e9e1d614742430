"""Bodies within reach, by name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons
from liftwarden.doors.web.paging import part
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission

MOST_POSTS = 200


@page(Permission.PARTY_READ)
def bodies(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List bodies, narrowed by a part of the name."""
    sought = request.GET.get("q", "").strip()[:60]
    rows = parties.bodies(by).order_by("name", "id")
    if sought:
        rows = rows.filter(name__icontains=sought)
    posts = parties.posts(by)[:MOST_POSTS]
    offered = [button for name in ("add-body", "add-person", "appoint") if (button := buttons.new(name, by=by))]
    context = {"sought": sought, "part": part(rows, request), "buttons": offered, "as_of": by.now, "posts": posts}
    return render(request, "bodies.html", context)
