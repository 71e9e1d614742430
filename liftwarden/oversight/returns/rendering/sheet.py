"""The printed sheet of a filled form, before any file format: its grid, words, sizes and marks."""

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from liftwarden.kernel.periods import SHANGHAI
from liftwarden.oversight.returns.definition import Answer, Cell, Form, Options, Placed
from liftwarden.oversight.returns.filled import Filled, Stage

# A4 with its margins, in millimetres.
PAGE_WIDTH, PAGE_HEIGHT = 210, 297
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 17, 14, 12
BODY_WIDTH = PAGE_WIDTH - 2 * SIDE_MARGIN
# Title, headings and the space between blocks; notes and footer are reckoned by their lines.
HEAD_HEIGHT = 34
PAD = 1.9
MM_PER_POINT = 0.3528
LINE_PITCH = 1.38
SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
# Rows give way before letters do.
STRETCHES = (1.15, 1.0, 0.85, 0.7, 0.6)
NOTE_SIZE = 9.0
SMALL_SIZE = 7.5

BOX, TICK = "□", "√"
GAP = "　　"
BLANK_UNIT = "（{unit}）"
NOT_APPLICABLE = "不适用"
SHOWN_CHANGES = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell: place and spans on the grid, from 0; `kind` is label, count, choice, text or words."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form ready to draw. Widths and heights are millimetres, `size` is points."""

    title: str
    above: str
    mark: str
    headings: tuple[str, ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    boxes: tuple[Box, ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...]
    footer: tuple[str, ...]
    size: float


def sheet(form: Form, filled: Filled) -> Sheet:
    """Put the words of a return on the form's grid, at the largest size that keeps it on one A4 page."""
    total = sum(form.layout.columns)
    widths = tuple(BODY_WIDTH * column / total for column in form.layout.columns)
    boxes = tuple(_box(form, filled, placed) for placed in form.placed)
    notes, remarks, footer = _notes(form), _remarks(form, filled), _footer(filled)
    room: float = PAGE_HEIGHT - TOP_MARGIN - BOTTOM_MARGIN - HEAD_HEIGHT
    room -= sum(height_of(line, BODY_WIDTH, NOTE_SIZE) for line in notes)
    room -= sum(height_of(line, BODY_WIDTH, SMALL_SIZE) for line in (*remarks, *footer))
    tried = [(size, _heights(form, boxes, widths, size, stretch)) for size in SIZES for stretch in STRETCHES]
    size, heights = next((each for each in tried if sum(each[1]) <= room), tried[-1])
    return Sheet(
        title=form.title,
        above=form.print.above,
        mark=_mark(filled),
        headings=tuple(f"{h.label}：{clean(getattr(filled, h.code))}" for h in form.headings),
        widths=widths,
        heights=heights,
        boxes=boxes,
        notes=notes,
        remarks=remarks,
        footer=footer,
        size=size,
    )


def clean(text: str) -> str:
    """Keep what XML and a printer can hold: one kind of line end, no control characters, no lone surrogates."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        c for c in ends if c == "\n" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")
    )


def height_of(text: str, width: float, size: float) -> float:
    """Estimate the height in millimetres of a text set at a size in a width; wide characters count one em."""
    em = size * MM_PER_POINT
    across = max(1.0, (width - 2 * PAD) / em - 0.4)
    lines = sum(max(1, math.ceil(_ems(line) / across)) for line in text.split("\n"))
    return lines * em * LINE_PITCH


def _ems(line: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.55 for c in line)


def _heights(
    form: Form, boxes: tuple[Box, ...], widths: tuple[float, ...], size: float, stretch: float
) -> tuple[float, ...]:
    heights = [row.height * stretch for row in form.layout.rows]
    for box in sorted(boxes, key=lambda each: each.rows):
        width = sum(widths[box.column : box.column + box.columns])
        span = range(box.row, box.row + box.rows)
        short = height_of(box.text, width, size) + 2 * PAD * 0.6 - sum(heights[row] for row in span)
        if short > 0:
            for row in span:
                heights[row] += short / box.rows
    return tuple(heights)


def _box(form: Form, filled: Filled, placed: Placed) -> Box:
    slot = placed.slot
    code = slot.label or slot.value or slot.both
    if slot.words:
        kind, text = "words", slot.words
    elif slot.label:
        kind, text = "label", form.item(code).label
    else:
        kind, text = _value(form, filled, code)
        text = form.item(code).label + text if slot.both else text
    return Box(placed.row, placed.column, slot.rows, slot.columns, text, kind, code)


def _value(form: Form, filled: Filled, code: str) -> tuple[str, str]:
    item = form.item(code)
    if isinstance(item, Cell):
        return "count", count_words(item, filled)
    if isinstance(item, Answer):
        answer = filled.answer(code)
        ticked = () if answer is None else (item.yes if answer else item.no,)
        return "choice", boxes_words((item.yes, item.no), ticked)
    if isinstance(item, Options):
        return "choice", boxes_words(item.choices, filled.chosen(code))
    return "text", clean(filled.text(code))


def count_words(cell: Cell, filled: Filled) -> str:
    """Write a count as the annex does, `120（台）`; a blank keeps its unit, so that it can be filled by hand."""
    if cell.code in filled.not_applicable:
        return NOT_APPLICABLE
    value = filled.cell(cell.code)
    return ("" if value is None else str(value)) + BLANK_UNIT.format(unit=cell.unit)


def boxes_words(choices: tuple[str, ...], ticked: tuple[str, ...]) -> str:
    """Write a row of boxes, √ at the ticked ones. Source: annex, note 3."""
    return GAP.join(BOX + (TICK if choice in ticked else "") + choice for choice in choices)


def _mark(filled: Filled) -> str:
    marks = [] if filled.stage == Stage.SIGNED_OFF.value else [Stage.DRAFT.label]
    return " ".join([*marks, *(["演示数据"] if filled.synthetic else [])])


def _notes(form: Form) -> tuple[str, ...]:
    if not form.print.notes:
        return ()
    first, *rest = form.print.notes
    return (form.print.notes_heading + first, *rest)


def _remarks(form: Form, filled: Filled) -> tuple[str, ...]:
    lines = [clean(line) for line in (*form.print.remarks, *filled.notes)]
    for listed in form.code_lists:
        labels = [code.label for code in listed.codes if code.code in filled.coded(listed.text)]
        if labels:
            lines.append(f"归类（{form.item(listed.text).title}）：{'、'.join(labels)}")
    if filled.overrides:
        lines.append(
            "凭理由填写、与台账不同的格：" + _few([f"{o.cell}（台账 {_shown(o.ledger)}）" for o in filled.overrides])
        )
    for heading, changes in (("更正", filled.corrections), ("以前报告期调整", filled.adjustments)):
        if changes:
            lines.append(f"{heading}：" + _few([clean(f"{c.cell} {c.delta:+d}（{c.reason}）") for c in changes]))
    return tuple(lines)


def _few(words: list[str]) -> str:
    rest = len(words) - SHOWN_CHANGES
    return "；".join(words[:SHOWN_CHANGES]) + (f"；另有 {rest} 项" if rest > 0 else "")


def _shown(value: int | None) -> str:
    return "空" if value is None else str(value)


def _footer(filled: Filled) -> tuple[str, ...]:
    place = f"{filled.division_name}（{filled.division_code}）" if filled.division_code else filled.division_name
    first = (("报告期", filled.period or ""), ("数据截至", moment(filled.cut_off)), ("区划", place))
    stage = next((each.label for each in Stage if each.value == filled.stage), filled.stage)
    second = (
        ("版本", f"第 {filled.version} 版" if filled.version else ""),
        ("状态", stage),
        ("签发人", filled.approver),
        ("签发时间", moment(filled.approved_at)),
        ("账本序号", "" if filled.sequence is None else str(filled.sequence)),
    )
    third = (("表式", filled.form), ("摘要 SHA-256", filled.digest))
    lines = [
        GAP[0].join(f"{label}：{clean(words)}" for label, words in line if words) for line in (first, second, third)
    ]
    return tuple(line for line in lines if line)


def moment(text: str) -> str:
    """Write an ISO moment as a Chinese clock shows it, midnight as the end of its day; else leave it."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is None:
        return text
    local = at.astimezone(SHANGHAI)
    if local.time() == time():
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
