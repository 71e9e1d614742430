"""The first page after sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.doors.threshold.who import page
from liftwarden.ground.parties.actor import Actor


@page()
def home(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for this post."""
    return render(request, "home.html", {"by": by})
