"""How a return is told as plain data, the same on REST and on the command line."""

from collections.abc import Iterable
from typing import Any

from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import definition, filled, queries, rules, sources
from liftwarden.oversight.returns.changes import Moved
from liftwarden.oversight.returns.composing import beside
from liftwarden.oversight.returns.differences import Difference
from liftwarden.oversight.returns.models import Return
from liftwarden.oversight.returns.queries import Comparison, Composed, Line
from liftwarden.oversight.returns.rollup import Filing, RollUp, WorkItem


def summary(held: Return) -> dict[str, Any]:
    """Tell one return in a line."""
    return {
        "id": held.pk,
        "form": held.form_code,
        "division": held.division_code,
        "division_name": divisions.tree().full_name(held.division_code),
        "period": held.period,
        "version": held.version,
        "state": held.state,
        "sequence": held.sequence,
        "digest": held.digest,
        "approver": held.approver,
        "signed_off_at": held.signed_off_at,
        "correction_reason": held.correction_reason,
    }


def public(made: Composed) -> dict[str, Any]:
    """Tell the values of a return with every rule they break, as `check-return` does."""
    return filled.to_public_json(made.form, made.filled, made.findings)


def whole(made: Composed) -> dict[str, Any]:
    """Tell a return with what stands beside each item: source, the ledger's number, override, the period before."""
    told = beside(made.form, made.filled, made.ledger)
    return {
        **public(made),
        "cut_off": made.filled.cut_off,
        "sequence": made.filled.sequence,
        "relations": [rules.relation_line(relation, made.filled) for relation in made.form.relations],
        "warnings": [f.message for f in made.findings if f.severity != "error"],
        "sources": {code: {"note": each.note, "ledger": each.ledger} for code, each in told.items()},
        "overrides": [vars_of(override) for override in made.filled.overrides],
        "previous": _previous(made),
        "corrections": [vars_of(change) for change in made.filled.corrections],
        "adjustments": [vars_of(change) for change in made.filled.adjustments],
        "coded": {text: list(codes) for text, codes in made.filled.reasons},
    }


def with_files(held: Return, *, by: Actor) -> dict[str, Any]:
    """Tell a return, whole, with what has changed since it was agreed, its files, pages and versions."""
    made = queries.composed(held)
    others = queries.versions(held.form_code, held.division_code, Period.parse(held.period), by=by)
    return {
        **whole(made),
        **summary(held),
        "since_agreed": [difference(each) for each in queries.since_agreed(held, made)],
        "files": {each.format: each.sha256 for each in queries.files_of(held)},
        "pages": [{"id": page.pk, "title": page.title, "sha256": page.sha256} for page in queries.pages_of(held)],
        "versions": [summary(each) for each in others],
    }


def _previous(made: Composed) -> dict[str, Any] | None:
    if made.previous is None or made.before is None:
        return None
    cells = dict(made.before.cells)
    return {"period": made.previous.period, "version": made.previous.version, "cells": cells}


def vars_of(row: Any) -> dict[str, Any]:
    """Tell a frozen value by its fields."""
    return {name: getattr(row, name) for name in type(row).__dataclass_fields__}


def difference(each: Difference) -> dict[str, Any]:
    """Tell one difference between two returns."""
    return vars_of(each)


def moved(moves: Iterable[Moved]) -> list[dict[str, Any]]:
    """Tell which (lift, cohort) moved from where to where, and why."""
    return [{**vars_of(move), "kind": str(move.kind), "why": move.kind.label} for move in moves]


def comparison(told: Comparison) -> dict[str, Any]:
    """Tell what differs between two returns, by value and by lift, each cell's change broken down."""
    codes = sources.ledger_keys(definition.load(told.after.form_code))
    return {
        "before": summary(told.before),
        "after": summary(told.after),
        "differences": [difference(each) for each in told.differences],
        "flows": {
            code: [{"why": flow.kind.label, "delta": flow.delta} for flow in told.flows(code)]
            for code in codes
            if told.flows(code)
        },
        "moves": moved(told.moves),
    }


def line(each: Line) -> dict[str, Any]:
    """Tell one (lift, cohort) behind a cell."""
    lift = each.lift
    return {
        "lift": each.counted.lift_id,
        "file": each.counted.file_id,
        "rescue_code": lift.rescue_code if lift else None,
        "device_code": lift.device_code if lift else None,
        "cell": each.counted.cell,
        "since": each.counted.since_at,
        "division": each.counted.division,
        "address": lift.address if lift else None,
    }


def roll_up(told: RollUp, work: Iterable[WorkItem]) -> dict[str, Any]:
    """Tell a roll-up: for each count the own, the filed sum and the recount; answers listed, not summed."""
    return {
        "form": told.form.code,
        "division": told.division,
        "period": str(told.period),
        "due_on": told.due_on,
        "cells": {
            cell.code: {
                "own": told.own.cell(cell.code) if told.own else None,
                "filed_sum": told.summed(cell),
                "recount": told.recount.get(cell.code),
                "not_filed": [node.code for node in told.blank_in(cell)],
            }
            for cell in told.form.cells
        },
        "filings": [filing(each) for each in told.filings],
        "differences": [work_item(item) for item in work],
    }


def filing(each: Filing) -> dict[str, Any]:
    """Tell one division below: what it filed, and how that stands to the recount."""
    answers: dict[str, Any] = {}
    if each.filed is not None:
        answers = dict(each.filed.answers) | {code: text for code, text in each.filed.texts if "number" in code}
    return {
        "division": each.division.code,
        "name": each.division.name,
        "receipt": str(each.receipt),
        "state": each.newest.state if each.newest else None,
        "version": each.standing.version if each.standing else None,
        "signed_off_at": each.standing.signed_off_at if each.standing else None,
        "cells": dict(each.filed.cells) if each.filed else {},
        "recount": each.recount,
        "answers": answers,
    }


def work_item(item: WorkItem) -> dict[str, Any]:
    """Tell one difference that asks for work."""
    return {
        "work": str(item.work),
        "what": item.work.label,
        "division": item.division,
        "cell": item.cell,
        "filed": item.filed,
        "recount": item.recount,
        "reason": item.reason,
        "lifts": moved(item.moves),
    }
