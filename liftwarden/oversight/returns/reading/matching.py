"""Match a document's cells to a form's items; what cannot be read, or could be read in two ways, is an error."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from liftwarden.kernel.words import narrowed
from liftwarden.oversight.returns.definition import Answer, Cell, Form, Item, Options, Text
from liftwarden.oversight.returns.filled import Filled
from liftwarden.oversight.returns.reading import headings, labels, numbers, regions, ticks
from liftwarden.oversight.returns.reading.labels import Found
from liftwarden.oversight.returns.reading.page import Box, Page
from liftwarden.oversight.returns.reading.regions import Candidate, Region
from liftwarden.oversight.returns.rules import Finding, check

SEEN = 40
# So much of a note is enough to know it by, though its end was changed.
PRINTED_START = 8
PRINTED = ("报告期", "数据截至", "版本", "状态", "表式", "归类", "凭理由填写、与台账不同的格", "以前报告期调整")


@dataclass(frozen=True, slots=True)
class Reading:
    """A form as it was read, the errors of reading it, and remarks on what was not read."""

    filled: Filled
    errors: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()


class _Unread(ValueError):  # noqa: N818 (named as refusals are)
    """One item that could not be read: which kind of error, and a sentence with its place."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def match(page: Page, form: Form) -> Reading:
    """Read every item of the form from the page; nothing is guessed, and a label that is not found is an error."""
    whole, page = page, _without_print(page, form)
    found = labels.find(form, page.boxes)
    if missing := {item.code for item in form.items} - {
        code for each in found.values() for f in each for code in f.codes
    }:
        page, found = _with_lines(page, found, form, missing)
    head = headings.read(whole, form, frozenset(page.boxes[index].text for index in found))
    errors: list[Finding] = list(_unsettled(found, page))
    cells: list[tuple[str, int | None]] = []
    not_applicable: list[str] = []
    answers: list[tuple[str, bool | None]] = []
    options: list[tuple[str, tuple[str, ...]]] = []
    texts: list[tuple[str, str]] = []
    for item in form.items:
        try:
            region = _region(item, found, page)
            if isinstance(item, Cell):
                value = _count(item, region, form)
                not_applicable += [item.code] if isinstance(value, str) else []
                cells.append((item.code, None if isinstance(value, str) else value))
            elif isinstance(item, Answer):
                answers.append((item.code, _answer(item, region)))
            elif isinstance(item, Options):
                options.append((item.code, _ticked(item, region, item.choices)))
            else:
                texts.append((item.code, _text(item, region)))
        except _Unread as unread:
            errors.append(Finding(f"{unread.kind}:{item.code}", "error", (item.code,), str(unread)))
            if isinstance(item, Cell):
                cells.append((item.code, None))
    filled = Filled(
        form=form.code,
        cells=tuple(cells),
        not_applicable=tuple(not_applicable),
        answers=tuple(answers),
        options=tuple(options),
        texts=tuple(texts),
    )
    errors.extend(head.errors)
    filled = replace(filled, reporting_body=head.reporting_body, contact=head.contact, period=head.period)
    return Reading(filled, tuple(errors), page.remarks)


def _without_print(page: Page, form: Form) -> Page:
    """Leave out what a sheet prints round its table: on a worksheet these are cells too, and are nobody's value."""
    starts = [labels.fold(words)[0][:PRINTED_START] for words in (*form.print.notes, *form.print.remarks)]
    whole = (labels.fold(form.title)[0], *filter(None, starts))
    heading = labels.fold(form.print.notes_heading)[0]
    named = re.compile(rf"\s*(?:{'|'.join(map(re.escape, (*(h.label for h in form.headings), *PRINTED)))})\s*[:：（]")
    # Values never stand leftmost, so what begins like a note elsewhere is somebody's text.
    leftmost = {grid: min(b.column for b in page.boxes if b.grid == grid) for grid in {b.grid for b in page.boxes}}
    kept = (
        box
        for box in page.boxes
        if box.column > leftmost.get(box.grid, 0)
        or (not named.match(box.text) and not labels.fold(box.text)[0].removeprefix(heading).startswith(whole))
    )
    return replace(page, boxes=tuple(kept))


def _with_lines(
    page: Page, found: dict[int, tuple[Found, ...]], form: Form, missing: set[str]
) -> tuple[Page, dict[int, tuple[Found, ...]]]:
    """Look for labels that no cell holds in the lines outside tables, each line a cell by itself: `B：60台`."""
    first = 1 + max((box.grid for box in page.boxes), default=-1)
    lines = tuple(
        Box(first + index, 0, 0, 1, 1, line, f"第 {index + 1} 行文字") for index, line in enumerate(page.lines)
    )
    known = labels.vocabulary(form)
    more = {
        len(page.boxes) + index: each
        for index, line in enumerate(lines)
        if (each := labels.exact(line, known)) and all(set(f.codes) <= missing for f in each)
    }
    return replace(page, boxes=(*page.boxes, *lines)), {**found, **more}


