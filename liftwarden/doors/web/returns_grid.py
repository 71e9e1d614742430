"""Lays a return out as the printed grid: what stands in each place, what it was last quarter, what may be typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from liftwarden.oversight.returns import rules
from liftwarden.oversight.returns.composing import Beside, beside
from liftwarden.oversight.returns.definition import Answer, Cell, Code, Form, Options, Placed, Text
from liftwarden.oversight.returns.differences import words
from liftwarden.oversight.returns.queries import Composed

YES, NO = "是", "否"


@dataclass(frozen=True)
class Choice:
    """One box of a row of boxes."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class Place:
    """One printed cell: its place on the grid, its label, and, where a value stands, all that a reader sees of it."""

    row: int
    column: int
    rows: int
    columns: int
    kind: str
    label: str = ""
    code: str = ""
    unit: str = ""
    shown: str = ""
    typed: str = ""
    reason: str = ""
    told: Beside | None = None
    before: str = ""
    delta: int | None = None
    choices: tuple[Choice, ...] = ()
    codes: tuple[tuple[Code, bool], ...] = ()
    several_lines: bool = False
    max_length: int = 0
    wrong: bool = False
    titled: bool = False


@dataclass(frozen=True)
class Relation:
    """A sum with both its sides, and what a script needs to say it again while one types."""

    line: str
    holds: bool
    left: str
    right: str
    operator: str


@dataclass(frozen=True)
class Grid:
    """The whole sheet, row by row."""

    rows: tuple[tuple[Place, ...], ...]
    widths: tuple[int, ...]
    relations: tuple[Relation, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def grid(made: Composed, posted: QueryDict | None = None) -> Grid:
    """Lay a return out; what was posted and not yet taken stands in place of what is kept."""
    told = beside(made.form, made.filled, made.ledger)
    wrong = {code for finding in rules.errors(made.findings) for code in finding.cells}
    places = [_place(made, placed, told, wrong, posted) for placed in made.form.placed]
    height = len(made.form.layout.rows)
    return Grid(
        rows=tuple(tuple(place for place in places if place.row == row) for row in range(height)),
        widths=made.form.layout.columns,
        relations=tuple(_relation(made, relation) for relation in made.form.relations),
        errors=tuple(finding.message for finding in rules.errors(made.findings)),
        warnings=tuple(finding.message for finding in made.findings if finding.severity != "error"),
    )


def _relation(made: Composed, relation: Any) -> Relation:
    left, right = rules.sides(relation, made.filled)
    holds = left is not None and right is not None and (left == right if relation.operator == "=" else left <= right)
    return Relation(
        rules.relation_line(relation, made.filled),
        holds,
        ",".join(relation.left),
        ",".join(relation.right),
        relation.operator,
    )


def _place(
    made: Composed, placed: Placed, told: Mapping[str, Beside], wrong: set[str], posted: QueryDict | None
) -> Place:
    slot = placed.slot
    where: dict[str, Any] = {"row": placed.row, "column": placed.column, "rows": slot.rows, "columns": slot.columns}
    if slot.words:
        return Place(**where, kind="words", label=slot.words)
    if slot.label:
        return Place(**where, kind="label", label=made.form.item(slot.label).label, code=slot.label)
    code = slot.value or slot.both
    item = made.form.item(code)
    common = where | {
        "code": code,
        "label": item.label,
        "told": told[code],
        "wrong": code in wrong,
        "shown": words(item, made.filled),
        "before": words(item, made.before) if made.before else "",
        "titled": bool(slot.both),
    }
    if isinstance(item, Cell):
        return Place(**common, **_count(made, item, told[code], posted))
    if isinstance(item, Answer | Options):
        return Place(**common, **_boxes(made, item, posted))
    return Place(**common, **_text(made, item, posted))


def _count(made: Composed, cell: Cell, told: Beside, posted: QueryDict | None) -> dict[str, Any]:
    value = made.filled.cell(cell.code)
    kept = "" if value is None else str(value)
    if cell.code in made.filled.not_applicable:
        kept = "不适用"
    if told.counted and told.override is None:
        kept = ""
    before = made.before.cell(cell.code) if made.before else None
    return {
        "kind": "count",
        "unit": cell.unit,
        "typed": _posted(posted, "item", cell.code, kept),
        "reason": _posted(posted, "why", cell.code, told.override.reason if told.override else ""),
        "delta": None if value is None or before is None else value - before,
    }


def _boxes(made: Composed, item: Answer | Options, posted: QueryDict | None) -> dict[str, Any]:
    kept: tuple[str, ...]
    offered: tuple[tuple[str, str], ...]
    if isinstance(item, Answer):
        answer = made.filled.answer(item.code)
        kept = () if answer is None else (YES if answer else NO,)
        kind, offered = "answer", ((YES, item.yes), (NO, item.no))
    else:
        kept = made.filled.chosen(item.code)
        kind, offered = "options", tuple((choice, choice) for choice in item.choices)
    ticked = posted.getlist(f"item-{item.code}") if posted is not None else kept
    return {"kind": kind, "choices": tuple(Choice(value, label, value in ticked) for value, label in offered)}


def _text(made: Composed, text: Text, posted: QueryDict | None) -> dict[str, Any]:
    chosen = posted.getlist(f"code-{text.code}") if posted is not None else made.filled.coded(text.code)
    return {
        "kind": "text",
        "typed": _posted(posted, "item", text.code, made.filled.text(text.code)),
        "several_lines": text.several_lines,
        "max_length": text.max_length,
        "codes": tuple((code, code.code in chosen) for code in made.form.codes_for(text.code)),
    }


def _posted(posted: QueryDict | None, kind: str, code: str, kept: str) -> str:
    return kept if posted is None else str(posted.get(f"{kind}-{code}", ""))


def entered(form: Form, posted: QueryDict) -> dict[str, list[str]]:
    """Read what was posted into the fields of the deed that enters a return."""
    values, because, coded = [], [], []
    for item in form.items:
        given = posted.getlist(f"item-{item.code}")
        values.append(f"{item.code}={','.join(given)}")
        if (reason := posted.get(f"why-{item.code}", "").strip()) and any(text.strip() for text in given):
            because.append(f"{item.code}={reason}")
        if form.codes_for(item.code):
            coded.append(f"{item.code}={','.join(posted.getlist(f'code-{item.code}'))}")
    return {"set": values, "because": because, "code": coded}
