"""One problem, one problem-lift file: facts, steps done, evidence, what may be done."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.casework.hazards import ledger, rules
from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons, telling
from liftwarden.doors.web.evidence import may_add
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai

# What is told on the page of a file beside the file itself.
LAID_OVER = ("shut-down", "listing", "file-move")
# The way a problem goes when all goes well, for the row of steps at the head of its page.
WAY = (State.FOUND, State.ORDERED, State.RECTIFYING, State.REPORTED, State.PASSED, State.CLOSED)


@page(Permission.HAZARD_READ)
def problem(request: HttpRequest, problem_id: UUID, *, by: Actor) -> HttpResponse:
    """Show one problem."""
    found = hazards.problem(problem_id, by=by)
    today = day_in_shanghai(by.now)
    context = {
        "problem": found,
        "file": found.file,
        "lift": registry.lifts_by_id([found.lift_id], by=by).get(found.lift_id),
        "way": _way(State(found.state)),
        "today": today,
        "is_open": found.state in hazards.OPEN_STATES,
        "evidence": hazards.evidence_of(found),
        "instructions": hazards.instructions_of(found),
        "told": telling.told(journal.life_of(about=found.pk), by=by),
        "buttons": buttons.of_problem(found, by=by),
        "may_add_evidence": may_add(found, by=by),
        "as_of": by.now,
        "official": by.role.side == "division",
    }
    return render(request, "hazards/problem.html", context)


def _way(state: State) -> list[dict[str, Any]]:
    """Mark each step of the way as past, present or to come; a withdrawn problem has left it."""
    here = WAY.index(state) if state in WAY else -1
    marks = [("past" if place < here else "here" if place == here else "ahead") for place in range(len(WAY))]
    return [{"label": step.label, "mark": mark} for step, mark in zip(WAY, marks, strict=True)]


@page(Permission.HAZARD_READ)
def file(request: HttpRequest, file_id: UUID, *, by: Actor) -> HttpResponse:
    """Show one problem-lift file: its class and why, its overlays, its problems, its moves and corrections."""
    found = hazards.file(file_id, by=by)
    facts, programme = ledger.facts(found), rules.programmes()[found.programme]
    context = {
        "file": found,
        "lift": registry.lifts_by_id([found.lift_id], by=by).get(found.lift_id),
        "programme": programme,
        "why": rules.rule_at(facts, by.now, programme).label,
        "classes": _classes(facts, programme),
        "problems": hazards.problems_in(found),
        "shut_down": hazards.live_shut_down(found),
        "listing": hazards.live_listing(found),
        "told": _told(found, by),
        "buttons": buttons.of_file(found, by=by),
        "today": day_in_shanghai(by.now),
        "as_of": by.now,
    }
    return render(request, "hazards/file.html", context)


def _classes(facts: Any, programme: Any) -> list[dict[str, Any]]:
    """List when the class turned, newest first; moments that changed nothing are left out."""
    turns: list[dict[str, Any]] = []
    for moment in rules.turning_points(facts):
        cell, division = rules.cell_at(facts, moment, programme), rules.division_at(facts, moment)
        if not turns or (turns[-1]["cell"], turns[-1]["division"]) != (cell, division):
            why = rules.rule_at(facts, moment, programme).label
            turns.append({"at": moment, "cell": cell, "division": division, "why": why})
    return turns[::-1]


def _told(file: Any, by: Actor) -> list[telling.Line]:
    """Tell what happened to the file itself and to what lies over it; each problem has its own page."""
    entries = journal.life_of(about=file.lift_id)
    # Only the entry that made a row names every column, its file among them.
    made = {
        e.subject_id: UUID(str(e.changes["file_id"])) for e in entries if e.kind in LAID_OVER and "file_id" in e.changes
    }
    own = [e for e in entries if file.pk in (e.subject_id, made.get(e.subject_id))]
    return telling.told(own, by=by)