def verdict(form: Form, reading: Reading, previous: Filled | None = None) -> tuple[Finding, ...]:
    """Join the errors of reading with the rules that the values break; the unread is not also called blank."""
    unread = {code for error in reading.errors for code in error.cells}
    broken = [
        finding
        for finding in check(form, reading.filled, previous)
        if not (finding.rule.startswith("required:") and finding.cells and set(finding.cells) <= unread)
    ]
    return (*reading.errors, *broken)


def _unsettled(found: dict[int, tuple[Found, ...]], page: Page) -> Iterator[Finding]:
    for index, each in found.items():
        for label in each:
            if len(label.codes) > 1:
                box, codes = page.boxes[index], "、".join(label.codes)
                message = f"{box.place}“{_seen(box.text)}”看不出是 {codes} 中的哪一项"
                yield Finding(f"ambiguous:{'/'.join(label.codes)}", "error", label.codes, message)


def _region(item: Item, found: dict[int, tuple[Found, ...]], page: Page) -> Region:
    held = [(index, label) for index, each in found.items() for label in each if label.codes == (item.code,)]
    if not held:
        raise _Unread("missing", f"没有找到“{_seen(item.label)}”这一项")
    if len(held) > 1:
        places = "、".join(page.boxes[index].place for index, _ in held)
        raise _Unread("ambiguous", f"“{_seen(item.label)}”出现了不止一处：{places}")
    index, label = held[0]
    return regions.region(index, label, page.boxes, found)


def _count(item: Cell, region: Region, form: Form) -> int | str | None:
    _refuse_unreadable(item, region)
    units = (item.unit, *item.units_also)
    inline = numbers.without_unit(region.inline.text, units)
    if inline.upper() in {cell.code for cell in form.cells} - {item.code}:
        raise _Unread(
            "ambiguous", f"{region.inline.place}：“{_seen(item.label)}”后面写的是“{inline}”，与应有的“{item.code}”不符"
        )
    # Words behind a label with no digit among them are the rest of the label.
    own = [region.inline] if numbers.has_digit(inline) or inline in numbers.NOT_APPLICABLE else []
    meant = [c for c in (*own, *region.beside) if numbers.without_unit(c.text, units)]
    # `B=60`, `B：60`: the cell's own letter may be repeated before its number.
    own_letter = re.compile(rf"^{re.escape(item.code)}\s*[=:：]\s*")
    with_digits = [c for c in meant if numbers.has_digit(c.text)]
    if len(with_digits) > 1:
        raise _Unread("ambiguous", f"{item.title} 有不止一个数：{_listed(with_digits)}")
    for candidate in with_digits or meant[:1]:
        try:
            return numbers.count(own_letter.sub("", narrowed(candidate.text)), units=units)
        except numbers.NoCount as fault:
            written = f"{candidate.place}写的是“{_seen(candidate.text)}”"
            message = f"{item.title} 的数无法辨认：{written}，应为 0 或正整数（{item.unit}）"
            raise _Unread("unreadable", message) from fault
    return None


def _answer(item: Answer, region: Region) -> bool | None:
    chosen = _ticked(item, region, (item.yes, item.no))
    if len(chosen) == 2:
        places = _listed([c for c in (region.inline, *region.beside) if c.text.strip()])
        raise _Unread("ambiguous", f"“{item.title}”的{item.yes}、{item.no}都打了√：{places}")
    return chosen[0] == item.yes if chosen else None


def _ticked(item: Item, region: Region, choices: tuple[str, ...]) -> tuple[str, ...]:
    _refuse_unreadable(item, region)
    given = [c for c in (region.inline, *region.beside) if c.text.strip(" 　\n\t:：")]
    # Each box may stand in a cell of its own: a row of boxes is read as one row.
    row = "   ".join(candidate.text for candidate in given)
    try:
        return ticks.ticked(row, choices)
    except ticks.NoChoice as fault:
        place = given[0].place if given else region.inline.place
        raise _Unread("unreadable", f"“{item.title}”无法辨认：{place}，{fault}") from fault


def _text(item: Text, region: Region) -> str:
    _refuse_unreadable(item, region)
    parts = [_tidy(c.text) for c in (region.inline, *region.beside)]
    said = [(part, c) for part, c in zip(parts, (region.inline, *region.beside), strict=True) if part]
    if item.several_lines:
        return "\n".join(part for part, _ in said)
    if len(said) > 1:
        raise _Unread("ambiguous", f"“{item.title.rstrip('：:')}”有不止一处填写：{_listed([c for _, c in said])}")
    return narrowed(said[0][0]) if said else ""


def _tidy(text: str) -> str:
    """Drop rule lines and outer blanks; the words and their line ends stay as they were."""
    without_rules = re.sub(r"_{2,}", "", text)
    return "\n".join(line.strip() for line in without_rules.strip().split("\n"))


def _refuse_unreadable(item: Item, region: Region) -> None:
    for candidate in (region.inline, *region.beside):
        if candidate.unreadable:
            raise _Unread("unreadable", f"{item.title} 无法辨认：{candidate.place}是{candidate.unreadable}")


def _listed(candidates: list[Candidate]) -> str:
    return "；".join(f"{c.place}“{_seen(c.text)}”" for c in candidates)


def _seen(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SEEN else flat[:SEEN] + "…"
