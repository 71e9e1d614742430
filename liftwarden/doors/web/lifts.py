"""Lifts: found by number first, shown with all that is known, told from their first day."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons, telling
from liftwarden.doors.web.paging import Part, part
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai


@page(Permission.LIFT_READ)
def lifts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Search, or list what is within reach; htmx asks for the results alone as one types."""
    sought = request.GET.get("q", "").strip()[:60]
    shown: Part[Lift] = (
        Part(registry.found(sought, by=by, limit=registry.MOST_FOUND), 1, "", "")
        if sought
        else part(registry.visible(by).order_by("division_code", "id"), request)
    )
    today = day_in_shanghai(by.now)
    units = registry.parties_on([lift.pk for lift in shown.rows], PartyRole.USE_UNIT, day=today)
    names = parties.body_names(units.values())
    unit_of = {lift_id: names.get(body_id, "") for lift_id, body_id in units.items()}
    context = {
        "sought": sought,
        "part": shown,
        "rows": [(lift, unit_of.get(lift.pk, "")) for lift in shown.rows],
        "full": bool(sought) and len(shown.rows) == registry.MOST_FOUND,
        "add": buttons.new("add-lift", by=by),
        "today": today,
    }
    template = "lifts/_results.html" if request.htmx else "lifts/lifts.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@page(Permission.LIFT_READ)
def lift(request: HttpRequest, lift_id: UUID, *, by: Actor) -> HttpResponse:
    """Show one lift: its numbers, place, use, parties, files, problems and what may be done."""
    found = registry.lift(lift_id, by=by)
    held = registry.parties(found)
    names = parties.body_names(party.body_id for party in held)
    files = hazards.files_of_lift(lift_id, by=by)
    context = {
        "lift": found,
        "parties": [(party, names.get(party.body_id, "")) for party in held],
        "files": _files(files, lift_id, by),
        "buttons": buttons.of_lift(found, by=by),
        "today": day_in_shanghai(by.now),
        "as_of": by.now,
    }
    return render(request, "lifts/lift.html", context)


def _files(files: list[Any], lift_id: UUID, by: Actor) -> list[tuple[Any, list[Any]]]:
    """Put the problems of each file under it; one query for all."""
    under: dict[UUID, list[Any]] = {}
    for problem in hazards.problems(by).filter(lift_id=lift_id).order_by("found_at", "id"):
        under.setdefault(problem.file_id, []).append(problem)
    return [(file, under.get(file.pk, [])) for file in files]


@page(Permission.LIFT_READ)
def timeline(request: HttpRequest, lift_id: UUID, *, by: Actor) -> HttpResponse:
    """Tell the whole life of one lift, newest first."""
    found = registry.lift(lift_id, by=by)
    told = telling.told(registry.timeline(found), by=by)
    return render(request, "lifts/timeline.html", {"lift": found, "told": told, "as_of": by.now})
