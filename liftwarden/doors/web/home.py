"""The first page after sign-in: what waits for this post."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.models import ServiceOutcome
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons
from liftwarden.doors.web.worklist import address_of, lines
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai

FIRST_LINES = 8
FIRST_LIFTS = 20


@dataclass(frozen=True)
class Tile:
    """A figure that opens to the rows behind it."""

    label: str
    figure: int
    unit: str
    url: str
    tone: str = ""


# Which of the work list's heaps each side looks at first, and how a figure above zero is toned.
OFFICE = ("overdue", "soon", "awaiting", "to_order", "to_recheck", "to_close", "shut_down", "listed")
UNIT = ("open", "overdue", "soon", "to_recheck")
TONES = {"overdue": "clock", "awaiting": "waiting"}


@page()
def home(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for this post."""
    official = by.role.side == "division"
    context: dict[str, Any] = {
        "tiles": tiles(by, OFFICE if official else UNIT) if by.may(Permission.HAZARD_READ) else [],
        "may_read_lifts": by.may(Permission.LIFT_READ),
        "may_read_hazards": by.may(Permission.HAZARD_READ),
        "buttons": _new(by),
        "as_of": by.now,
    }
    dues = hazards.worklist(by, on=day_in_shanghai(by.now), limit=FIRST_LINES + 1)
    context |= {"lines": lines(dues[:FIRST_LINES], by=by), "more": len(dues) > FIRST_LINES}
    context["reminders"] = sum(hazards.reminder_counts(by).values())
    if not official:
        context |= _own(by)
    return render(request, "home.html" if official else "home_body.html", context)


def tiles(by: Actor, shown: tuple[str, ...]) -> list[Tile]:
    """Count the heaps of the work list; each figure opens to exactly its lines."""
    counted = hazards.work_tiles(by, on=day_in_shanghai(by.now))
    return [
        Tile(hazards.TILES[name][0], counted[name], "项", address_of(hazards.TILES[name][1]), TONES.get(name, ""))
        for name in shown
    ]


def _new(by: Actor) -> list[buttons.Button]:
    offered = [buttons.new(name, by=by) for name in ("instruct", "add-lift", "add-body", "add-person", "appoint")]
    held = [button for button in offered if button]
    return [replace(button, forward=place == 0) for place, button in enumerate(held)]


def _own(by: Actor) -> dict[str, Any]:
    """Gather what a use unit or firm has: its lifts with their dates, and the instructions it has not signed for."""
    pending = hazards.instructions(by).exclude(service=ServiceOutcome.RECEIPT).order_by("-issued_at", "-id")
    lifts = list(registry.visible(by).order_by("next_inspection_on", "address", "id")[: FIRST_LIFTS + 1])
    return {
        "body": parties.body_names([by.body_id]).get(by.body_id, ""),
        "pending": list(pending[:FIRST_LIFTS]),
        "lifts": lifts[:FIRST_LIFTS],
        "more_lifts": len(lifts) > FIRST_LIFTS,
        "today": day_in_shanghai(by.now),
    }
