"""What differs between two fillings of one form, such as the versions of a return."""

from dataclasses import dataclass

from liftwarden.oversight.returns.definition import Answer, Cell, Form, Item, Options
from liftwarden.oversight.returns.filled import Filled

BLANK = "（空白）"
NOT_APPLICABLE = "不适用"


@dataclass(frozen=True, slots=True)
class Difference:
    """One item whose value is not the same: both values in words, the change where both are counts."""

    code: str
    title: str
    before: str
    after: str
    delta: int | None = None


def differences(form: Form, before: Filled, after: Filled) -> tuple[Difference, ...]:
    """List every heading and item that differs, in the order of the form; blank, 0 and not applicable differ."""
    found = [
        Difference(
            heading.code, heading.label, getattr(before, heading.code) or BLANK, getattr(after, heading.code) or BLANK
        )
        for heading in form.headings
        if getattr(before, heading.code) != getattr(after, heading.code)
    ]
    for item in form.items:
        old, new = words(item, before), words(item, after)
        if old != new:
            found.append(Difference(item.code, item.title.rstrip("：:"), old, new, _delta(item, before, after)))
    return tuple(found)


def words(item: Item, filled: Filled) -> str:
    """Say the value of one item."""
    if isinstance(item, Cell):
        if item.code in filled.not_applicable:
            return NOT_APPLICABLE
        value = filled.cell(item.code)
        return BLANK if value is None else str(value)
    if isinstance(item, Answer):
        answer = filled.answer(item.code)
        return BLANK if answer is None else item.yes if answer else item.no
    if isinstance(item, Options):
        return "、".join(filled.chosen(item.code)) or BLANK
    return filled.text(item.code) or BLANK


def _delta(item: Item, before: Filled, after: Filled) -> int | None:
    if not isinstance(item, Cell):
        return None
    old, new = before.cell(item.code), after.cell(item.code)
    return None if old is None or new is None else new - old
