"""Prove that a form definition does not contradict itself, and lay its slots on the printed grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liftwarden.oversight.returns.definition import Condition, Form, Layout, Slot

OPERATORS = ("=", "<=")
MUSTS = ("stay", "not_fall")
SEVERITIES = ("error", "warning")
FREQUENCIES = ("monthly", "quarterly", "yearly")
HEADINGS = ("reporting_body", "contact")
RESERVED = ("reporting_body", "contact", "period", "errors")


class Unsound(Exception):  # noqa: N818 (named as refusals are)
    """A definition that contradicts itself; its text is a Chinese clause."""


def prove(form: Form) -> None:
    """Check everything that the types cannot.

    Raises:
        Unsound: at the first contradiction.

    """
    _codes(form)
    _rules(form)
    _conditions(form)
    _json_paths(form)
    _printed(form)


def laid_out(layout: Layout) -> Iterator[tuple[Slot, int, int]]:
    """Give each slot its row and column, passing over places that a span from above or from the left covers.

    Raises:
        Unsound: if a row does not fill the grid exactly.

    """
    width, height = len(layout.columns), len(layout.rows)
    taken: set[tuple[int, int]] = set()
    for row_index, row in enumerate(layout.rows):
        for slot in row.cells:
            column = next((c for c in range(width) if (row_index, c) not in taken), None)
            if column is None:
                raise Unsound(f"layout 第 {row_index + 1} 行放不下这么多格")
            yield slot, row_index, column
            for r in range(row_index, row_index + slot.rows):
                for c in range(column, column + slot.columns):
                    if r >= height or c >= width or (r, c) in taken:
                        raise Unsound(f"layout 第 {row_index + 1} 行第 {column + 1} 列的格超出或重叠")
                    taken.add((r, c))
        if any((row_index, c) not in taken for c in range(width)):
            raise Unsound(f"layout 第 {row_index + 1} 行没有填满 {width} 列")


def _codes(form: Form) -> None:
    counted = Counter(item.code for item in form.items)
    if repeated := [code for code, times in counted.items() if times > 1]:
        raise Unsound(f"代码“{repeated[0]}”出现了不止一次")
    if not form.cells:
        raise Unsound("至少要有一个数字格（cells）")
    if unknown := [h.code for h in form.headings if h.code not in HEADINGS]:
        raise Unsound(f"headings 只能是 {'、'.join(HEADINGS)}，不能是“{unknown[0]}”")
    if form.frequency not in FREQUENCIES:
        raise Unsound(f"frequency 应为 {'、'.join(FREQUENCIES)} 之一")
    if form.effective_to and form.effective_to < form.effective_from:
        raise Unsound("effective_to 早于 effective_from")
    if empty := [o.code for o in form.options if len(set(o.choices)) < 2 or len(set(o.choices)) < len(o.choices)]:
        raise Unsound(f"“{empty[0]}”的 choices 应至少有两个且不重复")
    if blank := [item.code for item in form.items if not item.label.strip()]:
        raise Unsound(f"“{blank[0]}”没有 label")
    texts = {text.code for text in form.texts}
    if stray := [listed.text for listed in form.code_lists if listed.text not in texts]:
        raise Unsound(f"code_lists 指向不存在的文字项“{stray[0]}”")


def _rules(form: Form) -> None:
    cells = {cell.code for cell in form.cells}
    for relation in form.relations:
        if relation.operator not in OPERATORS:
            raise Unsound(f"关系“{relation.code}”的 operator 应为 {' 或 '.join(OPERATORS)}")
        if not relation.left or not relation.right:
            raise Unsound(f"关系“{relation.code}”的两边都要有数字格")
        _severity(relation.severity, f"关系“{relation.code}”")
        if unknown := [c for c in (*relation.left, *relation.right) if c not in cells]:
            raise Unsound(f"关系“{relation.code}”用到不存在的数字格“{unknown[0]}”")
    for across in form.across:
        if across.cell not in cells:
            raise Unsound(f"跨期规则“{across.code}”用到不存在的数字格“{across.cell}”")
        if across.must not in MUSTS:
            raise Unsound(f"跨期规则“{across.code}”的 must 应为 {' 或 '.join(MUSTS)}")
        _severity(across.severity, f"跨期规则“{across.code}”")


def _severity(severity: str, owner: str) -> None:
    if severity not in SEVERITIES:
        raise Unsound(f"{owner}的 severity 应为 {' 或 '.join(SEVERITIES)}")


def _conditions(form: Form) -> None:
    for item in (*form.options, *form.texts):
        _severity(item.required_severity, f"“{item.code}”")
        _severity(item.blank_severity, f"“{item.code}”")
        for condition in (item.required, item.blank_unless):
            if condition is not None:
                _condition(form, item.code, condition)


def _condition(form: Form, owner: str, condition: Condition) -> None:
    if bool(condition.answer) == bool(condition.cell):
        raise Unsound(f"“{owner}”的条件应恰好写明 answer 或 cell 之一")
    if condition.answer and condition.answer not in {answer.code for answer in form.answers}:
        raise Unsound(f"“{owner}”的条件用到不存在的是否项“{condition.answer}”")
    if condition.cell and condition.cell not in {cell.code for cell in form.cells}:
        raise Unsound(f"“{owner}”的条件用到不存在的数字格“{condition.cell}”")


def _json_paths(form: Form) -> None:
    paths = [item.path for item in form.items]
    if reserved := [path for path in paths if path[0] in RESERVED]:
        raise Unsound(f"JSON 键“{'.'.join(reserved[0])}”与固定的键冲突")
    for index, path in enumerate(paths):
        for other in paths[index + 1 :]:
            shorter = min(len(path), len(other))
            if path[:shorter] == other[:shorter]:
                raise Unsound(f"JSON 键“{'.'.join(path)}”与“{'.'.join(other)}”冲突")


def _printed(form: Form) -> None:
    codes = {item.code for item in form.items}
    values: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    for slot, row, column in laid_out(form.layout):
        named = [code for code in (slot.label, slot.value, slot.both) if code]
        if len(named) + bool(slot.words) != 1:
            raise Unsound(f"layout 第 {row + 1} 行第 {column + 1} 列应恰好写明 label、value、both 或 words 之一")
        if unknown := [code for code in named if code not in codes]:
            raise Unsound(f"layout 用到不存在的项“{unknown[0]}”")
        values.update(code for code in (slot.value, slot.both) if code)
        labels.update(code for code in (slot.label, slot.both) if code)
    for code in (item.code for item in form.items):
        if values[code] != 1 or labels[code] != 1:
            raise Unsound(f"“{code}”的标题和填写处应在 layout 中各出现一次")
