"""Look-back (回头看): plans and how far they have come, visits to do, guarantee periods; and what the clock raised."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.overdue import Rising
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons
from liftwarden.doors.web.paging import Part, part
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai

NEWEST_PLANS = 20
NEWEST_PERIODS = 10


@page(Permission.HAZARD_READ)
def look_back(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the plans, the visits still to do by the day they are due, and the guarantee periods."""
    today = day_in_shanghai(by.now)
    plans = list(hazards.plans(by)[:NEWEST_PLANS])
    come = hazards.progress([plan.pk for plan in plans], on=today)
    visits: Part[Any] = part(hazards.visits(by).filter(state__in=hazards.UNVISITED).select_related("plan"), request)
    lifts = registry.lifts_by_id({visit.lift_id for visit in visits.rows}, by=by)
    offered = ("plan-sweep", "plan-sample", "plan-share", "declare-guarantee-period")
    context = {
        "plans": [(plan, come.get(plan.pk)) for plan in plans],
        "part": visits,
        "visits": [(visit, lifts.get(visit.lift_id)) for visit in visits.rows],
        "periods": hazards.guarantee_periods(by)[:NEWEST_PERIODS],
        "buttons": [button for name in offered if (button := buttons.new(name, by=by, forward=False))],
        "may_visit": by.may(Permission.HAZARD_RECHECK),
        "may_plan": by.may(Permission.HAZARD_PLAN),
        "today": today,
        "as_of": by.now,
    }
    return render(request, "hazards/look_back.html", context)


@page(Permission.HAZARD_READ)
def reminders(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what the clock has raised and nobody has settled, what rose highest first."""
    shown: Part[Any] = part(hazards.reminders(by), request)
    lifts = registry.lifts_by_id({one.lift_id for one in shown.rows}, by=by)
    context = {
        "part": shown,
        "rows": [(one, Rising(one.kind).label, lifts.get(one.lift_id)) for one in shown.rows],
        "observation": str(Rising.OBSERVATION),
        "may_see": by.may(Permission.HAZARD_RECHECK),
        "as_of": by.now,
    }
    return render(request, "hazards/reminders.html", context)
