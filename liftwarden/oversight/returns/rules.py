"""Decide whether a filled form keeps the rules of its definition; pure, and a blank never skips a rule.

Source: the 2017 notice, annex, note 2 (A=B+C+D+E; F=G+H+I); the rest is in each form's definition.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from liftwarden.oversight.returns.definition import Across, Condition, Form, Relation
from liftwarden.oversight.returns.filled import Filled

# A count above this is a slip of the hand: the nation had 10.6 million lifts in 2023, so a sheet cannot hold a billion.
LARGEST_COUNT = 999_999_999
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does not hold: `severity` is `error` or `warning`, `cells` the codes it is about."""

    rule: str
    severity: str
    cells: tuple[str, ...]
    message: str


def check(form: Form, filled: Filled, previous: Filled | None = None) -> tuple[Finding, ...]:
    """Find every rule of the form that the values break, errors and warnings, in the order of the definition.

    `previous` is the signed-off return of the period before; without one the rules across periods have no subject.
    """
    return (
        *_heading(form, filled),
        *_counts(form, filled),
        *(finding for relation in form.relations for finding in _relation(relation, filled)),
        *_answers(form, filled),
        *_demands(form, filled),
        *_reasons(form, filled),
        *(finding for across in form.across if previous for finding in _across(across, filled, previous)),
    )


def errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Keep the findings that stop a return."""
    return tuple(finding for finding in findings if finding.severity == "error")


def sides(relation: Relation, filled: Filled) -> tuple[int | None, int | None]:
    """Sum the two sides of a relation; a side with a blank in it has no sum."""
    return _total(relation.left, filled), _total(relation.right, filled)


def relation_line(relation: Relation, filled: Filled) -> str:
    """Say a relation with both its sides, whether it holds or not: `A=120，B+C+D+E=118，差 2`."""
    shown = f"{_side(relation.left, filled)}，{_side(relation.right, filled)}"
    if blank := [code for code in (*relation.left, *relation.right) if filled.cell(code) is None]:
        return f"{shown}，无法核对：{'、'.join(blank)} 没有可用的数"
    if _keeps(relation, filled):
        return f"{shown}，相符"
    apart = abs((_total(relation.left, filled) or 0) - (_total(relation.right, filled) or 0))
    if relation.operator == "=":
        return f"{shown}，差 {apart}"
    return f"{shown}，{'+'.join(relation.left)} 不应大于 {'+'.join(relation.right)}，多 {apart}"


def _heading(form: Form, filled: Filled) -> Iterator[Finding]:
    for heading in form.headings:
        if heading.required and not getattr(filled, heading.code).strip():
            yield Finding(f"required:{heading.code}", "warning", (), f"“{heading.label}”未填写")
    if filled.period is None:
        yield Finding("required:period", "warning", (), "没有写明报告期")
    elif not PERIOD.fullmatch(filled.period):
        yield Finding("period", "error", (), f"报告期“{filled.period}”不是“年-月”的形式，如 2017-06")
    elif not _in_force(form, filled.period):
        until = f"至{form.effective_to}" if form.effective_to else "起"
        yield Finding(
            "period", "warning", (), f"报告期 {filled.period} 不在本表式的适用期（{form.effective_from}{until}）内"
        )


def _in_force(form: Form, period: str) -> bool:
    def month(day: date) -> str:
        return f"{day:%Y-%m}"

    return month(form.effective_from) <= period and (form.effective_to is None or period <= month(form.effective_to))


def _counts(form: Form, filled: Filled) -> Iterator[Finding]:
    known = {cell.code for cell in form.cells}
    for code, _ in filled.cells:
        if code not in known:
            yield Finding(f"unknown:{code}", "error", (code,), f"本表没有“{code}”这一格")
    for cell in form.cells:
        value = filled.cell(cell.code)
        if cell.code in filled.not_applicable:
            if value is not None:
                yield Finding(f"count:{cell.code}", "error", (cell.code,), f"{cell.code} 既填了 {value} 又注明不适用")
            elif not cell.may_not_apply:
                yield Finding(f"required:{cell.code}", "error", (cell.code,), f"{cell.code} 不能填“不适用”；没有请填 0")
        elif value is None:
            if cell.required:
                yield Finding(
                    f"required:{cell.code}", "error", (cell.code,), f"{cell.code} 未填写；没有请填 0，空白不等于 0"
                )
        elif isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_COUNT:
            yield Finding(
                f"count:{cell.code}", "error", (cell.code,), f"{cell.code}={value}，应为 0 至 {LARGEST_COUNT} 的整数"
            )


def _relation(relation: Relation, filled: Filled) -> Iterator[Finding]:
    about = (*relation.left, *relation.right)
    if not _keeps(relation, filled):
        yield Finding(relation.code, relation.severity, about, relation_line(relation, filled))


def _keeps(relation: Relation, filled: Filled) -> bool:
    left, right = sides(relation, filled)
    if left is None or right is None:
        return False
    return left == right if relation.operator == "=" else left <= right


def _side(codes: tuple[str, ...], filled: Filled) -> str:
    total = _total(codes, filled)
    return f"{'+'.join(codes)}={'空' if total is None else total}"


def _total(codes: tuple[str, ...], filled: Filled) -> int | None:
    values = [filled.cell(code) for code in codes]
    return None if None in values else sum(value for value in values if value is not None)


def _answers(form: Form, filled: Filled) -> Iterator[Finding]:
    for answer in form.answers:
        if answer.required and filled.answer(answer.code) is None:
            message = f"“{answer.title}”未选择{answer.yes}或{answer.no}"
            yield Finding(f"required:{answer.code}", "error", (answer.code,), message)


def _demands(form: Form, filled: Filled) -> Iterator[Finding]:
    for options in form.options:
        if stray := [choice for choice in filled.chosen(options.code) if choice not in options.choices]:
            message = f"“{options.title}”没有“{stray[0]}”这一选项"
            yield Finding(f"unknown:{options.code}", "error", (options.code,), message)
    for text in form.texts:
        if (length := len(filled.text(text.code))) > text.max_length:
            message = f"“{text.title}”有 {length} 字，超过 {text.max_length} 字，请另附页"
            yield Finding(f"length:{text.code}", "error", (text.code,), message)
    for item in (*form.options, *form.texts):
        given = bool(filled.chosen(item.code)) or bool(filled.text(item.code).strip())
        if not given and item.required is not None and _holds(item.required, filled):
            message = f"{_because(form, item.required)}，但“{_bare(item.title)}”未填写"
            yield Finding(f"required:{item.code}", item.required_severity, (item.code,), message)
        # The answer may be blank, and is then an error of its own; a value that has no ground is still pointed out.
        if given and item.blank_unless is not None and not _holds(item.blank_unless, filled):
            message = f"“{_bare(item.title)}”已填写，但{_unless(form, item.blank_unless)}"
            yield Finding(f"blank:{item.code}", item.blank_severity, (item.code,), message)


def _holds(condition: Condition, filled: Filled) -> bool:
    if condition.answer:
        return filled.answer(condition.answer) is condition.equals
    value = filled.cell(condition.cell)
    return value is not None and value > condition.above


def _because(form: Form, condition: Condition) -> str:
    if condition.cell:
        return f"{condition.cell} 大于 {condition.above}"
    answer = next(each for each in form.answers if each.code == condition.answer)
    return f"“{answer.title}”选了{answer.yes if condition.equals else answer.no}"


def _unless(form: Form, condition: Condition) -> str:
    if condition.cell:
        return f"{condition.cell} 不大于 {condition.above}"
    answer = next(each for each in form.answers if each.code == condition.answer)
    return f"“{answer.title}”没有选{answer.yes if condition.equals else answer.no}"


def _bare(title: str) -> str:
    return title.rstrip("：:")


def _reasons(form: Form, filled: Filled) -> Iterator[Finding]:
    for text, codes in filled.reasons:
        known = {code.code for code in form.codes_for(text)}
        for code in codes:
            if code not in known:
                yield Finding(f"unknown:{text}", "error", (text,), f"原因代码“{code}”不在本表式的代码表中")


def _across(across: Across, filled: Filled, previous: Filled) -> Iterator[Finding]:
    now, before = filled.cell(across.cell), previous.cell(across.cell)
    if now is None or before is None:
        shown = f"{across.cell}={_shown(now)}，上期 {across.cell}={_shown(before)}，无法核对"
        yield Finding(across.code, across.severity, (across.cell,), f"{shown}；{across.why}")
        return
    corrected = sum(change.delta for change in filled.corrections if change.cell == across.cell)
    unexplained = now - before - corrected
    broken = unexplained != 0 if across.must == "stay" else unexplained < 0
    if broken:
        named = f"，更正合计 {corrected:+d}" if corrected else "，无更正"
        message = f"{across.cell}={now}，上期 {across.cell}={before}{named}，差 {abs(unexplained)}；{across.why}"
        yield Finding(across.code, across.severity, (across.cell,), message)


def _shown(value: int | None) -> str:
    return "空" if value is None else str(value)
