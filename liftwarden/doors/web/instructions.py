"""Supervision instructions (监察指令书): listed, shown, printed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.models import Instruction, ServiceOutcome
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons
from liftwarden.doors.web.paging import Part, part
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission


@page(Permission.HAZARD_READ)
def instructions(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List instructions, newest first; `?service=pending` keeps those not yet served."""
    service = request.GET.get("service", "")
    rows = hazards.instructions(by).order_by("-issued_at", "-id")
    if service in ServiceOutcome.values():
        rows = rows.filter(service=service)
    shown: Part[Instruction] = part(rows, request)
    names = parties.body_names(row.body_id for row in shown.rows if row.body_id)
    context = {
        "part": shown,
        "rows": [(row, names.get(row.body_id, "") if row.body_id else "") for row in shown.rows],
        "services": [(str(one), one.label) for one in ServiceOutcome],
        "service": service,
        "issue": buttons.new("instruct", by=by),
        "as_of": by.now,
    }
    return render(request, "hazards/instructions.html", context)


@page(Permission.HAZARD_READ)
def instruction(request: HttpRequest, instruction_id: UUID, *, by: Actor) -> HttpResponse:
    """Show one instruction with the lifts on it."""
    found = hazards.instruction(instruction_id, by=by)
    context = _shown(found, by) | {"buttons": buttons.of_instruction(found, by=by), "as_of": by.now}
    return render(request, "hazards/instruction.html", context)


@page(Permission.HAZARD_READ)
def sheet(request: HttpRequest, instruction_id: UUID, *, by: Actor) -> HttpResponse:
    """Print one instruction on A4."""
    found = hazards.instruction(instruction_id, by=by)
    return render(request, "sheets/instruction.html", _shown(found, by))


def _shown(found: Instruction, by: Actor) -> dict[str, Any]:
    """Gather what an instruction says; a use unit is told its two officers too, since they sign the sheet."""
    items = hazards.items_of(found)
    lifts = registry.lifts_by_id({item.lift_id for item in items}, by=by)
    officers = parties.post_labels([found.issued_by, found.second_officer])
    names = parties.body_names([found.body_id] if found.body_id else [])
    return {
        "instruction": found,
        "lines": [(item.problem, lifts.get(item.lift_id)) for item in items],
        "officers": [officers.get(found.issued_by, ""), officers.get(found.second_officer, "")],
        "body": names.get(found.body_id, "") if found.body_id else "",
    }
