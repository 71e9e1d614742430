"""A division's return beside those below it: filed sums, the recount, who is late or missing, what differs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liftwarden.doors.threshold.who import page
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import ROOT
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import deadlines, queries, rollup
from liftwarden.oversight.returns.deadlines import Receipt
from liftwarden.oversight.returns.differences import words
from liftwarden.oversight.returns.rollup import RollUp, Work

MOST_LIFTS = 20


@page(Permission.RETURN_READ)
def roll_up(request: HttpRequest, form: str, period: str, division: str, *, by: Actor) -> HttpResponse:
    """Show sums, recount, receipts, answers and differences."""
    told = rollup.rollup(form, division, Period.parse(period), now=by.now, by=by)
    work = rollup.work_items(told)
    shown = [item for item in work if item.work is not Work.NOT_FILED]
    context: dict[str, Any] = {
        "told": told,
        "place": divisions.tree().full_name(division) or divisions.tree().name(division),
        "national": division == ROOT,
        "cells": [_cell(told, cell) for cell in told.form.cells],
        "answers": _answers(told),
        "work": [(item, item.moves[:MOST_LIFTS], max(0, len(item.moves) - MOST_LIFTS)) for item in shown],
        "lifts": queries.lifts_of([move for item in shown for move in item.moves[:MOST_LIFTS]], by=by),
        "filed": sum(1 for filing in told.filings if filing.filed),
        "receipts": [(receipt, len(told.with_receipt(receipt))) for receipt in Receipt],
        "deadline": deadlines.deadline(form),
        "as_of": by.now,
    }
    return render(request, "returns/roll_up.html", context)


def _cell(told: RollUp, cell: Any) -> dict[str, Any]:
    """Lay one count out: own, filed sum, recount of the filers and of all; filers who left it blank are counted."""
    summed, recounted = told.summed(cell), told.recounted(cell)
    return {
        "cell": cell,
        "own": told.own.cell(cell.code) if told.own else None,
        "summed": summed,
        "recounted": recounted,
        "recount": told.recount.get(cell.code),
        "blank": sum(1 for filing in told.filings if filing.filed and filing.filed.cell(cell.code) is None),
        "apart": None if summed is None or recounted is None else summed - recounted,
    }


def _answers(told: RollUp) -> list[dict[str, Any]]:
    """List what does not add up: yes and no, boxes, numbers that are names; each as every division answered it."""
    items = [*told.form.answers, *told.form.options, *(t for t in told.form.texts if not t.several_lines)]
    return [
        {
            "item": item,
            "own": words(item, told.own) if told.own else "",
            "below": [(f.division, words(item, f.filed)) for f in told.filings if f.filed is not None],
        }
        for item in items
    ]
