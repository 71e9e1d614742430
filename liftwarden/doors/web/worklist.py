"""The inspector's day: open problems by the date that presses, filtered by the address, printed as a round sheet."""

from dataclasses import fields
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.lifecycles import PROBLEM, Action, Overlay, State
from liftwarden.casework.hazards.queries import Due, WorkFilter
from liftwarden.casework.hazards.queries.worklist import EVERYTHING, SOON_DAYS
from liftwarden.casework.hazards.rules import Cohort
from liftwarden.casework.hazards.vocabulary import vocabulary
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web.paging import PAGE_SIZE, Part, address, page_number
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai

MOST_PRINTED = 200
LONGEST = 120


def filter_of(told: QueryDict) -> WorkFilter:
    """Read the filter from the address; values that are none of ours are left out."""
    state, category, cohort = (told.get(name, "") for name in ("state", "category", "cohort"))
    return WorkFilter(
        state=State(state) if state in hazards.OPEN_STATES else None,
        overdue="overdue" in told,
        due_within_days=SOON_DAYS if "soon" in told else None,
        listed="listed" in told,
        shut_down="shut_down" in told,
        awaiting_decision="awaiting_decision" in told,
        recurred="recurred" in told,
        category=category if category in vocabulary()["categories"] else "",
        cohort=cohort if cohort in Cohort.values() else "",
        estate=told.get("estate", "")[:LONGEST],
        text=told.get("text", "").strip()[:LONGEST],
    )


def address_of(only: WorkFilter) -> str:
    """Give the address that shows a filter's lines."""
    told: dict[str, str] = {}
    for one in fields(only):
        value = getattr(only, one.name)
        if one.name == "due_within_days":
            told |= {"soon": "1"} if value is not None else {}
        elif value:
            told[one.name] = "1" if value is True else str(value)
    return reverse("worklist") + (f"?{urlencode(told)}" if told else "")


def waits(due: Due) -> bool:
    """Whether someone waits for an answer of the office: an extension, an unsealing or a delisting asked for."""
    file = due.problem.file
    return Overlay.ASKED in (file.shut_down, file.listing) or due.problem.extension_asked_to is not None


def lines(dues: list[Due], *, by: Actor) -> list[dict[str, Any]]:
    """Put the lift beside each line; one query for all."""
    lifts = registry.lifts_by_id({due.problem.lift_id for due in dues}, by=by)
    return [
        {
            "due": due,
            "problem": due.problem,
            "file": due.problem.file,
            "lift": lifts.get(due.problem.lift_id),
            "waits": waits(due),
            "orderable": Action.ORDER in PROBLEM.allowed(State(due.problem.state)),
        }
        for due in dues
    ]


@page(Permission.HAZARD_READ)
def worklist(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List open problems by deadline."""
    only, today, number = filter_of(request.GET), day_in_shanghai(by.now), page_number(request)
    start = (number - 1) * PAGE_SIZE
    dues = hazards.worklist(by, on=today, only=only, limit=PAGE_SIZE + 1, offset=start)
    before = address(request, number - 1) if number > 1 else ""
    after = address(request, number + 1) if len(dues) > PAGE_SIZE else ""
    context = {
        "part": Part(dues[:PAGE_SIZE], number, before, after),
        "lines": lines(dues[:PAGE_SIZE], by=by),
        "total": hazards.work_count(by, on=today, only=only),
        "only": only,
        "narrowed": only != EVERYTHING,
        "states": [(str(state), state.label) for state in hazards.OPEN_STATES],
        "categories": vocabulary()["categories"].items(),
        "cohorts": [(str(one), one.label) for one in (Cohort.BASELINE, Cohort.FOUND)],
        "estates": hazards.estates_with_work(by),
        "may_order": by.may(Permission.HAZARD_ORDER),
        "query": request.GET.urlencode(),
        "as_of": by.now,
    }
    return render(request, "hazards/worklist.html", context)


@page(Permission.HAZARD_READ)
def round_sheet(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Print the work list by address, to be carried round (巡查单)."""
    today = day_in_shanghai(by.now)
    picked = set(request.GET.getlist("problems"))
    dues = hazards.worklist(by, on=today, only=filter_of(request.GET), limit=MOST_PRINTED + 1)
    printed = [due for due in dues if not picked or str(due.problem.pk) in picked][:MOST_PRINTED]
    rows = lines(printed, by=by)
    units = _units([row["lift"].pk for row in rows if row["lift"]], on=today)
    for row in rows:
        row["unit"] = units.get(row["lift"].pk, "") if row["lift"] else ""
    context = {
        "lines": sorted(rows, key=_by_address),
        "most": MOST_PRINTED if len(dues) > MOST_PRINTED else 0,
        "today": today,
        "officer": parties.post_labels([by.post_id]).get(by.post_id, ""),
    }
    return render(request, "sheets/round.html", context)


def _by_address(row: dict[str, Any]) -> tuple[str, ...]:
    lift = row["lift"]
    if lift is None:
        return ("~",)
    return (lift.division_code, lift.estate, lift.address, lift.internal_no, str(lift.pk))


def _units(lift_ids: list[Any], *, on: date) -> dict[Any, str]:
    """Name the use unit of each lift on a day."""
    held = registry.parties_on(lift_ids, PartyRole.USE_UNIT, day=on)
    names = parties.body_names(held.values())
    return {lift_id: names.get(body_id, "") for lift_id, body_id in held.items()}
